/** Sv39 (privileged specification, "Sv39: Page-Based 39-bit Virtual-Memory System"); accessed and dirty bits are set by the walk. */
import type { Privilege } from '../events.js';
import { type Hart, M, S, status, U } from './hart.js';
import { permission } from './pmp.js';
import { longs, words } from './words.js';

export type Access = 'read' | 'write' | 'execute';

/** Answers of a walk that found no address. */
export const PAGE_FAULT = -1;
export const ACCESS_FAULT = -2;

/** Bits of a page-table entry's low word. */
const V = 1;
const R = 2;
const W = 4;
const X = 8;
const USER = 16;
const A = 64;
const D = 128;

/** May this privilege use a page with these bits so? */
function permits(entry: number, access: Access, privilege: Privilege, flags: number): boolean {
  const user = (entry & USER) !== 0;
  if (privilege === U ? !user : user && (access === 'execute' || !(flags & status.SUM))) return false;
  if (access === 'execute') return (entry & X) !== 0;
  if (access === 'write') return (entry & W) !== 0;
  return (entry & R) !== 0 || ((flags & status.MXR) !== 0 && (entry & X) !== 0);
}

/**
 * The physical address of a virtual one, every rule checked; or PAGE_FAULT, or ACCESS_FAULT when a page table can't be reached.
 * PMP rules of the final address are the caller's.
 */
export function translate(hart: Hart, va: bigint, access: Access, privilege: Privilege): number {
  const root = hart.double(longs.root);
  if (privilege === M || root < 0) return Number(BigInt.asUintN(64, va));
  const flags = hart.word(words.status);
  const marks = A | (access === 'write' ? D : 0);
  return walk(hart, root, va, (entry) => permits(entry, access, privilege, flags), marks);
}

/**
 * Where a virtual address lies, for someone who looks from outside: nothing is changed; without `access` no permission is asked.
 * @param root physical address of another page table, or -1 for no translation; default: what the hart uses now
 */
export function probe(hart: Hart, va: bigint, access?: Access, privilege?: Privilege, root?: number): number {
  const as = privilege ?? (access === 'execute' ? hart.privilege : hart.dataPrivilege);
  const table = root ?? (as === M ? -1 : hart.double(longs.root));
  if (table < 0) return Number(BigInt.asUintN(64, va));
  const flags = hart.word(words.status);
  return walk(hart, table, va, (entry) => access === undefined || permits(entry, access, as, flags), 0);
}

/** Down the three levels. `permits` judges the leaf; `marks` are the bits that the walk sets there: none when only looking, and then PMP is not asked either. */
function walk(hart: Hart, root: number, va: bigint, permits: (entry: number) => boolean, marks: number): number {
  const low = Number(BigInt.asUintN(39, va));
  if (BigInt.asIntN(39, va) !== BigInt.asIntN(64, va)) return PAGE_FAULT;
  const { memory } = hart;
  let table = root;
  for (let level = 2; level >= 0; level--) {
    const span = 2 ** (12 + 9 * level);
    const pa = table + (Math.floor(low / span) % 512) * 8;
    if (!memory.inRam(pa, 8) || (marks && !hart.pmp.allows(pa, 8, permission.read, S))) return ACCESS_FAULT;
    const at = memory.at(pa) >>> 2; // of up to 4 GiB
    const entry = memory.i32[at]!;
    const high = memory.u32[at + 1]!;
    // Bits 63:54 are for extensions that we do not have.
    if (!(entry & V) || (entry & (R | W)) === W || high >>> 22 !== 0) return PAGE_FAULT;
    const target = (high * 2 ** 22 + (entry >>> 10)) * 4096;
    if (!(entry & (R | X))) {
      if (entry & (A | D | USER)) return PAGE_FAULT;
      table = target;
      continue;
    }
    if (!permits(entry) || target % span !== 0) return PAGE_FAULT;
    if ((entry & marks) !== marks) {
      if (!hart.pmp.allows(pa, 8, permission.write, S)) return ACCESS_FAULT;
      memory.i32[at] = entry | marks;
    }
    return target + (low % span);
  }
  return PAGE_FAULT;
}
