/** LEB128 numbers (WebAssembly core specification, "Values"). */

/** Unsigned, up to 2^32 - 1. @param out where to append it */
export function uleb(n: number, out: number[] = []): number[] {
  do {
    const low = n & 0x7f;
    n = Math.floor(n / 128);
    out.push(n ? low | 0x80 : low);
  } while (n);
  return out;
}

/** Signed, of 32 or 64 bits. @param out where to append it */
export function sleb(n: number | bigint, out: number[] = []): number[] {
  // Most are small, and big integers slow.
  for (let rest = Number(n); rest === (rest | 0); rest >>= 7) {
    if (rest >= -64 && rest < 64) {
      out.push(rest & 0x7f);
      return out;
    }
    out.push((rest & 0x7f) | 0x80);
  }
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
