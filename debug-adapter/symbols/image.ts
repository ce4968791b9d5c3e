import type { ByteSource } from '../../emulator/byte-source.js';
import { ET_EXEC, type ElfFile, type ElfSection, type ElfSymbol, readElf } from '../../emulator/elf.js';
import { unpackSections } from './compressed.js';
import { Coverage } from './coverage.js';
import { At, Tag } from './dwarf.js';
import { type FrameRow, Frames } from './frame.js';
import { type CFunction, Functions, qualifiedName } from './functions.js';
import { type Die, Info } from './info.js';
import type { LineRow, LineTable } from './line.js';
import { Lines, type TableOwner } from './lines.js';
import { evaluateLocation } from './location.js';
import { Names } from './names.js';
import { bodyStart } from './prologue.js';
import { holds, type Range } from './ranges.js';
import { SymbolTable } from './symbol-table.js';
import { type CType, type Member, Types } from './types.js';
import { type InlinedCall, inlinedAt } from './variables.js';

export type { CFunction } from './functions.js';

/** Whose code an image is. */
export type Role = 'program' | 'kernel' | 'firmware';

/** A place in the sources. */
export interface Place {
  /** As DWARF has it: absolute or relative to where the build ran. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where an address stands: the function, and below it the calls that were inlined there, from outside in. */
export interface Standing {
  readonly function: CFunction;
  readonly inlined: readonly InlinedCall[];
  /** The place in the function, then in each inlined call; undefined where the line is not known. */
  readonly places: readonly (Place | undefined)[];
}

/** A variable of a file. */
export interface Global {
  readonly va: bigint;
  readonly type: CType;
}

/** Beyond so many bytes of debug information nothing is looked for that no symbol names. */
const LARGE = 32 << 20;

/**
 * A file with code or symbols, and what its debug information says. All of that is read when it is asked for, so that a large file costs what is
 * used of it. Addresses are those of the running code: `bias` is added to the file's own. Damaged debug information is a warning, never an error.
 */
export class Image {
  readonly warnings: string[] = [];
  readonly elf: ElfFile;
  readonly info: Info;
  readonly types = new Types();
  /** Where the code was loaded, less where it was linked. */
  bias = 0n;
  /** Tells it from the others of a session. */
  id: string;
  /** Told of every warning, once. */
  onWarning?: (text: string) => void;
  /** The file that was loaded, of one that holds its symbols. */
  loaded?: Image;
  private readonly tables: Lines;
  private readonly cfi: Frames;
  private readonly code = new Functions();
  private readonly names: Names;
  private readonly sections: readonly Range[];
  private readonly ranges: readonly Range[];
  private covered: Coverage | undefined;
  private table: SymbolTable | undefined;
  private readonly warn = (message: string) => {
    const text = `${this.name}: ${message}`;
    if (this.warnings.length >= MOST_WARNINGS || this.warnings.includes(text)) return;
    this.warnings.push(text);
    this.onWarning?.(text);
  };

  /** As the constructor, with compressed sections unpacked. @throws Error when `data` is no riscv64 ELF file */
  static async open(role: Role, name: string, data: Uint8Array | ByteSource, symbolsOnly = false): Promise<Image> {
    const elf = readElf(data, name, symbolsOnly);
    const problems: string[] = [];
    const sections = await unpackSections(elf, (message) => problems.push(message));
    const image = new Image(role, name, elf, sections);
    for (const problem of problems) image.warn(problem);
    return image;
  }

  /** Symbols without code. */
  static ofSymbols(role: Role, name: string, symbols: SymbolTable): Image {
    const [low, high] = [symbols.get(0).value, symbols.get(symbols.size - 1).value + BEHIND_LAST];
    const segment = { va: low, pa: low, size: high - low, executable: true, data: new Uint8Array() };
    const image = new Image(role, name, {
      entry: 0n,
      type: ET_EXEC,
      relocatable: false,
      dynamic: false,
      segments: [segment],
      sections: new Map(),
      symbols: [],
    });
    image.table = symbols;
    return image;
  }

