/** The instructions of the privileged architecture. Every hart has the modes M, S and U, so these rows ask for no extension. */
import { row } from './rows.js';
import type { Extension } from './types.js';

export const Privileged: Extension = {
  name: 'Privileged',
  doc: 'Privileged architecture: trap returns, waiting, address-translation fences.',
  rows: [
    row('sret', 4, 0x10200073, '', { kind: 'system', handler: 'sret' }, 'Return from a trap into supervisor mode.'),
    row('mret', 4, 0x30200073, '', { kind: 'system', handler: 'mret' }, 'Return from a trap into machine mode.'),
    row('wfi', 4, 0x10500073, '', { kind: 'system', handler: 'wfi' }, 'Wait for an interrupt.'),
    row(
      'sfence.vma',
      4,
      0x12000073,
      'rs1, rs2',
      { kind: 'system', handler: 'sfence.vma' },
      'Order page-table writes before later translations, of one address or one address space or all.',
    ),
  ],
};
