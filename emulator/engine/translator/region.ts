/**
 * Hot blocks of a page as one WebAssembly function, from the same rows that the interpreter is made of: registers in locals, immediates and addresses
 * known. It holds fast paths only. Whatever needs the host (a TLB miss, a device, a trap, the end of a turn) it leaves to the
 * interpreter, with exactly the state before that instruction.
 *
 *   region(hart block, first record of the page, entry) → Left
 */

import { isImmediate, operandNames, operands } from '../../../isa/operands.js';
import type { Instruction } from '../../../isa/types.js';
import type { Float } from '../../../isa/vocabulary.js';
import { hart as at, REGISTERS, record, side } from '../../layout.js';
import { Code, type Label } from '../../wasm/code.js';
import { Module } from '../../wasm/module.js';
import { call, get, i32, i64, kept, load, type Val } from '../../wasm/value.js';
import { isFloatAccess, tableIndex } from '../handlers.js';
import { fDestination, type Operands, type Place, scalar } from '../scalar.js';
import { type Block, destinations, distance, operandOf, registersOf, type Step } from './code.js';
import { inlineFloat, isDynamic, isInlineFloat } from './float.js';
import { inlinePlace, isInline, noSecond } from './inline.js';
import { type Item, Loops } from './loops.js';
import { Pages } from './pages.js';
import { F, Registers } from './registers.js';
import { type Form, formOf, type Tools } from './vector/inline.js';
import { askedVtype, likelyVtypes } from './vector/likely.js';
import { type Chip, VectorState } from './vector/state.js';

/** How a region was left. The hart's block holds pc and the instructions left. */
export enum Left {
  /** Go on at pc. */
  goOn = 0,
  /** The interpreter executes the instruction at pc, whatever is translated there. */
  interpret = 1,
}

export interface Region {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Offsets in the page where the region may be entered, by entry number. */
  readonly entries: readonly number[];
  /** Offsets of the instructions that it holds. */
  readonly holds: readonly number[];
  /** Rows whose functions outside the loop it calls, by table index: imports `f<index>`. */
  readonly calls: readonly number[];
  /** Offsets of the instructions that read their records: these must be decoded before the region is entered. */
  readonly records: readonly number[];
}

const usesF = (row: Instruction) =>
  operandNames(row).some((name) => operands[name].class === 'f') || isFloatAccess(row);

/**
 * Translate.
 * @param blocks by offset
 * @param page virtual address of the page
 * @param self the region's place in the function table
 * @param chip the harts that are to use it
 * @param streams its loops go through more pages than the TLB holds
 * @param vtype low eight bits in force when this code was found to be hot; vector code is made for it where nothing else tells
 */
export function region(
  blocks: readonly Block[],
  page: bigint,
  self: number,
  chip: Chip,
  vtype: number | undefined,
  streams: boolean,
): Region {
  return new Translation(blocks, page, self, chip, vtype, streams).result();
}

class Translation {
  private readonly m = new Module();
  private readonly c = new Code(['i32', 'i32', 'i32'], ['i32']);
  private readonly hart = get(0, 'i32');
  private readonly slot = get(1, 'i32');
  /** Which item comes next, on the way through the dispatch. */
  private readonly entry = 2;
  private readonly left = this.c.local('i32');
  private readonly pc = this.c.local('i64');
  private readonly status = this.c.local('i32');
  private readonly registers: Registers;
  private readonly pages: Pages;
  private readonly dataTlb: Val;
  private readonly calls = new Map<number, number>();
  private readonly mulHighUnsigned: number;
  private readonly refill: number;
  private readonly frm: Val;
  private readonly number: ReadonlyMap<number, number>;
  private readonly items: readonly Item[];
  private readonly loops: Loops;
  private readonly entries: number[];
  private readonly entryOf: ReadonlyMap<number, number>;
  /** Where control can be sent from here: starts of the loops around, ends of the blocks in front of what follows. */
  private readonly labels = new Map<number, Label>();
  /** The loops around that can be told where to go on, the innermost last: the entries that they hold, and their starts. */
  private readonly around: { low: number; high: number; label: Label }[] = [];
  private leave: Label = 0;
  private dispatch: Label = 0;
  /** Floating-point instructions that have a fast path here. */
  private readonly floats: ReadonlySet<Step>;
  /** How vector instructions are executed; the others' functions do everything. */
  private readonly forms = new Map<Step, Form>();
  private vectors: Tools | undefined;

