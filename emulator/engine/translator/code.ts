/** Code as the translator sees it: basic blocks of a page, or of some pages, that are reached from places that were seen to be hot. */
import { isLong } from '../../../isa/decode.js';
import { extract, type OperandName, operandNames, operands } from '../../../isa/operands.js';
import type { Instruction } from '../../../isa/types.js';
import { decode } from '../decoder.js';
import { F } from './registers.js';

const PAGE = 4096;

/** Offset of the page that an offset lies in. */
export const pageOf = (offset: number): number => offset & -PAGE;

/** One instruction with its operands known. */
export interface Step {
  /** Offset from the first page's beginning. */
  readonly at: number;
  readonly length: 2 | 4;
  readonly row: Instruction;
  /** The instruction word, a compressed one's expanded. */
  readonly word: number;
  readonly values: ReadonlyMap<OperandName, number>;
}

/** It lies in one page. */
export interface Block {
  /** Offset of its first instruction. */
  readonly start: number;
  readonly steps: readonly Step[];
  /** Offset behind its last instruction. */
  readonly next: number;
  /** The last step goes elsewhere, or control falls to `next`; `stop`: the instruction at `next` is the interpreter's. */
  readonly end: 'goes' | 'falls' | 'stop';
  /** Offsets that control may go to directly. */
  readonly successors: readonly number[];
  /** Control comes here from elsewhere: a call returns here, or the interpreter goes on here. */
  readonly entered: boolean;
}

/** Code as one hart decodes it. Offsets count from the beginning of a first page; others may lie on either side of it. */
export interface Pages {
  /** The page that begins at an offset; undefined: it is not to be followed there. */
  bytes(page: number): Uint8Array | undefined;
  has(extension: string): boolean;
  /** Must the instruction at this offset be left to the interpreter (it has a breakpoint)? */
  marked(at: number): boolean;
  /** Must it be, because of a register that it writes? */
  watched(row: Instruction, word: number): boolean;
}

/** Where execution was seen, by offset. */
export interface Seeds {
  /** In the middle of what was executed. */
  readonly seen: readonly number[];
  /** Jumps by register went there. */
  readonly targets: readonly number[];
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

/** Does it end with a call? Then control goes on behind it, later. */
export function isCall({ steps }: Block): boolean {
  const last = steps.at(-1);
  return last?.row.semantics.kind === 'jump' && operandOf(last, 'rd') !== 0;
}

/** Does control go elsewhere, or only perhaps on, behind the step? */
function ends({ row: { semantics } }: Step): boolean {
  return semantics.kind === 'branch' || semantics.kind === 'jump';
}

class Discovery {
  /** By offset; null: the interpreter's. */
  readonly steps = new Map<number, Step | null>();
  readonly leaders = new Set<number>();
  readonly entered = new Set<number>();
  private readonly todo: number[] = [];
  /** Offsets behind jumps that do not come back; and behind those that are no returns: where one by register was met, there may be a switch, of which these are cases. */
  private readonly ends = new Set<number>();
  private readonly behind = new Set<number>();
  private chooses = false;

  constructor(
    private readonly pages: Pages,
    private readonly limit: number,
  ) {}

