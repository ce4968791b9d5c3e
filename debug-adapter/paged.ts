import { type ByteSource, checkRange } from '../emulator/byte-source.js';

const PAGE = 1 << 12;
/** Pages that are kept: 16 MiB at most, 8 at least. */
const KEPT = 1 << 12;

/** A source of which pages that were read last are kept in memory; what is longer than some pages is read past them. */
export function paged(source: ByteSource): ByteSource {
  const { size } = source;
  // Two generations: a page that is read again while it is in the older one is young again.
  let young = new Map<number, Uint8Array>();
  let old = new Map<number, Uint8Array>();
  const page = (n: number): Uint8Array => {
    const known = young.get(n);
    if (known) return known;
    const bytes = old.get(n) ?? source.read(n * PAGE, Math.min(PAGE, size - n * PAGE));
    if (young.size >= KEPT / 2) [old, young] = [young, new Map()];
    young.set(n, bytes);
    return bytes;
  };
  return {
    size,
    read(offset, length) {
      checkRange(offset, length, size);
      if (length > 2 * PAGE) return source.read(offset, length);
      const [first, start] = [Math.floor(offset / PAGE), offset % PAGE];
      if (start + length <= PAGE) return page(first).subarray(start, start + length);
      const bytes = new Uint8Array(length);
      for (let n = first, done = 0; done < length; n++) {
        const piece = page(n)
          .subarray(n === first ? start : 0)
          .subarray(0, length - done);
        bytes.set(piece, done);
        done += piece.length;
      }
      return bytes;
    },
  };
}
