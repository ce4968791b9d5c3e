import { convert } from '../../emulator/float/conversion.js';
import { bf16, type Format, f16, f64 } from '../../emulator/float/format.js';
import { Rounding } from '../../emulator/float/rounding.js';
import type { CType, Member } from '../symbols/types.js';
import { ExpressionError } from './lexer.js';

/** Something that holds bytes: guest memory, a register, a vector register group. Reading or writing throws an ExpressionError. */
export interface Place {
  read(offset: number, length: number): Uint8Array;
  write(offset: number, bytes: Uint8Array): void;
  /** Where it lies, if in memory; and in which address space (satp; 0n: untranslated), where that is known. */
  readonly va?: bigint;
  readonly space?: bigint;
  /** Where it lies, if in a hart's registers as they are now. */
  readonly register?: RegisterPart;
}

/** A place in a hart's registers: `offset` bytes behind the start of one. */
export interface RegisterPart {
  readonly hart: number;
  readonly file: 'x' | 'f' | 'v' | 'csr';
  readonly number: number;
  readonly offset: number;
}

/** What an expression gives: a type, and the value itself or where it lies. */
export interface Value {
  readonly type: CType;
  readonly place?: Place;
  /** Of a value that lies nowhere: an integer (as its type has it) or a floating-point number. */
  readonly number?: bigint | number;
  /** The bits of a place that it was taken from. */
  readonly bits?: { readonly place: Place; readonly high: number; readonly low: number };
  /** Named bits, of a CSR. */
  readonly fields?: Readonly<Record<string, readonly [number, number]>>;
  /** Other ways to look at it, by member name (`$v8.e32`). */
  readonly views?: Readonly<Record<string, () => Value>>;
}

const integer = (name: string, size: number, signed: boolean, char = false): CType => ({
  kind: 'integer',
  name,
  size,
  signed,
  char,
});

/** The types of C that need no debug information, by their names. */
export const basic: Readonly<Record<string, CType>> = {
  void: { kind: 'void', name: 'void', size: 0 },
  char: integer('char', 1, false, true),
  'signed char': integer('signed char', 1, true, true),
  'unsigned char': integer('unsigned char', 1, false, true),
  short: integer('short', 2, true),
  'unsigned short': integer('unsigned short', 2, false),
  int: integer('int', 4, true),
  'unsigned int': integer('unsigned int', 4, false),
  long: integer('long', 8, true),
  'unsigned long': integer('unsigned long', 8, false),
  bool: integer('bool', 1, false),
  float: { kind: 'float', name: 'float', size: 4 },
  double: { kind: 'float', name: 'double', size: 8 },
  _Float16: { kind: 'float', name: '_Float16', size: 2 },
  __bf16: { kind: 'float', name: '__bf16', size: 2 },
};

export const pointerTo = (to: CType): CType => ({ kind: 'pointer', name: `${to.name} *`, size: 8, to });
export const arrayOf = (of: CType, count: number): CType => ({
  kind: 'array',
  name: `${of.name}[${count}]`,
  size: count * of.size,
  of,
  count,
});

export const isScalar = (type: CType) =>
  type.kind === 'integer' || type.kind === 'float' || type.kind === 'enum' || type.kind === 'pointer';
const isSigned = (type: CType) => (type.kind === 'integer' && type.signed) || type.kind === 'enum';

/** Of two bytes: half precision, unless the type's name says BF16. */
const halfFormat = (type: CType): Format => (/bf16/i.test(type.name) ? bf16 : f16);
const scratch = new DataView(new ArrayBuffer(8));

/** The number that the bits of a format are. */
function wide(format: Format, bits: number): number {
  scratch.setBigUint64(0, convert(format, f64, Rounding.nearestEven, BigInt(bits)).bits);
  return scratch.getFloat64(0);
}

/** The bits of the format's number that is nearest. */
function narrow(format: Format, number: number): number {
  scratch.setFloat64(0, number);
  return Number(convert(f64, format, Rounding.nearestEven, scratch.getBigUint64(0)).bits);
}

/** The number in little-endian bytes, as the type reads them. */
export function decode(type: CType, bytes: Uint8Array): bigint | number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type.kind === 'float') {
    if (type.size === 4) return view.getFloat32(0, true);
    if (type.size === 8) return view.getFloat64(0, true);
    if (type.size === 2) return wide(halfFormat(type), view.getUint16(0, true));
    throw new ExpressionError(`${type.name} has ${type.size} bytes; only numbers of 2, 4 and 8 are shown`);
  }
  let bits = 0n;
  for (let n = Math.min(type.size, 8, bytes.length) - 1; n >= 0; n--) bits = (bits << 8n) | BigInt(bytes[n]);
  return wrap(type, bits);
}