  /**
   * @param unpackedSections what compressed sections hold
   * @throws Error when `data` is no riscv64 ELF file
   */
  constructor(
    readonly role: Role,
    readonly name: string,
    data: Uint8Array | ByteSource | ElfFile,
    unpackedSections: ReadonlyMap<string, ElfSection> = new Map(),
  ) {
    this.id = role;
    this.elf = 'segments' in data ? data : readElf(data, name);
    const section = (wanted: string): ElfSection | undefined => {
      const unpacked = unpackedSections.get(wanted);
      if (unpacked) return unpacked;
      const found = this.elf.sections.get(wanted);
      if (!found?.compressed) return found?.size ? found : undefined;
      return undefined;
    };
    const strings = { str: section('.debug_str'), lineStr: section('.debug_line_str') };
    this.info = new Info(
      {
        ...strings,
        info: section('.debug_info'),
        abbrev: section('.debug_abbrev'),
        strOffsets: section('.debug_str_offsets'),
        addr: section('.debug_addr'),
        loc: section('.debug_loc'),
        loclists: section('.debug_loclists'),
        ranges: section('.debug_ranges'),
        rnglists: section('.debug_rnglists'),
      },
      this.warn,
    );
    this.tables = new Lines({ ...strings, line: section('.debug_line') }, this.info, this.warn);
    this.cfi = new Frames({ debugFrame: section('.debug_frame'), ehFrame: section('.eh_frame') }, this.warn);
    this.names = new Names(this.info);
    this.ranges = this.elf.segments.map(({ va, size }) => ({ low: va, high: va + size }));
    this.sections = [...this.elf.sections.values()].flatMap(({ va, size }) =>
      va === 0n ? [] : [{ low: va, high: va + BigInt(size) }],
    );
  }

  /** An address as linked. */
  linked(va: bigint): bigint {
    return BigInt.asUintN(64, va - this.bias);
  }
  private running(va: bigint): bigint {
    return BigInt.asUintN(64, va + this.bias);
  }

  // Code

  /** The entry point, as running. */
  get entry(): bigint {
    return this.running(this.elf.entry);
  }

  /** The first address of what the file loads, as linked. */
  get lowest(): bigint {
    return this.ranges.reduce((least, { low }) => (low < least ? low : least), this.ranges[0]?.low ?? 0n);
  }

  /** What the file loads, as running. */
  get pieces(): Range[] {
    return this.ranges.map(({ low, high }) => ({ low: this.running(low), high: this.running(high) }));
  }

  /** Is the address within what the file loads? */
  covers(va: bigint): boolean {
    return holds(this.ranges, this.linked(va));
  }

  private ownerAt(linked: bigint): TableOwner | undefined {
    this.covered ??= new Coverage(this.info.units, this.tables);
    return this.covered.at(linked);
  }

  /** Call frame information, by running addresses. */
  get frames(): {
    readonly any: boolean;
    at(pc: bigint): FrameRow | undefined;
    range(pc: bigint): Range | undefined;
  } {
    const cfi = this.cfi;
    return {
      any: cfi.any || this.loaded?.cfi.any === true,
      at: (pc: bigint): FrameRow | undefined => cfi.at(this.linked(pc)) ?? this.loaded?.frames.at(pc),
      range: (pc: bigint): Range | undefined => {
        const found = cfi.range(this.linked(pc));
        if (!found) return this.loaded?.frames.range(pc);
        return { low: this.running(found.low), high: this.running(found.high) };
      },
    };
  }

  functionAt(va: bigint): CFunction | undefined {
    const found = this.linkedFunctionAt(this.linked(va));
    return found && this.moved(found);
  }

  private linkedFunctionAt(linked: bigint): CFunction | undefined {
    const unit = this.ownerAt(linked)?.unit;
    return unit && this.code.at(unit, linked);
  }

  private moved(found: CFunction): CFunction {
    if (this.bias === 0n) return found;
    const move = ({ low, high }: Range) => ({ low: this.running(low), high: this.running(high) });
    return { ...found, ...move(found), ranges: found.ranges.map(move) };
  }

  /** All functions that the debug information has. */
  get functions(): CFunction[] {
    return this.info.units.flatMap((unit) => this.code.all(unit).map((each) => this.moved(each)));
  }

