/** A relocatable object as the linker sees all its inputs: sections, symbols, and places that wait for addresses. */
import { IsaError, parseIsa } from '../../isa/isa-string.js';
import { wholeFile, type Diagnostics } from '../diagnostics.js';
import { type Expression, mention } from '../expression.js';
import { Align, fillLike } from '../relax.js';
import { type Chunk, Section, SHF } from '../section.js';
import type { Statement } from '../source.js';
import { SourceSymbol } from '../symbol.js';
import { readAttributes } from './attributes-reader.js';
import {
  RAW,
  type RawObject,
  type RawRelocation,
  type RawSection,
  type RawSymbol,
  readObjectFile,
  readRelocations,
  SHN,
} from './elf-object.js';
import type { LinkInput } from './input.js';
import { Malformed } from './reader.js';
import { R_ALIGN, refusal, relocationType } from './relocations.js';

/** e_flags (psABI, "ELF Object Files"). */
const EF = { RVC: 1, FLOAT_ABI: 6, RVE: 8, TSO: 16 } as const;
const STB = { LOCAL: 0, WEAK: 2 } as const;
const STT = { SECTION: 3, FILE: 4, FUNC: 2 } as const;
const GRP_COMDAT = 1;

/** Sections that say something to a linker and nothing to the program. */
const unwanted =
  /^\.(note\.GNU-stack|note\.GNU-split-stack|gnu\.warning\.|llvm_addrsig|llvm\.|comment$|gnu\.lto_|stack_sizes)/;

export const floatAbis: readonly string[] = ['lp64', 'lp64f', 'lp64d', 'lp64q'];

/** A place in a section of an object. What it is called is worked out when it is needed, in a message. */
class ObjectPlace implements Statement {
  readonly line = 1;
  readonly text = '';
  readonly column = 1;

  constructor(
    private readonly object: ObjectFile,
    private readonly section: RawSection,
    private readonly offset: number,
  ) {}

  get file(): string {
    return this.object.name;
  }
  get location(): string {
    return this.object.placeText(this.section, this.offset);
  }
}

export class ObjectFile implements LinkInput {
  private readonly sections = new Map<number, Section>();
  private readonly symbols: SourceSymbol[] = [];
  /** Where the bytes of each section that has parts went, by rising offset. */
  private readonly starts = new Map<Section, { from: number; chunk: Chunk }[]>();
  private readonly raw: RawObject;
  readonly extensions: ReadonlySet<string>;

  /** @throws Malformed; its message continues "this file" */
  constructor(
    readonly name: string,
    data: Uint8Array,
    diagnostics: Diagnostics,
  ) {
    this.raw = readObjectFile(data);
    const { sections, symbols } = this.raw;
    if (sections.some((section) => section.name.startsWith('.gnu.lto_')) && !sections.some(isFilledCode))
      throw new Malformed('holds only what -flto left for later; compile without it, or with -ffat-lto-objects');
    if (this.raw.flags & EF.RVE) throw new Malformed('is compiled for a chip with 16 registers (RVE)');
    this.extensions = extensionsOf(sections);
    const compressed = sections.some(({ flags }) => flags & SHF.COMPRESSED);
    if (compressed)
      diagnostics.add(
        wholeFile(name),
        'warning',
        'its debugging information is compressed and is left out; compile with -gz=none to keep it',
      );
    const wanted = (each: RawSection) => isWanted(each) && !(compressed && each.name.startsWith('.debug_'));
    const relocations = this.relocationSections(wanted);
    for (const section of sections.filter(wanted)) this.addSection(section, relocations.get(section.index) ?? []);
    this.markGroups();
    this.symbols.push(...symbols.map((symbol) => this.makeSymbol(symbol)));
    for (const [index, list] of relocations) this.addFixups(sections[index]!, list, diagnostics);
  }

  symbolList(): Iterable<SourceSymbol> {
    return this.symbols;
  }
  sectionList(): Iterable<Section> {
    return this.sections.values();
  }
  get compressed(): boolean {
    return (this.raw.flags & EF.RVC) !== 0;
  }
  get tso(): boolean {
    return (this.raw.flags & EF.TSO) !== 0;
  }
  /** An index into `floatAbis`; undefined where there is no code, so that it does not matter. */
  get floatAbi(): number | undefined {
    return this.raw.sections.some(isFilledCode) ? (this.raw.flags & EF.FLOAT_ABI) >> 1 : undefined;
  }

  // Sections