  constructor(
    private readonly blocks: readonly Block[],
    private readonly page: bigint,
    private readonly self: number,
    private readonly chip: Chip,
    vtype: number | undefined,
    streams: boolean,
  ) {
    const { c, m } = this;
    const vtypes = likelyVtypes(blocks, vtype);
    blocks.forEach(({ steps: own }, n) => this.chooseForms(own, vtypes[n]));
    this.number = new Map(blocks.map(({ start }, n) => [start, n]));
    this.loops = new Loops(blocks);
    this.items = this.loops.items(0, blocks.length - 1, false);
    const free = new Set(this.items.map(({ first }) => first));
    const entries = blocks.flatMap((block, n) => (free.has(n) || this.loops.isEntry(n, block) ? [n] : []));
    this.entries = entries.map((n) => blocks[n]!.start);
    this.entryOf = new Map(entries.map((n, entry) => [n, entry]));
    this.mulHighUnsigned = m.import('mulHighUnsigned', ['i64', 'i64'], ['i64']);
    this.refill = m.import('refill', ['i32', 'i64', 'i32', 'i32'], ['i32']);
    const steps = blocks.flatMap((block) => block.steps);
    for (const step of steps) {
      if (isInline(step.row)) continue;
      const index = tableIndex(step.row);
      if (!this.calls.has(index)) this.calls.set(index, m.import(`f${index}`, ['i32', 'i32', 'i64'], ['i32']));
    }
    this.registers = new Registers(c, kept(c, load('i32', this.hart, at.id).mul(REGISTERS)));
    for (const step of steps) {
      for (const n of registersOf(step)) this.registers.use(n);
      for (const n of destinations(step)) this.registers.writes(n);
    }
    this.pages = new Pages(c, this.hart, blocks, this.loops, this.items, streams);
    const dataTlb = c.local('i32');
    c.set(dataTlb, load('i32', this.hart, at.dataTlb));
    this.dataTlb = get(dataTlb, 'i32');
    c.set(this.left, load('i32', this.hart, at.left));
    if (this.forms.size) this.vectors = this.vectorTools();
    this.floats = new Set(steps.filter((step) => !isInline(step.row) && isInlineFloat(step, chip.fused)));
    const frm = c.local('i32');
    this.frm = get(frm, 'i32');
    if ([...this.floats].some(isDynamic)) c.set(frm, load('i32', this.hart, at.frm));
    c.block((leave) => {
      this.leave = leave;
      // Without the unit, or with a rounding mode that is none, these would be illegal instructions.
      if (steps.some(({ row }) => usesF(row) || (row.semantics.kind === 'plain' && !isInline(row)))) {
        const ready = load('i32', this.hart, at.fs)
          .ne(0)
          .and(load('i32', this.hart, at.frm).leU(4));
        c.if(ready.eq(0), () => {
          this.pcOfEntry();
          this.leaveWith(Left.interpret);
        });
      }
      c.loop((dispatch) => {
        this.dispatch = dispatch;
        this.sequence(this.items);
      });
      c.unreachable();
    });
    this.registers.spillAll(new Set());
    c.store('i64', this.hart, get(this.pc, 'i64'), at.pc);
    c.store('i32', this.hart, get(this.left, 'i32'), at.left);
    get(this.status, 'i32').emit(c);
    const run = m.declare('region', ['i32', 'i32', 'i32'], ['i32']);
    m.define(run, c);
    m.export('region', run);
  }

  result(): Region {
    const steps = this.blocks.flatMap((block) => block.steps);
    return {
      bytes: this.m.encode(),
      entries: this.entries,
      holds: steps.map((step) => step.at),
      calls: [...this.calls.keys()],
      records: steps.filter(({ row }) => !isInline(row)).map((step) => step.at),
    };
  }

  /** Set pc to where the region was entered. */
  private pcOfEntry(): void {
    const { c } = this;
    c.switch(
      get(this.entry, 'i32'),
      this.entries.map((offset) => () => void c.set(this.pc, i64(this.page + BigInt(offset)))),
    );
  }

