/** Zawrs: waiting for a reserved place to change. */
import { extension, row, SYSTEM } from './rows.js';

export const Zawrs = extension('Zawrs', 'Waiting on a reservation.', [
  row(
    'wrs.nto',
    4,
    0x00d0_0000 | SYSTEM,
    '',
    { kind: 'system', handler: 'wrs' },
    'Wait until the reserved place may have changed or an interrupt is pending.',
  ),
  row(
    'wrs.sto',
    4,
    0x01d0_0000 | SYSTEM,
    '',
    { kind: 'system', handler: 'wrs' },
    'Wait until the reserved place may have changed or an interrupt is pending, for a short time at most.',
  ),
]);