  private relocationSections(wanted: (section: RawSection) => boolean): Map<number, RawRelocation[]> {
    const out = new Map<number, RawRelocation[]>();
    for (const section of this.raw.sections) {
      const target = this.raw.sections[section.info];
      if (section.type === RAW.REL) throw new Malformed(`has relocations without addends (${section.name})`);
      if (section.type !== RAW.RELA || !target || !wanted(target)) continue;
      out.set(target.index, [...(out.get(target.index) ?? []), ...readRelocations(section)]);
    }
    return out;
  }

  /** The bytes, cut where padding may have to shrink. */
  private addSection(raw: RawSection, relocations: readonly RawRelocation[]): void {
    const section = new Section(raw.name, raw.type, raw.flags & kept);
    section.align = raw.align;
    section.entrySize = raw.entrySize;
    this.sections.set(raw.index, section);
    const starts: { from: number; chunk: Chunk }[] = [];
    const take = (from: number, to: number) => {
      const { chunk } = section;
      chunk.length = to - from;
      if (section.hasContents) chunk.bytes = raw.data.slice(from, to);
      starts.push({ from, chunk });
    };
    let from = 0;
    const paddings = relocations.filter(({ type, addend }) => type === R_ALIGN && addend > 0n);
    for (const { offset, addend } of paddings.sort((a, b) => a.offset - b.offset)) {
      const padding = Number(addend);
      if (offset < from || offset + padding > raw.size)
        throw new Malformed(
          `has an alignment of ${addend} bytes outside its section (${raw.name}+0x${offset.toString(16)})`,
        );
      take(from, offset);
      const boundary = 2 ** (Math.floor(Math.log2(padding)) + 1);
      section.align = Math.max(section.align, boundary);
      section.elastic(new Align(boundary, fillLike(raw.data.slice(offset, offset + padding)), padding));
      from = offset + padding;
    }
    take(from, raw.size);
    this.starts.set(section, starts);
  }

  private markGroups(): void {
    const { sections, symbols } = this.raw;
    for (const { type, link, info, data } of sections) {
      if (type !== RAW.GROUP || data.length < 4) continue;
      const words = new Uint32Array(data.slice(0, data.length & ~3).buffer);
      if (!(words[0]! & GRP_COMDAT)) continue;
      const symbol = sections[link]?.type === RAW.SYMTAB ? symbols[info] : undefined;
      if (!symbol) throw new Malformed('has a group of sections without a name');
      const signature = symbol.type === STT.SECTION ? (sections[symbol.section]?.name ?? '') : symbol.name;
      for (const index of words.subarray(1)) {
        const member = this.sections.get(index);
        if (member) member.group = signature;
      }
    }
  }