  private leaveWith(how: Left): void {
    if (how !== Left.goOn) this.c.set(this.status, i32(how));
    this.c.br(this.leave);
  }

  private leaveAt(offset: number, how: Left, uncounted = 0): void {
    const { c } = this;
    if (uncounted) c.set(this.left, get(this.left, 'i32').add(uncounted));
    c.set(this.pc, i64(this.page + BigInt(offset)));
    this.leaveWith(how);
  }

  // Control

  /**
   * Items one behind the other, with a way in for each that holds an entry. Never falls out of its end.
   * @param around start of the loop whose body they are: its head is the first of them
   */
  private sequence(items: readonly Item[], around?: Label): void {
    const { c } = this;
    const depths = items.flatMap((item, k) => this.entriesIn(item).map(() => k));
    const [lowest] = items.flatMap((item) => this.entriesIn(item));
    const isChoice = depths.some((depth) => depth > 0);
    const choosing = isChoice && around !== undefined;
    if (choosing) this.around.push({ low: lowest!, high: lowest! + depths.length - 1, label: around });
    const open = (k: number): void => {
      if (k < 0) {
        if (!isChoice) return;
        get(this.entry, 'i32').sub(lowest!).emit(c);
        c.table(depths, 0);
        return;
      }
      const { first } = items[k]!;
      c.block((end) => {
        this.labels.set(first, end);
        open(k - 1);
      });
      if (k === 0 && around !== undefined) this.labels.set(first, around);
      else this.labels.delete(first);
      this.item(items[k]!, around !== undefined && k === 0 && !isChoice);
    };
    open(items.length - 1);
    this.labels.delete(items[0]!.first);
    if (choosing) this.around.pop();
    c.unreachable();
  }

  /** Numbers of the entries that lie in an item. */
  private entriesIn({ first, last }: Item): number[] {
    const numbers: number[] = [];
    for (let n = first; n <= last; n++) {
      const entry = this.entryOf.get(n);
      if (entry !== undefined) numbers.push(entry);
    }
    return numbers;
  }

  /** @param reached control is known to be where it was sent: nothing has to be noted on each round of a tight loop */
  private item(item: Item, reached: boolean): void {
    const { c } = this;
    const { first, last, loop } = item;
    const arrive = () => c.set(this.entry, i32(-1));
    if (!loop) {
      if (!reached && this.entryOf.has(first)) arrive();
      this.block(this.blocks[first]!);
      return;
    }
    if (this.entriesIn(item).length === 1) arrive();
    c.loop((label) => this.sequence(this.loops.items(first, last, true), label));
  }

  private goTo(offset: number): void {
    const { c } = this;
    const n = this.number.get(offset);
    if (n === undefined) {
      this.leaveAt(offset, Left.goOn);
      return;
    }
    const label = this.labels.get(n);
    if (label !== undefined) {
      c.br(label);
      return;
    }
    const entry = this.entryOf.get(n);
    if (entry === undefined) throw new Error(`no way to the block at ${offset}`);
    c.set(this.entry, i32(entry));
    const loop = this.around.findLast(({ low, high }) => low <= entry && entry <= high);
    c.br(loop?.label ?? this.dispatch);
  }

  /** To an address that is known only now, in `pc`: within the region if it is one of its entries. */
  private goIndirect(): void {
    const { c } = this;
    const offset = get(this.pc, 'i64').sub(this.page);
    c.if(offset.ltU(0x1000), () => {
      c.scope(() => {
        const where = c.local('i32');
        const record = this.slot.add(offset.to('i32', false).shl(3));
        c.set(where, record.shrU(1).add(load('i32', this.hart, at.side)));
        const own = load('i32', get(where, 'i32'), side.region).eq(this.self);
        c.if(own, () => {
          c.set(this.entry, load('i16', get(where, 'i32'), side.entry));
          // Most often it stays in the loop.
          const loop = this.around.at(-1);
          if (loop)
            c.brIf(
              loop.label,
              get(this.entry, 'i32')
                .sub(loop.low)
                .leU(loop.high - loop.low),
            );
          c.br(this.dispatch);
        });
      });
      c.store('i64', this.hart, get(this.pc, 'i64'), at.missed);
    });
    this.leaveWith(Left.goOn);
  }

