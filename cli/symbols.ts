/** Addresses of a program as its symbols name them. */
import type { ElfFile } from '../emulator/elf.js';

export type Nearest = (address: bigint) => { name: string; offset: bigint } | undefined;

/** The last code symbol at or before an address; of several at one address a global one, then a function. */
export function nearestSymbol(elf: ElfFile | undefined): Nearest {
  const rank = ({ global, kind }: ElfFile['symbols'][number]) => (global ? 2 : 0) + (kind === 'function' ? 1 : 0);
  const symbols = (elf?.symbols ?? [])
    .filter(({ kind }) => kind !== 'object')
    .sort((a, b) => (a.value === b.value ? rank(a) - rank(b) : a.value < b.value ? -1 : 1));
  return (address) => {
    let [low, high] = [0, symbols.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (symbols[middle]!.value <= address) low = middle + 1;
      else high = middle;
    }
    const found = symbols[low - 1];
    return found && { name: found.name, offset: address - found.value };
  };
}

/** `symbol+0x12`, or the address in hex. */
export function nameOf(nearest: Nearest, address: bigint): string {
  const found = nearest(address);
  if (!found) return `0x${address.toString(16)}`;
  return found.offset ? `${found.name}+0x${found.offset.toString(16)}` : found.name;
}
