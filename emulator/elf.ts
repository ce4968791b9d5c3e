/** ELF files as debugger and loader read them (System V ABI, "Object Files"; RISC-V ELF psABI). */
import { Bytes } from './bytes.js';

/** A symbol of an ELF file. */
export interface ElfSymbol {
  readonly name: string;
  readonly value: bigint;
  readonly size: bigint;
  readonly kind: 'function' | 'object' | 'label';
  readonly global: boolean;
}

/** What the debugger reads of an ELF file: where code lies, symbols, and sections by name. */
export interface ElfFile {
  readonly entry: bigint;
  /** What the file is, as linkers tell it (e_type). */
  readonly type: number;
  /** ET_DYN: may be loaded at any address. */
  readonly relocatable: boolean;
  /** Names a dynamic linker, which would have to load what else the program needs. */
  readonly dynamic: boolean;
  readonly segments: readonly {
    readonly va: bigint;
    /** Where firmware and kernels want to lie. */
    readonly pa: bigint;
    readonly size: bigint;
    readonly executable: boolean;
    readonly data: Uint8Array;
  }[];
  readonly sections: ReadonlyMap<string, { readonly va: bigint; readonly data: Uint8Array }>;
  readonly symbols: readonly ElfSymbol[];
}

const EM_RISCV = 243;
const machines: Record<number, string> = { 3: 'i386', 40: 'arm', 62: 'x86-64', 183: 'aarch64', 8: 'mips' };
export const ET_REL = 1;
export const ET_EXEC = 2;
export const ET_DYN = 3;
const PT_LOAD = 1;
const PT_INTERP = 3;
const SHT_NOBITS = 8;
const SHF_COMPRESSED = 0x800;

/** Read a riscv64 ELF file. @throws Error that says what the bytes are instead; `name` is used in its message. */
export function readElf(data: Uint8Array, name: string): ElfFile {
  if (data.length < 64 || data[0] !== 0x7f || data[1] !== 0x45 || data[2] !== 0x4c || data[3] !== 0x46)
    throw new Error(
      `${name} is not an ELF file (it does not start with \\x7fELF); expected a riscv64 program or a .S file`,
    );
  const header = new Bytes(data, 16);
  const type = header.u16();
  const machine = header.u16();
  if (machine !== EM_RISCV)
    throw new Error(`${name} is a program for ${machines[machine] ?? `machine ${machine}`}; harthop runs riscv64 ones`);
  if (data[4] !== 2) throw new Error(`${name} is a 32-bit RISC-V program; harthop runs riscv64 ones`);
  if (data[5] !== 1) throw new Error(`${name} is big-endian; harthop runs little-endian riscv64 programs`);
  try {
    return readBody(data, header, type);
  } catch (error) {
    throw new Error(`${name} is truncated or damaged: ${(error as Error).message}`);
  }
}

function readBody(data: Uint8Array, header: Bytes, type: number): ElfFile {
  header.skip(4);
  const entry = header.u64();
  const programHeaders = header.offset(8);
  const sectionHeaders = header.offset(8);
  header.skip(6);
  const [programSize, programCount, sectionSize, sectionCount, namesIndex] = Array.from({ length: 5 }, header.u16);
  const slice = (offset: number, size: number) => new Bytes(data, offset).bytes(size);

  const headers = Array.from({ length: programCount }, (_, n) => {
    const at = new Bytes(data, programHeaders + n * programSize);
    const kind = at.u32();
    const flags = at.u32();
    const offset = at.offset(8);
    const va = at.u64();
    const pa = at.u64();
    const fileSize = at.offset(8);
    return {
      kind,
      va,
      pa,
      size: at.u64(),
      executable: (flags & 1) !== 0,
      data: kind === PT_LOAD ? slice(offset, fileSize) : data.subarray(0, 0),
    };
  });
  const segments = headers.filter(({ kind }) => kind === PT_LOAD);

  const raw = Array.from({ length: sectionHeaders ? sectionCount : 0 }, (_, n) => {
    const at = new Bytes(data, sectionHeaders + n * sectionSize);
    const nameOffset = at.u32();
    const kind = at.u32();
    const flags = at.u64();
    const va = at.u64();
    const offset = at.offset(8);
    const size = at.offset(8);
    const link = at.u32();
    return {
      nameOffset,
      kind,
      flags: Number(flags & 0xffffn),
      va,
      link,
      data: kind === SHT_NOBITS ? data.subarray(0, 0) : slice(offset, size),
    };
  });
  const names = raw[namesIndex]?.data;
  const sections = new Map<string, { va: bigint; data: Uint8Array }>();
  for (const section of raw) {
    if (!names || section.nameOffset >= names.length || section.flags & SHF_COMPRESSED) continue;
    const name = new Bytes(names, section.nameOffset).cstring();
    if (!sections.has(name)) sections.set(name, section);
  }
  const table = raw.find(({ kind }) => kind === 2);
  return {
    entry,
    type,
    relocatable: type === ET_DYN,
    dynamic: headers.some(({ kind }) => kind === PT_INTERP),
    segments,
    sections,
    symbols: table && raw[table.link] ? readSymbols(table.data, raw[table.link].data) : [],
  };
}

const kinds: Record<number, ElfSymbol['kind']> = { 0: 'label', 1: 'object', 2: 'function' };

function readSymbols(table: Uint8Array, strings: Uint8Array): ElfSymbol[] {
  const symbols: ElfSymbol[] = [];
  for (const at = new Bytes(table); at.at + 24 <= at.end; ) {
    const nameOffset = at.u32();
    const info = at.u8();
    at.skip(1);
    const section = at.u16();
    const value = at.u64();
    const size = at.u64();
    const kind = kinds[info & 15];
    // Section 0 is undefined; mapping symbols ($x, $d) and compiler labels say nothing to a reader.
    if (!kind || section === 0 || nameOffset === 0 || nameOffset >= strings.length) continue;
    const name = new Bytes(strings, nameOffset).cstring();
    if (name.startsWith('$') || name.startsWith('.L')) continue;
    symbols.push({ name, value, size, kind, global: info >> 4 !== 0 });
  }
  return symbols;
}
