/**
 * Sv39, Sv48 and Sv57 (privileged specification, "Virtual Address Translation Process") with page-based memory types (Svpbmt), 64 KiB
 * ranges (Svnapot), and accessed and dirty bits set by the walk or left to software (Svadu, Svade).
 */
import type { Privilege } from '../events.js';
import type { Hart } from './hart.js';
import { M, S, status, U } from './modes.js';
import { permission } from './pmp.js';
import { accessed } from './pointer-masking.js';
import { longs, words } from './words.js';

export type Access = 'read' | 'write' | 'execute';

/** Answers of a walk that found no address. */
export const PAGE_FAULT = -1;
export const ACCESS_FAULT = -2;

/** Bits of a page-table entry's low word, and of its high word. */
export const entryBits = { V: 1, R: 2, W: 4, X: 8, USER: 16, A: 64, D: 128 } as const;
const { V, R, W, X, USER, A, D } = entryBits;
const N = 2 ** 31;
const PBMT = 3 * 2 ** 29;
const HIGH_RESERVED = 0x1fc0_0000;

/** Bits of the word `paging`: page-based memory types are on, 64 KiB ranges exist, the walk sets accessed and dirty. */
export const paging = { PBMT: 1, NAPOT: 2, MARKS: 4 } as const;

/** Levels of page tables by satp's mode; a hart has those whose extension it has, and no translation (mode 0). */
export const translationModes: ReadonlyMap<number, { readonly levels: number; readonly requires?: string }> = new Map([
  [8, { levels: 3 }],
  [9, { levels: 4, requires: 'Sv48' }],
  [10, { levels: 5, requires: 'Sv57' }],
]);

/** An address space: the physical address of its root page table, -1 for no translation, and the levels of its tables. */
interface Space {
  readonly root: number;
  readonly levels: number;
}

/** The address space that a value of satp names. */
export function spaceOf(satp: bigint): Space {
  const levels = translationModes.get(Number(satp >> 60n))?.levels;
  return levels ? { root: Number(satp & ((1n << 44n) - 1n)) * 4096, levels } : { root: -1, levels: 0 };
}

/** Physical address of the page table that a satp value names, or -1 for no translation. */
export const rootOf = (satp: bigint) => spaceOf(satp).root;

/** May this privilege use a page with these bits so? */
function permits(entry: number, access: Access, privilege: Privilege, flags: number): boolean {
  const user = (entry & USER) !== 0;
  if (privilege === U ? !user : user && (access === 'execute' || !(flags & status.SUM))) return false;
  if (access === 'execute') return (entry & X) !== 0;
  if (access === 'write') return (entry & W) !== 0;
  return (entry & R) !== 0 || ((flags & status.MXR) !== 0 && (entry & X) !== 0);
}

/** How a walk is made: for an access that happens; to tell whether one would trap; by someone who looks from outside, whom PMP does not stop. */
type Purpose = 'use' | 'ask' | 'look';

/**
 * The physical address of a virtual one, every rule checked; or PAGE_FAULT, or ACCESS_FAULT when a page table can't be reached.
 * PMP rules of the final address are the caller's, and so is pointer masking.
 * @param purpose `ask`: nothing is changed
 */
export function translate(
  hart: Hart,
  va: bigint,
  access: Access,
  privilege: Privilege,
  purpose: 'use' | 'ask' = 'use',
): number {
  const root = hart.double(longs.root);
  if (privilege === M || root < 0) return Number(BigInt.asUintN(64, va));
  return walk(hart, root, hart.word(words.levels), va, access, privilege, purpose);
}

/**
 * Where a virtual address lies, for someone who looks from outside: nothing is changed; without `access` no permission is asked.
 * @param satp another address space; default: what the hart uses now
 */
export function probe(hart: Hart, va: bigint, access?: Access, privilege?: Privilege, satp?: bigint): number {
  const as = privilege ?? (access === 'execute' ? hart.privilege : hart.dataPrivilege);
  const own = { root: as === M ? -1 : hart.double(longs.root), levels: hart.word(words.levels) };
  const { root, levels } = satp === undefined ? own : spaceOf(satp);
  const at = (address: bigint) =>
    root < 0 ? Number(BigInt.asUintN(64, address)) : walk(hart, root, levels, address, access, as, 'look');
  if (access === 'execute') return at(va);
  const masked = accessed(hart, va, as, root >= 0);
  // Whoever does not say what for may mean code, whose addresses are not masked.
  return access === undefined && root >= 0 && canonical(va, levels) ? at(va) : at(masked);
}

