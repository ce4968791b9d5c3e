/** Bytes that need not all be in memory, such as a file that is read by ranges. */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes. @throws Error when they lie outside, or can't be read */
  read(offset: number, length: number): Uint8Array;
}

/** What lies in memory, as a source; nothing is copied. */
export function inMemory(data: Uint8Array): ByteSource {
  return {
    size: data.length,
    read: (offset, length) => {
      checkRange(offset, length, data.length);
      return data.subarray(offset, offset + length);
    },
  };
}

/** A part of a source. */
export function part(source: ByteSource, start: number, size: number): ByteSource {
  return {
    size,
    read: (offset, length) => {
      checkRange(offset, length, size);
      return source.read(start + offset, length);
    },
  };
}

/** @throws RangeError unless the bytes lie within `size` */
export function checkRange(offset: number, length: number, size: number): void {
  if (!(offset >= 0 && length >= 0 && offset + length <= size))
    throw new RangeError(`${length} bytes at offset ${offset} lie outside ${size} bytes`);
}
