/** F: single-precision floating point. */
import { formatRows, single } from './floating-point.js';
import { extension } from './rows.js';

export const F = extension('F', 'Single-precision floating point.', formatRows(single));
