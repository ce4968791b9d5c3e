/** Things whose size depends on addresses. A layout pass resizes them until nothing changes; jumps only ever grow, so it ends. */
import { encode } from '../isa/encode.js';
import { fits, operandNames, operands } from '../isa/operands.js';
import { instructionNamed } from '../isa/table.js';
import type { Instruction, OperandKind } from '../isa/types.js';
import { compress } from './compress.js';
import type { Expression } from './expression.js';
import { misfit } from './fixup.js';
import type { Statement } from './source.js';

/** What an elastic thing asks of the layout in progress. */
export interface Layout {
  /** Value of an expression under the addresses of the last pass; undefined when it has none. */
  value(expression: Expression): bigint | undefined;
  /** The same, reporting what is undefined. */
  demand(expression: Expression): bigint | undefined;
  error(statement: Statement, start: number, end: number, message: string): void;
}

export interface Elastic {
  size: number;
  /** Bytes it needs, given the addresses of the last pass, its own among them. */
  resize?(layout: Layout, address: bigint): number;
  /** Bytes it needs at this offset in its section, where padding is what it is for; worked out in the course of a pass. */
  pad?(layout: Layout, address: bigint, offset: number): number;
  write(layout: Layout, address: bigint, bytes: Uint8Array): void;
}

interface Where {
  readonly statement: Statement;
  readonly start: number;
  readonly end: number;
}

const target = (row: Instruction): OperandKind => operands[operandNames(row).at(-1)!];

function put(bytes: Uint8Array, at: number, word: number, length: number): void {
  for (let i = 0; i < length; i++, word >>>= 8) bytes[at + i] = word & 0xff;
}

/** Branches with the opposite condition. */
const opposite: Readonly<Record<string, string>> = {
  beq: 'bne',
  bne: 'beq',
  blt: 'bge',
  bge: 'blt',
  bltu: 'bgeu',
  bgeu: 'bltu',
};

/**
 * A branch or jump to an expression: compressed when it reaches, else of full length, and beyond a branch's reach an opposite
 * branch around a jump.
 */
export class Jump implements Elastic {
  size: number;
  private readonly short: { row: Instruction; values: number[] } | undefined;
  private readonly inverted: Instruction | undefined;

  constructor(
    private readonly row: Instruction,
    /** The target, which is the last, counts as 0. */
    private readonly values: readonly number[],
    readonly to: Expression,
    private readonly where: Where,
    has: (extension: string) => boolean,
  ) {
    this.short = compress(row, values, has);
    this.inverted = row.semantics.kind === 'branch' ? instructionNamed(opposite[row.name] ?? '') : undefined;
    this.size = this.short ? 2 : 4;
  }

  resize(layout: Layout, address: bigint): number {
    const value = layout.value(this.to);
    if (value === undefined) return this.size;
    const distance = Number(BigInt.asIntN(64, value - address));
    let size = 4;
    if (this.short && fits(target(this.short.row), distance)) size = 2;
    else if (this.inverted && !fits(target(this.row), distance)) size = this.short ? 6 : 8;
    return Math.max(this.size, size);
  }

  write(layout: Layout, address: bigint, bytes: Uint8Array): void {
    const value = layout.demand(this.to);
    if (value === undefined) return;
    const distance = BigInt.asIntN(64, value - address);
    const near = { row: this.row, values: this.values };
    if (this.size <= 4) {
      this.single(layout, this.size === 2 ? this.short! : near, distance, bytes, 0);
      return;
    }
    // The opposite branch, over the jump that follows it.
    const skip = { row: this.inverted!, values: [...this.values.slice(0, -1), this.size] };
    const short = this.size === 6 ? compress(skip.row, skip.values, () => true) : undefined;
    const around = short ?? skip;
    put(bytes, 0, encode(around.row, around.values), this.size - 4);
    const jump = instructionNamed('jal')!;
    this.single(layout, { row: jump, values: [0, 0] }, distance - BigInt(this.size - 4), bytes, this.size - 4);
  }

  private single(
    layout: Layout,
    { row, values }: { row: Instruction; values: readonly number[] },
    distance: bigint,
    bytes: Uint8Array,
    at: number,
  ): void {
    const { statement, start, end } = this.where;
    const wrong = misfit(target(row), distance);
    if (wrong) layout.error(statement, start, end, `${row.name} can't reach this: ${wrong}`);
    else put(bytes, at, encode(row, [...values.slice(0, -1), Number(distance)]), row.length);
  }
}

/** Instructions that do nothing, to fill space in code. */
export function fillWithNops(bytes: Uint8Array): void {
  let at = 0;
  if (bytes.length & 1) bytes[at++] = 0;
  if ((bytes.length - at) & 2) {
    put(bytes, at, 0x0001, 2);
    at += 2;
  }
  for (; at < bytes.length; at += 4) put(bytes, at, 0x00000013, 4);
}

/** Fills padding of an object's code as GNU ld does: where none of it has to go, it stays as it was; else the short nop is last. */
export const fillLike = (original: Uint8Array) => (bytes: Uint8Array) => {
  if (bytes.length === original.length) {
    bytes.set(original);
    return;
  }
  const long = bytes.length & ~3;
  fillWithNops(bytes.subarray(0, long));
  fillWithNops(bytes.subarray(long));
};

