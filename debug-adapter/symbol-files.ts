import { inMemory } from '../emulator/byte-source.js';
import type { Host } from './host.js';
import type { SymbolFile } from './protocol.js';
import { Image, type Role } from './symbols/image.js';
import { SymbolTable } from './symbols/symbol-table.js';

const ELF = [0x7f, 0x45, 0x4c, 0x46];

/**
 * A file that tells what code means that was loaded from elsewhere: an ELF file, or a kernel's System.map.
 * @throws Error that names the file and what is wrong with it
 */
export async function symbolFile({ path, space, base, offset }: SymbolFile, host: Host): Promise<Image> {
  const source = (await host.openFile?.(path)) ?? inMemory(await host.readFile(path));
  const head = source.read(0, Math.min(4, source.size));
  const image = ELF.every((byte, n) => head[n] === byte)
    ? await Image.open(space, path, source, true)
    : mapped(space, path, source.read(0, source.size));
  image.id = `${space} symbols ${path}`;
  if (offset !== undefined) image.bias = BigInt.asUintN(64, BigInt(offset));
  if (base !== undefined) image.bias = BigInt.asUintN(64, BigInt(base) - image.lowest);
  return image;
}

function mapped(space: Role, path: string, bytes: Uint8Array): Image {
  let symbols: SymbolTable;
  try {
    symbols = SymbolTable.ofMap(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
  return Image.ofSymbols(space, path, symbols);
}
