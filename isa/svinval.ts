/** Svinval: address-translation fences in pieces, so that many addresses need one ordering. */
import { extension, row } from './rows.js';

export const Svinval = extension('Svinval', 'Fine-grained address-translation cache invalidation.', [
  row(
    'sinval.vma',
    4,
    0x16000073,
    'rs1, rs2',
    { kind: 'system', handler: 'sfence.vma' },
    'Forget translations of one address or one address space or all, between the two fences of Svinval.',
  ),
  row(
    'sfence.w.inval',
    4,
    0x18000073,
    '',
    { kind: 'system', handler: 'sfence.inval' },
    'Order earlier page-table writes before later sinval.vma.',
  ),
  row(
    'sfence.inval.ir',
    4,
    0x18100073,
    '',
    { kind: 'system', handler: 'sfence.inval' },
    'Order earlier sinval.vma before later translations.',
  ),
]);
