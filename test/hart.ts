/** A hart that has every extension of the table, in the words of our machine and of the other tools. */
import { extensions } from '../isa/table.js';

/** Promises about other extensions' instructions, which have no rows of their own. */
const PROMISES = ['zama16b'];
/** Names as ISA strings write them, without the letters; vendors' extensions are nobody else's. */
const long = [
  ...extensions.map(({ name }) => name.toLowerCase()).filter((name) => /^(z|s[msv])/.test(name)),
  ...PROMISES,
];

/** What other machines know, too. */
const standard = ['rv64gcv', ...long].join('_');

/** The ISA string of our own tools. */
export const everything = [
  standard,
  ...extensions.map(({ name }) => name.toLowerCase()).filter((name) => /^x/.test(name)),
].join('_');

/** Of a machine that is compared with others, with a VLEN. */
export const isaOf = (vlen: number) => `${standard}_zvl${vlen}b`;

/** Just that, and nothing that QEMU would add by itself. */
export function qemuCpu(vlen: number): string {
  const properties = [...'mafdcv', ...long].map((name) => `${name}=true`);
  return ['rv64i', ...properties, `vlen=${vlen}`, 'elen=64'].join(',');
}
