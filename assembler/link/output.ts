/** The ELF writer: a static RISC-V executable (gABI; psABI, "ELF Object Files"). */
import { Bytes, StringTable } from '../bytes.js';
import { SHF } from '../section.js';
import type { Located } from './linker.js';
import type { OutputSection } from './output-section.js';

const EM_RISCV = 243;
const EF_RISCV_RVC = 1;
const EF_RISCV_TSO = 16;
const PT = { LOAD: 1, TLS: 7, GNU_EH_FRAME: 0x6474e550, GNU_STACK: 0x6474e551, RISCV_ATTRIBUTES: 0x70000003 } as const;
const PF = { X: 1, W: 2, R: 4 } as const;
const SHT_SYMTAB = 2;
const SHT_STRTAB = 3;
const SHT_RISCV_ATTRIBUTES = 0x70000003;
const SHN_ABS = 0xfff1;
const PAGE = 4096;
const HEADER = 64;
const PROGRAM_HEADER = 56;

export interface Image {
  readonly sections: readonly OutputSection[];
  readonly symbols: readonly Located[];
  readonly entry: bigint;
  readonly compressed: boolean;
  /** How floating-point arguments are passed: 0 in x registers, 1 singles, 2 doubles in f registers. */
  readonly floatAbi: number;
  readonly tso: boolean;
  readonly attributes: Uint8Array;
  /** Where the file's headers are loaded, before the first section; undefined: they are not. */
  readonly headersAt: bigint | undefined;
}

interface Header {
  name: string;
  type: number;
  flags: number;
  address: bigint;
  offset: number;
  size: number;
  link: number;
  info: number;
  align: number;
  entrySize: number;
}

interface Segment {
  type: number;
  flags: number;
  sections: OutputSection[];
}

const rights = (flags: number) => PF.R | (flags & SHF.WRITE ? PF.W : 0) | (flags & SHF.EXECINSTR ? PF.X : 0);

/** Consecutive sections of the same rights are one segment. */
function segmentsOf(sections: readonly OutputSection[]): Segment[] {
  const out: Segment[] = [];
  for (const section of sections.filter(({ allocated }) => allocated)) {
    const flags = rights(section.flags);
    const last = out.at(-1);
    if (last?.flags === flags) last.sections.push(section);
    else out.push({ type: PT.LOAD, flags, sections: [section] });
  }
  const threadLocal = sections.filter(({ flags }) => flags & SHF.TLS);
  if (threadLocal.length) out.push({ type: PT.TLS, flags: PF.R, sections: threadLocal });
  const frames = sections.filter(({ name }) => name === '.eh_frame_hdr');
  if (frames.length) out.push({ type: PT.GNU_EH_FRAME, flags: PF.R, sections: frames });
  return out;
}

/** Program headers besides those of segments: attributes and stack. */
const MORE_HEADERS = 2;

/** Bytes of the file's headers: what lies before the first section. */
export const headerBytes = (sections: readonly OutputSection[]): number =>
  HEADER + (segmentsOf(sections).length + MORE_HEADERS) * PROGRAM_HEADER;

/** Bytes of a symbol table, locals first; and how many those are. */
function symbolTable(symbols: readonly Located[], sections: readonly OutputSection[], strings: StringTable) {
  const out = new Bytes();
  const entry = (name: number, info: number, other: number, index: number, value: bigint, size: bigint) =>
    out.u32(name).u8(info, other).u16(index).u64(value).u64(size);
  entry(0, 0, 0, 0, 0n, 0n);
  const isLocal = ({ symbol }: Located) => symbol.binding !== 'global' && symbol.binding !== 'weak';
  const ordered = [...symbols.filter(isLocal), ...symbols.filter((each) => !isLocal(each))];
  const tls = sections.find(({ flags }) => flags & SHF.TLS);
  for (const { symbol, section, value } of ordered) {
    const binding = symbol.binding === 'global' ? 1 : symbol.binding === 'weak' ? 2 : 0;
    const index = section ? sections.indexOf(section) + 1 : SHN_ABS;
    const size = typeof symbol.size === 'bigint' ? symbol.size : 0n;
    const at = section && section.flags & SHF.TLS ? value - tls!.address : value;
    entry(strings.offset(symbol.name), (binding << 4) | symbol.type, symbol.visibility, index, at, size);
  }
  return { bytes: out.done(), locals: 1 + symbols.filter(isLocal).length };
}

