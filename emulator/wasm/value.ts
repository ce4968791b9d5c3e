/** Expressions that know their shape: the vocabulary of isa/vocabulary.ts, written as WebAssembly. */
import { type Sbox, sboxNames } from '../../isa/sbox.js';
import type { Arg, Element, Shape, Value } from '../../isa/vocabulary.js';
import { TABLES } from '../layout.js';
import type { Code } from './code.js';
import {
  bitsOf,
  carrier,
  elementOf,
  extendingLoad,
  isFloat,
  isHalf,
  isLanes,
  loadOpcode,
  type Operation,
  opcode,
  SPLAT,
  simd,
} from './opcodes.js';

/** The platform has no such operation on this shape. A row that meets it over lanes goes element by element. */
export class NoSuchOperation extends Error {}

export class Val implements Value {
  /** @param emit writes the code that leaves the value on the stack */
  constructor(
    readonly shape: Shape,
    readonly emit: (c: Code) => void,
    /** For a load of a small integer: the same load, extending to i64. */
    private readonly extending?: (signed: boolean) => Val,
  ) {}

  /** A value that comes of this one; kinds of values with more to them give their own kind. */
  protected make(shape: Shape, emit: (c: Code) => void): Val {
    return new Val(shape, emit);
  }

  protected arg(b: Arg): Val {
    return typeof b === 'object' ? (b as Val) : constant(this.shape, b);
  }

  protected binary(operation: Operation, b: Arg, how: 'raw' | 'signed' | 'unsigned', result: Shape = this.shape): Val {
    const code = opcode(operation, this.shape);
    if (!code) throw new NoSuchOperation(`${operation} on ${this.shape}`);
    const other = this.arg(b);
    if (carrier(other.shape) !== carrier(this.shape)) {
      throw new Error(`${operation}: ${this.shape} meets ${other.shape}`);
    }
    const [x, y] = how === 'raw' ? [this, other] : [this.clean(how === 'signed'), other.clean(how === 'signed')];
    return this.make(result, (c) => {
      x.emit(c);
      y.emit(c);
      c.op(...code);
    });
  }

  /** Small scalars with defined upper bits; everything else as it is. */
  private clean(signed: boolean): Val {
    if (this.shape !== 'i8' && this.shape !== 'i16') return this;
    const bits = bitsOf(this.shape);
    return new Val(this.shape, (c) => {
      this.emit(c);
      if (signed) c.op(bits === 8 ? 0xc0 : 0xc1);
      else c.constant('i32', bits === 8 ? 0xff : 0xffff).op(0x71);
    });
  }

  protected compare(operation: Operation, b: Arg, how: 'signed' | 'unsigned'): Val {
    return this.binary(operation, b, how, isLanes(this.shape) ? this.shape : 'i32');
  }

  /** Shift amounts are modulo the width: WebAssembly does that for i32, i64 and lanes itself. Lanes are shifted alike, by an i32. */
  protected shift(operation: Operation, b: Arg, how: 'raw' | 'signed' | 'unsigned'): Val {
    if (isLanes(this.shape) && typeof b === 'object') throw new NoSuchOperation('lanes shifted by lanes');
    const other = isLanes(this.shape) ? constant('i32', b as number | bigint) : this.arg(b);
    const small = this.shape === 'i8' || this.shape === 'i16';
    const amount = small ? other.and(bitsOf(this.shape) - 1) : other;
    const code = opcode(operation, this.shape);
    if (!code) throw new NoSuchOperation(`${operation} on ${this.shape}`);
    const value = how === 'raw' ? this : this.clean(how === 'signed');
    return this.make(this.shape, (c) => {
      value.emit(c);
      amount.emit(c);
      c.op(...code);
    });
  }

  add(b: Arg): Val {
    return this.binary('add', b, 'raw');
  }
  sub(b: Arg): Val {
    return this.binary('sub', b, 'raw');
  }
  mul(b: Arg): Val {
    return this.binary('mul', b, 'raw');
  }
  divS(b: Arg): Val {
    return this.binary('divS', b, 'signed');
  }
  divU(b: Arg): Val {
    return this.binary('divU', b, 'unsigned');
  }
  remS(b: Arg): Val {
    return this.binary('remS', b, 'signed');
  }
  remU(b: Arg): Val {
    return this.binary('remU', b, 'unsigned');
  }
  and(b: Arg): Val {
    return this.binary('and', b, 'raw');
  }
  or(b: Arg): Val {
    return this.binary('or', b, 'raw');
  }
  xor(b: Arg): Val {
    return this.binary('xor', b, 'raw');
  }
  shl(b: Arg): Val {
    return this.shift('shl', b, 'raw');
  }
  shrS(b: Arg): Val {
    return this.shift('shrS', b, 'signed');
  }
  shrU(b: Arg): Val {
    return this.shift('shrU', b, 'unsigned');
  }
  rotl(b: Arg): Val {
    return this.rotation('rotl', b);
  }
  rotr(b: Arg): Val {
    return this.rotation('rotr', b);
  }

