import type { ByteSource } from '../../emulator/byte-source.js';
import { Bytes } from '../../emulator/bytes.js';

/** The most that is read at once of something that does not say how long it is. */
const LONGEST = 1 << 24;

/**
 * What `read` gives of the bytes from `offset` on, when nobody says how many it needs: a few first, and more while they do not suffice.
 * @throws RangeError when all that there are do not
 */
export function reading<T>(section: ByteSource, offset: number, first: number, read: (at: Bytes) => T): T {
  if (!(offset >= 0 && offset <= section.size))
    throw new RangeError(`offset ${offset} lies outside ${section.size} bytes`);
  const most = Math.min(section.size - offset, LONGEST);
  for (let length = Math.min(first, most); ; length = Math.min(4 * length, most))
    try {
      return read(new Bytes(section.read(offset, length)));
    } catch (error) {
      if (!(error instanceof RangeError) || length === most) throw error;
    }
}

const decoder = new TextDecoder();
const SHORT = 96;

/** The string at an offset of a string section. @throws RangeError */
export function stringAt(section: ByteSource | undefined, offset: number): string {
  if (!section) throw new RangeError('a string section is missing');
  if (!(offset >= 0 && offset < section.size))
    throw new RangeError(`offset ${offset} lies outside ${section.size} bytes of strings`);
  const most = Math.min(section.size - offset, LONGEST);
  for (let length = Math.min(SHORT, most); ; length = Math.min(8 * length, most)) {
    const bytes = section.read(offset, length);
    const end = bytes.indexOf(0);
    if (end >= 0) return decoder.decode(bytes.subarray(0, end));
    if (length === most) throw new RangeError(`the string at offset ${offset} has no end`);
  }
}
