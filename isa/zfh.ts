/** Zfhmin and Zfh: half-precision floating point (unprivileged specification, "Zfh" chapter). */
import { between, double, formatRows, half, single } from './floating-point.js';
import { extension } from './rows.js';

const rows = formatRows(half);
/** They take 16 bits as they are, of whatever format. */
const transfers = ['flh', 'fsh', 'fmv.x.h', 'fmv.h.x'];

export const Zfhmin = extension('Zfhmin', 'Half-precision numbers: loads, stores, moves and conversions.', [
  ...rows.filter(({ name }) => transfers.includes(name)).map((row) => ({ ...row, requires: ['Zfhmin|Zfbfmin'] })),
  between(single, half),
  between(half, single),
  between(double, half, ['D']),
  between(half, double, ['D']),
]);

export const Zfh = extension(
  'Zfh',
  'Half-precision floating point.',
  rows.filter(({ name }) => !transfers.includes(name)),
);
