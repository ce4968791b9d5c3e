/** What the tests of the platform's multiply-add need to be run. */
import { preparePlatform } from '../../debug-adapter/platform.js';
import { hasFused } from '../../emulator/engine/fused.js';

preparePlatform();

/** Options of a test that needs it. */
export const needsFused = { skip: !hasFused() && 'relaxed multiply-add rounds twice here, or is missing' };
