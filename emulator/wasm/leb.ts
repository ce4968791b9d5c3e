/** LEB128 numbers (WebAssembly core specification, "Values"). */

/** Unsigned, up to 2^32 - 1. */
export function uleb(n: number): number[] {
  const out: number[] = [];
  do {
    const low = n & 0x7f;
    n = Math.floor(n / 128);
    out.push(n ? low | 0x80 : low);
  } while (n);
  return out;
}

/** Signed, of 32 or 64 bits. */
export function sleb(n: number | bigint): number[] {
  const out: number[] = [];
  let rest = BigInt(n);
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    if ((rest === 0n && !(low & 0x40)) || (rest === -1n && low & 0x40)) {
      out.push(low);
      return out;
    }
    out.push(low | 0x80);
  }
}
