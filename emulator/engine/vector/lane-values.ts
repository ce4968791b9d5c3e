/**
 * The vocabulary on lanes, where the platform lacks something or more is known of a value: masks, which may become numbers; scalars that are the same in all
 * lanes; elements that are to be widened.
 */
import type { Arg, Element, Shape, Value } from '../../../isa/vocabulary.js';
import type { Code } from '../../wasm/code.js';
import { uleb } from '../../wasm/leb.js';
import { BYTES, elementOf, isFloat, isLanes, type Operation, opcode, simd } from '../../wasm/opcodes.js';
import { get, kept, NoSuchOperation, Val } from '../../wasm/value.js';
import type { Halves } from './float-lanes.js';
import { laneByLane, type Shift, shiftedEach } from './lane-by-lane.js';
import { divided } from './lane-division.js';
import { upperProducts } from './lane-products.js';

/** A constant of 16 bytes. */
export const constant16 = (bytes: readonly number[]) => new Val('i8*', (c) => c.op(...simd(12), ...bytes));

const lanesOf = (element: Element) => `${element}*` as Shape;

/** Values of several operands by an instruction that the vocabulary does not name. */
const applied = (shape: Shape, code: readonly number[], ...operands: Val[]) =>
  new LaneVal(shape, (c) => {
    for (const operand of operands) operand.emit(c);
    c.op(...code);
  });

/** The low bytes of each element, side by side from the lowest byte on; zeros above. */
export const packed = (value: Val, from: number, to: number) => {
  const bytes = Array.from({ length: 16 }, (_, n) =>
    n < (16 / from) * to ? Math.floor(n / to) * from + (n % to) : 255,
  );
  return new Val('i8*', (c) => {
    value.emit(c);
    c.op(...simd(12), ...bytes, ...simd(14)); // i8x16.swizzle
  });
};

/** By the element that is widened: its extension to twice the width of the lower half, by zero and by sign; products of those. */
const EXTEND: Partial<Record<Element, readonly [number, number]>> = {
  i8: [137, 135],
  i16: [169, 167],
  i32: [201, 199],
};
const PRODUCT: Partial<Record<Element, readonly [number, number]>> = {
  i8: [158, 156],
  i16: [190, 188],
  i32: [222, 220],
};
const wider: Partial<Record<Element, Element>> = { i8: 'i16', i16: 'i32', i32: 'i64' };

/** Lanes. */
export class LaneVal extends Val {
  /** Where it was widened from: the element, and lanes whose lower part holds it. */
  protected narrow?: { readonly element: Element; readonly lanes: Val; readonly signed: boolean };

  protected override make(shape: Shape, emit: (c: Code) => void): Val {
    return isLanes(shape) ? new LaneVal(shape, emit) : super.make(shape, emit);
  }

  protected override compare(operation: Operation, b: Arg, how: 'signed' | 'unsigned'): Val {
    const signed = { ltU: 'ltS', gtU: 'gtS', leU: 'leS', geU: 'geS' } as const;
    if (this.shape === 'i64*' && operation in signed) {
      const flip = (v: Val) => v.xor(-1n << 63n) as LaneVal;
      return (flip(this) as LaneVal).compare(signed[operation as keyof typeof signed], flip(this.lanes(b)), 'signed');
    }
    const { shape, emit } = super.compare(operation, b, how);
    return new LaneMask(shape, emit);
  }

  protected lanes(b: Arg): LaneVal {
    const value = this.arg(b);
    return value instanceof LaneVal ? value : new LaneVal(value.shape, value.emit);
  }

