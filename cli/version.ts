/** HartHop's version. */
import { readFileSync } from 'node:fs';

/** package.json lies beside the sources as beside the bundle. */
export const version: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
