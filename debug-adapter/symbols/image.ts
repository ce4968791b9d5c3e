import { At, Tag } from './dwarf.js';
import { type ElfFile, type ElfSymbol, readElf } from '../../emulator/elf.js';
import { Frames } from './frame.js';
import { type Die, readInfo, type Unit, withTag } from './info.js';
import { type LineRow, type LineTable, readLines } from './line.js';
import { evaluateLocation } from './location.js';
import { type CType, type Member, Types } from './types.js';

/** Whose code an image is. */
export type Role = 'program' | 'kernel' | 'firmware';

/** A function as the debug information has it. */
export interface CFunction {
  readonly name: string;
  readonly low: bigint;
  readonly high: bigint;
  readonly die: Die;
}

/** A place in the sources. */
export interface Place {
  /** As DWARF has it: absolute or relative to where the build ran. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** An ELF file with what its debug information says. Damaged debug information is a warning, never an error. */
export class Image {
  readonly warnings: string[] = [];
  readonly elf: ElfFile;
  readonly lines: LineTable;
  readonly frames: Frames;
  readonly types = new Types();
  readonly functions: CFunction[] = [];
  readonly globals = new Map<string, { readonly va: bigint; readonly type: CType }>();
  private readonly structs = new Map<string, Die>();
  private readonly sorted: ElfSymbol[];
  private readonly byName = new Map<string, ElfSymbol>();
  private readonly sections: readonly { readonly low: bigint; readonly high: bigint }[];
  private readonly ranges: { readonly low: bigint; readonly high: bigint }[];

  /** @throws Error when `data` is no riscv64 ELF file. */
  constructor(
    readonly role: Role,
    readonly name: string,
    data: Uint8Array,
  ) {
    this.elf = readElf(data, name);
    const warn = (message: string) => {
      if (this.warnings.length < 20) this.warnings.push(`${name}: ${message}`);
    };
    const section = (wanted: string) => this.elf.sections.get(wanted)?.data;
    const units = readInfo(
      {
        info: section('.debug_info'),
        abbrev: section('.debug_abbrev'),
        str: section('.debug_str'),
        lineStr: section('.debug_line_str'),
        strOffsets: section('.debug_str_offsets'),
        addr: section('.debug_addr'),
        loc: section('.debug_loc'),
        loclists: section('.debug_loclists'),
      },
      warn,
    );
    this.lines = readLines(
      { line: section('.debug_line'), lineStr: section('.debug_line_str'), str: section('.debug_str') },
      directories(units, warn),
      warn,
    );
    this.frames = new Frames(
      { debugFrame: section('.debug_frame'), ehFrame: this.elf.sections.get('.eh_frame') },
      warn,
    );
    for (const { root } of units)
      try {
        this.index(root!);
      } catch (error) {
        warn(`a unit's names can't be read: ${(error as Error).message}`);
      }
    this.functions.sort((a, b) => (a.low < b.low ? -1 : 1));
    this.ranges = this.elf.segments.map(({ va, size }) => ({ low: va, high: va + size }));
    this.sections = [...this.elf.sections.values()].flatMap(({ va, data }) =>
      va === 0n ? [] : [{ low: va, high: va + BigInt(data.length) }],
    );
    // Of several symbols at one address the best to show comes last: functions after labels, global after local.
    const worth = (symbol: ElfSymbol) => (symbol.kind === 'label' ? 0 : 2) + Number(symbol.global);
    this.sorted = [...this.elf.symbols].sort((a, b) =>
      a.value < b.value ? -1 : a.value > b.value ? 1 : worth(a) - worth(b),
    );
    for (const symbol of this.sorted) {
      const other = this.byName.get(symbol.name);
      if (!other || symbol.global || !other.global) this.byName.set(symbol.name, symbol);
    }
  }

  private index(root: Die) {
    for (const die of withTag(root, Tag.subprogram)) {
      const low = die.number(At.lowPc);
      const high = die.get(At.highPc);
      const name = die.name;
      if (low === undefined || !high || !name || low === 0n) continue;
      // A constant is a length, an address is an address; both come as numbers, and a length is never above an address here.
      const value = die.number(At.highPc)!;
      this.functions.push({ name, low, high: value > low ? value : low + value, die });
    }
    for (const die of root.children) {
      if (die.tag === Tag.structType && die.number(At.byteSize) !== undefined) {
        const name = die.string(At.name);
        if (name && !this.structs.has(name)) this.structs.set(name, die);
      }
      const location = die.tag === Tag.variable ? die.get(At.location) : undefined;
      if (location?.is !== 'block') continue;
      const where = evaluateLocation(location.value, {
        register: () => undefined,
        read: () => undefined,
        address: (index) => die.unit.address(index),
      });
      if (where?.in === 'memory' && die.name) this.globals.set(die.name, { va: where.va, type: this.types.of(die) });
    }
  }

  /** Is the address within what the file loads? */
  covers(va: bigint): boolean {
    return this.ranges.some(({ low, high }) => va >= low && va < high);
  }

  /** A struct by its tag. */
  struct(tag: string): Extract<CType, { kind: 'struct' }> | undefined {
    const die = this.structs.get(tag);
    const type = die && this.types.read(die);
    return type?.kind === 'struct' ? type : undefined;
  }

  symbol(name: string): ElfSymbol | undefined {
    return this.byName.get(name);
  }

