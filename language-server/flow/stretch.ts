/**
 * Stretches: instructions that control runs through one after the other, from a place where it may come in to where it goes elsewhere. What
 * a stretch does with a state is a function of the two and of little else; it is remembered, so that code that is looked at again, a little
 * changed elsewhere, need not be gone through again.
 */
import type { Code, CodeInstruction } from '../code/code.js';
import { alike, Pointer, type State, within } from './state.js';
import { type Control, type Memory, step, written } from './step.js';
import type { Surroundings } from './surroundings.js';

/** What came of going through a stretch. */
export interface Walk {
  /** What holds before each instruction. */
  readonly states: readonly State[];
  /** What holds behind the last. */
  readonly after: State;
  /** x registers that it writes, and those that it loads back from the stack, as sets of bits. */
  readonly writes: number;
  readonly restores: number;
}

/** The states of a walk where it is known what held at the function's entry. */
export function statesWithin(walk: Walk, entry: State): readonly State[] {
  const known = seen.get(walk) ?? new Map<State, readonly State[]>();
  let states = known.get(entry);
  if (!states) {
    states = walk.states.map((state) => within(state, entry));
    if (known.size >= FEW) known.clear();
    known.set(entry, states);
    seen.set(walk, known);
  }
  return states;
}
const seen = new WeakMap<Walk, Map<State, readonly State[]>>();

export interface Stretch {
  readonly from: number;
  readonly instructions: readonly CodeInstruction[];
  readonly walk: Walk;
  readonly control: Control;
  /** The address behind it. */
  readonly next: number;
}

/** A walk that is remembered, with what it hangs on. */
interface Remembered {
  readonly walk: Walk;
  readonly control: Control;
  readonly from: number;
  readonly meanings: readonly CodeInstruction['values'][];
  readonly missing: readonly (string | undefined)[];
  /** Does it hang on the address? */
  readonly placed: boolean;
  /** The data that it hangs on, if it does: see StretchMemory.numberOf. */
  readonly data: number | undefined;
}

/** Walks that are kept for a place, and for a content; and places, and contents. */
const FEW = 4;
const MANY = 50_000;

export class StretchMemory {
  private readonly byPlace = new Map<number, Remembered[]>();
  private readonly byContent = new Map<number, Remembered[]>();

  private readonly contexts = new Map<string, State[]>();

  /** One object for all that is known alike at functions' entries, where nothing is known of registers. */
  context(state: State): State {
    const { where, avl, vtypes } = state;
    const key = `${where} ${avl} ${vtypes}`;
    const list = this.contexts.get(key) ?? [];
    const known = list.find((each) => alike(each, state));
    if (known) return known;
    if (this.contexts.size >= MANY || list.length >= MANY) this.contexts.clear();
    this.contexts.set(key, [...list, state]);
    return state;
  }

  private data = { key: '', number: 0 };

  /** A number for what data there is: another one when that is another. */
  numberOf(data: Code['parts']['data']): number {
    const key = data.map(({ start, end }) => `${start}-${end}`).join();
    if (key !== this.data.key) this.data = { key, number: this.data.number + 1 };
    return this.data.number;
  }

  find(content: number, instructions: readonly CodeInstruction[], before: State, data: number): Remembered | undefined {
    const { address } = instructions[0]!;
    const fits = (each: Remembered) =>
      (each.data === undefined || each.data === data) &&
      sameCode(each, instructions) &&
      alike(each.walk.states[0]!, before);
    return this.byPlace.get(address)?.find(fits) ?? this.byContent.get(content)?.find(fits);
  }

  keep(content: number, walked: Remembered): void {
    add(this.byPlace, walked.from, walked);
    if (!walked.placed) add(this.byContent, content, walked);
  }
}

function add(map: Map<number, Remembered[]>, key: number, walk: Remembered): void {
  const list = map.get(key);
  if (!list) {
    if (map.size >= MANY) map.clear();
    map.set(key, [walk]);
    return;
  }
  list.unshift(walk);
  if (list.length > FEW) list.pop();
}

function sameCode({ meanings, missing }: Remembered, instructions: readonly CodeInstruction[]): boolean {
  if (meanings.length !== instructions.length) return false;
  for (let n = 0; n < meanings.length; n++) {
    const instruction = instructions[n]!;
    if (meanings[n] !== instruction.values || missing[n] !== instruction.missing) return false;
  }
  return true;
}