  /** The platform rotates 32 and 64 bits; small integers, and lanes by a constant, are put together from two shifts. */
  private rotation(operation: 'rotl' | 'rotr', b: Arg): Val {
    const lanes = isLanes(this.shape);
    if (lanes ? typeof b === 'object' : this.shape !== 'i8' && this.shape !== 'i16')
      return this.shift(operation, b, 'raw');
    const [first, second] = operation === 'rotl' ? (['shl', 'shrU'] as const) : (['shrU', 'shl'] as const);
    return new Val(this.shape, (c) => {
      c.scope(() => {
        const x = kept(c, this);
        const by = lanes ? Number(b) : kept(c, this.arg(b));
        x[first](by)
          .or(x[second](typeof by === 'number' ? -by : by.neg()))
          .emit(c);
      });
    });
  }

  eq(b: Arg): Val {
    return this.compare('eq', b, 'unsigned');
  }
  ne(b: Arg): Val {
    return this.compare('ne', b, 'unsigned');
  }
  ltS(b: Arg): Val {
    return this.compare('ltS', b, 'signed');
  }
  ltU(b: Arg): Val {
    return this.compare('ltU', b, 'unsigned');
  }
  leS(b: Arg): Val {
    return this.compare('leS', b, 'signed');
  }
  leU(b: Arg): Val {
    return this.compare('leU', b, 'unsigned');
  }
  gtS(b: Arg): Val {
    return this.compare('gtS', b, 'signed');
  }
  gtU(b: Arg): Val {
    return this.compare('gtU', b, 'unsigned');
  }
  geS(b: Arg): Val {
    return this.compare('geS', b, 'signed');
  }
  geU(b: Arg): Val {
    return this.compare('geU', b, 'unsigned');
  }
  minS(b: Arg): Val {
    return this.extreme('minS', 'ltS', b);
  }
  minU(b: Arg): Val {
    return this.extreme('minU', 'ltU', b);
  }
  maxS(b: Arg): Val {
    return this.extreme('maxS', 'gtS', b);
  }
  maxU(b: Arg): Val {
    return this.extreme('maxU', 'gtU', b);
  }

  /** Lanes have the instruction; scalars compare and select. */
  protected extreme(operation: Operation, comparison: 'ltS' | 'ltU' | 'gtS' | 'gtU', b: Arg): Val {
    if (isLanes(this.shape)) return this.binary(operation, b, 'raw');
    const other = this.arg(b);
    return new Val(this.shape, (c) => {
      c.scope(() => {
        const x = kept(c, this);
        const y = kept(c, other);
        x[comparison](y).choose(x, y).emit(c);
      });
    });
  }

  private unary(operation: Operation): Val {
    const code = opcode(operation, this.shape);
    if (!code) throw new NoSuchOperation(`${operation} on ${this.shape}`);
    return this.make(this.shape, (c) => {
      this.emit(c);
      c.op(...code);
    });
  }

  clz(): Val {
    const clean = this.clean(false);
    const count = clean.unary('clz');
    return clean === this ? count : count.sub(32 - bitsOf(this.shape));
  }
  ctz(): Val {
    return this.shape === 'i8' || this.shape === 'i16'
      ? this.or(2 ** bitsOf(this.shape)).unary('ctz')
      : this.unary('ctz');
  }
  popcount(): Val {
    return this.clean(false).unary('popcount');
  }
  /** The platform's square root and absolute value, on floats. */
  sqrt(): Val {
    return this.unary('sqrt');
  }
  abs(): Val {
    return this.unary('abs');
  }
  neg(): Val {
    if (isHalf(this.shape)) {
      const bits = isLanes(this.shape) ? 'i16*' : 'i16';
      return this.as(bits).xor(0x8000).as(this.shape);
    }
    if (isFloat(this.shape)) {
      const code = isLanes(this.shape) ? simd(this.shape === 'f32*' ? 225 : 237) : [this.shape === 'f32' ? 0x8c : 0x9a];
      return new Val(this.shape, (c) => {
        this.emit(c);
        c.op(...code);
      });
    }
    return constant(this.shape, 0).sub(this);
  }
  not(): Val {
    return this.xor(-1);
  }

  substitute(box: Sbox): Val {
    if (isLanes(this.shape) || isFloat(this.shape)) throw new NoSuchOperation(`substitute on ${this.shape}`);
    const index = this.to('i32', false).and(0xff);
    const entry = load('i8', index, TABLES + 256 * sboxNames.indexOf(box));
    return this.shape === 'i64' ? entry.to('i64', false) : new Val(this.shape, entry.emit);
  }

  choose(whenTrue: Arg, whenFalse: Arg): Val {
    const known = [whenTrue, whenFalse].find((v) => typeof v === 'object') as Val | undefined;
    const shape = known?.shape ?? 'i32';
    const [a, b] = [whenTrue, whenFalse].map((v) => (typeof v === 'object' ? (v as Val) : constant(shape, v))) as [
      Val,
      Val,
    ];
    const code = isLanes(this.shape) ? simd(82) : isLanes(shape) ? SELECT_LANES : [0x1b];
    return (known ?? this).make(shape, (c) => {
      a.emit(c);
      b.emit(c);
      this.emit(c);
      c.op(...code);
    });
  }

