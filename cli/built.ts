/** A built program for the language server: its code, symbols and line tables out of an ELF file. */
import { readFileSync } from 'node:fs';
import { At } from '../debug-adapter/symbols/dwarf.js';
import { Image } from '../debug-adapter/symbols/image.js';
import type { Built, Stretch } from '../language-server/built/built.js';

/** @throws Error when it is no riscv64 ELF file, or one without code */
export const readBuilt = (path: string): Promise<Built> => builtOf(new Uint8Array(readFileSync(path)), path);

/** @throws Error when it is no riscv64 ELF file, or one without code; `path` is used in its message */
export async function builtOf(bytes: Uint8Array, path: string): Promise<Built> {
  const image = await Image.open('program', path, bytes);
  // What has no address is for linkers and debuggers.
  const sections = (withCode: boolean): Stretch[] =>
    [...image.elf.sections.values()]
      .filter(({ executable, va, size }) => executable === withCode && va !== 0n && size > 0)
      .map(({ va, data: bytes }) => ({ address: Number(va), size: bytes.length, bytes }))
      .sort((a, b) => a.address - b.address);
  // What begins as zeros is no section's bytes: it lies behind those of a segment.
  const zeros = image.elf.segments.map(({ va, size, data: bytes }) => ({
    address: Number(va) + bytes.length,
    size: Number(size) - bytes.length,
    bytes: new Uint8Array(),
  }));
  const { files, rows } = image.places.whole;
  const producers = new Map<string, string>();
  for (const { root } of image.info.units) {
    const [name, directory, producer] = [At.name, At.compilationDirectory, At.producer].map((each) =>
      root?.string(each),
    );
    if (name && producer) producers.set(name.startsWith('/') || !directory ? name : `${directory}/${name}`, producer);
  }
  const built: Built = {
    entry: Number(image.elf.entry),
    code: sections(true),
    data: [...sections(false), ...zeros.filter(({ size }) => size > 0)].sort((a, b) => a.address - b.address),
    symbols: image.elf.symbols.map(({ name, value, size, kind }) => ({
      name,
      address: Number(value),
      size: Number(size),
      kind,
    })),
    files,
    lines: rows.map(({ address, file, line, column, end }) => ({
      address: Number(address),
      file,
      line: end ? 0 : line,
      column,
    })),
    // GCC notes its options; Clang does with -grecord-command-line.
    optimised: (file) =>
      producers
        .get(file)
        ?.match(/(?<=\s)-O(\d|s|z|g|fast)?(?=\s|$)/g)
        ?.at(-1),
  };
  if (!built.code.length) throw new Error(`${path} holds no code`);
  return built;
}
