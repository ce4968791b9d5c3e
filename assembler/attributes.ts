/** `.riscv.attributes`: what the code was made for (psABI, "Attributes"). */
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
};

/** Single letters in the order that ISA strings have them. */
const letters = 'iemafdqlcbkjtpvh';

/** The canonical ISA string with versions: `rv64i2p1_m2p0_…`. */
export function canonicalIsa(extensions: ReadonlySet<string>): string {
  const names = [...extensions].map((name) => name.toLowerCase());
  const single = names.filter((name) => name.length === 1).sort((a, b) => letters.indexOf(a) - letters.indexOf(b));
  const category = (name: string) => (name[0] === 'z' ? letters.indexOf(name[1]!) : 100 + name.charCodeAt(0));
  const long = names
    .filter((name) => name.length > 1)
    .sort((a, b) => category(a) - category(b) || (a < b ? -1 : a > b ? 1 : 0));
  return `rv64${[...single, ...long].map((name) => name + (versions[name] ?? '1p0')).join('_')}`;
}

const STACK_ALIGN = 4;
const ARCH = 5;
const FILE = 1;

/** The section's contents. */
export function attributesSection(extensions: ReadonlySet<string>): Uint8Array<ArrayBuffer> {
  const values = new Bytes().uleb(STACK_ALIGN).uleb(16).uleb(ARCH).string(canonicalIsa(extensions)).done();
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