  // Instructions

  private block({ start, steps, next, end }: Block): void {
    const { c } = this;
    if (steps.length) {
      c.set(this.left, get(this.left, 'i32').sub(steps.length));
      c.rarely(get(this.left, 'i32').ltS(0), () => this.leaveAt(start, Left.interpret, steps.length));
    }
    /** Registers whose memory is as new as the local. */
    const clean = new Set<number>();
    steps.forEach((step, n) => c.scope(() => this.step(step, steps.length - n, clean)));
    if (end === 'stop') this.leaveAt(next, Left.interpret);
    else if (end === 'falls') this.goTo(next);
  }

  /** @param rest instructions of the block that are counted already, this one included */
  private step(step: Step, rest: number, clean: Set<number>): void {
    const { c } = this;
    const { row } = step;
    const { semantics: s } = row;
    if (!isInline(row)) {
      const form = this.forms.get(step);
      if (form) this.vector(step, form, rest, clean);
      else if (this.floats.has(step)) this.float(step, rest, clean);
      else {
        this.callOut(step, rest, clean);
        // Such as a vset instruction with vtype from a register.
        if (s.kind === 'vector') this.vectors?.state.reload();
      }
      return;
    }
    const place = this.place(step, rest);
    const o = scalar(place, this.operands(step, place, clean));
    if (s.kind === 'plain') s.run(o);
    else if (s.kind === 'branch') {
      const offset = step.at;
      c.if(s.condition(o) as Val, () => this.goTo(offset + distance(step)));
      this.goTo(offset + step.length);
    } else if (s.kind === 'jump') {
      if (s.to === 'pc') {
        o.rd.set(o.nextPc);
        this.goTo(step.at + distance(step));
      } else {
        c.set(this.pc, o.rs1.add(o.imm).and(~1n) as Val);
        const odd = get(this.pc, 'i64')
          .to('i32', false)
          .and(load('i32', this.hart, at.oddTargets));
        c.if(odd, () => this.leaveAt(step.at, Left.interpret, rest));
        o.rd.set(o.nextPc);
        this.goIndirect();
      }
    }
  }

  private place(step: Step, rest: number, float?: Float): Place {
    const { c, hart, dataTlb } = this;
    const here = this.page + BigInt(step.at);
    const next = here + BigInt(step.length);
    const giveUp = () => this.leaveAt(step.at, Left.interpret, rest);
    const filled = { refill: this.refill, refilled: () => this.pages.forget(), find: this.pages.of(step) };
    const where = { c, hart, pc: i64(here), nextPc: i64(next), dataTlb, giveUp, ...filled };
    return inlinePlace({ ...where, ...(float && { float }) }, this.mulHighUnsigned);
  }

  private operands(step: Step, place: Place, clean: Set<number>): Operands {
    const { registers } = this;
    const x = (name: 'rd' | 'rs1' | 'rs2') => registers.get(operandOf(step, name));
    const write = (n: number, value: Val) => {
      clean.delete(n);
      registers.set(n, value);
    };
    let imm = 0;
    for (const [name, value] of step.values) {
      const kind = operands[name].class;
      if (kind === 'upper') imm = value << 12;
      else if (isImmediate(kind) || kind === 'target') imm = value;
    }
    return {
      rd: { set: (value) => write(operandOf(step, 'rd'), value as Val) },
      rs1: x('rs1'),
      rs2: x('rs2'),
      rdOld: x('rd'),
      second: noSecond,
      imm: i64(imm),
      fd: fDestination(place, (value) => write(F + operandOf(step, 'fd'), value)),
      fbits: (name) => registers.get(F + operandOf(step, name)),
    };
  }

  /** The fast path of a floating-point instruction, or else its function. */
  private float(step: Step, rest: number, clean: Set<number>): void {
    const { c } = this;
    const { semantics } = step.row;
    c.block((done) => {
      c.block((slow) => {
        if (isDynamic(step)) c.brIf(slow, this.frm);
        const float = inlineFloat(c, step, this.chip.fused, slow);
        const place = this.place(step, rest, float);
        if (semantics.kind === 'plain') semantics.run(scalar(place, this.operands(step, place, clean)));
        c.br(done);
      });
      this.callOut(step, rest, new Set(clean));
    });
    for (const n of destinations(step)) clean.delete(n);
  }

