/** The family of names that give a least vector length: `zvl128b` (unprivileged specification, "Zvl*: Minimum Vector Length"). */

const zvl = /^zvl(\d+)b$/;

/** Bits of a vector register at least, or undefined when the name is none of the family: a power of two from 32 to 65536. */
export function vlenOf(name: string): number | undefined {
  const bits = Number(zvl.exec(name)?.[1]);
  return bits >= 32 && bits <= 65536 && Number.isInteger(Math.log2(bits)) ? bits : undefined;
}
