/**
 * Sections as they are filled: runs of bytes (chunks), each perhaps followed by something whose size is only known when addresses
 * are (relax.ts). Distances within a chunk are known at once.
 */
import type { Fixup } from './fixup.js';
import type { Elastic } from './relax.js';

/** Section header flags and types (gABI, "Sections"). */
export const SHF = {
  WRITE: 1,
  ALLOC: 2,
  EXECINSTR: 4,
  MERGE: 0x10,
  STRINGS: 0x20,
  TLS: 0x400,
  COMPRESSED: 0x800,
  EXCLUDE: 0x8000_0000,
} as const;
export const SHT = {
  PROGBITS: 1,
  RELA: 4,
  NOTE: 7,
  NOBITS: 8,
  INIT_ARRAY: 14,
  FINI_ARRAY: 15,
  PREINIT_ARRAY: 16,
} as const;

/** Bytes that one section may hold; beyond, a size was mistaken. */
export const SECTION_LIMIT = 64 * 2 ** 20;

const NOTHING = new Uint8Array(0);
/** Bytes that a chunk has room for as soon as it has any. */
const FIRST = 64;

export class Chunk {
  bytes = NOTHING;
  length = 0;
  /** Offset in the section; set by the layout. */
  offset = 0;
  /** What follows the bytes. */
  tail: Elastic | undefined;

  constructor(readonly section: Section) {}

  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(FIRST, 2 * this.bytes.length, this.length + count));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
  /** Append zeros; in a section without contents they are only counted. */
  skip(count: number): void {
    if (this.section.hasContents) this.reserve(count);
    this.length += count;
  }
  /** Append `bytes` low bytes of an integer, little-endian. */
  integer(value: number, bytes: number): void {
    this.reserve(bytes);
    if (bytes <= 4) for (let i = 0; i < bytes; i++, value >>>= 8) this.bytes[this.length++] = value & 0xff;
    else for (let i = 0; i < bytes; i++, value /= 256) this.bytes[this.length++] = Math.floor(value) & 0xff;
  }
}

/** One unit's part of a section. */
export class Section {
  align = 1;
  flags: number;
  type: number;
  entrySize = 0;
  /** The group that this is part of: of the groups of one name in all inputs, one is kept. */
  group: string | undefined;
  /** How many functions call frame information that was made here is of. */
  functions: number | undefined;
  /** Another input's group of that name is kept. */
  discarded = false;
  readonly chunks: Chunk[] = [];
  /** The last of them, which is being filled. */
  chunk: Chunk;
  fixups: Fixup[] = [];
  /** Set by the layout: where this part starts in the output section, and that one's address. */
  base = 0;
  address = 0n;

  constructor(
    readonly name: string,
    type: number,
    flags: number,
  ) {
    this.type = type;
    this.flags = flags;
    this.chunk = new Chunk(this);
    this.chunks.push(this.chunk);
  }

  get hasContents(): boolean {
    return this.type !== SHT.NOBITS;
  }
  get executable(): boolean {
    return (this.flags & SHF.EXECINSTR) !== 0;
  }
  /** Are all offsets so far known already? */
  get rigid(): boolean {
    return this.chunks.length === 1;
  }
  /** Something of yet unknown size follows: what comes after it goes into a new chunk. */
  elastic(item: Elastic): void {
    this.chunk.tail = item;
    this.chunk = new Chunk(this);
    this.chunks.push(this.chunk);
  }
}

/** Type and flags of a section by its name, as GNU as has them. */
export function defaultsOf(name: string): { type: number; flags: number } {
  const is = (prefix: string) => name === prefix || name.startsWith(`${prefix}.`);
  const { WRITE, ALLOC, EXECINSTR, TLS } = SHF;
  if (is('.text') || name === '.init' || name === '.fini') return { type: SHT.PROGBITS, flags: ALLOC | EXECINSTR };
  if (is('.rodata') || is('.srodata')) return { type: SHT.PROGBITS, flags: ALLOC };
  if (is('.data') || is('.sdata')) return { type: SHT.PROGBITS, flags: ALLOC | WRITE };
  if (is('.bss') || is('.sbss')) return { type: SHT.NOBITS, flags: ALLOC | WRITE };
  if (is('.tdata')) return { type: SHT.PROGBITS, flags: ALLOC | WRITE | TLS };
  if (is('.tbss')) return { type: SHT.NOBITS, flags: ALLOC | WRITE | TLS };
  if (is('.init_array')) return { type: SHT.INIT_ARRAY, flags: ALLOC | WRITE };
  if (is('.fini_array')) return { type: SHT.FINI_ARRAY, flags: ALLOC | WRITE };
  if (is('.preinit_array')) return { type: SHT.PREINIT_ARRAY, flags: ALLOC | WRITE };
  if (is('.note')) return { type: SHT.NOTE, flags: 0 };
  return { type: SHT.PROGBITS, flags: 0 };
}