  to(shape: Element, signed: boolean): Val {
    if (isLanes(this.shape) || isFloat(this.shape)) throw new NoSuchOperation(`${this.shape} to ${shape}`);
    if (shape === this.shape) return this;
    if (shape === 'i64') {
      if (this.extending) return this.extending(signed);
      const clean = this.clean(signed);
      return new Val('i64', (c) => {
        clean.emit(c);
        c.op(signed ? 0xac : 0xad);
      });
    }
    if (this.shape === 'i64') {
      return new Val(shape, (c) => {
        this.emit(c);
        c.op(0xa7);
      });
    }
    const value = bitsOf(shape) > bitsOf(this.shape) ? this.clean(signed) : this;
    return new Val(shape, value.emit);
  }

  signExtend(bits: 8 | 16 | 32): Val {
    const wide = this.shape === 'i64';
    if (!wide && bits === 32) return this;
    const code = { 8: wide ? 0xc2 : 0xc0, 16: wide ? 0xc3 : 0xc1, 32: 0xc4 }[bits];
    return new Val(this.shape, (c) => {
      this.emit(c);
      c.op(code);
    });
  }

  as(shape: Shape): Val {
    const from = carrier(this.shape);
    const to = carrier(shape);
    if (from === to) return this.make(shape, this.emit);
    const code = REINTERPRET[`${from}>${to}`];
    if (!code) throw new Error(`${this.shape} is not as wide as ${shape}`);
    return new Val(shape, (c) => {
      this.emit(c);
      c.op(code);
    });
  }

  /** This scalar in every lane. */
  splat(): Val {
    const element = elementOf(this.shape);
    return new Val(`${element}*`, (c) => {
      this.emit(c);
      c.op(...SPLAT[element]);
    });
  }

  /** An instruction of the platform that the vocabulary does not name (conversions between floats and integers). */
  apply(shape: Shape, ...code: number[]): Val {
    return new Val(shape, (c) => {
      this.emit(c);
      c.op(...code);
    });
  }
}

/** `select` of a v128 by a scalar condition. */
const SELECT_LANES = [0x1c, 1, 0x7b];

const REINTERPRET: Record<string, number> = {
  'f32>i32': 0xbc,
  'f64>i64': 0xbd,
  'i32>f32': 0xbe,
  'i64>f64': 0xbf,
};

/** A number as a signed one of so many bits. */
const narrow = (value: number | bigint, bits: 32 | 64) =>
  typeof value === 'number' && value === (value | 0) ? value : BigInt.asIntN(bits, BigInt(value));

/** A constant of a shape; on lanes, in every lane. */
export function constant(shape: Shape, value: number | bigint): Val {
  if (isLanes(shape)) return constant(elementOf(shape), value).splat();
  if (shape === 'f32' || shape === 'f64') {
    return new Val(shape, (c) => {
      const view = new DataView(new ArrayBuffer(8));
      if (shape === 'f32') view.setFloat32(0, Number(value), true);
      else view.setFloat64(0, Number(value), true);
      c.op(shape === 'f32' ? 0x43 : 0x44, ...new Uint8Array(view.buffer, 0, shape === 'f32' ? 4 : 8));
    });
  }
  if (shape === 'i64') return new Val(shape, (c) => c.constant('i64', narrow(value, 64)));
  return new Val(shape, (c) => c.constant('i32', narrow(value, 32)));
}

export const i32 = (value: number) => constant('i32', value);
export const i64 = (value: number | bigint) => constant('i64', value);

/** A local's or parameter's value. */
export const get = (local: number, shape: Shape) => new Val(shape, (c) => c.indexed(0x20, local));

/** What lies in linear memory at base + offset. */
export function load(shape: Shape, base: Val, offset = 0): Val {
  const read = (result: Shape, code: number[]) =>
    new Val(result, (c) => {
      base.emit(c);
      c.op(...code).indexed(0, offset);
    });
  const plain = read(shape, loadOpcode(shape));
  if (isLanes(shape) || extendingLoad(elementOf(shape), true) === undefined) return plain;
  return new Val(shape, plain.emit, (signed) => read('i64', [extendingLoad(elementOf(shape), signed)!]));
}

/** A call with one result. Pass the function's index in its module. */
export const call = (fn: number, result: Shape, ...args: Val[]) =>
  new Val(result, (c) => {
    for (const a of args) a.emit(c);
    c.indexed(0x10, fn);
  });

/** A call through the module's function table. */
export const callIndirect = (type: number, result: Shape, index: Val, ...args: Val[]) =>
  new Val(result, (c) => {
    for (const a of args) a.emit(c);
    index.emit(c);
    c.indexed(0x11, type).op(0);
  });

/** Compute a value now, into a local; the result reads it. */
export function kept(c: Code, value: Val): Val {
  const local = c.local(value.shape);
  c.set(local, value);
  return get(local, value.shape);
}
