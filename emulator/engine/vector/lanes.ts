/** Whole lanes: 128 bits of elements in one go, for rows whose expression exists there. */

import type { ElementScope, ElementWise } from '../../../isa/vector/shapes.js';
import type { Arg, Element, Float, Shape, Value } from '../../../isa/vocabulary.js';
import { hart as at } from '../../layout.js';
import { Code } from '../../wasm/code.js';
import { BYTES, elementOf, type Operation, opcode, simd } from '../../wasm/opcodes.js';
import { get, i32, kept, load, NoSuchOperation, Val } from '../../wasm/value.js';
import { anyTrue, type FloatExits, laneFloat } from './float-lanes.js';
import { hart, LOOP, loopParameters, v0 } from './state.js';

/** Element types of a row's operands at a SEW; a mask has none. */
export interface Types {
  readonly vd: Element | 'mask';
  readonly vs2: Element;
  readonly vs1: Element;
}

/** What a row's expression asks for on lanes. */
export interface LaneForm {
  /** It computes with floating point: not under a mask, and only rounded to nearest even. */
  readonly float: boolean;
  /** Its second operand must be a scalar: lanes are shifted by one amount. */
  readonly uniform: boolean;
}

/** A second operand, which may be asked to be the same in all lanes. */
class Second extends Val {
  constructor(
    shape: Shape,
    emit: (c: Code) => void,
    /** Called when it is: gives one of the lanes, i32. */
    readonly uniform: () => Val,
  ) {
    super(shape, emit);
  }
}

/** A first operand: lanes that can be shifted by a uniform amount, which the platform takes modulo their width. */
class Shiftable extends Val {
  protected override shift(operation: Operation, amount: Arg, how: 'raw' | 'signed' | 'unsigned'): Val {
    if (!(amount instanceof Second)) return super.shift(operation, amount, how);
    return this.by(operation, amount.uniform());
  }
  private by(operation: Operation, amount: Val): Val {
    const code = opcode(operation, this.shape);
    if (!code) throw new NoSuchOperation(`${operation} on ${this.shape}`);
    return new Val(this.shape, (c) => {
      this.emit(c);
      amount.emit(c);
      c.op(...code);
    });
  }
  override rotl(amount: Arg): Val {
    return this.rotated('shl', 'shrU', amount);
  }
  override rotr(amount: Arg): Val {
    return this.rotated('shrU', 'shl', amount);
  }
  private rotated(there: Operation, back: Operation, amount: Arg): Val {
    if (!(amount instanceof Second)) throw new NoSuchOperation('lanes rotated by lanes');
    const by = amount.uniform();
    return this.by(there, by).or(this.by(back, by.neg()));
  }
}

/** The lane form of a row, or undefined when it has none; found by evaluating it to nowhere. */
export function laneForm(v: ElementWise, t: Types): LaneForm | undefined {
  if (t.vs2 !== t.vs1 || (t.vd !== 'mask' && t.vd !== t.vs2) || v.moves) return undefined;
  const nothing = new Val(`${t.vs2}*`, (into) => into.unreachable());
  const c = new Code(LOOP[0]);
  const form = { float: false, uniform: false };
  const o = new LaneScope(c, t, i32(0), () => {
    form.float = true;
    return { bail: 0, inexact: 0, fused: false };
  });
  const b = new Second(nothing.shape, nothing.emit, () => {
    form.uniform = true;
    return nothing;
  });
  const d = t.vd === 'mask' ? new Val('i8', nothing.emit) : nothing;
  try {
    v.element(new Shiftable(nothing.shape, nothing.emit), b, d, o);
  } catch (e) {
    if (e instanceof NoSuchOperation) return undefined;
    throw e;
  }
  return form;
}

/** What an expression finds on lanes: nothing that looks at single elements. */
class LaneScope implements ElementScope {
  constructor(
    private readonly c: Code,
    private readonly t: Types,
    private readonly i: Val,
    private readonly exits: () => FloatExits,
  ) {}
  get vd(): Element {
    return this.t.vd === 'mask' ? 'i8' : this.t.vd;
  }
  get vs2(): Element {
    return this.t.vs2;
  }
  get v0(): Val {
    return expanded(maskBits(v0, this.i), this.t.vs2);
  }
  get float(): Float {
    return laneFloat(this.c, this.exits());
  }
  /** Handed on by rows without the scope. */
  readonly keep = (value: Value): Val => kept(this.c, value as Val);
  get index(): never {
    return this.refuse();
  }
  get vl(): never {
    return this.refuse();
  }
  get vlmax(): never {
    return this.refuse();
  }
  pick(): never {
    return this.refuse();
  }
  mulHigh(): never {
    return this.refuse();
  }
  carryless(): never {
    return this.refuse();
  }
  saturate(): never {
    return this.refuse();
  }
  roundUp(): never {
    return this.refuse();
  }
  private refuse(): never {
    throw new NoSuchOperation('not on lanes');
  }
}

/** A constant of 16 bytes. */
const constant16 = (bytes: readonly number[]) => new Val('i8*', (c) => c.op(...simd(12), ...bytes));

/** At least 9 mask bits from element i on, which is a multiple of the lanes (of all 16 when those are bytes). */
export const maskBits = (mask: Val, i: Val) =>
  load('i16', mask.add(i.shrU(3)))
    .as('i32')
    .shrU(i.and(7));

