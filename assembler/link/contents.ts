/** What is written into the sections when everything has its place: bytes, padding, and what waited for addresses. */
import type { OperandKind } from '../../isa/types.js';
import type { Expression } from '../expression.js';
import {
  type DataInto,
  type DataRelocation,
  type Fixup,
  halvesReach,
  lowerHalf,
  misfit,
  patch,
  type Relocation,
  upperHalf,
} from '../fixup.js';
import type { Layout } from '../relax.js';
import { type Chunk, SHF } from '../section.js';
import { entryOf, type OffsetTable } from './got.js';
import type { OutputSection } from './output-section.js';
import type { SymbolTable } from './symbols.js';

/** What module and offset name is counted from here in the thread's block (psABI, "Thread Local Storage"). */
const DTV_OFFSET = 0x800n;

const opcode = 0x7f;
const AUIPC = 0x17;
const LUI = 0x37;

export class Contents {
  /** Fixups with upper halves, by the place of their auipc. */
  private readonly uppers = new Map<Chunk, Map<number, Fixup>>();
  /** The number that a ULEB128 was set to, which the next relocation subtracts from. */
  private minuend: { at: number; value: bigint } | undefined;
  private readonly threadStart: bigint;

  constructor(
    private readonly sections: readonly OutputSection[],
    private readonly symbols: SymbolTable,
    private readonly table: OffsetTable,
    private readonly layout: Layout,
  ) {
    this.threadStart = sections.find((section) => section.flags & SHF.TLS)?.address ?? 0n;
  }

  /** Write every section's bytes, reporting what is undefined or out of range. */
  fill(): void {
    const filled = this.sections.filter(({ hasContents }) => hasContents);
    for (const section of filled) this.copy(section);
    for (const section of filled)
      for (const part of section.parts) for (const fixup of part.fixups) this.apply(fixup, section);
  }

  private copy(section: OutputSection): void {
    section.bytes = new Uint8Array(section.size);
    for (const part of section.parts) {
      for (const chunk of part.chunks) {
        const at = part.base + chunk.offset;
        if (part.hasContents) section.bytes.set(chunk.bytes.subarray(0, chunk.length), at);
        const from = at + chunk.length;
        const room = section.bytes.subarray(from, from + (chunk.tail?.size ?? 0));
        chunk.tail?.write(this.layout, section.address + BigInt(from), room);
      }
      for (const fixup of part.fixups) {
        if (!('operand' in fixup.into && fixup.into.how.endsWith('pcrel_hi'))) continue;
        const { chunk, offset } = fixup;
        const inChunk = this.uppers.get(chunk) ?? new Map<number, Fixup>();
        this.uppers.set(chunk, inChunk.set(offset, fixup));
      }
    }
  }

  private apply(fixup: Fixup, section: OutputSection): void {
    const { into, expression } = fixup;
    const at = fixup.chunk.section.base + fixup.chunk.offset + fixup.offset;
    const value = this.symbols.demand(expression);
    if (value === undefined) return;
    if ('data' in into) {
      this.applyData(fixup, into, section.bytes, at, value);
      return;
    }
    const number = this.operandValue(fixup, into.operand, into.how, value);
    if (number === undefined) return;
    patch(section.bytes, at, into.length, into.operand, number);
    // What can't be reached from here, because it is missing or the program lies far up, is made from nothing.
    if (into.how === 'pcrel_hi' && (section.bytes[at]! & opcode) === AUIPC && this.isAbsolute(fixup, value))
      section.bytes[at] = (section.bytes[at]! & ~opcode) | LUI;
  }

  // Data

  private applyData(fixup: Fixup, into: DataInto, bytes: Uint8Array, at: number, value: bigint): void {
    const { data, how = 'value', field } = into;
    const number = this.dataValue(fixup, how, value);
    if (field === 'uleb') {
      this.applyUleb(fixup, how, bytes, at, number);
      return;
    }
    const bits = BigInt(field === 'six' ? 6 : 8 * data);
    const old = BigInt.asUintN(Number(bits), read(bytes, at, data));
    const made = how === 'add' ? old + number : how === 'subtract' ? old - number : number;
    const checked = how !== 'add' && how !== 'subtract' && how !== 'set' && data < 8;
    if (checked && (made >= 1n << bits || made < -(1n << (bits - 1n))))
      this.error(fixup, `${made < 0n ? made : `0x${made.toString(16)}`} does not fit ${bits} bits`);
    const kept = field === 'six' ? BigInt(bytes[at]! & 0xc0) : 0n;
    write(bytes, at, data, BigInt.asUintN(Number(bits), made) | kept);
  }

  private dataValue(fixup: Fixup, how: DataRelocation, value: bigint): bigint {
    if (how === 'relative') return BigInt.asIntN(64, value - placeOf(fixup));
    if (how === 'got_relative') return this.table.addressOf(fixup.expression, 'address') - placeOf(fixup);
    if (how === 'tprel') return value - this.threadStart;
    if (how === 'dtprel') return value - this.threadStart - DTV_OFFSET;
    return value;
  }

