import type { ByteSource } from '../../emulator/byte-source.js';
import { ET_EXEC, type ElfFile, type ElfSection, type ElfSymbol, readElf } from '../../emulator/elf.js';
import { Code } from './code.js';
import { unpackSections } from './compressed.js';
import { Declared } from './declared.js';
import { type FrameRow, Frames } from './frame.js';
import { Info } from './info.js';
import { Lines } from './lines.js';
import { Loading } from './loading.js';
import { Names } from './names.js';
import { Places } from './places.js';
import { Placing } from './placing.js';
import type { Range } from './ranges.js';
import { SymbolTable } from './symbol-table.js';

/** Whose code an image is. */
export type Role = 'program' | 'kernel' | 'firmware';

/**
 * A file with code or symbols, and what its debug information says. All of that is read when it is asked for, so that a large file costs what is
 * used of it. Addresses are those of the running code: `bias` is added to the file's own. Damaged debug information is a warning, never an error.
 */
export class Image {
  readonly warnings: string[] = [];
  readonly elf: ElfFile;
  readonly info: Info;
  readonly places: Places;
  readonly code: Code;
  readonly placing: Placing;
  readonly declared: Declared;
  /** Tells it from the others of a session. */
  id: string;
  /** Told of every warning, once. */
  onWarning?: (text: string) => void;
  private readonly loading: Loading;
  private owner: Image | undefined;
  private readonly cfi: Frames;
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
    const tables = new Lines({ ...strings, line: section('.debug_line') }, this.info, this.warn);
    this.cfi = new Frames({ debugFrame: section('.debug_frame'), ehFrame: section('.eh_frame') }, this.warn);
    const names = new Names(this.info);
    const symbols = () => this.symbols;
    this.loading = new Loading(this.elf);
    this.places = new Places(this.loading, this.info, tables);
    this.code = new Code(this.loading, this.info, this.places);
    this.placing = new Placing(this.loading, this.info, this.places, this.code, names, symbols);
    this.declared = new Declared(this.loading, this.info, this.places, names, symbols);
  }

  // Where it lies

  /** Where the code was loaded, less where it was linked. */
  get bias(): bigint {
    return this.loading.bias;
  }
  set bias(bias: bigint) {
    this.loading.bias = bias;
  }

  /** The file that was loaded, of one that holds its symbols. */
  get loaded(): Image | undefined {
    return this.owner;
  }
  set loaded(loaded: Image | undefined) {
    this.owner = loaded;
    this.loading.loaded = loaded?.loading;
  }

  /** An address as linked. */
  linked(va: bigint): bigint {
    return this.loading.linked(va);
  }

  /** The entry point, as running. */
  get entry(): bigint {
    return this.loading.running(this.elf.entry);
  }

  /** The first address of what the file loads, as linked. */
  get lowest(): bigint {
    return this.loading.lowest;
  }

  /** What the file loads, as running. */
  get pieces(): Range[] {
    return this.loading.pieces;
  }

  /** Is the address within what the file loads? */
  covers(va: bigint): boolean {
    return this.loading.covers(va);
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
        return { low: this.loading.running(found.low), high: this.loading.running(found.high) };
      },
    };
  }

  /** How much it tells: 2 lines, 1 symbols, 0 neither. */
  get worth(): number {
    return this.places.any ? 2 : this.symbols.size > 0 ? 1 : 0;
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

  symbol(name: string): ElfSymbol | undefined {
    const found = this.symbols.named(name);
    return found && this.bias !== 0n ? { ...found, value: this.loading.running(found.value) } : found;
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
      if (symbol.size === 0n && this.loading.sectionAt(linked) !== this.loading.sectionAt(symbol.value))
        return undefined;
      return { symbol: { ...symbol, value: this.loading.running(symbol.value) }, offset: linked - symbol.value };
    }
    return undefined;
  }
}

/** Warnings that are kept and told of one file. */
const MOST_WARNINGS = 20;
/** How far the last symbol of a list may reach. */
const BEHIND_LAST = 0x10000n;

/** Symbols before an address that are looked at for one that holds it. */
const MOST_TRIES = 4096;
