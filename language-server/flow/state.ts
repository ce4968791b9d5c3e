/** What is known of a thread before an instruction, on every way that leads there. */

/** vtype values that are no supported ones: vill is set; as it was when the function was entered. */
export const ILL = -1;
export const ENTRY = -2;

/** The values that vtype may have, in rising order; undefined: any. */
export type Vtypes = readonly number[] | undefined;
/** More of them are taken for any. */
const MOST_VTYPES = 6;

/** How vl was asked for: by a known number of elements (it is that or VLMAX, whichever is less), for VLMAX, as at the function's entry; undefined: unknown. */
export type Avl = number | 'max' | 'entry' | undefined;

/**
 * An x register's value: a number (64 bits, without sign); an address somewhere in known memory; something worked out from this hart's VLEN; the same,
 * and the thread may be on another hart since; vl or vtype as they were at the function's entry; undefined: unknown.
 */
export type XValue = bigint | Pointer | 'vlen' | 'stale' | 'vl' | 'vtype' | undefined;

/** A value that is a number. */
export const knownNumber = (value: XValue) => (typeof value === 'bigint' ? value : undefined);

/** Where the thread may be, as a set of bits: at home (an application hart), as at the function's entry, or on a hart for class n (`away(n)`). */
export const HOME = 1;
export const AS_ENTERED = 2;
export const away = (classNumber: number): number => 4 << classNumber;
/** All bits of harts that are away. */
export const AWAY = ~(HOME | AS_ENTERED);

/** Pages of memory, by number; negative ones stand for what a system call gave (`freshPage`). */
export type Pages = readonly number[];

const CALLS = 2 ** 20;
/** The page that stands for all that the system call at an address gives. */
export const freshPage = (address: number): number => -1 - ((address / 2) % CALLS);

/** A page, and the instruction that may have been the first to touch it: one number. */
export type FirstTouch = number;
const ADDRESSES = 2 ** 30;
export const firstTouch = (page: number, address: number): FirstTouch => page * ADDRESSES + ((address / 2) % ADDRESSES);
export const pageOf = (touch: FirstTouch): number => Math.floor(touch / ADDRESSES);

/** An address in one of these pages. */
export class Pointer {
  private static readonly known = new Map<string, Pointer>();
  private constructor(readonly pages: Pages) {}

  /** The one pointer into these pages: the same pages give the same object. */
  static into(pages: Pages): Pointer {
    const key = pages.join();
    let pointer = Pointer.known.get(key);
    if (!pointer) {
      if (Pointer.known.size > MOST_POINTERS) Pointer.known.clear();
      pointer = new Pointer(pages);
      Pointer.known.set(key, pointer);
    }
    return pointer;
  }
}
const MOST_POINTERS = 100_000;
/** A pointer into more pages than these is taken for unknown. */
const MOST_PAGES = 64;

/** A register that makes some instructions illegal when it holds certain values; as at the function's entry; undefined: unknown. */
export type Mode = number | 'entry' | undefined;
export interface Modes {
  readonly frm: Mode;
  readonly vstart: Mode;
}

/** Where vl comes from, as a set of bits: from a vset instruction of the function; that, and a call since may have changed it; from a register that may ask for less than there is. */
export const OWN = 1;
export const CALLED = 2;
export const OPEN = 4;

/** How many bits of a register's elements were written by its last write, when what lies behind them may be anything; `some`: not all, perhaps. */
export type Tail = number | 'some' | undefined;
const NO_TAILS: readonly Tail[] = new Array<Tail>(32).fill(undefined);

export interface State {
  readonly vtypes: Vtypes;
  readonly avl: Avl;
  readonly modes: Modes;
  readonly length: number;
  /** By vector register, the first of a group. */
  readonly tails: readonly Tail[];
  readonly where: number;
  readonly x: readonly XValue[];
  readonly vectors: Vectors;
  /** Pages that were touched on every way; and who may have been the first, on some way. */
  readonly touched: Pages;
  readonly firsts: readonly FirstTouch[];
}

/** Vector registers, as sets of bits (the first of a group stands for it). */
export interface Vectors {
  /** Written since the last system call. */
  readonly held: number;
  /** Written before one, which may have discarded them, and not since. */
  readonly lost: number;
  /** Has there been a system call since the function's entry? */
  readonly called: boolean;
}

