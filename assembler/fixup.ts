/** Places in a section that wait for addresses, and what is written there. */
import { fits, insert, range } from '../isa/operands.js';
import type { OperandKind } from '../isa/types.js';
import type { Expression } from './expression.js';
import type { Chunk } from './section.js';
import type { Statement } from './source.js';

/**
 * How an address becomes an operand (psABI, "Relocations"): as it is, relative to the instruction (`target`), or one half of it,
 * absolute, relative to an auipc (of the address itself, or of its place in the global offset table: the address, its distance from
 * the thread pointer, or the pair that __tls_get_addr takes), or relative to the thread pointer.
 */
export type Relocation =
  | 'value'
  | 'target'
  | 'hi'
  | 'lo'
  | 'pcrel_hi'
  | 'pcrel_lo'
  | 'got_pcrel_hi'
  | 'tls_ie_pcrel_hi'
  | 'tls_gd_pcrel_hi'
  | 'tprel_hi'
  | 'tprel_lo'
  | 'tprel_add';

/** Relocation operators by the name after the percent sign. */
export const relocationOperators: Readonly<Record<string, Relocation>> = {
  hi: 'hi',
  lo: 'lo',
  pcrel_hi: 'pcrel_hi',
  pcrel_lo: 'pcrel_lo',
  got_pcrel_hi: 'got_pcrel_hi',
  tls_ie_pcrel_hi: 'tls_ie_pcrel_hi',
  tls_gd_pcrel_hi: 'tls_gd_pcrel_hi',
  tprel_hi: 'tprel_hi',
  tprel_lo: 'tprel_lo',
  tprel_add: 'tprel_add',
};

/**
 * How an address becomes data: as it is, or of it as much as there is room for (`set`), relative to its place (or its place in the
 * global offset table is), added to or taken from what stands there, or relative to the thread's storage.
 */
export type DataRelocation = 'value' | 'set' | 'relative' | 'got_relative' | 'add' | 'subtract' | 'tprel' | 'dtprel';

/** What of the bytes is data, when not all of them: their low six bits, or a ULEB128 number of the length that stands there. */
export type DataField = 'six' | 'uleb';

export interface DataInto {
  readonly data: number;
  readonly how?: DataRelocation;
  readonly field?: DataField;
}

export interface Fixup {
  readonly chunk: Chunk;
  readonly offset: number;
  readonly expression: Expression;
  readonly statement: Statement;
  readonly start: number;
  readonly end: number;
  /** Bytes of data, or an operand of an instruction. */
  readonly into: DataInto | { readonly operand: OperandKind; readonly how: Relocation; readonly length: 2 | 4 };
  /** For `pcrel_lo` made by a pseudo-instruction: the auipc that it completes; the expression is the target itself. */
  readonly auipc?: { readonly chunk: Chunk; readonly offset: number };
  /** The relocation of an object that this comes from. */
  readonly relocation?: string;
}

/** The upper 20 bits, rounded so that the signed lower 12 complete them. */
export const upperHalf = (value: bigint) => Number(BigInt.asUintN(20, (value + 0x800n) >> 12n));
export const lowerHalf = (value: bigint) => Number(BigInt.asIntN(12, value));
/** Can an upper and a lower half reach this? */
export const halvesReach = (value: bigint) => value >= -(2n ** 31n) - 0x800n && value < 2n ** 31n - 0x800n;

/** What range of values an operand has, for messages. */
export function rangeText(kind: OperandKind): string {
  if (kind.extend) return `from 1 to 31 or from ${hex(2 ** kind.extend - 32)} to ${hex(2 ** kind.extend - 1)}`;
  let { min, max } = range(kind);
  const { step } = range(kind);
  while (kind.except?.includes(min)) min += step;
  while (kind.except?.includes(max)) max -= step;
  const except = kind.except?.filter((value) => value >= min && value <= max) ?? [];
  return `from ${min} to ${max}${step > 1 ? ` in steps of ${step}` : ''}${except.length ? `, but not ${except.join(', ')}` : ''}`;
}
const hex = (n: number) => `0x${n.toString(16)}`;

/** Does a number fit an operand? Returns what is wrong, or undefined. */
export function misfit(kind: OperandKind, value: bigint): string | undefined {
  const number = Number(value);
  if (BigInt(number) === value && fits(kind, number)) return undefined;
  const what = kind.class === 'target' ? `the distance ${value}` : `${value}`;
  return `${what} is out of range: it must be ${rangeText(kind)}`;
}

/** Set an operand of the instruction in bytes. */
export function patch(bytes: Uint8Array, at: number, length: 2 | 4, kind: OperandKind, value: number): void {
  let bits = insert(kind, value);
  let mask = 0;
  for (const [high, low] of kind.pieces) mask |= (2 ** (high - low + 1) - 1) << low;
  for (let i = 0; i < length; i++, bits >>>= 8, mask >>>= 8) bytes[at + i] = (bytes[at + i]! & ~mask) | (bits & 0xff);
}
