/** Machine code as analyses see it, be it made from source or read from a built program. */
import { expand, valuesOf } from '../../assembler/disassemble.js';
import type { Place } from '../../assembler/diagnostics.js';
import { belongsTo, type ClassName, classNames, classOf } from '../../isa/classes.js';
import { isLong, rowOf } from '../../isa/decode.js';
import { encode } from '../../isa/encode.js';
import { type OperandName, operandNames, operands } from '../../isa/operands.js';
import type { Instruction } from '../../isa/types.js';

/** What a word says, compressed forms undone. The same word gives the same object, as far as is remembered. */
export interface Meaning {
  /** Bytes in memory. */
  readonly length: 2 | 4;
  /** The row's 4-byte word. */
  readonly word: number;
  /** Undefined: no instruction of the table. */
  readonly row: Instruction | undefined;
  readonly values: ReadonlyMap<OperandName, number>;
  /** Its one immediate, if it has one: upper ones in their place. */
  readonly immediate: number | undefined;
  /** How far a jump or branch goes by its immediate. */
  readonly distance: number | undefined;
  /** The class that it needs. */
  readonly class: ClassName | undefined;
  /** Does it read or write memory at rs1? */
  readonly accesses: boolean;
}

/** One instruction of a program. */
export interface CodeInstruction extends Meaning {
  readonly address: number;
  /** Where the source has it. */
  readonly place?: Place;
  /** The symbol that it refers to, where that is not part of this code. */
  readonly missing?: string | undefined;
}

export interface CodeParts {
  readonly instructions: readonly CodeInstruction[];
  /** Addresses by name. */
  readonly labels: ReadonlyMap<string, number>;
  /** Where execution may begin from outside: the start, and what others may call. */
  readonly entries: readonly number[];
  /** Where the program starts; undefined: this is no whole program. */
  readonly start?: number;
  /** Addresses of code that are used as numbers: jumps by register may lead there. */
  readonly taken: ReadonlySet<number>;
  /** Where jumps by register may lead within their function, by their address; of others, to all that is `taken`. */
  readonly landings?: ReadonlyMap<number, readonly number[]>;
  /** Stretches of data that a pointer into stays within, by rising start. */
  readonly data: readonly { readonly start: number; readonly end: number }[];
  /** What data holds at the program's start, little-endian; undefined: there is none. */
  readonly initial?: (address: number, size: number) => bigint | undefined;
}

/** Reads memory as it is at a program's start, from pieces of it. */
export function initialOf(
  pieces: readonly { readonly address: number; readonly size: number; readonly bytes: Uint8Array }[],
): NonNullable<CodeParts['initial']> {
  return (address, size) => {
    const piece = pieces.find((each) => each.address <= address && address + size <= each.address + each.size);
    if (!piece) return undefined;
    let value = 0n;
    // What begins as zeros has no bytes.
    for (let n = size - 1; n >= 0; n--) value = (value << 8n) | BigInt(piece.bytes[address - piece.address + n] ?? 0);
    return value;
  };
}

export class Code {
  private readonly byAddress: Numbers;
  private readonly names = new Map<number, string>();

  constructor(readonly parts: CodeParts) {
    this.byAddress = new Numbers(parts.instructions);
    for (const [name, address] of parts.labels) if (!this.names.has(address)) this.names.set(address, name);
  }

  get instructions(): readonly CodeInstruction[] {
    return this.parts.instructions;
  }
  at(address: number): CodeInstruction | undefined {
    return this.parts.instructions[this.byAddress.at(address)];
  }
  /** Which of `instructions` stands at an address; -1: none. */
  indexAt(address: number): number {
    return this.byAddress.at(address);
  }
  /** The stretch of data that an address lies in, or that ends there. */
  dataAt(address: number): { readonly start: number; readonly end: number } | undefined {
    const { data } = this.parts;
    let [low, high] = [0, data.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (data[middle]!.start <= address) low = middle + 1;
      else high = middle;
    }
    const found = data[low - 1];
    return found && address <= found.end ? found : undefined;
  }
  /** A name of the address, for messages. */
  nameAt(address: number): string | undefined {
    return this.names.get(address);
  }
}