  /** The symbol that an address lies in, and how far in; undefined outside the image. */
  symbolAt(va: bigint): { readonly symbol: ElfSymbol; readonly offset: bigint } | undefined {
    if (!this.covers(va)) return undefined;
    for (let n = upperBound(this.sorted, (symbol) => symbol.value <= va) - 1; n >= 0; n--) {
      const symbol = this.sorted[n];
      if (symbol.kind === 'object' && va >= symbol.value + symbol.size) continue;
      if (symbol.kind === 'function' && symbol.size > 0n && va >= symbol.value + symbol.size) continue;
      // A label says nothing of what lies in another section.
      if (symbol.size === 0n && this.sectionAt(va) !== this.sectionAt(symbol.value)) return undefined;
      return { symbol, offset: va - symbol.value };
    }
    return undefined;
  }

  private sectionAt(va: bigint): number {
    return this.sections.findIndex(({ low, high }) => va >= low && va < high);
  }

  functionAt(va: bigint): CFunction | undefined {
    const found = this.functions[upperBound(this.functions, ({ low }) => low <= va) - 1];
    return found && va < found.high ? found : undefined;
  }

  /** The line table's row for an address; undefined where it says nothing. */
  rowAt(va: bigint): LineRow | undefined {
    const { rows } = this.lines;
    const row = rows[upperBound(rows, ({ address }) => address <= va) - 1];
    return row && !row.end && row.line > 0 ? row : undefined;
  }

  placeAt(va: bigint): Place | undefined {
    const row = this.rowAt(va);
    return row && { file: this.lines.files[row.file], line: row.line, column: row.column };
  }

  /** Where statements begin: of these functions, or of everything where one of them is not known. */
  statements(functions: readonly (CFunction | undefined)[]): bigint[] {
    const counts = (address: bigint) => functions.some((f) => !f || (address >= f.low && address < f.high));
    const { rows } = this.lines;
    return rows.flatMap((row, n) => {
      const before = rows[n - 1];
      const another = !before || before.end || before.line !== row.line || before.file !== row.file;
      return another && row.statement && !row.end && row.line > 0 && counts(row.address) ? [row.address] : [];
    });
  }

  /** The addresses of the piece of code around `va` that the line table gives to one line: [low, high). */
  lineRange(va: bigint): { low: bigint; high: bigint } | undefined {
    const { rows } = this.lines;
    const start = upperBound(rows, ({ address }) => address <= va) - 1;
    const row = rows[start];
    if (!row || row.end || row.line === 0) return undefined;
    const same = (other: LineRow | undefined) =>
      other && !other.end && other.file === row.file && other.line === row.line;
    let first = start;
    while (same(rows[first - 1])) first--;
    let last = start;
    while (same(rows[last + 1])) last++;
    return { low: rows[first].address, high: rows[last + 1]?.address ?? rows[last].address + 4n };
  }

  /**
   * Where a breakpoint for a line stands: the first address of each run of statements for the line, or for the next line that has code.
   * `matches` chooses files.
   */
  addressesOf(
    matches: (file: string) => boolean,
    line: number,
  ): { line: number; column: number; addresses: bigint[] } | undefined {
    const chosen = new Set(this.lines.files.flatMap((file, index) => (matches(file) ? [index] : [])));
    if (chosen.size === 0) return undefined;
    const { rows } = this.lines;
    let best = Number.POSITIVE_INFINITY;
    for (const row of rows)
      if (!row.end && row.statement && row.line >= line && row.line < best && chosen.has(row.file)) best = row.line;
    if (best === Number.POSITIVE_INFINITY) return undefined;
    const addresses = new Map<string, { address: bigint; column: number }>();
    rows.forEach((row, n) => {
      if (row.end || !row.statement || row.line !== best || !chosen.has(row.file)) return;
      const before = rows[n - 1];
      if (before && !before.end && before.line === best && before.file === row.file) return;
      // One stop for each function that the line was compiled into (inlining), not for each piece of it.
      const owner = String(this.functionAt(row.address)?.low ?? `at ${row.address}`);
      if (!addresses.has(owner)) addresses.set(owner, { address: row.address, column: row.column });
    });
    const found = [...addresses.values()];
    return { line: best, column: found[0]?.column ?? 0, addresses: found.map(({ address }) => address) };
  }

  /** Where a breakpoint for a function stands: after its prologue where the line table tells, else at its first instruction. */
  functionStart(name: string): bigint | undefined {
    const symbol = this.byName.get(name);
    const low = this.functions.find((candidate) => candidate.name === name)?.low ?? symbol?.value;
    if (low === undefined) return undefined;
    const code = this.functionAt(low);
    if (!code) return low;
    const { rows } = this.lines;
    // The second row for the function begins its body, unless it lies in another function.
    const first = upperBound(rows, ({ address }) => address < low);
    const second = rows.slice(first, first + 8).find((row) => row.address > low && row.statement && !row.end);
    return second && second.address < code.high ? second.address : low;
  }
}

/** Of what `readLines` asks: the compilation directory by the offset of the unit's line table. */
function directories(units: readonly Unit[], warn: (message: string) => void): (offset: number) => string | undefined {
  const known = new Map<number, string>();
  for (const { root } of units)
    try {
      const offset = root!.number(At.statementList);
      const directory = root!.string(At.compilationDirectory);
      if (offset !== undefined && directory) known.set(Number(offset), directory);
    } catch (error) {
      warn(`a unit's directory can't be read: ${(error as Error).message}`);
    }
  return (offset) => known.get(offset);
}

/** The number of leading elements for which `holds` (they come first). */
export function upperBound<T>(list: readonly T[], holds: (element: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A member by name. */
export function member(type: CType | undefined, name: string): Member | undefined {
  return type?.kind === 'struct' ? type.members.find((candidate) => candidate.name === name) : undefined;
}
