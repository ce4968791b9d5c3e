/** The instructions of a region, from the rows: each as its fast path where it has one, else as a call of its row's function. */
import { isImmediate, operandNames, operands } from '../../../isa/operands.js';
import type { Instruction } from '../../../isa/types.js';
import type { Float } from '../../../isa/vocabulary.js';
import { hart as at, REGISTERS, record } from '../../layout.js';
import type { Code } from '../../wasm/code.js';
import type { Module } from '../../wasm/module.js';
import { call, get, i64, kept, load, type Val } from '../../wasm/value.js';
import { isFloatAccess, tableIndex } from '../handlers.js';
import { pageMasks } from '../page-masks.js';
import { fDestination, type Operands, type Place, scalar } from '../scalar.js';
import { type Block, destinations, distance, operandOf, pageOf, registersOf, type Step } from './code.js';
import { type Control, Left } from './control.js';
import { inlineFloat, isDynamic, isInlineFloat } from './float.js';
import { inlinePlace, isInline, noSecond } from './inline.js';
import type { Loops } from './loops.js';
import { Pages } from './pages.js';
import { F, Registers } from './registers.js';
import { type Form, formOf, type Tools } from './vector/inline.js';
import { askedVtype, likelyVtypes } from './vector/likely.js';
import { type Chip, VectorState } from './vector/state.js';

const usesF = (row: Instruction) =>
  operandNames(row).some((name) => operands[name].class === 'f') || isFloatAccess(row);

/** What code is made for, beside the code itself. */
export interface Conditions {
  /** The harts that are to use it. */
  readonly chip: Chip;
  /** Low eight bits of vtype in force when this code was found to be hot; vector code is made for it where nothing else tells. */
  readonly vtype: number | undefined;
  /** Its loops go through more pages than the TLB holds. */
  readonly streams: boolean;
}

/** How instructions are executed that are not of integers alone. */
export interface Chosen {
  /** Vector instructions; the others' functions do everything. */
  readonly forms: ReadonlyMap<Step, Form>;
  /** Floating-point instructions that have a fast path here. */
  readonly floats: ReadonlySet<Step>;
}

/** Choose, piece by piece. */
export function* choose(blocks: readonly Block[], { chip, vtype }: Conditions): Generator<undefined, Chosen> {
  const forms = new Map<Step, Form>();
  const floats = new Set<Step>();
  const vtypes = likelyVtypes(blocks, vtype);
  for (const [n, { steps }] of blocks.entries()) {
    let likely = vtypes[n];
    for (const step of steps) {
      if (isInline(step.row)) continue;
      if (step.row.semantics.kind !== 'vector') {
        if (isInlineFloat(step, chip.fused)) floats.add(step);
      } else {
        const form = formOf(step, likely, chip);
        if (form) forms.set(step, form);
        const asked = askedVtype(step);
        if (asked !== undefined) likely = asked === 'unknown' ? vtypes[n] : asked;
      }
      yield;
    }
  }
  return { forms, floats };
}

export class Instructions {
  readonly registers: Registers;
  /** What must hold for its floating-point instructions not to be illegal: the unit is on, and frm is a rounding mode. Undefined where there are none. */
  readonly ready?: Val;
  /** Rows whose functions outside the loop are called, by table index: their index in the module. */
  readonly calls = new Map<number, number>();
  private readonly pages: Pages;
  private readonly dataTlb: Val;
  private readonly mulHighUnsigned: number;
  private readonly streams: Place['streams'];
  private readonly frm: Val;
  private readonly chosen: Chosen;
  private readonly vectors: Tools | undefined;
  private readonly chip: Chip;

  /**
   * Write what comes before everything else: what is kept in locals is loaded.
   * @param page virtual address that offsets count from
   */
  constructor(
    private readonly c: Code,
    private readonly hart: Val,
    m: Module,
    private readonly control: Control,
    loops: Loops,
    private readonly page: bigint,
    { chip, streams }: Conditions,
    chosen: Chosen,
  ) {
    const { blocks } = loops;
    this.chip = chip;
    this.chosen = chosen;
    this.mulHighUnsigned = m.import('mulHighUnsigned', ['i64', 'i64'], ['i64']);
    if (streams) {
      const refill = m.import('refill', ['i32', 'i64', 'i32', 'i32'], ['i32']);
      this.streams = { refill, refilled: () => this.pages.forget() };
    }
    const steps = blocks.flatMap((block) => block.steps);
    for (const step of steps) {
      if (isInline(step.row)) continue;
      const index = tableIndex(step.row);
      if (!this.calls.has(index)) this.calls.set(index, m.import(`f${index}`, ['i32', 'i32', 'i64'], ['i32']));
    }
    this.registers = new Registers(c, kept(c, load('i32', hart, at.id).mul(REGISTERS)));
    for (const step of steps) {
      for (const n of registersOf(step)) this.registers.use(n);
      for (const n of destinations(step)) this.registers.writes(n);
    }
    this.pages = new Pages(c, hart, loops);
    this.dataTlb = kept(c, load('i32', hart, at.dataTlb));
    c.set(control.left, load('i32', hart, at.left));
    this.vectors = chosen.forms.size ? this.vectorTools() : undefined;
    const frm = c.local('i32');
    this.frm = get(frm, 'i32');
    if ([...chosen.floats].some(isDynamic)) c.set(frm, load('i32', hart, at.frm));
    if (steps.some(({ row }) => usesF(row) || (row.semantics.kind === 'plain' && !isInline(row))))
      this.ready = load('i32', hart, at.fs)
        .ne(0)
        .and(load('i32', hart, at.frm).leU(4));
  }

