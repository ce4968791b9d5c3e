import { inMemory } from '../../emulator/byte-source.js';
import { Bytes } from '../../emulator/bytes.js';
import type { ElfFile, ElfSection } from '../../emulator/elf.js';

/** Types of compression (System V ABI, "Section Compression"). */
const types: Readonly<Record<number, string>> = { 1: 'zlib', 2: 'zstd' };
const ZLIB = 1;
/** What is unpacked has to fit in memory. */
const MOST_BYTES = 1 << 30;

/** What the compressed sections of debug information hold, by name; unpacked in memory. What can't be unpacked is told to `warn`. */
export async function unpackSections(elf: ElfFile, warn: (message: string) => void): Promise<Map<string, ElfSection>> {
  const unpacked = new Map<string, ElfSection>();
  let room = MOST_BYTES;
  for (const [name, section] of elf.sections) {
    if (!section.compressed || !/^\.(debug_|symtab|strtab)/.test(name)) continue;
    try {
      const header = new Bytes(section.read(0, Math.min(HEADER, section.size)));
      const type = header.u32();
      header.skip(4);
      const size = header.offset(8);
      if (type !== ZLIB)
        throw new Error(`it is compressed by ${types[type] ?? `method ${type}`}, and only zlib is understood`);
      if (size > room) throw new Error(`it is larger (${size} bytes) than what is unpacked in memory`);
      const data = await inflate(section, size);
      room -= size;
      unpacked.set(name, { ...inMemory(data), va: section.va, data, compressed: false, executable: false });
    } catch (error) {
      warn(`${name} can't be unpacked: ${(error as Error).message}`);
    }
  }
  return unpacked;
}

/** Elf64_Chdr. */
const HEADER = 24;
const CHUNK = 1 << 20;

/** @throws Error when it does not unpack to `size` bytes */
async function inflate(section: ElfSection, size: number): Promise<Uint8Array> {
  const stream = new DecompressionStream('deflate');
  const writer = stream.writable.getWriter();
  const feed = async () => {
    for (let at = HEADER; at < section.size; at += CHUNK)
      await writer.write(section.read(at, Math.min(CHUNK, section.size - at)) as Uint8Array<ArrayBuffer>);
    await writer.close();
  };
  // What goes wrong is heard by the reader too.
  const fed = feed().catch(() => {});
  const data = new Uint8Array(size);
  let at = 0;
  const reader = stream.readable.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    if (at + value.length > size) {
      await reader.cancel();
      throw new Error(`it holds more than the ${size} bytes that it says`);
    }
    data.set(value, at);
    at += value.length;
  }
  await fed;
  if (at !== size) throw new Error(`it holds ${at} bytes and says ${size}`);
  return data;
}