/** Registers as a called function gets them: what is its caller's entry to the caller says nothing to it. */
export const passed = (x: readonly XValue[]): readonly XValue[] =>
  x.some((each) => each === 'vl' || each === 'vtype')
    ? x.map((each) => (each === 'vl' || each === 'vtype' ? undefined : each))
    : x;

const NOTHING_KNOWN: readonly XValue[] = [0n, ...new Array<XValue>(31).fill(undefined)];

const NO_VECTORS: Vectors = { held: 0, lost: 0, called: false };

const AS_ENTERED_MODES: Modes = { frm: 'entry', vstart: 'entry' };
const INITIAL_MODES: Modes = { frm: 0, vstart: 0 };
/** As they are at a function's entry by the calling convention: any rounding mode, vstart 0. */
const CALLED_MODES: Modes = { frm: undefined, vstart: 0 };

/** At a function's entry, for whoever calls it. */
export const entered: State = {
  vtypes: [ENTRY],
  avl: 'entry',
  modes: AS_ENTERED_MODES,
  length: 0,
  tails: NO_TAILS,
  where: AS_ENTERED,
  x: NOTHING_KNOWN,
  vectors: NO_VECTORS,
  touched: [],
  firsts: [],
};
/** At a program's start (the vector state is initial: Linux leaves vill set until the first vset instruction). */
export const started: State = { ...entered, vtypes: [ILL], avl: 0, modes: INITIAL_MODES, where: HOME };
/** Nothing is known. @param where the places that the thread may be at */
export const anything = (where: number): State => ({
  ...entered,
  vtypes: undefined,
  avl: undefined,
  modes: CALLED_MODES,
  where,
});

export function joinVtypes(a: Vtypes, b: Vtypes): Vtypes {
  if (a === b || !a) return a;
  if (!b) return b;
  const more = b.filter((each) => !a.includes(each));
  if (!more.length) return a;
  const all = [...a, ...more].sort((p, q) => p - q);
  return all.length > MOST_VTYPES ? undefined : all;
}

/** What is worked out from VLEN on one way is so here; else only what is the same on both ways is known. */
/** The pointer that a number may be: into the data that it lies in. */
export type AsPointer = (address: number) => Pointer | undefined;

function joinValue(a: XValue, b: XValue, asPointer: AsPointer): XValue {
  if (a === b) return a;
  if (a === 'stale' || b === 'stale') return 'stale';
  if (a === 'vlen' || b === 'vlen') return 'vlen';
  if (a === undefined || b === undefined) return undefined;
  const p = typeof a === 'bigint' ? asPointer(Number(a)) : a;
  const q = typeof b === 'bigint' ? asPointer(Number(b)) : b;
  if (!(p instanceof Pointer) || !(q instanceof Pointer)) return undefined;
  const pages = union(p.pages, q.pages);
  return pages.length > MOST_PAGES ? undefined : Pointer.into(pages);
}

export function union(a: Pages, b: Pages): Pages {
  if (a === b) return a;
  const more = b.filter((page) => !a.includes(page));
  return more.length ? [...a, ...more].sort((p, q) => p - q) : a;
}

function intersection(a: Pages, b: Pages): Pages {
  if (a === b) return a;
  const both = a.filter((page) => b.includes(page));
  return both.length === a.length ? a : both;
}

function joinX(a: readonly XValue[], b: readonly XValue[], asPointer: AsPointer): readonly XValue[] {
  if (a === b) return a;
  let out: XValue[] | undefined;
  for (let n = 1; n < 32; n++) {
    const value = joinValue(a[n], b[n], asPointer);
    if (value === a[n]) continue;
    out ??= [...a];
    out[n] = value;
  }
  return out ?? a;
}

/** What holds on both ways. @returns `a` itself when `b` adds nothing */
export function join(a: State, b: State, asPointer: AsPointer = () => undefined): State {
  if (a === b) return a;
  const vtypes = joinVtypes(a.vtypes, b.vtypes);
  const avl = a.avl === b.avl ? a.avl : undefined;
  const modes = joinModes(a.modes, b.modes);
  const length = a.length | b.length;
  const tails = joinTails(a.tails, b.tails);
  const where = a.where | b.where;
  const x = joinX(a.x, b.x, asPointer);
  const vectors = joinVectors(a.vectors, b.vectors);
  const touched = intersection(a.touched, b.touched);
  const firsts = union(a.firsts, b.firsts);
  const joined: State = { vtypes, avl, modes, length, tails, where, x, vectors, touched, firsts };
  for (const part of parts) if (joined[part] !== a[part]) return joined;
  return a;
}