  protected override shift(operation: Operation, amount: Arg, how: 'raw' | 'signed' | 'unsigned'): Val {
    if (typeof amount !== 'object') return super.shift(operation, amount, how);
    if (!(amount instanceof Uniform)) return this.shiftedEach(operation as Shift, amount);
    const code = opcode(operation, this.shape);
    if (!code) throw new NoSuchOperation(`${operation} on ${this.shape}`);
    return applied(this.shape, code, this, amount.count);
  }
  private shiftedEach(operation: Shift, amount: Value): Val {
    const { shape, emit } = shiftedEach(operation, this, this.lanes(amount));
    return new LaneVal(shape, emit);
  }
  override rotl(amount: Arg): Val {
    if (typeof amount !== 'object') return super.rotl(amount);
    if (!(amount instanceof Uniform)) return this.shiftedEach('rotl', amount);
    return this.shl(amount).or(this.shrU(amount.neg()));
  }
  override rotr(amount: Arg): Val {
    if (typeof amount !== 'object') return super.rotr(amount);
    if (!(amount instanceof Uniform)) return this.shiftedEach('rotr', amount);
    return this.shrU(amount).or(this.shl(amount.neg()));
  }

  /** By `compute` for single numbers. */
  private each(operands: readonly Val[], compute: (...numbers: Val[]) => Val): Val {
    const { shape, emit } = laneByLane(this.shape, operands, compute);
    return new LaneVal(shape, emit);
  }
  /** Bytes of these lanes in another order. */
  shuffled(order: readonly number[]): Val {
    return applied(this.shape, [...simd(13), ...order], this, this);
  }
  /** What is computed of these lanes in a local. */
  private locally(compute: (x: LaneVal, c: Code, local: number) => Val): LaneVal {
    return new LaneVal(this.shape, (c) =>
      c.scope(() => {
        const local = c.local(this.shape);
        c.set(local, this);
        compute(new LaneVal(this.shape, get(local, this.shape).emit), c, local).emit(c);
      }),
    );
  }
  /** Where extracting few numbers is less than what many lanes take. */
  private get few(): boolean {
    return BYTES[elementOf(this.shape)] >= 4;
  }
  override popcount(): Val {
    if (this.few) return this.each([this], (number) => number.popcount());
    const bytes = applied('i8*', simd(98), this); // i8x16.popcnt
    return this.shape === 'i8*' ? bytes : applied('i16*', simd(125), bytes); // i16x8.extadd_pairwise_i8x16_u
  }
  override clz(): Val {
    if (this.few) return this.each([this], (number) => number.clz());
    // Ones from the highest one down.
    return this.locally((x, c, local) => {
      for (let by = 1; by < 8 * BYTES[elementOf(this.shape)]; by *= 2) c.set(local, x.or(x.shrU(by)));
      return x.not();
    }).popcount();
  }
  override ctz(): Val {
    if (this.few) return this.each([this], (number) => number.ctz());
    // Ones below the lowest one.
    return this.locally((x) => x.not().and(x.sub(1))).popcount();
  }

  protected override extreme(operation: Operation, comparison: 'ltS' | 'ltU' | 'gtS' | 'gtU', b: Arg): Val {
    if (this.shape !== 'i64*') return super.extreme(operation, comparison, b);
    const other = this.lanes(b);
    return this[comparison](other).choose(this, other);
  }

  override neg(): Val {
    return isFloat(this.shape) ? super.neg() : this.lanes(0).sub(this);
  }

  override mul(b: Arg): Val {
    const other = this.lanes(b);
    const [x, y] = [this.narrow, other.narrow];
    const code =
      x && y && x.signed === y.signed && x.element === y.element ? PRODUCT[x.element]?.[x.signed ? 1 : 0] : undefined;
    if (code !== undefined && lanesOf(wider[x!.element]!) === this.shape) {
      return applied(this.shape, simd(code), x!.lanes, y!.lanes);
    }
    if (this.shape !== 'i8*') return super.mul(other);
    const half = (which: number) => applied('i16*', simd(which), this, other);
    // The low bytes of sixteen products.
    return applied('i8*', [...simd(13), ...Array.from({ length: 16 }, (_, n) => 2 * n)], half(158), half(159));
  }

