/** Packets that read and write registers (`g`, `G`, `p`, `P`) and memory (`m`, `M`, `X`). What can't be done is Refused. */
import type { GuestMemory } from '../debug-adapter/guest.js';
import type { TargetHart } from '../debug-adapter/target.js';
import { fromHex, PACKET_BYTES, toHex } from './packets.js';
import type { GdbRegister, Registers } from './registers.js';
import { addressIn, numberIn, Refused } from './words.js';

const shown = (hart: TargetHart, register: GdbRegister): string => {
  const bytes = register.read(hart);
  return bytes ? toHex(bytes) : 'x'.repeat(2 * register.bytes);
};

export function readGeneral(hart: TargetHart, { general }: Registers): string {
  return general.map((register) => shown(hart, register)).join('');
}

export function writeGeneral(hart: TargetHart, { general }: Registers, digits: string): string {
  const bytes = fromHex(digits);
  if (bytes?.length !== 8 * general.length) throw new Refused('E01');
  general.forEach((register, n) => {
    const value = bytes.subarray(8 * n, 8 * n + 8);
    if (shown(hart, register) !== toHex(value)) register.write(hart, value);
  });
  return 'OK';
}

export function readRegister(hart: TargetHart, { all }: Registers, n: string): string {
  const register = all[numberIn(n)];
  if (!register) throw new Refused('E01');
  return shown(hart, register);
}

export function writeRegister(hart: TargetHart, { all }: Registers, words: string): string {
  const [n, digits = ''] = words.split('=');
  const [register, bytes] = [all[numberIn(n)], fromHex(digits)];
  if (!register || bytes?.length !== register.bytes) throw new Refused('E01');
  register.write(hart, bytes);
  return 'OK';
}

export function readMemory(memory: GuestMemory, words: string): string {
  const [va, length] = words.split(',');
  const most = Math.min(numberIn(length), PACKET_BYTES / 2 - 8);
  const bytes = memory.read(addressIn(va), most);
  if (!bytes.length && most) throw new Refused('E02');
  return toHex(bytes);
}

/** @param kind M: the bytes come as digits; X: as they are */
export function writeMemory(memory: GuestMemory, words: string, kind: 'M' | 'X'): string {
  const colon = words.indexOf(':');
  const [va, length] = words.slice(0, Math.max(colon, 0)).split(',');
  const data = words.slice(colon + 1);
  const bytes = kind === 'M' ? fromHex(data) : Uint8Array.from(data, (each) => each.charCodeAt(0));
  if (bytes?.length !== numberIn(length)) throw new Refused('E01');
  try {
    if (bytes.length) memory.write(addressIn(va), bytes);
  } catch {
    throw new Refused('E02');
  }
  return 'OK';
}