/** Mask bits as lanes of all ones or zeros. */
export function expanded(bits: Val, element: Element): Val {
  const bytes = BYTES[element];
  const lanes = `i${8 * bytes}*` as Shape;
  if (bytes === 1) {
    const halves = new Val('i8*', (c) => {
      bits.as('i16').splat().emit(c);
      c.op(...simd(12), ...Array.from({ length: 16 }, (_, n) => n >> 3), ...simd(14)); // i8x16.swizzle
    });
    const each = constant16(Array.from({ length: 16 }, (_, n) => 1 << (n & 7)));
    return halves.and(each).eq(each);
  }
  const each = constant16(Array.from({ length: 16 }, (_, n) => (n % bytes === 0 ? 1 << (n / bytes) : 0))).as(lanes);
  const scalar = bytes === 8 ? bits.to('i64', false) : bits.as(elementOf(lanes));
  return scalar.splat().and(each).eq(each);
}

const BITMASK: Record<number, number> = { 1: 100, 2: 132, 4: 164, 8: 196 };

/** Where an element loop stands: locals of the element's number and of vl, and what moves the pointers on. */
export interface Progress {
  readonly i: number;
  readonly n: number;
  advance(elements: number): void;
}

/** The low bits of a number in memory, enough for a shift amount. */
const amountAt = (element: Element, at: Val) => load(element === 'i64' ? 'i32' : element, at).as('i32');

/** Sixteen bytes of elements: operands, where the result goes, which of them are active. */
export interface Lane {
  /** Number of the first element. */
  readonly index: Val;
  readonly vs2: Val;
  readonly vs1: Val;
  /** The same second operand in one lane, i32: for shifts. */
  readonly amount: () => Val;
  /** Address of vd's sixteen bytes; of the mask, where vd is one. */
  readonly vd: Val;
  readonly vdOffset?: number;
  /** Address of the mask; `perhaps`: it is 0 where all elements are active. */
  readonly mask?: { readonly at: Val; readonly perhaps: boolean };
}

/** Compute one lane and store it. */
export function computeLane(
  c: Code,
  v: ElementWise,
  t: Types,
  form: LaneForm,
  lane: Lane,
  exits: () => FloatExits,
): void {
  const shape: Shape = `${t.vs2}*`;
  const { index, vd, vdOffset: offset = 0, mask } = lane;
  const d = t.vd === 'mask' ? new Val('i8', (into) => into.unreachable()) : load(shape, vd, offset);
  const a = new Shiftable(shape, lane.vs2.emit);
  const b = new Second(shape, lane.vs1.emit, lane.amount);
  const value = v.element(a, b, d, new LaneScope(c, t, index, exits)) as Val;
  if (t.vd === 'mask') storeBits(c, value, t.vs2, index, vd, mask);
  else if (form.float || !mask) c.store(shape, vd, value, offset);
  else {
    const result = c.local(shape);
    c.set(result, value);
    const blend = () => c.set(result, expanded(maskBits(mask.at, index), t.vs2).choose(get(result, shape), d) as Val);
    if (mask.perhaps) c.if(mask.at, blend);
    else blend();
    c.store(shape, vd, get(result, shape), offset);
  }
}

/** No lane has been rounded yet: a local for `FloatExits.inexact`. */
export function exactSoFar(c: Code): number {
  const inexact = c.local('i8*');
  c.set(inexact, constant16(Array(16).fill(0)));
  return inexact;
}

/** Raise NX where a lane was rounded. */
export function raiseRounded(c: Code, inexact: number): void {
  c.if(anyTrue(get(inexact, 'i8*')), () => {
    c.store('i32', hart, load('i32', hart, at.fflags).or(1) as Val, at.fflags); // NX
  });
}

/** Whole lanes from element 0 on, as many as there are; leaves `i` and the pointers at the first element not done. */
export function laneLoop(
  c: Code,
  v: ElementWise,
  t: Types,
  form: LaneForm,
  { i, n, advance }: Progress,
  how: { readonly inexact: 'noted' | 'known'; readonly fused: boolean },
): void {
  const { vd, vs2, vs1, mask } = loopParameters;
  const shape: Shape = `${t.vs2}*`;
  const per = 16 / BYTES[t.vs2];
  const index = get(i, 'i32');
  const last = kept(c, get(n, 'i32').and(-per));
  const inexact = form.float && how.inexact === 'noted' ? exactSoFar(c) : undefined;
  c.set(i, i32(0));
  c.block((done) =>
    c.loop((again) => {
      c.brIf(done, index.eq(last) as Val);
      const operands = { vs2: load(shape, vs2), vs1: load(shape, vs1), amount: () => amountAt(t.vs1, vs1) };
      const lane = { ...operands, index, vd, mask: { at: mask, perhaps: true } };
      computeLane(c, v, t, form, lane, () => ({ bail: done, inexact, fused: how.fused }));
      advance(per);
      c.set(i, index.add(per) as Val);
      c.br(again);
    }),
  );
  if (inexact !== undefined) raiseRounded(c, inexact);
}

/** Lanes of all ones or zeros to bits of the mask vd, from element `index` on; those that the mask leaves out stay. */
function storeBits(c: Code, value: Val, element: Element, index: Val, vd: Val, mask: Lane['mask']): void {
  const bytes = BYTES[element];
  const per = 16 / bytes;
  const all = 2 ** per - 1;
  const bits = c.local('i32');
  c.set(bits, value.apply('i32', ...simd(BITMASK[bytes]!)));
  const write = c.local('i32');
  c.set(write, i32(all));
  if (mask) {
    const some = () => c.set(write, maskBits(mask.at, index).and(all));
    if (mask.perhaps) c.if(mask.at, some);
    else some();
  }
  const place = vd.add(index.shrU(3));
  const by = index.and(7);
  const old = load(per === 16 ? 'i16' : 'i8', place).as('i32');
  const kept = old.and(get(write, 'i32').shl(by).not());
  c.store(per === 16 ? 'i16' : 'i8', place, kept.or(get(bits, 'i32').and(get(write, 'i32')).shl(by)));
}
