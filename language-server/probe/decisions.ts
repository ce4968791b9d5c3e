/**
 * Branches that are decided by what the kernel answers of a chip: riscv_hwprobe, AT_HWCAP. Only functions that ask are gone through, each by
 * itself; whatever else comes in, and whatever is not followed, is unknown.
 */
import { type Code, type CodeInstruction, targetOf } from '../code/code.js';
import { evaluate, taken } from '../flow/constant.js';
import { written } from '../flow/step.js';
import type { Answers } from './answers.js';
import { Cells } from './cells.js';
import { ALL, Answer, Frame, numberOf, same, type Value } from './value.js';

/** What a branch does whenever control comes to it. */
export interface Decision {
  readonly taken: boolean;
  /** What it was decided by. */
  readonly by: Answer;
}

interface State {
  readonly x: readonly Value[];
  readonly cells: Cells;
}

const NOTHING: readonly Value[] = [0n, ...new Array<Value>(31).fill(undefined)];
const UNKNOWN: State = { x: NOTHING, cells: Cells.unknown };
const inFrame = (): readonly Value[] => NOTHING.map((value, n) => (n === SP ? new Frame(0) : value));

const [RA, SP, T0, A0, A1, A7] = [1, 2, 5, 10, 11, 17];
/** Registers that a called function leaves as they were (psABI): sp, gp, tp, s0 to s11. */
const KEPT = new Set([2, 3, 4, 8, 9, ...Array.from({ length: 10 }, (_, n) => 18 + n)]);

/** System calls by their numbers (Linux). */
const HWPROBE = 258n;
/** Those that leave a program's memory alone: write, sched_yield, getpid, gettid. */
const harmless: readonly Value[] = [64n, 124n, 172n, 178n];
/** Functions of C libraries that ask, by the register of their first argument. */
const askers = new Map<string, 'hwprobe' | 'syscall' | 'hwcap'>([
  ['__riscv_hwprobe', 'hwprobe'],
  ['syscall', 'syscall'],
  ['getauxval', 'hwcap'],
  ['__getauxval', 'hwcap'],
]);
const AT_HWCAP = 16n;
/** More pairs are not followed. */
const MOST_PAIRS = 16n;

/** Branches that are decided, by address. */
export function decisionsIn(code: Code, answers: Answers): ReadonlyMap<number, Decision> {
  const out = new Map<number, Decision>();
  const asking = code.instructions.filter((each) => asks(each, code));
  if (!asking.length) return out;
  const entries = entriesOf(code);
  const regions = new Set(asking.map(({ address }) => lastUpTo(entries, address)));
  for (const n of regions) {
    if (n < 0) continue;
    const from = code.indexAt(entries[n]!);
    const to = n + 1 < entries.length ? code.indexAt(entries[n + 1]!) : code.instructions.length;
    new Region(code, answers, from, to).decide(out);
  }
  return out;
}

/** Is it where a program asks, as far as a look at it alone tells? Of a library, which nobody reads, it is of no interest. */
function asks(instruction: CodeInstruction, code: Code): boolean {
  const { row, immediate, values } = instruction;
  if (row?.name === 'addi' && immediate === Number(HWPROBE) && values.get('rs1') === 0)
    return instruction.place !== undefined;
  if (row?.semantics.kind !== 'jump') return false;
  // Places are worked out when they are asked for: last.
  return askerIn(instruction, code) !== undefined && instruction.place !== undefined;
}

/** Where a jump, call or branch leads, as far as the instruction says it, and the auipc right before it where there is one. */
function targetIn(instruction: CodeInstruction, code: Code): number | undefined {
  const upper = upperOf(instruction, code);
  if (instruction.missing !== undefined || upper?.missing !== undefined) return undefined;
  return targetOf(instruction) ?? (upper && upper.address + upper.immediate! + (instruction.immediate ?? 0));
}

/** The auipc that belongs to a jalr. */
function upperOf(instruction: CodeInstruction, code: Code): CodeInstruction | undefined {
  if (instruction.row?.name !== 'jalr') return undefined;
  const before = code.instructions[code.indexAt(instruction.address) - 1];
  return before?.row?.name === 'auipc' && before.values.get('rd') === instruction.values.get('rs1')
    ? before
    : undefined;
}

