/** Zifencei: the fence between storing instructions and fetching them. */
import { extension, MISC_MEM, row } from './rows.js';

/** The immediate and both registers are reserved for finer fences; hardware ignores them. */
const IGNORED = 0xffff_8f80;

export const Zifencei = extension('Zifencei', 'Instruction-fetch fence.', [
  row(
    'fence.i',
    4,
    MISC_MEM | (0b001 << 12),
    '',
    { kind: 'system', handler: 'fence.i' },
    'Make stores visible to instruction fetch.',
    [],
    IGNORED,
  ),
]);
