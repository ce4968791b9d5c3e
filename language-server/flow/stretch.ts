/**
 * Stretches: instructions that control runs through one after the other, from a place where it may come in to where it goes elsewhere. What
 * a stretch does with a state is a function of the two and of little else; it is remembered, so that code that is looked at again, a little
 * changed elsewhere, need not be gone through again.
 */
import type { Code, CodeInstruction } from '../code/code.js';
import { alike, Pointer, type State, within } from './state.js';
import { StateMemory } from './states.js';
import type { Decision } from '../probe/decisions.js';
import { type Control, type Memory, step, written } from './step.js';
import type { Surroundings } from './surroundings.js';

/** What came of going through a stretch. */
export class Walk {
  /** `states` as they are for some of those who enter the function. */
  private readonly inside: { readonly entry: State; readonly states: readonly State[] }[] = [];

  constructor(
    /** What holds before each instruction. */
    readonly states: readonly State[],
    /** What holds behind the last. */
    readonly after: State,
    /** x registers that it writes, and those that it loads back from the stack, as sets of bits. */
    readonly writes: number,
    readonly restores: number,
  ) {}

  /** The states where it is known what held at the function's entry. */
  statesWithin(entry: State, memory?: StateMemory): readonly State[] {
    for (const known of this.inside) if (known.entry === entry) return known.states;
    const states = this.states.map((state) => (memory ? memory.within(state, entry) : within(state, entry)));
    if (this.inside.length >= FEW) this.inside.length = 0;
    this.inside.push({ entry, states });
    return states;
  }
}

export interface Stretch {
  readonly from: number;
  readonly instructions: readonly CodeInstruction[];
  readonly walk: Walk;
  readonly control: Control;
  /** The address behind it. */
  readonly next: number;
}

/** A walk that is remembered, with what it hangs on besides its content. */
interface Remembered {
  readonly walk: Walk;
  readonly control: Control;
  readonly from: number;
  /** Does it hang on the address? */
  readonly placed: boolean;
  /** The data that it hangs on, if it does: see StretchMemory.numberOf. */
  readonly data: number | undefined;
}

/** Walks that are kept of a content, and of it at a place; and places of a content, and contents. */
const FEW = 4;
const MANY = 50_000;

/** What a stretch's instructions say, wherever they stand, and walks through them that are remembered. */
class Content {
  private readonly movable: Remembered[] = [];
  private readonly placed = new Map<number, Remembered[]>();

  constructor(
    private readonly meanings: readonly CodeInstruction['values'][],
    private readonly missing: readonly (string | undefined)[],
  ) {}

  is(instructions: readonly CodeInstruction[]): boolean {
    if (this.meanings.length !== instructions.length) return false;
    for (let n = 0; n < instructions.length; n++) {
      const { values, missing } = instructions[n]!;
      if (this.meanings[n] !== values || this.missing[n] !== missing) return false;
    }
    return true;
  }

  find(from: number, before: State, data: number): Remembered | undefined {
    return fitting(this.movable, before, data) ?? fitting(this.placed.get(from), before, data);
  }

  keep(walked: Remembered): void {
    if (!walked.placed) {
      add(this.movable, walked);
      return;
    }
    const list = this.placed.get(walked.from) ?? [];
    if (!list.length && this.placed.size >= MANY) this.placed.clear();
    this.placed.set(walked.from, add(list, walked));
  }
}

function fitting(list: readonly Remembered[] | undefined, before: State, data: number): Remembered | undefined {
  if (list)
    for (const each of list)
      if ((each.data === undefined || each.data === data) && alike(each.walk.states[0]!, before)) return each;
  return undefined;
}

function add(list: Remembered[], walk: Remembered): Remembered[] {
  list.unshift(walk);
  if (list.length > FEW) list.pop();
  return list;
}

export class StretchMemory {
  readonly states = new StateMemory();
  private readonly contents = new Map<number, Content[]>();
  private size = 0;
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

