/** Whole lanes: 128 bits of elements in one go, for rows whose expression exists there. Where operands have different widths, the widest fills the lanes. */

import type { ElementScope, ElementWise } from '../../../isa/vector/shapes.js';
import type { Element, Float, Shape, Value } from '../../../isa/vocabulary.js';
import { hart as at } from '../../layout.js';
import { Code } from '../../wasm/code.js';
import { uleb } from '../../wasm/leb.js';
import { BYTES, elementOf, isLanes, simd } from '../../wasm/opcodes.js';
import { constant, get, i32, kept, load, NoSuchOperation, Val } from '../../wasm/value.js';
import { anyTrue, type FloatExits, type Halves, laneFloat } from './float-lanes.js';
import { constant16, LaneMask, LaneVal, Narrow, packed, Uniform } from './lane-values.js';
import { everywhereTaken, type Group, Indices, Numbers, Positions } from './positions.js';
import { hart, LOOP, v0, vl, vlmax } from './state.js';

/** Element types of a row's operands at a SEW; a mask has none. */
export interface Types {
  readonly vd: Element | 'mask';
  readonly vs2: Element;
  readonly vs1: Element;
}

/** What a row's second operand is on lanes: a vector; a scalar in all lanes; 64 bits of a scalar that is no element. */
export type Second = 'lanes' | 'uniform' | 'full';

/** What a row's expression asks for on lanes. */
export interface LaneForm {
  readonly second: Second;
  /** It computes with floating point: only rounded to nearest even. */
  readonly float: boolean;
  /** Without the platform's multiply-add it splits its scalar in halves. */
  readonly splits: boolean;
  /** Elements of a lane. */
  readonly per: number;
}

/** Elements of a lane. */
const perOf = (t: Types, second: Second) =>
  16 / Math.max(t.vd === 'mask' ? 1 : BYTES[t.vd], BYTES[t.vs2], second === 'lanes' ? BYTES[t.vs1] : 1);

const nothing = (shape: Shape) => new Val(shape, (into) => into.unreachable());

/** The lane form of a row with such a second operand, or undefined when it has none; found by evaluating it to nowhere. */
export function laneForm(v: ElementWise, t: Types, second: Second): LaneForm | undefined {
  if ((v.vs1 === 'full') !== (second === 'full')) return undefined;
  const per = perOf(t, second);
  if (per < 2) return undefined;
  const c = new Code(LOOP[0]);
  let [float, splits] = [false, false];
  const exits = () => {
    float = true;
    return { bail: 0, inexact: 0, fused: false };
  };
  const address = { pointer: i32(0), offset: 0 };
  const lane: Lane = {
    index: i32(0),
    vs2: address,
    vs1: second === 'lanes' ? address : nothing(second === 'full' ? 'i64' : t.vs1),
    vd: address,
    group: { at: i32(0), element: t.vs2, vlmax: i32(0) },
    vl: i32(0),
    get halves() {
      splits = true;
      return undefined;
    },
  };
  try {
    computeLane(c, v, t, { second, float, splits, per }, lane, exits);
  } catch (e) {
    if (e instanceof NoSuchOperation) return undefined;
    throw e;
  }
  return { second, float, splits, per };
}