  /** A difference, in as many bytes as stand there. */
  private applyUleb(fixup: Fixup, how: DataRelocation, bytes: Uint8Array, at: number, value: bigint): void {
    if (how === 'set') {
      this.minuend = { at, value };
      return;
    }
    let difference = this.minuend?.at === at ? this.minuend.value - value : -1n;
    if (difference < 0n)
      this.error(fixup, 'this ULEB128 number is no difference of two places, the second before the first');
    for (let i = at; i < bytes.length; i++) {
      const more = bytes[i]! & 0x80;
      bytes[i] = more | Number(BigInt.asUintN(7, difference));
      difference >>= 7n;
      if (more) continue;
      if (difference > 0n) this.error(fixup, 'this ULEB128 number has become too large for the bytes that it has');
      return;
    }
  }

  // Operands

  /** What a relocation makes of an expression's value; undefined when that can't be, which is reported. */
  private operandValue(fixup: Fixup, operand: OperandKind, how: Relocation, value: bigint): number | undefined {
    const pc = placeOf(fixup);
    switch (how) {
      case 'hi':
        return this.half(fixup, value, upperHalf);
      case 'lo':
        return this.half(fixup, value, lowerHalf);
      case 'pcrel_hi':
      case 'got_pcrel_hi':
      case 'tls_ie_pcrel_hi':
      case 'tls_gd_pcrel_hi':
        return this.half(fixup, this.distance(fixup), upperHalf);
      case 'tprel_hi':
        return this.half(fixup, value - this.threadStart, upperHalf);
      case 'tprel_lo':
        return this.half(fixup, value - this.threadStart, lowerHalf);
      case 'tprel_add':
        return undefined;
      case 'pcrel_lo': {
        const auipc = fixup.auipc ?? this.labelOf(fixup.expression);
        const upper = auipc && this.uppers.get(auipc.chunk)?.get(auipc.offset);
        if (!upper) {
          this.error(fixup, '%pcrel_lo takes the label of an auipc whose operand is %pcrel_hi');
          return undefined;
        }
        const distance = this.distance(upper);
        return distance === undefined ? undefined : lowerHalf(distance);
      }
      default: {
        const number = how === 'target' ? BigInt.asIntN(64, value - pc) : value;
        const wrong = misfit(operand, number);
        if (wrong) this.error(fixup, wrong);
        return wrong ? undefined : Number(number);
      }
    }
  }

  /** The place that an expression names by its label. */
  private labelOf(expression: Expression): { chunk: Chunk; offset: number } | undefined {
    if (typeof expression === 'bigint' || expression.kind !== 'symbol') return undefined;
    const { meaning } = this.symbols.definitionOf(expression.symbol);
    return meaning?.kind === 'label' && expression.addend === 0n ? meaning : undefined;
  }

  private half(fixup: Fixup, whole: bigint | undefined, take: (whole: bigint) => number): number | undefined {
    if (whole === undefined) return undefined;
    if (halvesReach(whole)) return take(whole);
    this.error(fixup, `two halves can't reach this: ${whole} is over 31 bits`);
    return undefined;
  }

  /** What an auipc and the instructions that complete it add to pc, or for what can't be reached so to nothing. */
  private distance(upper: Fixup): bigint | undefined {
    const entry = entryOf(upper);
    const value = entry ? this.table.addressOf(upper.expression, entry) : this.symbols.value(upper.expression);
    if (value === undefined) return undefined;
    return this.isAbsolute(upper, value) ? value : BigInt.asIntN(64, value - placeOf(upper));
  }

  private isAbsolute(upper: Fixup, value: bigint): boolean {
    return (
      !halvesReach(BigInt.asIntN(64, value - placeOf(upper))) &&
      halvesReach(value) &&
      this.symbols.isMissing(upper.expression)
    );
  }

  private error(fixup: Fixup, message: string): void {
    const { statement, start, end, relocation, expression } = fixup;
    const name = typeof expression !== 'bigint' && expression.kind === 'symbol' ? expression.symbol.name : '';
    const what = relocation ? ` (${relocation}${name ? ` to ${name}` : ''})` : '';
    this.symbols.error(statement, start, end, message + what);
  }
}

function placeOf({ chunk, offset }: { chunk: Fixup['chunk']; offset: number }): bigint {
  return chunk.section.address + BigInt(chunk.offset + offset);
}

function read(bytes: Uint8Array, at: number, count: number): bigint {
  let value = 0n;
  for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i]!);
  return value;
}

function write(bytes: Uint8Array, at: number, count: number, value: bigint): void {
  for (let i = 0; i < count; i++) bytes[at + i] = Number((value >> BigInt(8 * i)) & 0xffn);
}
