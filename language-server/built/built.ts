/** A built program, as far as its machine code can be forecast and its lines found: what the host reads of an ELF file and its line tables. */
import { isLong } from '../../isa/decode.js';
import { finish, type Pieces } from '../slow.js';
import { Code, type CodeInstruction, decodeInstruction, initialOf } from '../code/code.js';

/** Bytes at an address. */
export interface Stretch {
  readonly address: number;
  /** In memory: what begins as zeros has fewer bytes than that. */
  readonly size: number;
  readonly bytes: Uint8Array;
}

export interface BuiltSymbol {
  readonly name: string;
  readonly address: number;
  readonly size: number;
  readonly kind: 'function' | 'object' | 'label';
}

/** From its address up to the next row's, code belongs to a line; line 0: to none. */
export interface BuiltLine {
  readonly address: number;
  /** Index into `files`. */
  readonly file: number;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

export interface Built {
  readonly entry: number;
  readonly code: readonly Stretch[];
  readonly data: readonly Stretch[];
  readonly symbols: readonly BuiltSymbol[];
  /** Sources, by absolute paths where the compiler said them. */
  readonly files: readonly string[];
  /** By rising address. */
  readonly lines: readonly BuiltLine[];
  /** How a source was optimised (`-O2`), where the compiler noted that. */
  optimised(file: string): string | undefined;
}

/** The code of a built program, each instruction at the line that it came from. */
export const codeOf = (built: Built): Code => finish(codeSlowly(built));

/** The same, piece by piece. */
export function* codeSlowly(built: Built): Pieces<Code> {
  const functions = new Set(built.symbols.flatMap(({ kind, address }) => (kind === 'object' ? [] : [address])));
  const starts = new Set(built.symbols.map(({ address }) => address));
  const places = new Places(built);
  const instructions: CodeInstruction[] = [];
  for (const stretch of built.code) yield* instructionsOf(stretch, starts, places, instructions);
  const taken = takenIn(built, instructions, functions);
  const main = built.symbols.find(({ name, kind }) => name === 'main' && kind === 'function')?.address;
  return new Code({
    instructions,
    // Of several names of one function, puts and _IO_puts, the plainest comes first.
    labels: new Map(
      [...built.symbols]
        .sort((a, b) => underscores(a.name) - underscores(b.name))
        .map(({ name, address }) => [name, address]),
    ),
    entries: [],
    // A C library's start-up code calls main through a register.
    start: main !== undefined && taken.has(main) ? main : built.entry,
    // Of functions without lines, a library's, nothing is shown: whoever else calls them does not matter.
    taken: new Set([...taken].filter((address) => places.at(address))),
    landings: landingsOf(built, instructions),
    data: dataOf(built),
    initial: initialOf(built.data),
  });
}

const underscores = (name: string) => /^_*/.exec(name)![0].length;

/**
 * Where a jump by register may lead, which is how compilers make a switch: in its function to what lies behind a jump or return, since nothing
 * falls into that.
 */
function landingsOf({ symbols }: Built, instructions: readonly CodeInstruction[]): Map<number, readonly number[]> {
  const bounds = symbols
    .filter(({ kind, size }) => kind === 'function' && size > 0)
    .sort((a, b) => a.address - b.address);
  const out = new Map<number, readonly number[]>();
  let n = 0;
  for (const { address, size } of bounds) {
    while (n < instructions.length && instructions[n]!.address < address) n++;
    const jumps: number[] = [];
    const behind: number[] = [];
    for (let m = n; m < instructions.length && instructions[m]!.address < address + size; m++) {
      const { row, values, address: at, length } = instructions[m]!;
      if (row?.semantics.kind !== 'jump' || values.get('rd') !== 0) continue;
      if (row.semantics.to !== 'pc' && values.get('rs1') !== RA) jumps.push(at);
      if (at + length < address + size) behind.push(at + length);
    }
    for (const at of jumps) out.set(at, behind);
  }
  return out;
}
const RA = 1;

/** Decoded one after the other, anew from each symbol on: what is between functions is none's. */
function* instructionsOf(
  { address, bytes }: Stretch,
  starts: ReadonlySet<number>,
  places: Places,
  out: CodeInstruction[],
): Pieces<void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 2 <= bytes.length; ) {
    const low = view.getUint16(at, true);
    const long = isLong(low) && at + 4 <= bytes.length && !starts.has(address + at + 2);
    const place = places.at(address + at);
    out.push(decodeInstruction(address + at, long ? view.getUint32(at, true) : low, { ...(place && { place }) }));
    at += long ? 4 : 2;
    if (out.length % PIECE === 0) yield;
  }
}
/** Instructions that are decoded in one go. */
const PIECE = 1000;

/** Finds the line of an address. */
class Places {
  constructor(private readonly built: Built) {}

  at(address: number): CodeInstruction['place'] {
    const { lines, files } = this.built;
    let [low, high] = [0, lines.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (lines[middle]!.address <= address) low = middle + 1;
      else high = middle;
    }
    const row = lines[low - 1];
    if (!row || row.line === 0) return undefined;
    // Line tables say where a piece of a line begins and not where it ends.
    return {
      file: files[row.file]!,
      line: row.line,
      column: Math.max(row.column, 1),
      endColumn: Math.max(row.column, 1),
    };
  }
}

/** Functions whose address stands in data or is made in code other than to call them. */
function takenIn(
  { data }: Built,
  instructions: readonly CodeInstruction[],
  functions: ReadonlySet<number>,
): Set<number> {
  const out = new Set<number>();
  for (const { address, bytes } of data) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = (8 - (address % 8)) % 8; at + 8 <= bytes.length; at += 8) {
      const value = view.getUint32(at, true);
      if (view.getUint32(at + 4, true) === 0 && functions.has(value)) out.add(value);
    }
  }
  const uppers = new Map<number, number>();
  for (const { row, values, address, immediate } of instructions) {
    const rd = values.get('rd');
    const upper = uppers.get(values.get('rs1') ?? 0);
    if (row?.name === 'addi' && upper !== undefined && functions.has(upper + immediate!)) out.add(upper + immediate!);
    if (rd === undefined) continue;
    if (row?.name === 'auipc') uppers.set(rd, address + immediate!);
    else if (row?.name === 'lui') uppers.set(rd, immediate!);
    else uppers.delete(rd);
  }
  return out;
}

/** Data, cut at its symbols. */
function dataOf({ symbols, data }: Built): { start: number; end: number }[] {
  const all = [...new Set(symbols.map(({ address }) => address))].sort((a, b) => a - b);
  return data.flatMap(({ address, size }) => {
    const starts = [address, ...all.filter((each) => each > address && each < address + size)];
    return starts.map((start, n) => ({ start, end: starts[n + 1] ?? address + size }));
  });
}