/** Which of a library's functions that ask is called. One of the program's own by such a name may be anything. */
function askerIn(instruction: CodeInstruction, code: Code): 'hwprobe' | 'syscall' | 'hwcap' | undefined {
  const missing = instruction.missing ?? upperOf(instruction, code)?.missing;
  if (missing !== undefined) return askers.get(missing);
  const target = targetIn(instruction, code);
  const who = target === undefined ? undefined : askers.get(code.nameAt(target) ?? '');
  return who === undefined || code.at(target!)?.place ? undefined : who;
}

/** Where functions begin, by rising address: what is called, and where control may come in from elsewhere. */
function entriesOf(code: Code): readonly number[] {
  const { start, entries, taken: others } = code.parts;
  const out = new Set([...(start === undefined ? [] : [start]), ...entries, ...others]);
  for (const instruction of code.instructions) {
    const link = instruction.row?.semantics.kind === 'jump' ? instruction.values.get('rd') : undefined;
    const target = link === RA || link === T0 ? targetIn(instruction, code) : undefined;
    if (target !== undefined) out.add(target);
  }
  return [...out].filter((address) => code.indexAt(address) >= 0).sort((a, b) => a - b);
}

function lastUpTo(list: readonly number[], address: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]! <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** A function: instructions that lie one after the other. */
class Region {
  private readonly states = new Map<number, State>();
  private readonly queue: number[] = [];

  /** @param from number of its first instruction; `to` of that behind its last */
  constructor(
    private readonly code: Code,
    private readonly answers: Answers,
    private readonly from: number,
    private readonly to: number,
  ) {}

  decide(out: Map<number, Decision>): void {
    this.enter();
    for (let n = this.queue.pop(); n !== undefined; n = this.queue.pop()) this.follow(n);
    for (const [n, { x }] of this.states) {
      const instruction = this.code.instructions[n]!;
      const decision = decided(instruction, x);
      if (decision) out.set(instruction.address, decision);
    }
  }

  /** Control comes in where the function begins, and wherever something from outside may lead. */
  private enter(): void {
    const { instructions, parts } = this.code;
    const entry = instructions[this.from]!;
    const before = instructions[this.from - 1];
    const falls = before !== undefined && before.address + before.length === entry.address && !leavesForGood(before);
    this.arrive(this.from, {
      x: inFrame(),
      cells: entry.address === parts.start && !falls ? Cells.initial : Cells.unknown,
    });
    const from = (address: number | undefined): void => {
      const n = address === undefined ? -1 : this.code.indexAt(address);
      // Who comes to the beginning has the frame that begins there.
      this.arrive(n, n === this.from ? { x: inFrame(), cells: Cells.unknown } : UNKNOWN);
    };
    instructions.forEach((instruction, n) => {
      const inside = n >= this.from && n < this.to;
      if (!inside || isCall(instruction)) from(targetIn(instruction, this.code));
    });
    for (const list of parts.landings?.values() ?? []) list.forEach(from);
    parts.taken.forEach(from);
  }

  private arrive(n: number, state: State): void {
    if (n < this.from || n >= this.to) return;
    const before = this.states.get(n);
    const after = before ? join(before, state) : state;
    if (after === before) return;
    this.states.set(n, after);
    this.queue.push(n);
  }

  private follow(n: number): void {
    const instruction = this.code.instructions[n]!;
    const state = this.states.get(n)!;
    const { row, values, address, length } = instruction;
    const behind = this.code.indexAt(address + length);
    const falls = (after: State) => {
      if (behind >= 0) this.arrive(behind, after);
    };
    if (!row) return;
    switch (row.semantics.kind) {
      case 'branch': {
        const sure = decided(instruction, state.x)?.taken;
        const target = targetOf(instruction);
        if (sure !== true) falls(state);
        if (sure !== false && target !== undefined) this.arrive(this.code.indexAt(target), state);
        return;
      }
      case 'jump': {
        if (isCall(instruction)) {
          falls(this.call(instruction, state));
          return;
        }
        const target = targetIn(instruction, this.code);
        if (target !== undefined) this.arrive(this.code.indexAt(target), state);
        return;
      }
      case 'system':
        if (row.semantics.handler === 'ecall') falls(this.systemCall(state.x[A7], state, A0));
        else if (row.semantics.handler !== 'mret' && row.semantics.handler !== 'sret')
          falls(withX(state, values.get('rd'), undefined));
        return;
      default:
        falls(this.computed(instruction, state));
    }
  }

