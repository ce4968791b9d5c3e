/** What a data breakpoint can be set on. */
import type { RegisterWatch } from '../emulator/register-watches.js';
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
  /** It is a register and not memory; `va` counts from its first watched byte. */
  readonly register?: RegisterWatch;
  /** A register of this task. */
  readonly tid?: number;
}

const hex = (number: bigint) => `0x${number.toString(16)}`;

/** As text, from which `watchableOf` makes it again, but for the type. */
export function idOf(what: Watchable): string {
  const { name, va, bytes, satp, everywhere, everyWrite, register, tid } = what;
  if (register) {
    const { file, number, offset, mask, hart, privilege, satp: space } = register;
    const known = { offset, mask, hart, privilege, space, tid };
    const fields = Object.entries(known).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]));
    return [`${file}${number}`, bytes, fields.join(','), name].join(' ');
  }
  const flags = `${everywhere ? 'e' : ''}${everyWrite ? 'w' : ''}`;
  return [hex(va), bytes, hex(satp), flags || '-', name].join(' ');
}

const registerForm = /^([xfv]|csr)(\d{1,4}) (\d{1,9}) ([a-z]+=\d{1,20}(?:,[a-z]+=\d{1,20})*) ([\s\S]*)$/;
const registers = { x: 32, f: 32, v: 32, csr: 4096 };

function registerOf(id: string): Watchable | undefined {
  const [, letter, digits, size, fields, name] = registerForm.exec(id) ?? [];
  if (letter === undefined) return undefined;
  const [file, number, bytes] = [letter as RegisterWatch['file'], Number(digits), Number(size)];
  const given = new Map(fields!.split(',').map((field) => field.split('=') as [string, string]));
  const offset = Number(given.get('offset') ?? 0);
  const room = file === 'v' ? 32 * MOST_VLENB : 8;
  if (number >= registers[file] || bytes === 0 || offset + bytes > room) return undefined;
  const [mask, space] = [given.get('mask'), given.get('space')];
  const whole = (key: string) => (given.has(key) ? { [key]: Number(given.get(key)) } : {});
  return register(
    name!,
    {
      ...{ file, number, offset, bytes, ...whole('hart'), ...whole('privilege') },
      ...(mask && { mask: BigInt.asUintN(64, BigInt(mask)) }),
      ...(space && { satp: BigInt.asUintN(64, BigInt(space)) }),
    },
    { ...(given.has('tid') && { tid: Number(given.get('tid')) }) },
  );
}

/** Bytes of the longest vector register that there is. */
const MOST_VLENB = 8192;

const idForm = /^(0x[0-9a-f]{1,16}) (\d{1,9}) (0x[0-9a-f]{1,16}) (e?w?|-) ([\s\S]*)$/;

/** What a data id says; undefined: it is none. */
export function watchableOf(id: string): Watchable | undefined {
  const [, va, bytes, satp, flags, name] = idForm.exec(id) ?? [];
  if (va === undefined) return registerOf(id);
  if (Number(bytes) === 0 || Number(bytes) > MOST_BYTES) return undefined;
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

/** A register, or bytes or bits of one. */
export function register(
  name: string,
  what: RegisterWatch,
  more: { readonly tid?: number; readonly type?: CType },
): Watchable {
  const { hart, privilege, bytes } = what;
  const place = hart === undefined ? '' : ` on hart ${hart}`;
  const whose =
    privilege === 0
      ? more.tid === undefined
        ? 'of the thread'
        : `of task ${more.tid}`
      : privilege === undefined
        ? `of hart ${hart}`
        : `of ${privilege === 1 ? 'the kernel' : 'firmware'}${place}`;
  const rest = { va: 0n, bytes, satp: 0n, everywhere: false, everyWrite: false };
  return { name, description: `${name} ${whose}`, ...rest, register: what, ...more };
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