/**
 * Where a page of an address space lies, permissions aside.
 * @param met is told the physical address of each page-table entry that says so, down to the first that leads nowhere
 */
export function resolve(hart: Hart, va: bigint, satp: bigint, met: (pa: number) => void): number {
  const { root, levels } = spaceOf(satp);
  return root < 0 ? Number(va) : walk(hart, root, levels, va, undefined, U, 'look', met);
}

/** An address as two numbers: arithmetic with bigints would take most of a walk's time. */
const whole = new BigInt64Array(1);
const [LOW, HIGH] = [0, 1];
const halves = new Int32Array(whole.buffer);

/** Bits of an address's high word that page tables of so many levels translate. */
const highBits = (levels: number) => 9 * levels - 20;

/** Is the address the sign extension of what the page tables translate? */
function canonical(va: bigint, levels: number): boolean {
  whole[0] = va;
  const extension = halves[HIGH]! >> (highBits(levels) - 1);
  return extension === 0 || extension === -1;
}

/**
 * Down the levels.
 * @param access undefined: whatever the entries permit
 */
function walk(
  hart: Hart,
  root: number,
  levels: number,
  va: bigint,
  access: Access | undefined,
  privilege: Privilege,
  purpose: Purpose,
  met?: (pa: number) => void,
): number {
  if (!canonical(va, levels)) return PAGE_FAULT; // and `halves` are the address's
  const low = halves[LOW]!;
  // In pages: 45 bits are exact in a number, 57 are not.
  const page = (low >>> 12) + (halves[HIGH]! & (2 ** highBits(levels) - 1)) * 2 ** 20;
  const { memory } = hart;
  const features = hart.word(words.paging);
  let table = root;
  for (let level = levels - 1; level >= 0; level--) {
    const span = 2 ** (9 * level);
    const pa = table + (Math.floor(page / span) % 512) * 8;
    if (!memory.inRam(pa, 8) || (purpose !== 'look' && !hart.pmp.allows(pa, 8, permission.read, S)))
      return ACCESS_FAULT;
    met?.(pa);
    const at = memory.at(pa) >>> 2; // of up to 4 GiB
    const entry = memory.i32[at]!;
    const high = memory.u32[at + 1]!;
    if (!(entry & V) || (entry & (R | W)) === W || high & HIGH_RESERVED) return PAGE_FAULT;
    const target = (high & 0x3f_ffff) * 2 ** 22 + (entry >>> 10);
    if (!(entry & (R | X))) {
      if (entry & (A | D | USER) || high & (PBMT | N)) return PAGE_FAULT;
      table = target * 4096;
      continue;
    }
    if (target % span !== 0 || !typed(high, features)) return PAGE_FAULT;
    const napot = (high & N) !== 0;
    if (napot && (!(features & paging.NAPOT) || level !== 0 || target % 16 !== 8)) return PAGE_FAULT;
    if (access) {
      if (!permits(entry, access, privilege, hart.word(words.status))) return PAGE_FAULT;
      const marks = A | (access === 'write' ? D : 0);
      if ((entry & marks) !== marks) {
        if (!(features & paging.MARKS)) return PAGE_FAULT;
        if (purpose !== 'look' && !hart.pmp.allows(pa, 8, permission.write, S)) return ACCESS_FAULT;
        if (purpose === 'use') {
          memory.i32[at] = entry | marks;
          memory.touch(at * 4);
        }
      }
    }
    if (purpose === 'use' && (span > 1 || napot)) noteLarge(hart, va, napot ? 16 : span);
    const first = napot ? target - 8 : target;
    return (first + (page % (napot ? 16 : span))) * 4096 + (low & 0xfff);
  }
  return PAGE_FAULT;
}

/** A leaf that translates so many pages is about to be in a TLB. */
function noteLarge(hart: Hart, va: bigint, pages: number): void {
  const bytes = BigInt(pages) * 4096n;
  const first = BigInt.asUintN(64, va) & ~(bytes - 1n);
  const last = first + bytes - 1n;
  if (first < BigInt.asUintN(64, hart.long(longs.largeFrom))) hart.setLong(longs.largeFrom, first);
  if (last > BigInt.asUintN(64, hart.long(longs.largeTo))) hart.setLong(longs.largeTo, last);
}

/** Is the memory type in a leaf's high word legal? The types themselves change nothing here: accesses happen in order, and nothing is cached. */
function typed(high: number, features: number): boolean {
  const type = (high & PBMT) >>> 29;
  return type === 0 || ((features & paging.PBMT) !== 0 && type !== 3);
}