const PAGE = 4096;
/** Data over more pages is not followed page by page. */
const MOST_PAGES = 32;

export class Stretches {
  private placed = false;
  private ofData = false;
  private readonly data: number;
  private readonly memory: Memory;

  /**
   * @param leaders where control may come in
   * @param pages what of memory is followed; see Memory
   */
  constructor(
    private readonly code: Code,
    private readonly around: Surroundings,
    private readonly leaders: ReadonlySet<number>,
    private readonly known: StretchMemory | undefined,
    pages: Pick<Memory, 'followsPages' | 'touchedBefore'>,
  ) {
    this.data = known?.numberOf(code.parts.data) ?? 0;
    this.memory = {
      asPointer: (address) => {
        this.ofData = true;
        return this.asPointer(address);
      },
      placed: () => {
        this.placed = true;
      },
      ...pages,
    };
  }

  /** The pages of the data that an address lies in. */
  readonly asPointer = (address: number): Pointer | undefined => {
    const data = this.code.dataAt(address);
    if (!data) return undefined;
    if (!this.pointers.has(data.start)) this.pointers.set(data.start, this.pointerInto(data));
    return this.pointers.get(data.start);
  };
  private readonly pointers = new Map<number, Pointer | undefined>();

  private pointerInto(data: { readonly start: number; readonly end: number }): Pointer | undefined {
    const [first, last] = [data.start, Math.max(data.end - 1, data.start)].map((each) => Math.floor(each / PAGE));
    if (last! - first! > MOST_PAGES) return undefined;
    return Pointer.into(Array.from({ length: last! - first! + 1 }, (_, n) => first! + n));
  }

  /** Go through the stretch at an address; undefined: no instruction is there. */
  through(from: number, before: State): Stretch | undefined {
    const { instructions, content } = this.at(from);
    if (!instructions.length) return undefined;
    const known = this.known?.find(content, instructions, before, this.data);
    const { walk, control } = known ?? this.walk(content, instructions, before);
    const { length } = walk.states;
    const last = instructions[length - 1]!;
    return {
      from,
      // A call that never returns ends it early.
      instructions: length < instructions.length ? instructions.slice(0, length) : instructions,
      walk,
      // Where it goes to has moved along with it.
      control:
        known && known.from !== from ? step(last, walk.states.at(-1)!, this.around, this.memory).control : control,
      next: last.address + last.length,
    };
  }

  /** Instructions up to where control may go elsewhere, or come in. */
  private at(from: number): { instructions: CodeInstruction[]; content: number } {
    const instructions: CodeInstruction[] = [];
    let content = 0;
    for (let at = from; ; ) {
      const instruction = this.code.at(at);
      if (!instruction) break;
      instructions.push(instruction);
      content = (Math.imul(content, 31) + instruction.word) | 0;
      at += instruction.length;
      if (ends(instruction) || this.leaders.has(at)) break;
    }
    return { instructions, content };
  }

  private walk(
    content: number,
    instructions: readonly CodeInstruction[],
    before: State,
  ): { walk: Walk; control: Control } {
    this.placed = false;
    this.ofData = false;
    const states: State[] = [];
    let state = before;
    let control: Control = { kind: 'falls' };
    let [writes, restores] = [0, 0];
    for (const instruction of instructions) {
      states.push(state);
      for (const n of written(instruction)) {
        writes |= 1 << n;
        if (instruction.row?.name === 'ld' && instruction.values.get('rs1') === 2) restores |= 1 << n;
      }
      ({ state, control } = step(instruction, state, this.around, this.memory));
      if (control.kind !== 'falls') break;
    }
    const walk = { states, after: state, writes, restores };
    this.known?.keep(content, {
      walk,
      control,
      from: instructions[0]!.address,
      meanings: instructions.map(({ values }) => values),
      missing: instructions.map(({ missing }) => missing),
      placed: this.placed,
      data: this.ofData ? this.data : undefined,
    });
    return { walk, control };
  }
}

/** Does control never just go on behind it, or may it come in there? */
const ends = ({ row }: CodeInstruction): boolean =>
  !row || row.semantics.kind === 'branch' || row.semantics.kind === 'jump';