  private division(operation: 'divU' | 'divS' | 'remU' | 'remS', b: Arg): Val {
    const divisor = this.lanes(b);
    if (this.shape === 'i64*') return this.each([this, divisor], (x, y) => x[operation](y));
    const { shape, emit } = divided(this, divisor, operation.endsWith('S'));
    const quotient = new LaneVal(shape, emit);
    return operation.startsWith('div') ? quotient : this.sub(quotient.mul(divisor));
  }
  override divU(b: Arg): Val {
    return this.division('divU', b);
  }
  override divS(b: Arg): Val {
    return isFloat(this.shape) ? super.divS(b) : this.division('divS', b);
  }
  override remU(b: Arg): Val {
    return this.division('remU', b);
  }
  override remS(b: Arg): Val {
    return this.division('remS', b);
  }

  /** The upper halves of products. */
  mulHigh(b: Val, aSigned: boolean, bSigned: boolean): Val {
    const other = this.lanes(b);
    const element = elementOf(this.shape);
    const both = aSigned && bSigned;
    const bytes = BYTES[element];
    let product: Val;
    const codes = PRODUCT[element];
    if (codes) {
      const half = (high: 0 | 1) => applied(this.shape, simd(codes[both ? 1 : 0] + high), this, other);
      const order = Array.from({ length: 16 }, (_, n) => 2 * (n - (n % bytes)) + bytes + (n % bytes));
      product = applied(this.shape, [...simd(13), ...order], half(0), half(1));
      if (both) return product;
    } else if (this.shape === 'i64*') {
      const { shape, emit } = upperProducts(this, other);
      product = new LaneVal(shape, emit);
    } else throw new NoSuchOperation(`products of ${this.shape}`);
    // Of the unsigned one less each operand where the other is negative.
    const less = (x: LaneVal, y: LaneVal) => product.sub(x.shrS(8 * bytes - 1).and(y));
    if (aSigned) product = less(this, other);
    if (bSigned) product = less(other, this);
    return product;
  }

  /** Of numbers that were widened until only a part of them was left: all, as wide as an element. */
  of(element: Element): Val {
    if (BYTES[elementOf(this.shape)] === BYTES[element]) return this;
    if (this.narrow && BYTES[this.narrow.element] === BYTES[element]) return this.narrow.lanes;
    throw new NoSuchOperation(`${this.shape} as numbers of ${element}`);
  }

  override to(shape: Element, _signed: boolean): Val {
    // Rows that say "as wide as this value" name lanes.
    if (elementOf(shape) === elementOf(this.shape)) return this;
    throw new NoSuchOperation(`${this.shape} to ${shape}`);
  }

  /** Lanes of the same meaning, computed once. */
  kept(c: Code): Val {
    return this.make(this.shape, kept(c, this).emit);
  }
}

/** Ones or zeros in each lane: a comparison's outcome. As a number 1 or 0. */
export class LaneMask extends LaneVal {
  private joined(operation: 'and' | 'or' | 'xor', b: Arg): Val {
    // A condition that holds in all lanes or in none.
    if (typeof b === 'object' && !isLanes(b.shape)) {
      const { shape, emit } = b.choose(this.ones(), this.ones().not()) as Val;
      return this.joined(operation, new LaneMask(shape, emit));
    }
    const result = super[operation](b);
    return typeof b === 'object' && !(b instanceof LaneMask) ? result : new LaneMask(result.shape, result.emit);
  }
  private ones(): LaneMask {
    return new LaneMask(this.shape, constant16(Array(16).fill(255)).emit);
  }
  override and(b: Arg): Val {
    return this.joined('and', b);
  }
  override or(b: Arg): Val {
    return this.joined('or', b);
  }
  override xor(b: Arg): Val {
    return this.joined('xor', b);
  }
  override not(): Val {
    return this.joined('xor', -1);
  }
  override to(shape: Element): Val {
    const element = elementOf(shape);
    if (BYTES[element] !== BYTES[elementOf(this.shape)])
      throw new NoSuchOperation(`a mask of ${this.shape} to ${shape}`);
    return new LaneVal(lanesOf(element), super.and(1).emit);
  }
  override kept(c: Code): Val {
    return new LaneMask(this.shape, kept(c, this).emit);
  }
}

