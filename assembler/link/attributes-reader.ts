/** `.riscv.attributes` of an object (psABI, "Attributes"). */
import { Malformed, Reader } from './reader.js';

const ARCH = 5;
const FORMAT = 0x41;

/** What it says of the code; nothing where it is not understood, since it only describes. */
export function readAttributes(data: Uint8Array): { readonly arch?: string } {
  try {
    return read(new Reader(data, 'the attributes'));
  } catch (error) {
    if (error instanceof Malformed) return {};
    throw error;
  }
}

function read(reader: Reader): { readonly arch?: string } {
  if (reader.length === 0 || reader.u8(0) !== FORMAT) return {};
  const end = Math.min(reader.length, 1 + reader.u32(1));
  // The vendor's name, then the tag and length of the attributes of the whole file.
  let at = 5 + reader.string(5).length + 1 + 5;
  const uleb = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = reader.u8(at++);
      value += (byte & 0x7f) * 2 ** shift;
      if (!(byte & 0x80)) return value;
    }
  };
  while (at < end) {
    const tag = uleb();
    // Odd tags are followed by strings, even ones by numbers.
    if (tag % 2 === 0) {
      uleb();
      continue;
    }
    const text = reader.string(at);
    if (tag === ARCH) return { arch: text };
    at += text.length + 1;
  }
  return {};
}
