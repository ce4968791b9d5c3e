/** Numbers of so many bytes in memory. */
export function readNumber(view: DataView, at: number, bytes: number): bigint {
  return BigInt.asUintN(8 * bytes, view.getBigUint64(at, true));
}

export function writeNumber(view: DataView, at: number, bytes: number, value: bigint): void {
  for (let n = 0; n < bytes; n++) view.setUint8(at + n, Number((value >> BigInt(8 * n)) & 0xffn));
}
