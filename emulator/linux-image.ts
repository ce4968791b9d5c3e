/** A Linux kernel as distributions ship it: a flat `Image` with a header of 64 bytes (Linux documentation, "Boot image header in RISC-V Linux"). */
import { Bytes } from './bytes.js';
import { type ElfFile, ET_EXEC } from './elf.js';

const HEADER_BYTES = 64;
const LOAD_OFFSET = 8;
/** `RSC\x05`, little-endian. */
const MAGIC = 0x05435352;
const MAGIC_AT = 56;
const BIG_ENDIAN = 1n;
const HUGE_PAGE = 2 ** 21;

export const isLinuxImage = (data: Uint8Array): boolean =>
  data.length >= HEADER_BYTES && new Bytes(data, MAGIC_AT).u32() === MAGIC;

/**
 * The image as a program of one segment, placed where its header wants it from the start of RAM on.
 * @param ramBase physical address
 * @throws Error that says what is wrong; `name` is used in its message
 */
export function readLinuxImage(data: Uint8Array, name: string, ramBase: number): ElfFile {
  const header = new Bytes(data, LOAD_OFFSET);
  const [offset, size, flags] = [header.u64(), header.u64(), header.u64()];
  if (flags & BIG_ENDIAN) throw new Error(`${name} is a big-endian kernel; harthop runs little-endian ones`);
  if (offset % BigInt(HUGE_PAGE))
    throw new Error(`${name}: its header's load offset, 0x${offset.toString(16)}, is no multiple of 2 MiB`);
  // What lies behind the file's end is its bss. (A size of 0, of old kernels, says nothing.)
  const bytes = size > BigInt(data.length) ? size : BigInt(data.length);
  const entry = BigInt(ramBase) + offset;
  return {
    entry,
    type: ET_EXEC,
    relocatable: false,
    dynamic: false,
    segments: [{ va: entry, pa: entry, size: bytes, executable: true, data }],
    sections: new Map(),
    symbols: [],
  };
}
