/** `.riscv.attributes`: what the code was made for (psABI, "Attributes"). */
import { canonicalNames } from '../isa/isa-string.js';
import { Bytes } from './bytes.js';

/** Ratified versions that are not 1.0. */
const versions: Readonly<Record<string, string>> = {
  i: '2p1',
  m: '2p0',
  a: '2p1',
  f: '2p2',
  d: '2p2',
  c: '2p0',
  zicsr: '2p0',
  zifencei: '2p0',
  zicntr: '2p0',
  zihpm: '2p0',
  zihintpause: '2p0',
};

/** The canonical ISA string with versions: `rv64i2p1_m2p0_…`. */
export const versionedIsa = (extensions: ReadonlySet<string>): string =>
  `rv64${canonicalNames(extensions)
    .map((name) => name + (versions[name] ?? '1p0'))
    .join('_')}`;

const STACK_ALIGN = 4;
const ARCH = 5;
const FILE = 1;

/** The section's contents. */
export function attributesSection(extensions: ReadonlySet<string>): Uint8Array<ArrayBuffer> {
  const values = new Bytes().uleb(STACK_ALIGN).uleb(16).uleb(ARCH).string(versionedIsa(extensions)).done();
  // Lengths count themselves and the tag before them.
  const file = new Bytes()
    .u8(FILE)
    .u32(values.length + 5)
    .append(values)
    .done();
  const vendor = 'riscv';
  return new Bytes()
    .u8(0x41)
    .u32(4 + vendor.length + 1 + file.length)
    .string(vendor)
    .append(file)
    .done();
}
