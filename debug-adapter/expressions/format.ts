import type { CType } from '../symbols/types.js';
import { ExpressionError } from './lexer.js';
import { decode, encode, isScalar, memberAt, numberOf, type Place, type Value, within } from './value.js';

/** The elements that a line shows of an array before it says that there are more. */
const SHOWN = 8;
/** All of it is no more than this. */
const ALL = 65_536;

/** How values are shown. */
export interface ShowOptions {
  /** Integers in hexadecimal. */
  readonly hex?: boolean;
  /** `x`, `b`: the bits of every number, in hexadecimal or binary; `d`: integers in decimal and nothing else. */
  readonly radix?: Radix;
  /** All of it, however long. */
  readonly all?: boolean;
  /** Names the place that a pointer points at. */
  readonly symbolize?: (va: bigint) => string | undefined;
  /** What pointers point at: with it, text is shown. */
  readonly memory?: (va: bigint) => Place;
}

export type Radix = 'd' | 'x' | 'b';

/** An expression and how its value is to be shown, as in `$v8.f32,x`. @throws ExpressionError when that is none of ours */
export function withRadix(text: string): { expression: string; radix?: Radix } {
  const [, expression, letter] = /^([\s\S]*),\s*(\w*)\s*$/.exec(text) ?? [];
  if (expression === undefined) return { expression: text };
  if (letter !== 'd' && letter !== 'x' && letter !== 'b')
    throw new ExpressionError(
      `\`${text}\`: after the comma stands d, x or b (decimal, hexadecimal, binary), not \`${letter}\``,
    );
  return { expression, radix: letter };
}

/** The most characters that are shown of what a pointer points at. */
const TEXT = 200;

/** Of an array whose elements are there. */
const UNSIZED = 'its length is optimized out';

/** How a value is shown in one line. */
export function format(value: Value, options: ShowOptions = {}, depth = 0): string {
  const { type } = value;
  if (isScalar(type)) {
    const number = numberOf(value);
    if (type.kind === 'pointer' && typeof number === 'bigint' && options.memory && !options.radix && depth < 2) {
      if (type.reference) return `@0x${number.toString(16)}: ${referred(type.to, number, options, depth)}`;
      const text = isText(type.to) && number !== 0n ? textAt(options.memory(number)) : undefined;
      if (text !== undefined) return `0x${number.toString(16)} ${text}`;
    }
    return formatNumber(type, number, options);
  }
  if (!value.place) return '<not available>';
  const { place } = value;
  if (type.kind === 'array' && type.unsized) return `<${UNSIZED}>`;
  if (type.kind === 'array') {
    if (isText(type.of)) return formatText(place.read(0, Math.min(type.count, 256)));
    const shown = Math.min(type.count, options.all ? ALL : SHOWN);
    const parts = Array.from({ length: shown }, (_, n) =>
      format({ type: type.of, place: within(place, n * type.of.size) }, options, depth + 1),
    );
    return `{${parts.join(', ')}${type.count > shown ? ', …' : ''}}`;
  }
  if (type.kind === 'struct') {
    const most = options.all ? ALL : SHOWN;
    const parts = type.members.slice(0, most).map((member) => {
      const { name, type: inner } = member;
      const text =
        isScalar(inner) || options.all || (inner.kind === 'array' && isText(inner.of))
          ? part(memberAt(place, member), options, depth + 1)
          : '…';
      return name ? `${name} = ${text}` : text;
    });
    return `{${parts.join(', ')}${type.members.length > most ? ', …' : ''}}`;
  }
  return type.name;
}

const isText = (type: CType) => type.kind === 'integer' && type.char && type.size === 1;

/** Of a struct, one part may be missing and the others not. */
function part(value: Value, options: ShowOptions, depth: number): string {
  try {
    return format(value, options, depth);
  } catch (error) {
    return `<${(error as Error).message}>`;
  }
}

function referred(type: CType, va: bigint, options: ShowOptions, depth: number): string {
  return part({ type, place: options.memory!(va) }, options, depth + 1);
}