/** What an expression finds on lanes: nothing that looks at single elements. */
class LaneScope implements ElementScope {
  constructor(
    private readonly c: Code,
    private readonly t: Types,
    private readonly lane: Lane,
    private readonly per: number,
    private readonly exits: () => FloatExits,
  ) {}
  get vd(): Element {
    return this.t.vd === 'mask' ? 'i8' : this.t.vd;
  }
  get vs2(): Element {
    return this.t.vs2;
  }
  get v0(): Val {
    return mask(maskBits(v0, this.lane.index), this.t.vs2);
  }
  get float(): Float {
    return laneFloat(this.c, this.exits());
  }
  /** Handed on by rows without the scope. */
  readonly keep = (value: Value): Val => {
    if (value instanceof LaneVal) return value.kept(this.c);
    const local = kept(this.c, value as Val);
    return local.shape.endsWith('*') ? new LaneVal(local.shape, local.emit) : local;
  };
  get index(): Val {
    return new Positions(this.c, kept(this.c, this.lane.index.to('i64', false)), this.vd);
  }
  get vl(): Val {
    return this.lane.vl.to('i64', false);
  }
  get vlmax(): Val {
    return this.lane.group.vlmax.to('i64', false);
  }
  pick(number: Value): Val {
    const { c, lane } = this;
    if (number instanceof Positions || number instanceof Indices) return number.taken(lane.group);
    if (number instanceof LaneVal) {
      const all = number.of(lane.group.element);
      return new Indices(c, all, elementOf(all.shape)).taken(lane.group);
    }
    return everywhereTaken(c, number as Val, lane.group);
  }
  mulHigh(a: Value, b: Value, aSigned: boolean, bSigned: boolean): Val {
    return a instanceof LaneVal ? a.mulHigh(b as Val, aSigned, bSigned) : this.refuse();
  }
  carryless(): never {
    return this.refuse();
  }
  saturate(condition: Value, bound: Value | number | bigint, value: Value): Val {
    const { c, lane } = this;
    const too = this.keep(condition) as LaneVal;
    if (!(too instanceof LaneMask)) return this.refuse();
    const counted = lane.active ? too.and(mask(lane.active.bits, `i${128 / this.per}` as Element)) : too;
    c.if(anyTrue(counted), () => {
      c.store('i32', hart, load('i32', hart, at.vcsr).or(1), at.vcsr);
    });
    return too.choose(bound, value);
  }
  roundUp(last: Value, half: Value, rest: Value): Val {
    const [l, h, r] = [last, half, rest].map((v) => this.keep(v)) as [LaneVal, LaneVal, LaneVal];
    for (const each of [l, h, r]) if (!(each instanceof LaneMask)) return this.refuse();
    const mode = kept(this.c, load('i32', hart, at.vcsr).shrU(1).and(3));
    const nearestEven = h.and(r.or(l));
    const toOdd = l.not().and(h.or(r));
    const chosen = mode.eq(0).choose(h, mode.eq(1).choose(nearestEven, mode.eq(3).choose(toOdd, 0)));
    return new LaneMask(l.shape, chosen.emit).kept(this.c);
  }
  private refuse(): never {
    throw new NoSuchOperation('not on lanes');
  }
}

/** At least 9 mask bits from element i on, which is a multiple of the lanes (of all 16 when those are bytes). */
export const maskBits = (mask: Val, i: Val) =>
  load('i16', mask.add(i.shrU(3)))
    .as('i32')
    .shrU(i.and(7));

/** Mask bits as lanes of all ones or zeros, of the integer that is as wide as an element. */
export function expanded(bits: Val, element: Element): Val {
  const bytes = BYTES[element];
  const integer = `i${8 * bytes}` as Element;
  if (bytes === 1) {
    const halves = new Val('i8*', (c) => {
      bits.as('i16').splat().emit(c);
      c.op(...simd(12), ...Array.from({ length: 16 }, (_, n) => n >> 3), ...simd(14)); // i8x16.swizzle
    });
    const each = constant16(Array.from({ length: 16 }, (_, n) => 1 << (n & 7)));
    return halves.and(each).eq(each);
  }
  const each = constant16(Array.from({ length: 16 }, (_, n) => (n % bytes === 0 ? 1 << (n / bytes) : 0)));
  const lanes = each.as(`${integer}*`);
  const scalar = bytes === 8 ? bits.to('i64', false) : bits.as(integer);
  return scalar.splat().and(lanes).eq(lanes);
}

const mask = (bits: Val, element: Element) => {
  const { shape, emit } = expanded(bits, element);
  return new LaneMask(shape, emit);
};