  /** Where a byte of an input section went: a place in padding is its end. */
  private locate(section: Section, offset: number): { chunk: Chunk; offset: number } {
    const starts = this.starts.get(section)!;
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]!.from <= offset) low = middle;
      else high = middle - 1;
    }
    const { from, chunk } = starts[low]!;
    const within = offset - from;
    const next = starts[low + 1]?.chunk;
    return within > chunk.length && next ? { chunk: next, offset: 0 } : { chunk, offset: within };
  }

  // Symbols

  private makeSymbol(raw: RawSymbol): SourceSymbol {
    const { name, type, section: index, value } = raw;
    const symbol = new SourceSymbol(type === STT.SECTION || type === STT.FILE ? '' : name);
    symbol.type = type === STT.SECTION || type === STT.FILE ? 0 : type;
    symbol.visibility = raw.other;
    symbol.binding = raw.binding === STB.LOCAL ? 'local' : raw.binding === STB.WEAK ? 'weak' : 'global';
    if (index === SHN.ABS) symbol.meaning = { kind: 'value', value };
    else if (index === SHN.COMMON) {
      symbol.common = { size: raw.size, align: commonAlign(value, name) };
      symbol.place = wholeFile(this.name);
    }
    symbol.size = raw.size || undefined;
    const section = this.sections.get(index);
    if (!section) {
      // What stands in a section that is not taken over, such as a note, is worth nothing and missed by no one.
      if (index !== SHN.UNDEF && index < 0xff00 && symbol.binding === 'local')
        symbol.meaning = { kind: 'value', value: 0n };
      return symbol;
    }
    // It may lie outside: compilers reach several variables from one such anchor.
    const place = this.locate(section, Number(value));
    symbol.meaning = { kind: 'label', ...place };
    symbol.place = { ...wholeFile(this.name), location: `${section.name}+0x${value.toString(16)}` };
    if (raw.size) symbol.size = this.sizeOf(section, place, value + raw.size);
    return symbol;
  }

  /** What lies between two places: a number, unless padding that may shrink lies there. */
  private sizeOf(section: Section, from: { chunk: Chunk; offset: number }, end: bigint): Expression {
    const to = this.locate(section, Number(end));
    if (to.chunk === from.chunk) return BigInt(to.offset - from.offset);
    const [left, right] = [to, from].map((place) => {
      const symbol = new SourceSymbol('');
      symbol.meaning = { kind: 'label', ...place };
      return mention(symbol, { statement: nowhere }, { start: 0, end: 0 });
    }) as [Expression, Expression];
    return { kind: 'binary', operator: '-', left, right, depth: 2, size: 3 };
  }

  // Relocations

  private addFixups(raw: RawSection, list: readonly RawRelocation[], diagnostics: Diagnostics): void {
    const section = this.sections.get(raw.index)!;
    for (const relocation of list) {
      const { offset, type, addend } = relocation;
      const statement = new ObjectPlace(this, raw, offset);
      const found = relocationType(type);
      if (!found) {
        const { file, line, column, location } = statement;
        diagnostics.add({ file, line, column, endColumn: 2, location }, 'error', refusal(type));
        continue;
      }
      const symbol = this.symbols[relocation.symbol];
      if (!symbol)
        throw new Malformed(`has a relocation for symbol ${relocation.symbol}, but only ${this.symbols.length}`);
      const expression: Expression =
        relocation.symbol === 0 ? addend : mention(symbol, { statement }, { start: 0, end: 0 }, addend);
      const auipc = found.parts.length > 1 ? this.locate(section, offset) : undefined;
      for (const { at, into, completes } of found.parts) {
        const { chunk, offset: within } = this.locate(section, offset + at);
        const width = 'data' in into ? into.data : into.length;
        if (within + width > chunk.length)
          throw new Malformed(`has a relocation outside its section (${raw.name}+0x${offset.toString(16)})`);
        // A C library has tens of thousands of them: nothing is put together from parts here.
        section.fixups.push({
          chunk,
          offset: within,
          expression,
          statement,
          start: 0,
          end: 0,
          into,
          auipc: completes ? auipc : undefined,
          relocation: found.name,
        });
      }
    }
  }

  /** `main+0x12 (.text+0x12)` */
  placeText(section: RawSection, offset: number): string {
    const hex = (n: number) => (n ? `+0x${n.toString(16)}` : '');
    const within = this.raw.symbols
      .filter((each) => each.section === section.index && each.type === STT.FUNC && each.value <= BigInt(offset))
      .reduce<RawSymbol | undefined>((last, each) => (last && last.value > each.value ? last : each), undefined);
    const place = `${section.name}${hex(offset)}`;
    return within ? `${within.name}${hex(offset - Number(within.value))} (${place})` : place;
  }
}

/** Flags that mean something in a linked program. */
const kept = SHF.WRITE | SHF.ALLOC | SHF.EXECINSTR | SHF.MERGE | SHF.STRINGS | SHF.TLS;
const nowhere: Statement = { file: '', line: 1, text: '', column: 1 };

const isFilledCode = ({ flags, size }: RawSection) => (flags & SHF.EXECINSTR) !== 0 && size > 0;

/** Does a section of an object go into the program? What is not loaded is kept where debuggers read it. */
function isWanted({ type, flags, name }: RawSection): boolean {
  if (([RAW.NULL, RAW.SYMTAB, RAW.STRTAB, RAW.RELA, RAW.REL, RAW.GROUP, RAW.ATTRIBUTES] as number[]).includes(type))
    return false;
  if (unwanted.test(name) || flags & SHF.EXCLUDE || flags & SHF.COMPRESSED) return false;
  return (flags & SHF.ALLOC) !== 0 || name.startsWith('.debug_');
}

function commonAlign(value: bigint, name: string): number {
  const align = Number(value || 1n);
  if (align > 2 ** 24 || !Number.isInteger(Math.log2(align)))
    throw new Malformed(`aligns ${name} to ${value}; expected a power of two up to ${2 ** 24}`);
  return align;
}

/** The extensions that an object was compiled for, as far as they are known here. */
function extensionsOf(sections: readonly RawSection[]): ReadonlySet<string> {
  const attributes = sections.find(({ type }) => type === RAW.ATTRIBUTES);
  const arch = attributes && readAttributes(attributes.data).arch;
  if (!arch) return new Set();
  try {
    return parseIsa(arch).extensions;
  } catch (error) {
    if (!(error instanceof IsaError)) throw error;
    // Compilers know extensions that this table does not; that says nothing of the code.
    return new Set();
  }
}
