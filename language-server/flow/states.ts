/** States that were met before: what is alike is one object, and what two of them come to together is worked out once. */
import { alike, type AsPointer, join, type State, within } from './state.js';

/** More states than these are forgotten all at once; and of one state, what it comes to with more than so many others. */
const MANY = 50_000;
const FEW = 8;

/** What states come to together with others. */
class Pairs {
  private readonly map = new Map<State, { readonly other: State; readonly both: State }[]>();

  get(one: State, other: State): State | undefined {
    const list = this.map.get(one);
    if (list) for (const each of list) if (each.other === other) return each.both;
    return undefined;
  }
  set(one: State, other: State, both: State): State {
    const list = this.map.get(one);
    if (list) {
      if (list.length >= FEW) list.length = 0;
      list.push({ other, both });
    } else {
      if (this.map.size >= MANY) this.map.clear();
      this.map.set(one, [{ other, both }]);
    }
    return both;
  }
  clear(): void {
    this.map.clear();
  }
}

export class StateMemory {
  private readonly known = new Map<number, State[]>();
  private size = 0;
  private readonly joined = new Pairs();
  private readonly entered = new Pairs();
  private data = 0;

  /** The one object for all states that say the same. */
  one(state: State): State {
    const key = hash(state);
    const list = this.known.get(key);
    if (list) for (const each of list) if (alike(each, state)) return each;
    if (this.size++ >= MANY) this.forget();
    if (list && this.size > 1) list.push(state);
    else this.known.set(key, [state]);
    return state;
  }

  /**
   * What holds on both ways. @returns `a` itself when `b` adds nothing
   * @param data the number of the data that pointers point into: see StretchMemory.numberOf
   */
  join(a: State, b: State, asPointer: AsPointer, data: number): State {
    if (a === b) return a;
    if (data !== this.data) this.joined.clear();
    this.data = data;
    return this.joined.get(a, b) ?? this.joined.set(a, b, this.same(a, join(a, b, asPointer)));
  }

  /** A state within a function, where it is known what held at its entry. */
  within(state: State, entry: State): State {
    return this.entered.get(state, entry) ?? this.entered.set(state, entry, this.same(state, within(state, entry)));
  }

  private same(before: State, now: State): State {
    return now === before ? now : this.one(now);
  }

  private forget(): void {
    this.known.clear();
    this.joined.clear();
    this.entered.clear();
    this.size = 1;
  }
}

/** The same for states that say the same. */
function hash({ where, length, avl, vtypes, vectors, x, firsts }: State): number {
  let out = where ^ (length << 8) ^ vectors.held ^ Math.imul(vectors.lost, 5) ^ firsts.length;
  if (typeof avl === 'number') out = Math.imul(out, 31) + avl;
  for (const each of vtypes ?? []) out = Math.imul(out, 31) + each;
  for (let n = 1; n < 32; n++) {
    const value = x[n];
    if (value !== undefined)
      out = Math.imul(out, 31) + n + (typeof value === 'bigint' ? Number(value) % 0x7fff_ffff : 0);
  }
  return out | 0;
}