/** Of a code with so many addresses or fewer for each instruction, every address has its place in a table. */
const SPREAD = 64;

/** Numbers of instructions by their address; analyses ask for little else as often. */
class Numbers {
  private readonly first: number = 0;
  /** The number, and one; 0: no instruction begins there. */
  private readonly dense: Int32Array | undefined;
  private readonly sparse = new Map<number, number>();

  constructor(instructions: readonly CodeInstruction[]) {
    let first = instructions[0]?.address ?? 0;
    let last = first;
    for (const { address } of instructions) {
      if (address < first) first = address;
      if (address > last) last = address;
    }
    if (last - first < SPREAD * instructions.length) {
      this.first = first;
      this.dense = new Int32Array(last - first + 1);
      for (let n = 0; n < instructions.length; n++) this.dense[instructions[n]!.address - first] = n + 1;
    } else for (let n = 0; n < instructions.length; n++) this.sparse.set(instructions[n]!.address, n);
  }

  at(address: number): number {
    if (!this.dense) return this.sparse.get(address) ?? -1;
    return (this.dense[address - this.first] ?? 0) - 1;
  }
}

/** The instruction of a word. @param word of a compressed instruction the upper half is not looked at */
export function decodeInstruction(
  address: number,
  word: number,
  { place, missing }: Pick<CodeInstruction, 'place' | 'missing'> = {},
): CodeInstruction {
  const { length, word: full, row, values, immediate, distance, class: name, accesses } = meaningOf(word);
  return { address, length, word: full, row, values, immediate, distance, class: name, accesses, place, missing };
}

/** Meanings of words that were asked for lately. */
const meanings = new Map<number, Meaning>();
const MOST_MEANINGS = 50_000;

/** What a word says. @param word of a compressed instruction the upper half is not looked at */
export function meaningOf(word: number): Meaning {
  const bits = isLong(word) ? word >>> 0 : word & 0xffff;
  let meaning = meanings.get(bits);
  if (!meaning) {
    if (meanings.size >= MOST_MEANINGS) meanings.clear();
    meaning = decoded(bits);
    meanings.set(bits, meaning);
  }
  return meaning;
}

function decoded(bits: number): Meaning {
  const length = isLong(bits) ? 4 : 2;
  let row = rowOf(bits);
  let values = row ? valuesOf(row, bits) : [];
  let full = bits;
  const long = row && expand(row, values);
  if (long) {
    ({ row, values } = long);
    full = encode(row, values);
  }
  const names = row ? operandNames(row) : [];
  const at = names.findIndex((name) => isImmediate(name));
  const target = names.findIndex((name) => operands[name].class === 'target');
  return {
    length,
    word: full,
    row,
    values: new Map(names.map((name, n) => [name, values[n]!])),
    immediate: at < 0 ? undefined : names[at] === 'upper20' ? (values[at]! << 12) | 0 : values[at],
    distance: target < 0 ? undefined : values[target],
    class: length === 4 && needsClass(row) ? classOf(full) : undefined,
    accesses: row !== undefined && /\(rs1\)/.test(row.syntax),
  };
}

const isImmediate = (name: OperandName) => /^(signed|unsigned|upper|target|csr|fli)$/.test(operands[name].class);

/** May words of this row be of a class: by what the row requires, or by the CSR that it names? */
function needsClass(row: Instruction | undefined): boolean {
  if (!row) return false;
  let needs = mayNeedClass.get(row);
  if (needs === undefined) {
    needs = operandNames(row).includes('csr') || classNames.some((name) => belongsTo(name, row.requires));
    mayNeedClass.set(row, needs);
  }
  return needs;
}
const mayNeedClass = new WeakMap<Instruction, boolean>();

/** Address that a jump or branch leads to by its immediate; undefined for all else. */
export const targetOf = ({ address, distance }: CodeInstruction): number | undefined =>
  distance === undefined ? undefined : address + distance;