  /** The function and the inlined calls that an address lies in. */
  standingAt(va: bigint): Standing | undefined {
    const linked = this.linked(va);
    const owner = this.ownerAt(linked);
    const found = owner?.unit && this.code.at(owner.unit, linked);
    if (!owner || !found) return undefined;
    const inlined = inlinedAt(found.die, linked);
    const calls = inlined.map(({ file, line, column }): Place | undefined =>
      line > 0 && owner.offset >= 0 ? { file: this.tables.files(owner)[file] ?? '?', line, column } : undefined,
    );
    return { function: this.moved(found), inlined, places: [...calls, this.placeAt(va)] };
  }

  // Lines

  get hasLines(): boolean {
    return this.tables.any;
  }

  /** How much it tells: 2 lines, 1 symbols, 0 neither. */
  get worth(): number {
    return this.hasLines ? 2 : this.symbols.size > 0 ? 1 : 0;
  }

  /** All line tables as one. Reads every one: for small files, and tests. */
  get lines(): LineTable {
    this.merged ??= this.tables.merged();
    return this.merged;
  }
  private merged: LineTable | undefined;

  /** Every file that the line tables name. */
  get files(): ReadonlySet<string> {
    this.named ??= new Set(this.tables.owners.flatMap((owner) => [...this.tables.files(owner)]));
    return this.named;
  }
  private named: ReadonlySet<string> | undefined;

  private tableAt(linked: bigint): LineTable | undefined {
    const owner = this.ownerAt(linked);
    return owner && owner.offset >= 0 ? this.tables.table(owner) : undefined;
  }

  private rowIn({ rows }: LineTable, linked: bigint): LineRow | undefined {
    const at = upperBound(rows, ({ address }) => address <= linked) - 1;
    const row = rows[at];
    if (!row || row.end || row.line === 0) return undefined;
    const statement = isStatement(rows, at);
    return statement === row.statement ? row : { ...row, statement };
  }

  /** The line table's row for an address; undefined where it says nothing. */
  rowAt(va: bigint): LineRow | undefined {
    const linked = this.linked(va);
    const table = this.tableAt(linked);
    const row = table && this.rowIn(table, linked);
    return row && this.bias !== 0n ? { ...row, address: this.running(row.address) } : row;
  }

  placeAt(va: bigint): Place | undefined {
    const linked = this.linked(va);
    const table = this.tableAt(linked);
    const row = table && this.rowIn(table, linked);
    return row && { file: table.files[row.file] ?? '?', line: row.line, column: row.column };
  }

  /** Where statements begin: of these functions, and of all code that is in one line table with these addresses. */
  statements(places: readonly (CFunction | bigint)[]): bigint[] {
    return this.tablesOf(places).flatMap(({ table: { rows }, ranges }) =>
      rows.flatMap((row, n) => {
        const begins = row.address !== rows[n + 1]?.address && !row.end && row.line > 0 && isStatement(rows, n);
        const address = this.running(row.address);
        return begins && (!ranges || holds(ranges, address)) ? [address] : [];
      }),
    );
  }

  /** The code of these functions, and all that is in one line table with these addresses. */
  codeOf(places: readonly (CFunction | bigint)[]): Range[] {
    return this.tablesOf(places).flatMap(({ table: { rows }, ranges }) => {
      if (ranges) return ranges;
      const found: Range[] = [];
      let low: bigint | undefined;
      for (const { address, end } of rows) {
        if (end && low !== undefined) found.push({ low: this.running(low), high: this.running(address) });
        low = end ? undefined : (low ?? address);
      }
      return found;
    });
  }

  /** Line tables; with the ranges of functions in them, or wholly. */
  private tablesOf(places: readonly (CFunction | bigint)[]): { table: LineTable; ranges?: Range[] }[] {
    const found = new Map<TableOwner, Range[] | undefined>();
    for (const place of places) {
      const [va, ranges] = typeof place === 'bigint' ? [place, undefined] : [place.low, place.ranges];
      const owner = this.ownerAt(this.linked(va));
      if (!owner) continue;
      const known = found.get(owner);
      if (!ranges) found.set(owner, undefined);
      else if (known || !found.has(owner)) found.set(owner, [...(known ?? []), ...ranges]);
    }
    return [...found].map(([owner, ranges]) => ({ table: this.tables.table(owner), ...(ranges && { ranges }) }));
  }