  private computed(instruction: CodeInstruction, state: State): State {
    const { row, values, accesses, immediate, address, length, missing } = instruction;
    const name = row!.name;
    const [rd, first, second] = [values.get('rd'), values.get('rs1'), values.get('rs2')];
    const { x, cells } = state;
    if (accesses) {
      const at = moved(x[first!], BigInt(immediate ?? 0));
      const load = /^l([bhwd])(u?)$/.exec(name);
      if (load) {
        const size = sizes[load[1]!]!;
        const value = cells.load(at, size, (a, bytes) => this.code.parts.initial?.(a, bytes));
        return withX(state, rd, extended(value, size, load[2] === ''));
      }
      const store = /^s([bhwd])$/.exec(name);
      if (store) {
        const size = sizes[store[1]!]!;
        return { x, cells: cells.store(at, size, cut(x[second!], size)) };
      }
      const after = written(instruction).reduce((s, n) => withX(s, n, undefined), state);
      return /^(fl[hwdq]|prefetch\.\w)$/.test(name) ? after : { ...after, cells: cells.spoil(x[first!]) };
    }
    if (rd === undefined || row!.semantics.kind !== 'plain' || missing !== undefined)
      return written(instruction).reduce((s, n) => withX(s, n, undefined), state);
    const [a, b] = [first === undefined ? undefined : x[first], second === undefined ? undefined : x[second]];
    if (name === 'addi' && a instanceof Frame) return withX(state, rd, moved(a, BigInt(immediate!)));
    // The compressed move is an addition to zero.
    if (name === 'add' && a instanceof Frame && typeof b === 'bigint') return withX(state, rd, moved(a, b));
    if (name === 'add' && b instanceof Frame && typeof a === 'bigint') return withX(state, rd, moved(b, a));
    if (name === 'add' && (a === 0n || b === 0n)) return withX(state, rd, a === 0n ? b : a);
    const operands = { rs1: numberOf(a), rs2: numberOf(b), imm: immediate, pc: address, nextPc: address + length };
    if (first !== undefined && operands.rs1 === undefined) return withX(state, rd, undefined);
    if (second !== undefined && operands.rs2 === undefined) return withX(state, rd, undefined);
    const { value } = evaluate(row!, operands);
    const of = a instanceof Answer ? a : b instanceof Answer ? b : undefined;
    if (value === undefined || !of) return withX(state, rd, value);
    return withX(state, rd, derived(name, of, value, a instanceof Answer ? b : a, immediate));
  }

  /** @param first the register of the first argument */
  private systemCall(number: Value, state: State, first: number): State {
    const { x, cells } = state;
    if (number === HWPROBE) return this.probe(x.slice(first, first + 5), state);
    return { ...withX(state, A0, undefined), cells: harmless.includes(number) ? cells : Cells.unknown };
  }

  private call(instruction: CodeInstruction, state: State): State {
    const who = askerIn(instruction, this.code);
    // What a library's function does to memory besides is not its caller's.
    const after = { x: state.x.map((value, n) => (n === 0 || KEPT.has(n) ? value : undefined)), cells: state.cells };
    if (who === 'hwcap')
      return withX(after, A0, state.x[A0] === AT_HWCAP ? new Answer(this.answers.hwcap, 'hwcap') : undefined);
    if (who === undefined) return { ...after, cells: Cells.unknown };
    const asked = who === 'hwprobe' ? HWPROBE : state.x[A0];
    const { x, cells } = this.systemCall(asked, state, who === 'hwprobe' ? A0 : A1);
    return { ...withX(after, A0, x[A0]), cells };
  }

  /** riscv_hwprobe writes a value to each pair whose key it knows. */
  private probe([pairs, count, bytes, harts, flags]: readonly Value[], state: State): State {
    const unknown = { ...withX(state, A0, undefined), cells: Cells.unknown };
    const plain =
      typeof count === 'bigint' && count <= MOST_PAIRS && typeof flags === 'bigint' && flags % 2n ** 32n === 0n;
    if (!plain || (typeof pairs !== 'bigint' && !(pairs instanceof Frame))) return unknown;
    const load = (at: Value) => state.cells.load(at, 8, (a, size) => this.code.parts.initial?.(a, size));
    let set: bigint | undefined;
    if (bytes !== 0n || harts !== 0n) {
      const given = bytes === 8n ? load(harts) : undefined;
      if (typeof given !== 'bigint') return unknown;
      set = given;
    }
    let { cells } = state;
    for (let n = 0n; n < count; n++) {
      const at = moved(pairs, 16n * n);
      const key = load(at);
      const value = typeof key === 'bigint' ? this.answers.hwprobe(key, set) : undefined;
      if (value === undefined) cells = cells.store(at, 8, undefined);
      cells = cells.store(moved(at, 8n), 8, value === undefined ? undefined : new Answer(value, 'hwprobe'));
    }
    return { ...withX(state, A0, new Answer(0n, 'status')), cells };
  }
}