  /** The one content of instructions that say the same. @param hash the same for those */
  contentOf(hash: number, instructions: readonly CodeInstruction[]): Content {
    let list = this.contents.get(hash);
    const known = list?.find((each) => each.is(instructions));
    if (known) return known;
    if (this.size++ >= MANY) {
      this.contents.clear();
      this.size = 0;
      list = undefined;
    }
    const content = new Content(
      instructions.map(({ values }) => values),
      instructions.map(({ missing }) => missing),
    );
    if (list) list.push(content);
    else this.contents.set(hash, [content]);
    return content;
  }
}

const PAGE = 4096;
/** Data over more pages is not followed page by page. */
const MOST_PAGES = 32;

export class Stretches {
  private placed = false;
  private ofData = false;
  /** See StretchMemory.numberOf. */
  readonly data: number;
  private readonly memory: Memory;

  /**
   * @param leaders where control may come in: by number of instruction, other than 0
   * @param decisions branches that go one way only, by address
   * @param pages what of memory is followed; see Memory
   */
  constructor(
    private readonly code: Code,
    private readonly around: Surroundings,
    private readonly leaders: Uint8Array,
    private readonly decisions: ReadonlyMap<number, Decision>,
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
    const block = this.at(from);
    if (!block) return undefined;
    const { instructions, content } = block;
    const known = content?.find(from, before, this.data);
    const { walk, control } = known ?? this.walk(block, before);
    const { length } = walk.states;
    const last = instructions[length - 1]!;
    return {
      from,
      // A call that never returns ends it early.
      instructions: length < instructions.length ? instructions.slice(0, length) : instructions,
      walk,
      // Where it goes to has moved along with it.
      control: this.decided(
        last,
        known && known.from !== from ? step(last, walk.states.at(-1)!, this.around, this.memory).control : control,
      ),
      next: last.address + last.length,
    };
  }

  /** What is remembered of a stretch does not hang on what the kernel answers: that may be decided elsewhere. */
  private decided({ address }: CodeInstruction, control: Control): Control {
    if (control.kind !== 'branches') return control;
    const decision = this.decisions.get(address);
    if (!decision) return control;
    return decision.taken ? { kind: 'jumps', target: control.target } : { kind: 'falls' };
  }

  /** By the first instruction's number. */
  private readonly blocks: (Block | undefined)[] = [];

  private at(from: number): Block | undefined {
    const first = this.code.indexAt(from);
    if (first < 0) return undefined;
    let block = this.blocks[first];
    if (!block) {
      block = this.block(from);
      this.blocks[first] = block;
    }
    return block;
  }

  /** Instructions up to where control may go elsewhere, or come in. */
  private block(from: number): Block {
    const instructions: CodeInstruction[] = [];
    let hash = 0;
    for (let at = from; ; ) {
      const n = this.code.indexAt(at);
      if (n < 0 || (at !== from && this.leaders[n])) break;
      const instruction = this.code.instructions[n]!;
      instructions.push(instruction);
      hash = (Math.imul(hash, 31) + instruction.word) | 0;
      at += instruction.length;
      if (ends(instruction)) break;
    }
    return { instructions, content: this.known?.contentOf(hash, instructions) };
  }

  private walk({ instructions, content }: Block, before: State): { walk: Walk; control: Control } {
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
      if (state !== states.at(-1)) state = this.known?.states.one(state) ?? state;
      if (control.kind !== 'falls') break;
    }
    const walk = new Walk(states, state, writes, restores);
    content?.keep({
      walk,
      control,
      from: instructions[0]!.address,
      placed: this.placed,
      data: this.ofData ? this.data : undefined,
    });
    return { walk, control };
  }
}

/** Instructions that control runs through one after the other. */
interface Block {
  readonly instructions: readonly CodeInstruction[];
  /** Undefined: nothing is remembered. */
  readonly content: Content | undefined;
}

/** Does control never just go on behind it, or may it come in there? */
const ends = ({ row }: CodeInstruction): boolean =>
  !row || row.semantics.kind === 'branch' || row.semantics.kind === 'jump';