const BITMASK: Record<number, number> = { 1: 100, 2: 132, 4: 164, 8: 196 };

/** Where an element loop stands: locals of the element's number and of vl, and what moves the pointers on. */
export interface Progress {
  readonly i: number;
  readonly n: number;
  advance(elements: number): void;
}

/** A place in linear memory. */
export interface Address {
  readonly pointer: Val;
  readonly offset: number;
}

/** Elements side by side: operands, where the result goes, which of them are active. */
export interface Lane {
  /** Number of the first element, i32. */
  readonly index: Val;
  readonly vs2: Address;
  /** A vector, or a scalar: an element, or its 64 bits. */
  readonly vs1: Address | Val;
  /** A scalar in all lanes already, and its halves. */
  readonly splat?: Val;
  readonly halves?: Halves;
  /** Of the mask's lowest byte, where vd is one. */
  readonly vd: Address;
  /** The group vs2, for rows that take elements by their number. */
  readonly group: Group;
  readonly vl: Val;
  /** Which elements are active: bits in an i32, a local; absent: all. `when`: only then some may not be. */
  readonly active?: { readonly bits: Val; readonly when?: Val };
}

/** Of elements in memory so many at once. */
export function operand(c: Code, element: Element, per: number, { pointer, offset }: Address): Val {
  const bytes = per * BYTES[element];
  if (bytes < 16) return Narrow.inMemory(element, bytes, pointer, offset);
  const shape: Shape = `${element}*`;
  return new Numbers(c, shape, load(shape, pointer, offset).emit);
}

/** Compute one lane and store it. */
export function computeLane(
  c: Code,
  v: ElementWise,
  t: Types,
  { second, float, per }: LaneForm,
  lane: Lane,
  exits: () => FloatExits,
): void {
  const { vd, active } = lane;
  const scalar = lane.vs1 as Val;
  let operands = [
    operand(c, t.vs2, per, lane.vs2),
    second === 'lanes'
      ? operand(c, t.vs1, per, lane.vs1 as Address)
      : second === 'full'
        ? scalar
        : new Uniform(scalar, lane.splat, undefined, () => lane.halves),
    t.vd === 'mask' ? nothing('i8') : operand(c, t.vd, per, vd),
  ] as [Val, Val, Val];
  if (float && active) operands = operands.map((each) => tamed(c, each, active)) as [Val, Val, Val];
  const value = v.element(...operands, new LaneScope(c, t, lane, per, exits)) as Val;
  if (t.vd === 'mask') storeBits(c, value, per, lane.index, vd, active);
  else storeLanes(c, value, t.vd, per, vd, active);
}