/** An integer brought into the range of an integer type. */
export function wrap(type: CType, value: bigint): bigint {
  const bits = Math.min(type.size, 8) * 8;
  return isSigned(type) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

/** The bytes that a number has as a value of the type. */
export function encode(type: CType, value: bigint | number): Uint8Array {
  const bytes = new Uint8Array(type.size);
  const view = new DataView(bytes.buffer);
  if (type.kind === 'float') {
    if (type.size === 4) view.setFloat32(0, Number(value), true);
    else if (type.size === 2) view.setUint16(0, narrow(halfFormat(type), Number(value)), true);
    else view.setFloat64(0, Number(value), true);
    return bytes;
  }
  let bits = typeof value === 'bigint' ? value : toInteger(value);
  for (let n = 0; n < bytes.length; n++, bits >>= 8n) bytes[n] = Number(bits & 0xffn);
  return bytes;
}

/** Towards zero, as C converts. */
export function toInteger(value: bigint | number): bigint {
  if (typeof value === 'bigint') return value;
  if (!Number.isFinite(value)) throw new ExpressionError(`${value} has no integer value`);
  return BigInt(Math.trunc(value));
}

/** The number of a scalar value. */
export function numberOf(value: Value): bigint | number {
  if (value.number !== undefined) return value.number;
  if (!isScalar(value.type)) throw new ExpressionError(`a value of type ${value.type.name} is not a number`);
  if (!value.place) throw new ExpressionError('the value is not available');
  return decode(value.type, value.place.read(0, value.type.size));
}

/** A part of a place. */
export function within(place: Place, offset: number): Place {
  if (offset === 0) return place;
  return {
    read: (at, length) => place.read(offset + at, length),
    write: (at, bytes) => place.write(offset + at, bytes),
    ...(place.va !== undefined && { va: BigInt.asUintN(64, place.va + BigInt(offset)) }),
    ...(place.space !== undefined && { space: place.space }),
    ...(place.register && { register: { ...place.register, offset: place.register.offset + offset } }),
  };
}

export const integerValue = (number: bigint, type: CType = basic.long): Value => ({ type, number: wrap(type, number) });

/** A member of what lies at a place. */
export function memberAt(place: Place, member: Member): Value {
  const { type, offset, bits } = member;
  const whole = within(place, offset);
  if (!bits) return { type, place: whole };
  const { low, width } = bits;
  return { type, place: bitPlace(whole, low, width, type), bits: { place: whole, high: low + width - 1, low } };
}

/** Named bits of a CSR, as a number. */
export function fieldOf(of: Value, name: string): Value | undefined {
  const field = of.fields?.[name];
  if (!field) return undefined;
  const [high, low] = field;
  const type = basic['unsigned long'];
  const width = high - low + 1;
  const { place } = of;
  if (place) return { type, place: bitPlace(place, low, width, type), bits: { place, high, low } };
  return { type, number: BigInt.asUintN(width, BigInt(of.number ?? 0) >> BigInt(low)) };
}

/** Some bits of a place, as a number of the type would lie. */
function bitPlace(place: Place, low: number, width: number, type: CType): Place {
  const bytes = Math.ceil((low + width) / 8);
  const all = () => place.read(0, bytes).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const mask = ((1n << BigInt(width)) - 1n) << BigInt(low);
  return {
    read(offset, length) {
      const bits = (all() & mask) >> BigInt(low);
      const signed = isSigned(type) && type.kind !== 'enum';
      return encode(type, signed ? BigInt.asIntN(width, bits) : bits).slice(offset, offset + length);
    },
    write(offset, data) {
      if (offset !== 0) throw new ExpressionError('a part of a bit field can not be set');
      const given = data.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n) << BigInt(low);
      let bits = (all() & ~mask) | (given & mask);
      const result = new Uint8Array(bytes);
      for (let n = 0; n < bytes; n++, bits >>= 8n) result[n] = Number(bits & 0xffn);
      place.write(0, result);
    },
  };
}

/** Are its members named as if they were its holder's: a struct or union without a name, or a class's base? */
const isOpen = ({ name, type }: Member) => name === '' || name === type.name;

/** The names that `memberNamed` knows. */
export function memberNames(type: CType, depth = 0): string[] {
  if (type.kind !== 'struct' || depth > 8) return [];
  return type.members.flatMap((each) => (isOpen(each) ? memberNames(each.type, depth + 1) : [each.name]));
}

/** A member by name, also of the structs and unions without a name that a struct holds, and of a class's bases. */
export function memberNamed(type: CType, name: string, depth = 0): Member | undefined {
  if (type.kind !== 'struct' || depth > 8) return undefined;
  const own = type.members.find((candidate) => candidate.name === name);
  if (own) return own;
  for (const holder of type.members) {
    if (!isOpen(holder)) continue;
    const inner = memberNamed(holder.type, name, depth + 1);
    if (inner) return { ...inner, offset: holder.offset + inner.offset };
  }
  return undefined;
}