  /** @param vtype likely at the block's beginning */
  private chooseForms(steps: readonly Step[], vtype: number | undefined): void {
    let likely = vtype;
    for (const step of steps) {
      if (step.row.semantics.kind !== 'vector') continue;
      const form = formOf(step, likely, this.chip);
      if (form) this.forms.set(step, form);
      const asked = askedVtype(step);
      if (asked !== undefined) likely = asked === 'unknown' ? vtype : asked;
    }
  }

  private vectorTools(): Tools {
    const { c, hart, registers, dataTlb } = this;
    const x = { get: (n: number) => registers.get(n), set: (n: number, value: Val) => registers.set(n, value) };
    const f = {
      get: (n: number) => registers.get(F + n),
      set: (n: number, value: Val) => fDestination({ c, hart }, (bits) => registers.set(F + n, bits)).set(value),
    };
    return { c, hart, state: new VectorState(c, hart), chip: this.chip, place: { dataTlb }, x, f };
  }

  /**
   * The fast path, or else the row's function: called like a plain one where the instruction is known to be legal, else with all that a trap may look at.
   */
  private vector(step: Step, { vtype, plain, float, emit }: Form, rest: number, clean: Set<number>): void {
    const { c } = this;
    const tools = this.vectors!;
    const { state } = tools;
    c.block((done) => {
      c.block((full) => {
        if (vtype !== undefined) c.brIf(full, state.vtype.ne(vtype));
        if (float) c.brIf(full, state.nearest.eq(0));
        if (!plain) {
          emit!(tools, full);
          c.br(done);
          return;
        }
        if (emit) {
          c.block((slow) => {
            emit(tools, slow);
            c.br(done);
          });
        }
        if (vtype !== undefined) {
          this.callPlain(step, new Set(clean));
          c.br(done);
        }
      });
      this.callOut(step, rest, new Set(clean));
      state.reload();
    });
    for (const n of destinations(step)) clean.delete(n);
  }

  /** A function that can't trap: it needs the operands' registers only. */
  private callPlain(step: Step, clean: Set<number>): void {
    const { c } = this;
    for (const n of registersOf(step)) this.registers.spill(n, clean);
    c.drop(this.called(step));
    for (const n of destinations(step)) this.registers.reload(n);
  }

  private called(step: Step): Val {
    const here = this.slot.add((step.at / 2) * record.bytes);
    const pc = i64(this.page + BigInt(step.at));
    return call(this.calls.get(tableIndex(step.row))!, 'i32', this.hart, here, pc);
  }

  /** A function outside the interpreter's loop does it: registers go through memory. */
  private callOut(step: Step, rest: number, clean: Set<number>): void {
    const { c } = this;
    const { row } = step;
    // It computes with f registers and nothing else can happen; all others may trap, end the turn, and read and write registers behind their operands'.
    const isFloat = row.semantics.kind === 'plain' && usesF(row) && !row.syntax.includes('(');
    if (isFloat) for (const n of registersOf(step)) this.registers.spill(n, clean);
    else this.registers.spillAll(clean);
    const remaining = get(this.left, 'i32').add(rest - 1);
    c.store('i32', this.hart, remaining, at.left);
    c.if(this.called(step), () => {
      // The host has entered the trap: pc and what is left are its own.
      c.set(this.left, load('i32', this.hart, at.left));
      c.set(this.pc, load('i64', this.hart, at.pc));
      this.leaveWith(Left.goOn);
    });
    for (const n of destinations(step)) {
      this.registers.reload(n);
      clean.add(n);
    }
    if (!isFloat) {
      c.if(load('i32', this.hart, at.left).ne(remaining), () => {
        // The host ended the turn.
        c.set(this.left, load('i32', this.hart, at.left));
        this.leaveAt(step.at + step.length, Left.goOn);
      });
      this.pages.forget();
    }
  }
}