  /** A block: its instructions, one by one, and where control goes from there. */
  *block({ start, steps, next, end }: Block): Generator<undefined, void> {
    const { c, control } = this;
    const left = get(control.left, 'i32');
    if (steps.length) {
      c.set(control.left, left.sub(steps.length));
      c.rarely(left.ltS(0), () => control.leaveAt(start, Left.interpret, steps.length));
    }
    /** Registers whose memory is as new as the local. */
    const clean = new Set<number>();
    for (const [n, step] of steps.entries()) {
      c.scope(() => this.step(step, steps.length - n, clean));
      yield;
    }
    if (end === 'stop') control.leaveAt(next, Left.interpret);
    else if (end === 'falls') control.goTo(next);
  }

  /** @param rest instructions of the block that are counted already, this one included */
  private step(step: Step, rest: number, clean: Set<number>): void {
    const { c } = this;
    const { row } = step;
    const { semantics: s } = row;
    if (!isInline(row)) {
      const form = this.chosen.forms.get(step);
      if (form) this.vector(step, form, rest, clean);
      else if (this.chosen.floats.has(step)) this.float(step, rest, clean);
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
      c.if(s.condition(o) as Val, () => this.control.goTo(offset + distance(step)));
      this.control.goTo(offset + step.length);
    } else if (s.kind === 'jump') {
      if (s.to === 'pc') {
        o.rd.set(o.nextPc);
        this.control.goTo(step.at + distance(step));
      } else {
        c.set(this.control.pc, o.rs1.add(o.imm).and(~1n) as Val);
        const odd = get(this.control.pc, 'i64')
          .to('i32', false)
          .and(load('i32', this.hart, at.oddTargets));
        c.if(odd, () => this.control.leaveAt(step.at, Left.interpret, rest));
        o.rd.set(o.nextPc);
        this.control.goIndirect();
      }
    }
  }

  private place(step: Step, rest: number, float?: Float): Place {
    const { c, hart, dataTlb } = this;
    const here = this.page + BigInt(step.at);
    const next = here + BigInt(step.length);
    const giveUp = () => this.control.leaveAt(step.at, Left.interpret, rest);
    const absent = () => this.control.leaveAt(step.at, Left.interpret, rest, true);
    const found = { absent, streams: this.streams, find: this.pages.of(step) };
    const where = { c, hart, pc: i64(here), nextPc: i64(next), dataTlb, giveUp, ...found };
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

  private vectorTools(): Tools {
    const { c, hart, registers, dataTlb } = this;
    const x = { get: (n: number) => registers.get(n), set: (n: number, value: Val) => registers.set(n, value) };
    const f = {
      get: (n: number) => registers.get(F + n),
      set: (n: number, value: Val) => fDestination({ c, hart }, (bits) => registers.set(F + n, bits)).set(value),
    };
    const pageBits = pageMasks(c, hart);
    return { c, hart, state: new VectorState(c, hart), chip: this.chip, place: { dataTlb }, pageBits, x, f };
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
    for (const n of registersOf(step)) this.registers.spill(n, clean);
    this.c.drop(this.called(step));
    for (const n of destinations(step)) this.registers.reload(n);
  }

  private called(step: Step): Val {
    const here = this.control.records().add(((step.at - pageOf(step.at)) / 2) * record.bytes);
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
    const remaining = get(this.control.left, 'i32').add(rest - 1);
    c.store('i32', this.hart, remaining, at.left);
    c.if(this.called(step), () => {
      // The host has entered the trap: pc and what is left are its own.
      c.set(this.control.left, load('i32', this.hart, at.left));
      c.set(this.control.pc, load('i64', this.hart, at.pc));
      this.control.leaveNow();
    });
    for (const n of destinations(step)) {
      this.registers.reload(n);
      clean.add(n);
    }
    if (!isFloat) {
      c.if(load('i32', this.hart, at.left).ne(remaining), () => {
        // The host ended the turn.
        c.set(this.control.left, load('i32', this.hart, at.left));
        this.control.leaveAt(step.at + step.length, Left.goOn);
      });
      this.pages.forget();
    }
  }
}