/** Padding to a boundary. */
export class Align implements Elastic {
  size = 0;

  constructor(
    private readonly boundary: number,
    /** A byte, or what fills code. */
    private readonly fill: number | ((bytes: Uint8Array) => void),
    private readonly most: number,
  ) {}

  pad(_layout: Layout, _address: bigint, offset: number): number {
    const size = (this.boundary - (offset % this.boundary)) % this.boundary;
    return size > this.most ? 0 : size;
  }
  write(_layout: Layout, _address: bigint, bytes: Uint8Array): void {
    if (typeof this.fill === 'number') bytes.fill(this.fill);
    else this.fill(bytes);
  }
}

/** Bytes whose count hangs on addresses: `.space end - start`. */
export class Space implements Elastic {
  size = 0;

  constructor(
    private readonly count: Expression,
    private readonly fill: number,
    private readonly limit: number,
    private readonly where: Where,
  ) {}

  resize(layout: Layout): number {
    const wanted = layout.value(this.count) ?? 0n;
    return wanted < 0n || wanted > BigInt(this.limit) ? 0 : Number(wanted);
  }
  write(layout: Layout, _address: bigint, bytes: Uint8Array): void {
    const { statement, start, end } = this.where;
    const value = layout.demand(this.count);
    if (value !== undefined && value !== BigInt(this.size))
      layout.error(statement, start, end, `${value} bytes can't be made here`);
    bytes.fill(this.fill);
  }
}

/** `.org`: bytes up to a place in the section, given as an offset or by a label. */
export class Origin implements Elastic {
  size = 0;
  private missing = 0n;

  constructor(
    private readonly to: Expression,
    private readonly fill: number,
    private readonly limit: number,
    private readonly where: Where,
  ) {}

  pad(layout: Layout, address: bigint, offset: number): number {
    const value = layout.value(this.to);
    if (value === undefined) return 0;
    this.missing = typeof this.to === 'bigint' ? value - BigInt(offset) : value - address;
    return this.missing < 0n || this.missing > BigInt(this.limit) ? 0 : Number(this.missing);
  }
  write(layout: Layout, _address: bigint, bytes: Uint8Array): void {
    const { statement, start, end } = this.where;
    if (layout.demand(this.to) === undefined) return;
    if (this.missing < 0n)
      layout.error(statement, start, end, `.org can't go back: this place is ${-this.missing} bytes behind`);
    else if (this.missing !== BigInt(this.size))
      layout.error(statement, start, end, `.org would have to make ${this.missing} bytes`);
    bytes.fill(this.fill);
  }
}

/** A LEB128 number of known or unknown value (DWARF 5, section 7.6). */
export function leb128(value: bigint, signed: boolean): number[] {
  const out: number[] = [];
  for (;;) {
    const byte = Number(value & 0x7fn);
    value >>= 7n;
    const done = signed ? (value === 0n && !(byte & 0x40)) || (value === -1n && (byte & 0x40) !== 0) : value === 0n;
    out.push(done ? byte : byte | 0x80);
    if (done) return out;
  }
}

export class Leb implements Elastic {
  size = 1;

  constructor(
    private readonly expression: Expression,
    private readonly signed: boolean,
  ) {}

  private encoded(value: bigint): number[] {
    return leb128(this.signed ? value : BigInt.asUintN(64, value), this.signed);
  }
  resize(layout: Layout): number {
    return Math.max(this.size, this.encoded(layout.value(this.expression) ?? 0n).length);
  }
  write(layout: Layout, _address: bigint, bytes: Uint8Array): void {
    const value = layout.demand(this.expression) ?? 0n;
    const out = this.encoded(value);
    // It may have grown before its neighbours shrank: pad without changing the value.
    const sign = this.signed && value < 0n ? 0x7f : 0;
    while (out.length < bytes.length) {
      out[out.length - 1]! |= 0x80;
      out.push(sign);
    }
    bytes.set(out);
  }
}

/** An advance of the place that call frame information is for: as short as the distance allows (DWARF 5, section 6.4.2.1). */
export class Advance implements Elastic {
  size = 0;

  constructor(private readonly distance: Expression) {}

  static encoded(distance: bigint): number[] {
    const bytes = (count: number) =>
      Array.from({ length: count }, (_, i) => Number((distance >> BigInt(8 * i)) & 0xffn));
    if (distance === 0n) return [];
    if (distance < 0x40n) return [0x40 | Number(distance)];
    if (distance < 0x100n) return [0x02, ...bytes(1)];
    return distance < 0x10000n ? [0x03, ...bytes(2)] : [0x04, ...bytes(4)];
  }
  resize(layout: Layout): number {
    return Math.max(this.size, Advance.encoded(layout.value(this.distance) ?? 0n).length);
  }
  write(layout: Layout, _address: bigint, bytes: Uint8Array): void {
    // Where it has become shorter since, nothing-to-do fills the rest.
    bytes.fill(0);
    bytes.set(Advance.encoded(layout.demand(this.distance) ?? 0n));
  }
}
