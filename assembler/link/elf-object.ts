/** The tables of a relocatable ELF file, as they stand in it (gABI, "Object Files"; psABI, "ELF Object Files"). */
import { Malformed, Reader } from './reader.js';

export interface RawSection {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly link: number;
  readonly info: number;
  readonly align: number;
  readonly entrySize: number;
  readonly size: number;
  /** Empty where the section has no contents. */
  readonly data: Uint8Array;
}

export interface RawSymbol {
  readonly name: string;
  readonly type: number;
  readonly binding: number;
  readonly other: number;
  /** A section's index, or one of SHN. */
  readonly section: number;
  readonly value: bigint;
  readonly size: bigint;
}

export interface RawRelocation {
  readonly offset: number;
  readonly type: number;
  readonly symbol: number;
  readonly addend: bigint;
}

export interface RawObject {
  readonly flags: number;
  readonly sections: readonly RawSection[];
  readonly symbols: readonly RawSymbol[];
}

export const SHN = { UNDEF: 0, ABS: 0xfff1, COMMON: 0xfff2, XINDEX: 0xffff } as const;
export const RAW = {
  NULL: 0,
  SYMTAB: 2,
  STRTAB: 3,
  RELA: 4,
  NOBITS: 8,
  REL: 9,
  GROUP: 17,
  ATTRIBUTES: 0x70000003,
} as const;

const EM_RISCV = 243;
const ET_REL = 1;
const HEADER = 64;
const SECTION_HEADER = 64;
const SYMBOL = 24;
const RELOCATION = 24;
/** Boundaries beyond this make images that no one wants. */
const MOST_ALIGN = 2 ** 24;
/** Room without contents that one section may ask for. */
const MOST_ROOM = 2 ** 31;

const machines: Readonly<Record<number, string>> = { 3: 'i386', 8: 'MIPS', 40: 'Arm', 62: 'x86-64', 183: 'AArch64' };
const kinds: Readonly<Record<number, string>> = {
  2: 'a linked program; what is linked are the objects that it was made of (compile with -c)',
  3: 'a shared library or a position-independent program; link the static library (.a) or the objects instead',
  4: 'a core dump',
};

export const isElf = (data: Uint8Array): boolean =>
  data[0] === 0x7f && data[1] === 0x45 && data[2] === 0x4c && data[3] === 0x46;

/** Is this an object that can be linked here? @throws Malformed that says what it is instead */
function checkHeader(file: Reader): void {
  if (file.length < HEADER) throw new Malformed('is cut off within its ELF header');
  const machine = file.u16(18);
  if (machine !== EM_RISCV)
    throw new Malformed(`is for ${machines[machine] ?? `machine ${machine}`}; expected a riscv64 object`);
  if (file.u8(4) !== 2) throw new Malformed('is a 32-bit object; expected a riscv64 one (-march=rv64…)');
  if (file.u8(5) !== 1) throw new Malformed('is big-endian; expected a little-endian object');
  const type = file.u16(16);
  if (type !== ET_REL) throw new Malformed(`is ${kinds[type] ?? `no object file (ELF type ${type})`}`);
}

/** Read the tables. @throws Malformed; its message continues "this file" */
export function readObjectFile(data: Uint8Array): RawObject {
  const file = new Reader(data, 'the file');
  checkHeader(file);
  const headers = file.offset(0x28);
  const count = file.u16(0x3c);
  const namesIndex = file.u16(0x3e);
  if (count === 0 || namesIndex >= count) throw new Malformed('is an object without sections or without their names');
  if (file.u16(0x3a) !== SECTION_HEADER) throw new Malformed(`has section headers of ${file.u16(0x3a)} bytes, not 64`);
  const headerAt = (index: number) => {
    if (index >= count) throw new Malformed(`names section ${index}, but has only ${count}`);
    return headers + SECTION_HEADER * index;
  };
  const contents = (index: number) =>
    file.slice(file.offset(headerAt(index) + 0x18), file.offset(headerAt(index) + 0x20));
  const names = new Reader(contents(namesIndex), 'the table of section names');
  const sections = Array.from({ length: count }, (_, index): RawSection => {
    const at = headerAt(index);
    const type = file.u32(at + 4);
    const name = index === 0 ? '' : names.string(file.u32(at));
    const size = index === 0 ? 0 : file.offset(at + 0x20);
    const empty = type === RAW.NULL || type === RAW.NOBITS;
    const align = Math.max(1, file.offset(at + 0x30));
    if (align > MOST_ALIGN || !Number.isInteger(Math.log2(align)))
      throw new Malformed(`${name} is aligned to ${align}; expected a power of two up to ${MOST_ALIGN}`);
    if (type === RAW.NOBITS && size > MOST_ROOM) throw new Malformed(`${name} asks for ${size} bytes`);
    return {
      index,
      name,
      type,
      flags: Number(file.u64(at + 8) & 0xffff_ffffn),
      link: file.u32(at + 0x28),
      info: file.u32(at + 0x2c),
      align,
      entrySize: file.offset(at + 0x38),
      size,
      data: empty ? data.subarray(0, 0) : contents(index),
    };
  });
  return { flags: file.u32(0x30), sections, symbols: readSymbols(sections) };
}

function readSymbols(sections: readonly RawSection[]): RawSymbol[] {
  const table = sections.find(({ type }) => type === RAW.SYMTAB);
  if (!table) return [];
  const strings = sections[table.link];
  if (strings?.type !== RAW.STRTAB) throw new Malformed('has a symbol table without strings');
  const names = new Reader(strings.data, 'the table of symbol names');
  const reader = new Reader(table.data, 'the symbol table');
  return Array.from({ length: Math.floor(table.size / SYMBOL) }, (_, index): RawSymbol => {
    const at = SYMBOL * index;
    const info = reader.u8(at + 4);
    const section = reader.u16(at + 6);
    const name = index === 0 ? '' : names.string(reader.u32(at));
    if (section === SHN.XINDEX) throw new Malformed('has more sections than can be linked here (65279)');
    if (section < 0xff00 && section >= sections.length)
      throw new Malformed(`places symbol ${name || index} in section ${section}, but has only ${sections.length}`);
    return {
      name,
      type: info & 15,
      binding: info >> 4,
      other: reader.u8(at + 5),
      section,
      value: reader.u64(at + 8),
      size: reader.u64(at + 16),
    };
  });
}

/** The entries of a relocation section. @throws Malformed */
export function readRelocations(section: RawSection): RawRelocation[] {
  const reader = new Reader(section.data, section.name);
  return Array.from({ length: Math.floor(section.size / RELOCATION) }, (_, index): RawRelocation => {
    const at = RELOCATION * index;
    return {
      offset: reader.offset(at),
      type: reader.u32(at + 8),
      symbol: reader.u32(at + 12),
      addend: reader.s64(at + 16),
    };
  });
}
