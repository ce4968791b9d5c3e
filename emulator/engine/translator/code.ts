/** The code of a page as the translator sees it: basic blocks that are reached from places that were seen to be hot. */
import { isLong } from '../../../isa/decode.js';
import { extract, type OperandName, operandNames, operands } from '../../../isa/operands.js';
import type { Instruction } from '../../../isa/types.js';
import { decode } from '../decoder.js';
import { F } from './registers.js';

const PAGE = 4096;

/** One instruction with its operands known. */
export interface Step {
  /** Offset in the page. */
  readonly at: number;
  readonly length: 2 | 4;
  readonly row: Instruction;
  /** The instruction word, a compressed one's expanded. */
  readonly word: number;
  readonly values: ReadonlyMap<OperandName, number>;
}

export interface Block {
  /** Offset of its first instruction. */
  readonly start: number;
  readonly steps: readonly Step[];
  /** Offset behind its last instruction. */
  readonly next: number;
  /** The last step goes elsewhere, or control falls to `next`; `stop`: the instruction at `next` is the interpreter's. */
  readonly end: 'goes' | 'falls' | 'stop';
  /** Offsets in the page that control may go to directly. */
  readonly successors: readonly number[];
  /** Control comes here from elsewhere: a call returns here, or the interpreter goes on here. */
  readonly entered: boolean;
}

/** A page as one hart decodes it. */
export interface Page {
  readonly bytes: Uint8Array;
  has(extension: string): boolean;
  /** Must the instruction at this offset be left to the interpreter (it has a breakpoint)? */
  marked(at: number): boolean;
  /** Must it be, because of a register that it writes? */
  watched(row: Instruction, word: number): boolean;
}

/** Is this a row that translated code can hold? Cold ones stay with the interpreter. */
const translatable = ({ semantics: { kind } }: Instruction) => kind !== 'system' && kind !== 'expand';

export const operandOf = (step: Step, name: OperandName): number => step.values.get(name) ?? 0;

/** What a jump or branch adds to its pc. */
export function distance(step: Step): number {
  for (const [name, value] of step.values) if (operands[name].class === 'target') return value;
  throw new Error(`${step.row.name} has no target`);
}

const scalars = ['rd', 'rs1', 'rs2', 'fd', 'fs1', 'fs2', 'fs3'] as const;
const numberOf = (step: Step, name: (typeof scalars)[number]) => operandOf(step, name) + (name.startsWith('f') ? F : 0);

/** The x and f registers that a step's operands name; see registers.ts. */
export const registersOf = (step: Step): number[] =>
  scalars.filter((name) => operandNames(step.row).includes(name)).map((name) => numberOf(step, name));

/** All registers that a step writes: some write a pair. */
export const destinations = (step: Step): number[] => {
  for (const name of ['rd', 'fd'] as const)
    if (operandNames(step.row).includes(name) && numberOf(step, name) !== 0) return [numberOf(step, name)];
  const first = operandOf(step, 'rdPair');
  return first === 0 ? [] : [first, first + 1];
};

class Discovery {
  /** By offset; null: the interpreter's. */
  readonly steps = new Map<number, Step | null>();
  readonly leaders = new Set<number>();
  readonly entered = new Set<number>();
  private readonly todo: number[] = [];

  constructor(
    private readonly page: Page,
    private readonly limit: number,
  ) {}

  private step(at: number): Step | null {
    const { bytes, has, marked } = this.page;
    const low = bytes[at]! | (bytes[at + 1]! << 8);
    if (marked(at) || (isLong(low) && at + 4 > PAGE)) return null;
    const bits = isLong(low) ? (low | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0 : low;
    const { row, length, word } = decode(bits, has);
    if (!row) return null;
    if (this.page.watched(row, word)) {
      this.enter(at + length);
      return null;
    }
    if (!translatable(row)) {
      // Behind it the interpreter comes back; not behind what never goes on there.
      if (row.semantics.kind === 'system' && !/^[ms]ret$/.test(row.semantics.handler)) this.enter(at + length);
      return null;
    }
    const values = new Map(operandNames(row).map((name) => [name, extract(operands[name], word)] as const));
    return { at, length, row, word, values };
  }

  private lead(at: number): void {
    if (at < 0 || at >= PAGE || this.leaders.has(at)) return;
    this.leaders.add(at);
    this.todo.push(at);
  }

  private enter(at: number): void {
    if (at >= PAGE) return;
    this.entered.add(at);
    this.lead(at);
  }

  /** Follow control from an offset. */
  private follow(from: number): void {
    for (let at = from; at < PAGE && !this.steps.has(at) && this.steps.size < this.limit; ) {
      const step = this.step(at);
      this.steps.set(at, step);
      if (!step) return;
      const next = at + step.length;
      const { semantics } = step.row;
      if (semantics.kind === 'branch') {
        this.lead(next);
        this.lead(at + distance(step));
        return;
      }
      if (semantics.kind === 'jump') {
        if (operandOf(step, 'rd') !== 0) this.enter(next);
        if (semantics.to === 'pc') this.lead(at + distance(step));
        return;
      }
      at = next;
    }
  }

  /** @param hot offsets; one in the middle of a block that is reached otherwise begins none of its own */
  from(hot: readonly number[]): this {
    const drain = () => {
      for (let at = this.todo.shift(); at !== undefined; at = this.todo.shift()) this.follow(at);
    };
    for (const at of hot) {
      this.follow(at);
      drain();
    }
    const covered = new Set(this.blocks().flatMap(({ steps }) => steps.map(({ at }) => at)));
    for (const at of hot) if (!covered.has(at)) this.enter(at);
    drain();
    return this;
  }

  blocks(): Block[] {
    const starts = [...this.leaders].filter((at) => this.steps.has(at)).sort((a, b) => a - b);
    return starts.map((start) => {
      const steps: Step[] = [];
      const block = (next: number, end: Block['end'], successors: number[]): Block => ({
        start,
        steps,
        next,
        end,
        successors,
        entered: this.entered.has(start),
      });
      for (let at = start; ; ) {
        const step = this.steps.get(at);
        if (step === null) return block(at, 'stop', []);
        if (step === undefined || (at !== start && this.leaders.has(at))) return block(at, 'falls', [at]);
        steps.push(step);
        const { kind } = step.row.semantics;
        at += step.length;
        if (kind === 'branch') return block(at, 'goes', [step.at + distance(step), at]);
        if (kind === 'jump') {
          const direct = step.row.semantics.kind === 'jump' && step.row.semantics.to === 'pc';
          return block(at, 'goes', direct ? [step.at + distance(step)] : []);
        }
      }
    });
  }
}

/**
 * The blocks of a page, by offset.
 * @param hot offsets where execution was seen
 * @param limit the most instructions
 */
export function blocksOf(page: Page, hot: readonly number[], limit: number): Block[] {
  return new Discovery(page, limit).from(hot).blocks();
}