  private step(at: number): Step | null {
    const { has, marked } = this.pages;
    const bytes = this.pages.bytes(pageOf(at))!;
    const here = at - pageOf(at);
    const low = bytes[here]! | (bytes[here + 1]! << 8);
    if (marked(at) || (isLong(low) && here + 4 > PAGE)) return null;
    const bits = isLong(low) ? (low | (bytes[here + 2]! << 16) | (bytes[here + 3]! << 24)) >>> 0 : low;
    const { row, length, word } = decode(bits, has);
    if (!row) return null;
    if (this.pages.watched(row, word)) {
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
    if (this.leaders.has(at) || !this.pages.bytes(pageOf(at))) return;
    this.leaders.add(at);
    this.todo.push(at);
  }

  private enter(at: number): void {
    if (!this.pages.bytes(pageOf(at))) return;
    this.entered.add(at);
    this.lead(at);
  }

  /** Follow control from an offset. */
  private follow(from: number): void {
    for (let at = from; !this.steps.has(at) && this.steps.size < this.limit; ) {
      if (pageOf(at) !== pageOf(from)) {
        this.lead(at);
        return;
      }
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
        const isDirect = semantics.to === 'pc';
        if (operandOf(step, 'rd') !== 0) this.enter(next);
        else {
          this.ends.add(next);
          if (isDirect || !LINKS.has(operandOf(step, 'rs1'))) {
            this.behind.add(next);
            this.chooses ||= !isDirect;
          }
        }
        if (isDirect) this.lead(at + distance(step));
        return;
      }
      at = next;
    }
  }

  private drain(): void {
    for (let at = this.todo.shift(); at !== undefined; at = this.todo.shift()) this.follow(at);
  }

  /** Cases of a switch lie one behind the other: what lies between known code, behind a jump, is one more. */
  private cases(): void {
    const known = [...this.steps.keys()];
    const [low, high] = [Math.min(...known), Math.max(...known)];
    for (const at of this.behind)
      if (at > low && at < high && !this.steps.has(at)) {
        this.enter(at);
        this.drain();
      }
  }

  /** Does control that comes to an offset get to a place without a jump? */
  private reaches(from: number, isThere: (at: number) => boolean): boolean {
    for (let at = from; at < from + FARTHEST && pageOf(at) === pageOf(from); ) {
      if (isThere(at)) return true;
      const step = this.steps.get(at) ?? this.step(at);
      if (!step || step.row.semantics.kind === 'jump') return false;
      at += step.length;
    }
    return false;
  }

  /** Where the code that was seen at an offset begins, most likely: behind what ends in front of it, if nothing ends between. */
  private beginning(seen: number): number {
    const end = Math.max(...[...this.ends].filter((at) => at < seen));
    return end >= seen - FARTHEST && this.reaches(end, (at) => at === seen) ? end : seen;
  }

  /** Behind what ends, code that goes on into known code is how that is most often come to: a function's first instructions, where its loop was seen. */
  private beginnings(): void {
    for (const at of this.ends)
      if (this.pages.bytes(pageOf(at)) && !this.steps.has(at) && this.reaches(at, (to) => !!this.steps.get(to))) {
        this.enter(at);
        this.drain();
      }
  }

  /** What was seen in the middle of a block that begins elsewhere begins none of its own. */
  from({ seen, targets }: Seeds): this {
    for (const at of targets) this.enter(at);
    this.drain();
    const places = seen.filter((at) => this.pages.bytes(pageOf(at))).sort((a, b) => a - b);
    for (const at of places) {
      this.follow(at);
      this.drain();
    }
    if (this.chooses) this.cases();
    const covered = new Set<number>();
    const cover = (from: number) => {
      for (let step = this.steps.get(from); step; step = this.steps.get(step.at + step.length)) {
        covered.add(step.at);
        if (ends(step)) return;
      }
    };
    for (const at of this.leaders) cover(at);
    for (const place of places)
      if (!covered.has(place)) {
        this.enter(this.beginning(place));
        this.drain();
        for (const at of this.leaders) if (!covered.has(at)) cover(at);
      }
    this.beginnings();
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
        if (pageOf(at) !== pageOf(start)) return block(at, 'falls', [at]);
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

/** Bytes between the beginning of code and where it was seen. */
const FARTHEST = 128;

/** Registers whose jumps return (unprivileged specification, "Unconditional Jumps"). */
const LINKS = new Set([1, 5]);

/**
 * The blocks of a page and of those that it leads into, by offset.
 * @param limit the most instructions
 */
export function blocksOf(pages: Pages, seeds: Seeds, limit: number): Block[] {
  return new Discovery(pages, limit).from(seeds).blocks();
}
