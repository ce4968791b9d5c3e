/** ELF files as debugger and loader read them (System V ABI, "Object Files"; RISC-V ELF psABI). */
import { Bytes } from './bytes.js';
import { type ByteSource, checkRange, inMemory, part } from './byte-source.js';

/** A symbol of an ELF file. */
export interface ElfSymbol {
  readonly name: string;
  readonly value: bigint;
  readonly size: bigint;
  readonly kind: 'function' | 'object' | 'label';
  readonly global: boolean;
}

/** A section: its bytes are read when they are asked for, and nothing is read for one that takes no room in the file. */
export interface ElfSection extends ByteSource {
  readonly va: bigint;
  /** All of it. */
  readonly data: Uint8Array;
  /** The bytes are compressed (SHF_COMPRESSED), a header first. */
  readonly compressed: boolean;
  /** It holds instructions (SHF_EXECINSTR). */
  readonly executable: boolean;
}

/** What the debugger reads of an ELF file: where code lies, symbols, and sections by name. Bytes and symbols are read when asked for. */
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
  readonly sections: ReadonlyMap<string, ElfSection>;
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
const SHF_EXECINSTR = 4;
const SHF_COMPRESSED = 0x800;

/**
 * Read a riscv64 ELF file. `symbolsOnly`: a file with the symbols of another one, whose segments need not hold what they say.
 * @throws Error that says what the bytes are instead; `name` is used in its message.
 */
export function readElf(data: Uint8Array | ByteSource, name: string, symbolsOnly = false): ElfFile {
  const source = data instanceof Uint8Array ? inMemory(data) : data;
  const head = source.read(0, Math.min(64, source.size));
  if (head.length < 64 || head[0] !== 0x7f || head[1] !== 0x45 || head[2] !== 0x4c || head[3] !== 0x46)
    throw new Error(
      `${name} is not an ELF file (it does not start with \\x7fELF); expected a riscv64 program or a .S file`,
    );
  const header = new Bytes(head, 16);
  const type = header.u16();
  const machine = header.u16();
  if (machine !== EM_RISCV)
    throw new Error(`${name} is a program for ${machines[machine] ?? `machine ${machine}`}; harthop runs riscv64 ones`);
  if (head[4] !== 2) throw new Error(`${name} is a 32-bit RISC-V program; harthop runs riscv64 ones`);
  if (head[5] !== 1) throw new Error(`${name} is big-endian; harthop runs little-endian riscv64 programs`);
  try {
    return readBody(source, header, type, symbolsOnly);
  } catch (error) {
    throw new Error(`${name} is truncated or damaged: ${(error as Error).message}`);
  }
}

/** A table of the file: `count` entries of `size` bytes. */
function entries(source: ByteSource, offset: number, count: number, size: number, least: number): Bytes[] {
  if (count === 0) return [];
  if (size < least) throw new RangeError(`table entries have ${size} bytes, fewer than ${least}`);
  const table = source.read(offset, count * size);
  return Array.from({ length: count }, (_, n) => new Bytes(table, n * size));
}

function readBody(source: ByteSource, header: Bytes, type: number, symbolsOnly: boolean): ElfFile {
  header.skip(4);
  const entry = header.u64();
  const programHeaders = header.offset(8);
  const sectionHeaders = header.offset(8);
  header.skip(6);
  const [programSize, programCount, sectionSize, sectionCount, namesIndex] = Array.from({ length: 5 }, () =>
    header.u16(),
  );

  const headers = entries(source, programHeaders, programCount, programSize, 56).map((at) => {
    const kind = at.u32();
    const flags = at.u32();
    const offset = at.offset(8);
    const va = at.u64();
    const pa = at.u64();
    const fileSize = at.offset(8);
    if (kind === PT_LOAD && !symbolsOnly) checkRange(offset, fileSize, source.size);
    return {
      kind,
      va,
      pa,
      size: at.u64(),
      executable: (flags & 1) !== 0,
      get data() {
        return source.read(offset, fileSize);
      },
    };
  });
  const segments = headers.filter(({ kind }) => kind === PT_LOAD);

  const raw = entries(source, sectionHeaders, sectionHeaders ? sectionCount : 0, sectionSize, 40).map((at) => {
    const nameOffset = at.u32();
    const kind = at.u32();
    const flags = at.u64();
    const va = at.u64();
    const offset = at.offset(8);
    const size = at.offset(8);
    const link = at.u32();
    if (kind !== SHT_NOBITS) checkRange(offset, size, source.size);
    const bytes = kind === SHT_NOBITS ? inMemory(new Uint8Array()) : part(source, offset, size);
    const is = (flag: number) => (Number(flags & 0xffffn) & flag) !== 0;
    return { ...bytes, nameOffset, kind, va, link, compressed: is(SHF_COMPRESSED), executable: is(SHF_EXECINSTR) };
  });
  const section = ({ size, read, va, compressed, executable }: (typeof raw)[number]): ElfSection => ({
    size,
    read,
    va,
    compressed,
    executable,
    get data() {
      return read(0, size);
    },
  });
  const sections = new Map<string, ElfSection>();
  const names = raw[namesIndex] && section(raw[namesIndex]).data;
  for (const each of raw) {
    if (!names || each.nameOffset >= names.length) continue;
    const name = new Bytes(names, each.nameOffset).cstring();
    if (!sections.has(name)) sections.set(name, section(each));
  }
  const table = raw.find(({ kind }) => kind === 2);
  let symbols: ElfSymbol[] | undefined;
  return {
    entry,
    type,
    relocatable: type === ET_DYN,
    dynamic: headers.some(({ kind }) => kind === PT_INTERP),
    segments,
    sections,
    get symbols() {
      symbols ??= table && raw[table.link] ? readSymbols(section(table).data, section(raw[table.link]).data) : [];
      return symbols;
    },
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
    // Names of a damaged file may have no end.
    if (strings.indexOf(0, nameOffset) < 0) continue;
    const name = new Bytes(strings, nameOffset).cstring();
    if (name.startsWith('$') || name.startsWith('.L')) continue;
    symbols.push({ name, value, size, kind, global: info >> 4 !== 0 });
  }
  return symbols;
}