/** The text at a place, up to its NUL; undefined where there is none. */
function textAt(place: Place): string | undefined {
  const bytes: number[] = [];
  try {
    while (bytes.length < TEXT) {
      const [byte] = place.read(bytes.length, 1);
      if (byte === 0) return formatText(Uint8Array.from(bytes));
      bytes.push(byte);
    }
  } catch {
    return undefined;
  }
  return `${formatText(Uint8Array.from(bytes))}…`;
}

/** A scalar as C would write it; integers in hexadecimal on demand. */
export function formatNumber(
  type: CType,
  number: bigint | number,
  { hex, radix, symbolize }: ShowOptions = {},
): string {
  if (radix === 'x' || radix === 'b') return formatBits(encode(type, number), radix);
  if (typeof number === 'number') return formatFloat(number, type);
  if (type.kind === 'enum')
    return type.values.get(number) ?? type.values.get(BigInt.asUintN(32, number)) ?? String(number);
  if (type.kind === 'pointer') {
    const symbol = symbolize?.(number);
    return `0x${number.toString(16)}${symbol ? ` <${symbol}>` : ''}`;
  }
  if (type.kind === 'integer' && type.boolean && (number === 0n || number === 1n)) return String(number === 1n);
  if (hex) return `0x${BigInt.asUintN(type.size * 8, number).toString(16)}`;
  if (type.kind === 'integer' && type.char && radix !== 'd' && number >= 32n && number < 127n)
    return `${number} '${String.fromCharCode(Number(number))}'`;
  return String(number);
}

/** Little-endian bytes as one number. */
function formatBits(bytes: Uint8Array, radix: 'x' | 'b'): string {
  const bits = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return radix === 'x' ? `0x${bits.toString(16)}` : `0b${bits.toString(2)}`;
}

/** The shortest text that reads back as the same number of the type. */
export function formatFloat(value: number, type: CType): string {
  if (Object.is(value, -0)) return '-0';
  if (type.size > 4 || !Number.isFinite(value)) return String(value);
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (decode(type, encode(type, Number(text))) === value) return String(Number(text));
  }
  return String(value);
}

function formatText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const text = String.fromCharCode(...bytes.subarray(0, end < 0 ? bytes.length : end));
  return JSON.stringify(text);
}

const unescaped = (text: string) => ({ n: '\n', t: '\t', r: '\r', 0: '\0' })[text[1]] ?? text[1];

/** Read what a user typed for a value of the type: a number, as an expression would have it. @throws ExpressionError */
export function parseNumber(type: CType, text: string): bigint | number {
  const plain = text.trim();
  if (type.kind === 'integer' && type.boolean && /^(true|false)$/.test(plain)) return plain === 'true' ? 1n : 0n;
  const [, letter] = /^'(\\?.)'$/.exec(plain) ?? [];
  if (letter && type.kind === 'integer')
    return BigInt((letter.length === 2 ? unescaped(letter) : letter).charCodeAt(0));
  if (type.kind === 'enum') for (const [number, name] of type.values) if (name === plain) return number;
  if (/^[+-]?(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)$/.test(plain)) {
    const magnitude = BigInt(plain.replace(/^[+-]/, ''));
    const value = plain.startsWith('-') ? -magnitude : magnitude;
    // Signed or not, as it is written: a negative number, or all of an element's bits in hexadecimal.
    const bits = BigInt(8 * type.size);
    if (type.kind === 'integer' && (value < -(1n << (bits - 1n)) || value >= 1n << bits))
      throw new ExpressionError(`\`${text}\` does not fit into the ${bits} bits of ${type.name}`);
    return value;
  }
  const number = Number(plain);
  const special = /^[+-]?(inf(inity)?|nan)$/i.test(plain);
  if (type.kind === 'float' && plain && (special || !Number.isNaN(number)))
    return special ? (/nan/i.test(plain) ? Number.NaN : plain.startsWith('-') ? -Infinity : Infinity) : number;
  throw new ExpressionError(`\`${text}\` is no ${type.kind === 'float' ? 'number' : 'integer'}`);
}
