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

/** An x register's value: a number (64 bits, without sign), something worked out from this hart's VLEN; undefined: unknown. */
export type XValue = bigint | 'vlen' | undefined;

/** Where the thread may be, as a set of bits: at home (an application hart), as at the function's entry, or on a hart for class n (`away(n)`). */
export const HOME = 1;
export const AS_ENTERED = 2;
export const away = (classNumber: number): number => 4 << classNumber;
/** All bits of harts that are away. */
export const AWAY = ~(HOME | AS_ENTERED);

export interface State {
  readonly vtypes: Vtypes;
  readonly avl: Avl;
  readonly where: number;
  readonly x: readonly XValue[];
}

const NOTHING_KNOWN: readonly XValue[] = [0n, ...new Array<XValue>(31).fill(undefined)];

/** At a function's entry, for whoever calls it. */
export const entered: State = { vtypes: [ENTRY], avl: 'entry', where: AS_ENTERED, x: NOTHING_KNOWN };
/** At a program's start (the vector state is initial: Linux leaves vill set until the first vset instruction). */
export const started: State = { vtypes: [ILL], avl: 0, where: HOME, x: NOTHING_KNOWN };
/** Nothing is known. @param where the places that the thread may be at */
export const anything = (where: number): State => ({ vtypes: undefined, avl: undefined, where, x: NOTHING_KNOWN });

export function joinVtypes(a: Vtypes, b: Vtypes): Vtypes {
  if (a === b || !a) return a;
  if (!b) return b;
  const more = b.filter((each) => !a.includes(each));
  if (!more.length) return a;
  const all = [...a, ...more].sort((p, q) => p - q);
  return all.length > MOST_VTYPES ? undefined : all;
}

function joinX(a: readonly XValue[], b: readonly XValue[]): readonly XValue[] {
  if (a === b) return a;
  let out: XValue[] | undefined;
  for (let n = 1; n < 32; n++) {
    if (a[n] === b[n] || a[n] === undefined) continue;
    out ??= [...a];
    // What is worked out from VLEN on one way may be on the other hand.
    out[n] = a[n] === 'vlen' || b[n] === 'vlen' ? 'vlen' : undefined;
  }
  return out ?? a;
}

/** What holds on both ways. @returns `a` itself when `b` adds nothing */
export function join(a: State, b: State): State {
  const vtypes = joinVtypes(a.vtypes, b.vtypes);
  const avl = a.avl === b.avl ? a.avl : undefined;
  const where = a.where | b.where;
  const x = joinX(a.x, b.x);
  return vtypes === a.vtypes && avl === a.avl && where === a.where && x === a.x ? a : { vtypes, avl, where, x };
}

/** A state within a function, where it is known what held at its entry. */
export function within(state: State, entry: State): State {
  const { vtypes, avl, where, x } = state;
  const known = vtypes?.includes(ENTRY)
    ? joinVtypes(
        vtypes.filter((each) => each !== ENTRY),
        entry.vtypes,
      )
    : vtypes;
  return {
    vtypes: known,
    avl: avl === 'entry' ? entry.avl : avl,
    where: where & AS_ENTERED ? (where & ~AS_ENTERED) | entry.where : where,
    x,
  };
}

/** With one x register changed. */
export function withX(state: State, n: number, value: XValue): State {
  if (n === 0 || state.x[n] === value) return state;
  const x = [...state.x];
  x[n] = value;
  return { ...state, x };
}
