/** vtype: what it says, and which values of it are supported (vector specification, "Vector Type Register"). */

/** Widest element, bits. */
export const ELEN = 64;

/** A supported vtype. */
export interface Vtype {
  /** Element width, bits. */
  readonly sew: number;
  /** Registers a group, 1/8 to 8. */
  readonly lmul: number;
  readonly tailAgnostic: boolean;
  readonly maskAgnostic: boolean;
}

/** The meaning of vtype's bits (or of what a vset instruction asks for), or undefined where they are reserved: vill. */
export function vtypeOf(bits: bigint): Vtype | undefined {
  if (bits >> 8n !== 0n) return undefined;
  const low = Number(bits);
  const sew = 8 << ((low >> 3) & 7);
  const exponent = ((low & 7) << 29) >> 29;
  const lmul = 2 ** exponent;
  // A fraction of a register must hold at least one of the elements that a whole one of ELEN bits allows.
  if (exponent === -4 || sew > ELEN * Math.min(lmul, 1)) return undefined;
  return { sew, lmul, tailAgnostic: (low & 0x40) !== 0, maskAgnostic: (low & 0x80) !== 0 };
}

/** Most elements of a group: VLMAX. @param vlenb bytes of a register */
export const vlmaxOf = ({ sew, lmul }: Vtype, vlenb: number): number => (vlenb * 8 * lmul) / sew;
