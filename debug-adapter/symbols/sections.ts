/** The sections that DWARF is read from. */
import type { ByteSource } from '../../emulator/byte-source.js';

export interface InfoSections {
  readonly info?: ByteSource;
  readonly abbrev?: ByteSource;
  readonly str?: ByteSource;
  readonly lineStr?: ByteSource;
  readonly strOffsets?: ByteSource;
  readonly addr?: ByteSource;
  readonly loc?: ByteSource;
  readonly loclists?: ByteSource;
  readonly ranges?: ByteSource;
  readonly rnglists?: ByteSource;
}

/** A section that something needs. @throws RangeError when it is missing */
export function need(section: ByteSource | undefined, name: string): ByteSource {
  if (!section) throw new RangeError(`${name} is missing`);
  return section;
}
