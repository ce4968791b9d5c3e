/** What a data breakpoint can be set on. */
import { basic, type Place, type Value } from './expressions/value.js';
import type { CType } from './symbols/types.js';

export interface Watchable {
  /** As the user calls it. */
  readonly name: string;
  /** What the client shows. */
  readonly description: string;
  readonly va: bigint;
  readonly bytes: number;
  /** The address space; 0n: untranslated. */
  readonly satp: bigint;
  /** The address in every address space. */
  readonly everywhere: boolean;
  /** Writes count that leave the value as it was. */
  readonly everyWrite: boolean;
  /** What lies there, if that is known. */
  readonly type?: CType;
}

const hex = (number: bigint) => `0x${number.toString(16)}`;

/** As text, from which `watchableOf` makes it again, but for the type. */
export function idOf({ name, va, bytes, satp, everywhere, everyWrite }: Watchable): string {
  const flags = `${everywhere ? 'e' : ''}${everyWrite ? 'w' : ''}`;
  return [hex(va), bytes, hex(satp), flags || '-', name].join(' ');
}

const idForm = /^(0x[0-9a-f]{1,16}) (\d{1,9}) (0x[0-9a-f]{1,16}) (e?w?|-) ([\s\S]*)$/;

/** What a data id says; undefined: it is none. */
export function watchableOf(id: string): Watchable | undefined {
  const [, va, bytes, satp, flags, name] = idForm.exec(id) ?? [];
  if (va === undefined || Number(bytes) === 0 || Number(bytes) > MOST_BYTES) return undefined;
  return memory(name!, BigInt(va), Number(bytes), BigInt(satp!), {
    everywhere: flags!.includes('e'),
    everyWrite: flags!.includes('w'),
  });
}

/** The most bytes that one data breakpoint watches. */
export const MOST_BYTES = 2 ** 20;

export function memory(
  name: string,
  va: bigint,
  bytes: number,
  satp: bigint,
  how: { readonly everywhere: boolean; readonly everyWrite: boolean; readonly type?: CType },
): Watchable {
  const where = `${bytes} byte${bytes === 1 ? '' : 's'} at ${hex(va)}`;
  const space = how.everywhere ? (isKernel(va) ? '' : ', in every address space') : satp === 0n ? ', physical' : '';
  const named = name === hex(va) ? where : `${name} (${where})`;
  return { name, description: `${named}${space}`, va, bytes, satp, ...how };
}

/** The kernel's half, which means the same in all address spaces. */
export const isKernel = (va: bigint) => va >> 63n !== 0n;

/** The value of these bytes, as the type has it; without one, as a number where they can be one. */
export function watchedValue(type: CType | undefined, bytes: Uint8Array): Value {
  const place: Place = {
    read: (offset, length) => bytes.slice(offset, offset + length),
    write: () => {},
  };
  const number = { 1: 'unsigned char', 2: 'unsigned short', 4: 'unsigned int', 8: 'unsigned long' }[bytes.length];
  return { type: type ?? (number ? basic[number]! : BYTES(bytes.length)), place };
}

const BYTES = (count: number): CType => ({
  kind: 'array',
  name: `unsigned char[${count}]`,
  size: count,
  of: { kind: 'integer', name: 'unsigned char', size: 1, signed: false, char: false },
  count,
});
