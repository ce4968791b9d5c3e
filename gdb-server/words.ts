/** Numbers in packets: hexadecimal digits. */

/** A request that can't be served: `E01` and the like. */
export class Refused extends Error {}

export function numberIn(text: string | undefined): number {
  if (text === undefined || !/^[0-9a-fA-F]{1,8}$/.test(text)) throw new Refused('E01');
  return Number.parseInt(text, 16);
}

export function addressIn(text: string | undefined): bigint {
  if (text === undefined || !/^[0-9a-fA-F]{1,16}$/.test(text)) throw new Refused('E01');
  return BigInt(`0x${text}`);
}
