/** Cache-block instructions (unprivileged specification, "CMO" chapter): who may use them, and what they do where there are no caches. */
import { fieldOf, menvcfg, senvcfg } from '../../isa/csrs.js';
import type { MemoryAccess } from './access.js';
import type { Hart } from './hart.js';
import { M, U } from './modes.js';
import { longs } from './words.js';

/** Do the environment settings of the modes above let this mode use the instructions of a field? */
function enabled(hart: Hart, field: 'CBIE' | 'CBCFE' | 'CBZE'): boolean {
  const { privilege } = hart;
  if (privilege !== M && fieldOf(hart.long(longs.menvcfg), menvcfg[field]) === 0n) return false;
  return privilege !== U || fieldOf(hart.long(longs.senvcfg), senvcfg[field]) !== 0n;
}

/** What became of the instruction. */
export type BlockResult = 'done' | 'trapped' | 'illegal';

/** cbo.inval, cbo.clean and cbo.flush: nothing, where the block may be loaded from or stored to. */
export function manage(access: MemoryAccess, hart: Hart, pc: bigint, va: bigint, field: 'CBIE' | 'CBCFE'): BlockResult {
  if (!enabled(hart, field)) return 'illegal';
  return access.block(hart, pc, va, ['read', 'write']) === undefined ? 'trapped' : 'done';
}

/** cbo.zero. */
export function zero(access: MemoryAccess, hart: Hart, pc: bigint, va: bigint): BlockResult {
  if (!enabled(hart, 'CBZE')) return 'illegal';
  return access.zeroBlock(hart, pc, va) ? 'done' : 'trapped';
}