/** A scalar in all lanes: what is computed of it and constants is one too, and lanes can be shifted by it. */
export class Uniform extends LaneVal {
  /** @param splat the lanes, where they are there already */
  constructor(
    readonly scalar: Val,
    splat = scalar.splat(),
    narrow?: LaneVal['narrow'],
    /** Of a number: what it is the sum of, where that is known. */
    readonly halves: () => Halves | undefined = () => undefined,
  ) {
    super(splat.shape, splat.emit);
    this.narrow = narrow;
  }

  /** As an amount of a shift, which the platform takes modulo the width. */
  get count(): Val {
    return this.scalar.shape === 'i64' ? this.scalar.to('i32', false) : this.scalar.as('i32');
  }

  private scalarOf(b: Arg): Arg | undefined {
    return typeof b !== 'object' ? b : b instanceof Uniform ? b.scalar : undefined;
  }
  private with(b: Arg, compute: (scalar: Val, other: Arg) => Val, otherwise: () => Val): Val {
    const other = isFloat(this.shape) ? undefined : this.scalarOf(b);
    return other === undefined ? otherwise() : new Uniform(compute(this.scalar, other));
  }

  protected override binary(operation: Operation, b: Arg, how: 'raw' | 'signed' | 'unsigned', result?: Shape): Val {
    const known = { add: 'add', sub: 'sub', and: 'and', or: 'or', xor: 'xor' } as const;
    const name = known[operation as keyof typeof known];
    const plain = () => super.binary(operation, b, how, result);
    return name ? this.with(b, (scalar, other) => scalar[name](other), plain) : plain();
  }
  protected override shift(operation: Operation, b: Arg, how: 'raw' | 'signed' | 'unsigned'): Val {
    return this.with(
      b,
      (scalar, other) => scalar[operation as 'shl' | 'shrU' | 'shrS'](other),
      () => super.shift(operation, b, how),
    );
  }
  protected override compare(operation: Operation, b: Arg, how: 'signed' | 'unsigned'): Val {
    const other = isFloat(this.shape) ? undefined : this.scalarOf(b);
    return other === undefined ? super.compare(operation, b, how) : this.scalar[operation as 'eq'](other);
  }
  override neg(): Val {
    if (!isFloat(this.shape)) return new Uniform(this.scalar.neg());
    return new Uniform(this.scalar.neg(), super.neg(), undefined, () => {
      const halves = this.halves();
      return halves && { ...halves, high: halves.high.neg(), low: halves.low.neg() };
    });
  }
  override to(shape: Element, signed: boolean): Val {
    const element = elementOf(this.shape);
    if (element === elementOf(shape) || isFloat(this.shape)) return super.to(shape, signed);
    return new Uniform(this.scalar.to(shape, signed), undefined, { element, lanes: this, signed });
  }
  override kept(c: Code): Val {
    const scalar = kept(c, this.scalar);
    return new Uniform(scalar, undefined, this.narrow);
  }
}

/** Elements of less than sixteen bytes, which are only there to be widened. */
export class Narrow extends LaneVal {
  /** @param bytes that are there, from the lowest on; above them are zeros or anything */
  static inMemory(element: Element, bytes: number, base: Val, offset: number): Narrow {
    const code = { 8: simd(93), 4: simd(92), 2: simd(8) }[bytes]!; // load64_zero, load32_zero, load16_splat
    return new Narrow(lanesOf(element), (c) => {
      base.emit(c);
      c.op(...code, 0, ...uleb(offset));
    });
  }

  override to(shape: Element, signed: boolean): Val {
    let value: Val = this;
    let element = elementOf(this.shape);
    let narrow: LaneVal['narrow'];
    while (BYTES[element] < BYTES[shape]) {
      narrow = { element, lanes: value, signed };
      const code = EXTEND[element]![signed ? 1 : 0];
      element = wider[element]!;
      value = applied(lanesOf(element), simd(code), value);
    }
    return Object.assign(new LaneVal(value.shape, value.emit), { narrow });
  }
}