/** Do two states say the same in each of their parts? */
const same: { readonly [Part in keyof State]: (a: State[Part], b: State[Part]) => boolean } = {
  where: Object.is,
  avl: Object.is,
  vtypes: sameList,
  x: sameList,
  vectors: (a, b) => a === b || (a.held === b.held && a.lost === b.lost && a.called === b.called),
  modes: (a, b) => a === b || (a.frm === b.frm && a.vstart === b.vstart),
  length: Object.is,
  tails: sameList,
  touched: sameList,
  firsts: sameList,
};
const parts = Object.keys(same) as (keyof State)[];

/** Do two states say the same? */
export function alike(a: State, b: State): boolean {
  if (a === b) return true;
  for (const part of parts) if (a[part] !== b[part] && !same[part](a[part] as never, b[part] as never)) return false;
  return true;
}

function sameList(a: readonly unknown[] | undefined, b: readonly unknown[] | undefined): boolean {
  if (!a || !b || a.length !== b.length) return a === b;
  for (let n = 0; n < a.length; n++) if (a[n] !== b[n]) return false;
  return true;
}

function joinModes(a: Modes, b: Modes): Modes {
  const frm = a.frm === b.frm ? a.frm : undefined;
  const vstart = a.vstart === b.vstart ? a.vstart : undefined;
  return frm === a.frm && vstart === a.vstart ? a : { frm, vstart };
}

/** Behind the fewest elements that are sure to be written there may be anything. */
function joinTails(a: readonly Tail[], b: readonly Tail[]): readonly Tail[] {
  if (a === b) return a;
  const join = (p: Tail, q: Tail): Tail => {
    if (p === undefined || q === undefined) return p ?? q;
    return p === q ? p : 'some';
  };
  return a.every((each, n) => join(each, b[n]) === each) ? a : a.map((each, n) => join(each, b[n]));
}

/** With the tail of a vector register's last write. */
export function withTail(tails: readonly Tail[], n: number, tail: Tail): readonly Tail[] {
  if (tails[n] === tail) return tails;
  const out = tails.slice();
  out[n] = tail;
  return out;
}

function joinVectors(a: Vectors, b: Vectors): Vectors {
  const held = a.held | b.held;
  const lost = a.lost | b.lost;
  const called = a.called || b.called;
  return held === a.held && lost === a.lost && called === a.called ? a : { held, lost, called };
}

/** A state within a function, where it is known what held at its entry. */
export function within(state: State, entry: State): State {
  const { vtypes, avl, modes, where, vectors } = state;
  const ofEntry = modes.frm === 'entry' || modes.vstart === 'entry';
  const symbolic = where & AS_ENTERED || avl === 'entry' || ofEntry || vtypes?.includes(ENTRY);
  if (!symbolic && !(entry.vectors.held | entry.vectors.lost) && entry.vectors.called <= vectors.called) return state;
  const known = vtypes?.includes(ENTRY)
    ? joinVtypes(
        vtypes.filter((each) => each !== ENTRY),
        entry.vtypes,
      )
    : vtypes;
  return {
    vtypes: known,
    avl: avl === 'entry' ? entry.avl : avl,
    modes: ofEntry ? modesWithin(modes, entry.modes) : modes,
    where: where & AS_ENTERED ? (where & ~AS_ENTERED) | entry.where : where,
    length: state.length,
    tails: state.tails,
    x: state.x,
    vectors: vectorsWithin(vectors, entry.vectors),
    touched: state.touched,
    firsts: state.firsts,
  };
}

const modesWithin = ({ frm, vstart }: Modes, entry: Modes): Modes => ({
  frm: frm === 'entry' ? entry.frm : frm,
  vstart: vstart === 'entry' ? entry.vstart : vstart,
});

function vectorsWithin({ held, lost, called }: Vectors, entry: Vectors): Vectors {
  // What was written since the entry is not lost, whatever was before.
  const before = called ? { held: 0, lost: entry.lost | entry.held } : entry;
  return { held: held | before.held, lost: lost | (before.lost & ~held), called: called || entry.called };
}

/** With one x register changed. */
export function withX(state: State, n: number, value: XValue): State {
  if (n === 0 || state.x[n] === value) return state;
  const x = state.x.slice();
  x[n] = value;
  const { vtypes, avl, modes, length, tails, where, vectors, touched, firsts } = state;
  return { vtypes, avl, modes, length, tails, where, x, vectors, touched, firsts };
}