  /** The addresses of the piece of code around `va` that the line table gives to one line: [low, high). */
  lineRange(va: bigint): Range | undefined {
    const linked = this.linked(va);
    const rows = this.tableAt(linked)?.rows ?? [];
    const start = upperBound(rows, ({ address }) => address <= linked) - 1;
    const row = rows[start];
    if (!row || row.end || row.line === 0) return undefined;
    const same = (other: LineRow | undefined) =>
      other && !other.end && other.file === row.file && other.line === row.line;
    let first = start;
    while (same(rows[first - 1])) first--;
    let last = start;
    while (same(rows[last + 1])) last++;
    const high = rows[last + 1]?.address ?? rows[last].address + 4n;
    return { low: this.running(rows[first].address), high: this.running(high) };
  }

  /**
   * Where a breakpoint for a line stands: the first address of each run of statements for the line, or for the next line that has code.
   * `matches` chooses files.
   */
  addressesOf(
    matches: (file: string) => boolean,
    line: number,
  ): { line: number; column: number; addresses: bigint[] } | undefined {
    const chosen = this.tables.owners.flatMap((owner) => {
      const files = new Set(this.tables.files(owner).flatMap((file, index) => (matches(file) ? [index] : [])));
      return files.size ? [{ owner, files }] : [];
    });
    let best = Number.POSITIVE_INFINITY;
    for (const { owner, files } of chosen)
      for (const row of this.tables.table(owner).rows)
        if (!row.end && row.statement && row.line >= line && row.line < best && files.has(row.file)) best = row.line;
    if (best === Number.POSITIVE_INFINITY) return undefined;
    const addresses = new Map<string, { address: bigint; column: number }>();
    for (const { owner, files } of chosen) {
      const { rows } = this.tables.table(owner);
      rows.forEach((row, n) => {
        if (row.end || !row.statement || row.line !== best || !files.has(row.file)) return;
        const before = rows[n - 1];
        if (before && !before.end && before.line === best && before.file === row.file) return;
        // One stop for each function that the line was compiled into (inlining), not for each piece of it.
        const owner = this.linkedFunctionAt(row.address);
        const key = String(owner?.low ?? `at ${row.address}`);
        // At its entry a function's parameters are not yet where the debug information says.
        const address = owner?.low === row.address ? this.linkedBody(owner) : row.address;
        if (!addresses.has(key)) addresses.set(key, { address, column: row.column });
      });
    }
    const found = [...addresses.values()];
    return {
      line: best,
      column: found[0]?.column ?? 0,
      addresses: found.map(({ address }) => this.running(address)),
    };
  }

  /** Where breakpoints for functions of a name stand: after the prologue where the line table tells, else at the first instruction. */
  functionStarts(name: string): bigint[] {
    const starts = this.entriesOf(name).map((entry) => {
      const code = this.linkedFunctionAt(entry) ?? this.padded(entry, name);
      return code ? this.linkedBody(code) : entry;
    });
    return [...new Set(starts)].map((start) => this.running(start));
  }

  /** Where the body of the function that an address lies in begins, where the debug information knows one. */
  bodyOf(va: bigint): bigint | undefined {
    const found = this.linkedFunctionAt(this.linked(va));
    return found && this.running(this.linkedBody(found));
  }

  private linkedBody({ low, high, die }: CFunction): bigint {
    const table = this.tableAt(low);
    // What an assembly function does to save registers was written by hand.
    if (!table || die.unit.assembly) return low;
    const first = upperBound(table.rows, ({ address }) => address < low);
    return bodyStart(
      low,
      high,
      table.rows.slice(first, first + MOST_PROLOGUE_ROWS),
      this.bytesFrom(low, MOST_PROLOGUE),
    );
  }

  /** The file's bytes from a linked address on, at most `length`. */
  private bytesFrom(linked: bigint, length: number): Uint8Array {
    const { segments } = (this.loaded ?? this).elf;
    const segment = segments.find(({ va, size }) => linked >= va && linked < va + BigInt(size));
    const offset = segment ? Number(linked - segment.va) : 0;
    return segment?.data.subarray(offset, offset + length) ?? new Uint8Array();
  }

