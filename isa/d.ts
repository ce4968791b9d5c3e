/** D: double-precision floating point, and conversion between the two precisions. */
import { between, double, formatRows, single } from './floating-point.js';
import { extension } from './rows.js';

export const D = extension('D', 'Double-precision floating point.', [
  ...formatRows(double),
  between(single, double),
  between(double, single),
]);