/** With 1 in the lanes that are not active: whatever is computed there raises no flag and leaves no bounds. */
function tamed(c: Code, value: Val, { bits, when }: NonNullable<Lane['active']>): Val {
  if (!isLanes(value.shape)) return value;
  const element = elementOf(value.shape);
  const tame = c.local(value.shape);
  const one = element.endsWith('f16')
    ? constant('i16*', element === 'f16' ? 0x3c00 : 0x3f80)
    : constant(value.shape, 1);
  const choose = () => c.set(tame, expanded(bits, element).choose(value, one.as(value.shape)));
  if (when) {
    c.set(tame, value);
    c.if(when, choose);
  } else choose();
  const { shape, emit } = get(tame, value.shape);
  return value instanceof Narrow ? new Narrow(shape, emit) : new LaneVal(shape, emit);
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

/**
 * All lanes from element 0 on, the last one perhaps in part; leaves `i` and the pointers at the first element not done, or `i` beyond the last.
 * @param operands addresses of vd, vs2 and vs1 that `advance` moves; of the group vs2; and of a mask or 0
 */
export function laneLoop(
  c: Code,
  v: ElementWise,
  t: Types,
  form: LaneForm,
  { i, n, advance }: Progress,
  operands: { readonly vd: Val; readonly vs2: Val; readonly vs1: Val; readonly group: Val; readonly mask: Val },
  how: { readonly inexact: 'noted' | 'known'; readonly fused: boolean },
): void {
  const { per, second } = form;
  const index = get(i, 'i32');
  const { vd, vs2, vs1, group, mask } = operands;
  const rest = get(n, 'i32').sub(index);
  const inexact = form.float && how.inexact === 'noted' ? exactSoFar(c) : undefined;
  const at = (pointer: Val) => ({ pointer, offset: 0 });
  const [bits, when] = [c.local('i32'), c.local('i32')];
  const some = get(bits, 'i32');
  c.set(i, i32(0));
  c.block((done) =>
    c.loop((again) => {
      c.brIf(done, rest.leS(0));
      const part = rest.ltS(per);
      c.set(when, mask.or(part)).set(bits, i32(-1));
      c.if(get(when, 'i32'), () => {
        c.if(part, () => c.set(bits, i32(1).shl(rest).sub(1)));
        c.if(mask, () => c.set(bits, some.and(maskBits(mask, index))));
      });
      const lane: Lane = {
        index,
        vs2: at(vs2),
        vs1: second === 'lanes' ? at(vs1) : load(second === 'full' ? 'i64' : t.vs1, vs1),
        ...(second === 'uniform' && { splat: load(`${t.vs1}*`, vs1) }),
        vd: at(vd),
        group: { at: group, element: t.vs2, vlmax: vlmax() },
        vl,
        active: { bits: some, when: get(when, 'i32') },
      };
      computeLane(c, v, t, form, lane, () => ({ bail: done, inexact, fused: how.fused }));
      advance(per);
      c.set(i, index.add(per) as Val);
      c.br(again);
    }),
  );
  if (inexact !== undefined) raiseRounded(c, inexact);
}

/** Stores of the lowest bytes of lanes. */
const STORE_LANE: Record<number, number> = { 8: 91, 4: 90, 2: 89 };

function storeLanes(
  c: Code,
  value: Val,
  vd: Element,
  per: number,
  { pointer, offset }: Address,
  active: Lane['active'],
): void {
  const bytes = per * BYTES[vd];
  const shape: Shape = `${vd}*`;
  const result = c.local(shape);
  const from = BYTES[elementOf(value.shape)];
  c.set(result, from > BYTES[vd] ? packed(value, from, BYTES[vd]) : value);
  if (active) {
    const old = bytes < 16 ? Narrow.inMemory(vd, bytes, pointer, offset) : load(shape, pointer, offset);
    const blend = () => c.set(result, expanded(active.bits, vd).choose(get(result, shape), old));
    if (active.when) c.if(active.when, blend);
    else blend();
  }
  if (bytes === 16) c.store(shape, pointer, get(result, shape), offset);
  else {
    pointer.emit(c);
    get(result, shape).emit(c);
    c.op(...simd(STORE_LANE[bytes]!), 0, ...uleb(offset), 0);
  }
}

/** Lanes of all ones or zeros to bits of the mask vd, from element `index` on; those that are not active stay. */
function storeBits(
  c: Code,
  value: Val,
  per: number,
  index: Val,
  { pointer, offset }: Address,
  active: Lane['active'],
): void {
  const all = 2 ** per - 1;
  const bits = c.local('i32');
  c.set(bits, value.apply('i32', ...simd(BITMASK[16 / per]!)));
  const write = active ? active.bits.and(all) : i32(all);
  const place = pointer.add(index.shrU(3));
  const by = index.and(7);
  const old = load(per === 16 ? 'i16' : 'i8', place, offset).as('i32');
  const kept = old.and(write.shl(by).not());
  c.store(per === 16 ? 'i16' : 'i8', place, kept.or(get(bits, 'i32').and(write).shl(by)), offset);
}