  /** A function with room for patches at its entry begins for its symbol before that, for the debug information behind it. */
  private padded(entry: bigint, name: string): CFunction | undefined {
    const unit = this.ownerAt(entry)?.unit;
    const near = ({ low }: CFunction) => low > entry && low - entry <= PADDING;
    return unit && this.code.all(unit).find((each) => each.name === name && near(each));
  }

  /** The linked addresses of the first instructions of all functions that have a name; in C++, with their namespaces and classes or without. */
  private entriesOf(name: string): bigint[] {
    const symbol = this.symbols.named(name);
    const own = symbol && symbol.kind !== 'object' ? [symbol.value] : [];
    if (this.large && this.symbols.size > 0) return own;
    const dies = this.names.find('function', name.split('::').at(-1)!);
    const named = dies.flatMap((die) => {
      const found = this.code.all(die.unit).find((each) => each.die.offset === die.offset);
      return found && isNamed(found, name) ? [found.low] : [];
    });
    const found = [...own, ...named];
    if (found.length) return found;
    // Instances of a template have its arguments in their names.
    const units = this.info.units.filter((unit) => unit.cplusplus);
    const instances = units.flatMap((unit) => this.code.all(unit)).filter((each) => isNamed(each, name, true));
    return instances.map(({ low }) => low);
  }

  // Names

  get symbols(): SymbolTable {
    if (this.table) return this.table;
    const { sections } = this.elf;
    const [table, strings] = ['.symtab', '.strtab'].map((each) => sections.get(each));
    try {
      this.table = table?.size && strings?.size ? SymbolTable.ofElf(table, strings) : new SymbolTable();
    } catch (error) {
      this.warn(`the symbols can't be read: ${(error as Error).message}`);
      this.table = new SymbolTable();
    }
    return this.table;
  }

  private get large(): boolean {
    return (this.info.sections.info?.size ?? 0) > LARGE;
  }

  private readonly structTypes = new Map<string, CType | undefined>();

  /** A struct by its tag. */
  struct(tag: string): Extract<CType, { kind: 'struct' }> | undefined {
    if (!this.structTypes.has(tag)) {
      const die = this.names
        .find('type', tag)
        .find(
          (each) =>
            each.number(At.byteSize) !== undefined && each.tag !== Tag.baseType && each.tag !== Tag.enumerationType,
        );
      this.structTypes.set(tag, die && this.types.read(die));
    }
    const type = this.structTypes.get(tag);
    return type?.kind === 'struct' ? type : undefined;
  }

  private readonly namedTypes = new Map<string, CType | undefined>();

  /** A typedef or class by its name, in C++ with its namespaces or without; or `enum` and a tag. */
  namedType(words: string): CType | undefined {
    if (!this.namedTypes.has(words)) {
      const [name, isEnum] = words.startsWith('enum ') ? [words.slice(5), true] : [words, false];
      const fits = isEnum ? [Tag.enumerationType] : [Tag.typedef, Tag.classType, Tag.structType, Tag.enumerationType];
      // What stands between angle brackets is part of the last name.
      const [, around = '', last = name] = /^((?:\w+::)*)(\w+.*)$/.exec(name) ?? [];
      const isMeant = (die: Die) => !around || `::${qualifiedName(die)}`.endsWith(`::${name}`);
      const found = this.names.find('type', last).find((die) => fits.some((tag) => tag === die.tag) && isMeant(die));
      this.namedTypes.set(words, found && this.types.read(found));
    }
    return this.namedTypes.get(words);
  }

  /** Variables of files, by name. */
  readonly globals = { get: (name: string): Global | undefined => this.global(name) };

  private readonly globalsKnown = new Map<string, (Global & { linked: bigint }) | undefined>();

  private global(name: string): Global | undefined {
    if (!this.globalsKnown.has(name)) {
      // A variable has a symbol of its name; C++ writes some more to it.
      const possible = !this.large || this.symbols.named(name) !== undefined;
      const last = name.split('::').at(-1)!;
      const dies = possible ? this.names.find('variable', last) : [];
      let found: (Global & { linked: bigint }) | undefined;
      for (const die of dies) {
        if (name !== last && qualifiedName(die) !== name) continue;
        found = this.globalOf(die);
        if (found) break;
      }
      this.globalsKnown.set(name, found);
    }
    const found = this.globalsKnown.get(name);
    return found && { ...found, va: this.running(found.linked) };
  }