/** The whole file. */
export function writeElf(image: Image): Uint8Array<ArrayBuffer> {
  const segments = segmentsOf(image.sections);
  const out = new Bytes();
  const programHeaders = segments.length + MORE_HEADERS;
  out.append(new Uint8Array(headerBytes(image.sections)));
  const headers: Header[] = [];
  const add = (header: Partial<Header> & { name: string; type: number }, bytes: Uint8Array): Header => {
    const whole = {
      flags: 0,
      address: 0n,
      offset: out.length,
      size: bytes.length,
      link: 0,
      info: 0,
      align: 1,
      entrySize: 0,
      ...header,
    };
    headers.push(whole);
    out.append(bytes);
    return whole;
  };
  for (const { name, type, flags, address, size, align, entrySize, bytes, allocated } of image.sections) {
    // A loaded byte's place in the file and its address agree modulo the page size.
    if (allocated) while (BigInt(out.length % PAGE) !== address % BigInt(PAGE)) out.u8(0);
    else out.align(align);
    add({ name, type, flags: flags >>> 0, address, align, entrySize }, bytes);
    headers.at(-1)!.size = size;
  }
  const attributes = add({ name: '.riscv.attributes', type: SHT_RISCV_ATTRIBUTES }, image.attributes);
  const strings = new StringTable();
  const symbols = symbolTable(image.symbols, image.sections, strings);
  out.align(8);
  add(
    { name: '.symtab', type: SHT_SYMTAB, link: headers.length + 2, info: symbols.locals, align: 8, entrySize: 24 },
    symbols.bytes,
  );
  add({ name: '.strtab', type: SHT_STRTAB }, strings.done());
  const names = new StringTable();
  for (const { name } of headers) names.offset(name);
  names.offset('.shstrtab');
  add({ name: '.shstrtab', type: SHT_STRTAB }, names.done());
  out.align(8);
  const sectionHeaders = out.length;
  out.append(new Uint8Array(64));
  for (const h of headers) {
    out.u32(names.offset(h.name)).u32(h.type).u64(h.flags).u64(h.address).u64(h.offset).u64(h.size);
    out.u32(h.link).u32(h.info).u64(h.align).u64(h.entrySize);
  }
  const file = out.done();
  file.set(fileHeader(image, programHeaders, sectionHeaders, headers.length + 1));
  file.set(programHeaderTable(segments, image, headers, attributes), HEADER);
  return file;
}

function fileHeader(image: Image, programHeaders: number, sectionHeaders: number, count: number): Uint8Array {
  return new Bytes()
    .u8(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    .u16(2)
    .u16(EM_RISCV)
    .u32(1)
    .u64(image.entry)
    .u64(HEADER)
    .u64(sectionHeaders)
    .u32((image.floatAbi << 1) | (image.compressed ? EF_RISCV_RVC : 0) | (image.tso ? EF_RISCV_TSO : 0))
    .u16(HEADER)
    .u16(PROGRAM_HEADER)
    .u16(programHeaders)
    .u16(64)
    .u16(count)
    .u16(count - 1)
    .done();
}

function programHeaderTable(
  segments: readonly Segment[],
  image: Image,
  headers: readonly Header[],
  attributes: Header,
): Uint8Array {
  const out = new Bytes();
  const entry = (
    type: number,
    flags: number,
    offset: number,
    address: bigint,
    inFile: number,
    inMemory: number,
    align: number,
  ) => out.u32(type).u32(flags).u64(offset).u64(address).u64(address).u64(inFile).u64(inMemory).u64(align);
  const headerOf = (section: OutputSection) => headers[image.sections.indexOf(section)]!;
  for (const { type, flags, sections } of segments) {
    const first = headerOf(sections[0]!);
    // Thread-local room without contents takes none in the image itself.
    const counted = sections.filter((s) => type === PT.TLS || s.hasContents || !(s.flags & SHF.TLS));
    const end = (list: readonly OutputSection[]) =>
      list.reduce((most, s) => Math.max(most, Number(s.address - first.address) + s.size), 0);
    const align = type === PT.LOAD ? PAGE : Math.max(...sections.map((s) => s.align));
    // The headers lie before the first section, in the file as in memory.
    const before = segments[0]!.sections === sections && image.headersAt !== undefined ? first.offset : 0;
    const inFile = end(counted.filter((s) => s.hasContents)) + before;
    entry(type, flags, first.offset - before, first.address - BigInt(before), inFile, end(counted) + before, align);
  }
  entry(PT.RISCV_ATTRIBUTES, PF.R, attributes.offset, 0n, attributes.size, 0, 1);
  entry(PT.GNU_STACK, PF.R | PF.W, 0, 0n, 0, 0, 16);
  return out.done();
}
