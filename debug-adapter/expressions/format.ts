import type { CType } from '../symbols/types.js';
import { ExpressionError } from './lexer.js';
import { decode, encode, isScalar, numberOf, type Value, within } from './value.js';

/** The elements that a line shows of an array before it says that there are more. */
const SHOWN = 8;

/** How values are shown. */
export interface ShowOptions {
  /** Integers in hexadecimal. */
  readonly hex?: boolean;
  /** `x`, `b`: the bits of every number, in hexadecimal or binary; `d`: integers in decimal and nothing else. */
  readonly radix?: Radix;
  /** Names the place that a pointer points at. */
  readonly symbolize?: (va: bigint) => string | undefined;
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

/** How a value is shown in one line. */
export function format(value: Value, options: ShowOptions = {}): string {
  const { type } = value;
  if (isScalar(type)) return formatNumber(type, numberOf(value), options);
  if (!value.place) return '<not available>';
  if (type.kind === 'array') {
    if (type.of.kind === 'integer' && type.of.char) return formatText(value.place.read(0, Math.min(type.count, 256)));
    const shown = Math.min(type.count, SHOWN);
    const parts = Array.from({ length: shown }, (_, n) =>
      format({ type: type.of, place: within(value.place!, n * type.of.size) }, options),
    );
    return `{${parts.join(', ')}${type.count > shown ? ', …' : ''}}`;
  }
  if (type.kind === 'struct') {
    const parts = type.members
      .slice(0, SHOWN)
      .map(({ name, type: inner, offset }) =>
        isScalar(inner)
          ? `${name} = ${format({ type: inner, place: within(value.place!, offset) }, options)}`
          : `${name} = …`,
      );
    return `{${parts.join(', ')}${type.members.length > SHOWN ? ', …' : ''}}`;
  }
  return type.name;
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

/** Read what a user typed for a value of the type: a number, as an expression would have it. @throws ExpressionError */
export function parseNumber(type: CType, text: string): bigint | number {
  const plain = text.trim();
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