  private globalOf(die: Die): (Global & { linked: bigint }) | undefined {
    const location = die.get(At.location);
    if (location?.is !== 'block') return undefined;
    const where = evaluateLocation(location.value, {
      register: () => undefined,
      read: () => undefined,
      address: (index) => die.unit.address(index),
    });
    if (where?.in !== 'memory' || where.va === 0n) return undefined;
    return { va: where.va, linked: where.va, type: this.types.of(die) };
  }

  /** The variables of the file that an address's code comes from, of its namespaces too. */
  globalsAround(va: bigint): { name: string; global: Global }[] {
    const unit = this.ownerAt(this.linked(va))?.unit;
    const found: { name: string; global: Global }[] = [];
    const visit = (parent: Die, depth: number) => {
      for (const die of parent.unit.guarded(parent)) {
        if (die.tag === Tag.namespace && depth < 16) visit(die, depth + 1);
        const global = die.tag === Tag.variable ? this.globalOf(die) : undefined;
        const name = global && qualifiedName(die);
        if (name) found.push({ name, global: { ...global, va: this.running(global.va) } });
      }
    };
    if (unit?.root) visit(unit.root, 0);
    return found;
  }

  /** A constant that the compiler kept no place for, such as a `static const`. */
  constant(name: string): bigint | undefined {
    for (const die of this.names.find('variable', name)) {
      const value = die.number(At.constValue);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  symbol(name: string): ElfSymbol | undefined {
    const found = this.symbols.named(name);
    return found && this.bias !== 0n ? { ...found, value: this.running(found.value) } : found;
  }

  /** The symbol that an address lies in, and how far in; undefined outside the image. */
  symbolAt(va: bigint): { readonly symbol: ElfSymbol; readonly offset: bigint } | undefined {
    if (!this.covers(va)) return undefined;
    const linked = this.linked(va);
    const { symbols } = this;
    for (let n = symbols.upTo(linked) - 1, tries = 0; n >= 0 && tries < MOST_TRIES; n--, tries++) {
      const symbol = symbols.get(n);
      if (symbol.kind === 'object' && linked >= symbol.value + symbol.size) continue;
      if (symbol.kind === 'function' && symbol.size > 0n && linked >= symbol.value + symbol.size) continue;
      // A label says nothing of what lies in another section.
      if (symbol.size === 0n && this.sectionAt(linked) !== this.sectionAt(symbol.value)) return undefined;
      return { symbol: { ...symbol, value: this.running(symbol.value) }, offset: linked - symbol.value };
    }
    return undefined;
  }

  private sectionAt(linked: bigint): number {
    return this.sections.findIndex(({ low, high }) => linked >= low && linked < high);
  }
}

/** Does a statement begin at this row, the last one of its address? Compilers write several, of which the first may say so. */
function isStatement(rows: readonly LineRow[], at: number): boolean {
  const row = rows[at];
  for (let n = at; n >= 0; n--) {
    const { address, line, file, end, statement } = rows[n];
    if (address !== row.address || line !== row.line || file !== row.file || end) return false;
    if (statement) return true;
  }
  return false;
}

/** Is this the name of the function, without some or all of what it lies in? @param bare without template arguments too */
function isNamed(candidate: CFunction, name: string, bare = false): boolean {
  const whole = bare ? withoutArguments(candidate.name) : candidate.name;
  return whole === name || whole.endsWith(`::${name}`);
}

/** `twice` of `twice<int (*)(int)>`; what lies within angle brackets may hold some. */
function withoutArguments(name: string): string {
  let depth = 0;
  let bare = '';
  for (const char of name) {
    if (char === '<') depth++;
    if (depth === 0) bare += char;
    if (char === '>') depth--;
  }
  return bare;
}

/** Rows and bytes at a function's entry that may be its prologue. */
const MOST_PROLOGUE_ROWS = 8;
const MOST_PROLOGUE = 1024;

/** The most room that functions have at their entry to be patched, in bytes. */
const PADDING = 64n;

/** Warnings that are kept and told of one file. */
const MOST_WARNINGS = 20;
/** How far the last symbol of a list may reach. */
const BEHIND_LAST = 0x10000n;

/** Symbols before an address that are looked at for one that holds it. */
const MOST_TRIES = 4096;

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