const sizes: Readonly<Record<string, number>> = { b: 1, h: 2, w: 4, d: 8 };

const isCall = ({ row, values }: CodeInstruction) =>
  row?.semantics.kind === 'jump' && (values.get('rd') === RA || values.get('rd') === T0);
/** Does control never go on behind it? */
const leavesForGood = (instruction: CodeInstruction) =>
  !instruction.row || (instruction.row.semantics.kind === 'jump' && !isCall(instruction));

/** What a branch does, where an answer of the kernel decides that. */
function decided(instruction: CodeInstruction, x: readonly Value[]): Decision | undefined {
  const { row, values, missing } = instruction;
  if (row?.semantics.kind !== 'branch' || missing !== undefined) return undefined;
  const [a, b] = [x[values.get('rs1')!], x[values.get('rs2')!]];
  const by = a instanceof Answer ? a : b instanceof Answer ? b : undefined;
  const sure = taken(row, numberOf(a), numberOf(b));
  if (!by || sure === undefined) return undefined;
  // Whether a number is negative is its highest bit.
  const signs = /^(blt|bge)$/.test(row.name) && (a === 0n || b === 0n);
  const bit = by.mask === undefined ? undefined : by.mask & (1n << BigInt(63 - by.shift));
  return { taken: sure, by: signs ? by.with(by.bits, bit || undefined) : by };
}

/** What is made of an answer by an instruction: which of its bits may be of influence. */
function derived(name: string, of: Answer, value: bigint, other: Value, immediate: number | undefined): Answer {
  const { mask, shift } = of;
  const by = immediate === undefined ? numberOf(other) : BigInt(immediate);
  if (mask === undefined || by === undefined) return of.with(value);
  if (/^andi?$/.test(name)) {
    const here = BigInt.asUintN(64, by);
    return of.with(value, mask & (shift >= 0 ? here >> BigInt(shift) : here << BigInt(-shift)), shift);
  }
  if (/^bexti?$/.test(name)) return of.with(value, mask & (1n << (by - BigInt(shift))));
  if (/^slli?$/.test(name))
    return of.with(value, mask & (ALL >> (by + BigInt(Math.max(shift, 0)))), shift + Number(by));
  if (/^srli?$/.test(name)) return of.with(value, mask, shift - Number(by));
  // Whether there is any of them, or what was there before.
  return of.with(value, /^(snez|sltu|sltiu|xori|addi|addiw)$/.test(name) ? mask : undefined, shift);
}

function moved(address: Value, by: bigint): Value {
  if (address instanceof Frame) return new Frame(address.offset + Number(BigInt.asIntN(64, by)));
  return typeof address === 'bigint' ? BigInt.asUintN(64, address + by) : undefined;
}

/** A value as so many bytes of memory hold it, and as a load of them has it. */
const cut = (value: Value, size: number) =>
  size === 8 ? value : made(value, (bits) => BigInt.asUintN(8 * size, bits));
const extended = (value: Value, size: number, signed: boolean) =>
  size === 8
    ? value
    : made(value, (bits) => BigInt.asUintN(64, (signed ? BigInt.asIntN : BigInt.asUintN)(8 * size, bits)));

function made(value: Value, change: (bits: bigint) => bigint): Value {
  if (value instanceof Answer) return value.with(change(value.bits), value.mask, value.shift);
  // Of an address a part is none.
  if (value instanceof Frame) return undefined;
  return value === undefined ? undefined : change(value);
}

function withX(state: State, n: number | undefined, value: Value): State {
  if (!n || same(state.x[n], value)) return state;
  const x = [...state.x];
  x[n] = value;
  return { ...state, x };
}

/** What holds on both ways. @returns `a` itself when `b` adds nothing */
function join(a: State, b: State): State {
  const cells = a.cells.join(b.cells);
  const x = a.x.map((value, n) => (same(value, b.x[n]) ? value : undefined));
  return cells === a.cells && x.every((value, n) => same(value, a.x[n])) ? a : { x, cells };
}
