import type { Place } from '../expressions/value.js';
import type { VectorType } from './vector-register.js';

/** What becomes of a lane (unprivileged specification, "Prestart, Active, Inactive, Body, and Tail Element Definitions"). */
export type LaneMark = 'body' | 'masked' | 'tail' | 'prestart';

/** What the lanes of vector registers depend on. */
export interface LaneState {
  readonly type: VectorType | undefined;
  readonly vl: number;
  readonly vstart: number;
  readonly vlenb: number;
  /** v0, when the instruction at pc is masked. */
  readonly mask?: Place;
}

/**
 * Marks of lanes by number, of elements of `bits` bits; those of another width than the vtype's are marked by the lanes that they are part
 * of, or that they cover when these agree. A mask's bits (`bits` 1) belong to the lanes of their numbers.
 */
export function laneMarks({ type, vl, vstart, mask }: LaneState, bits: number): (index: number) => LaneMark {
  if (!type) return () => 'body';
  // Read once: a lane for each bit.
  const bitmap = mask?.read(0, Math.ceil(vl / 8));
  const own = (lane: number): LaneMark => {
    if (lane >= vl) return 'tail';
    if (lane < vstart) return 'prestart';
    return bitmap && !((bitmap[lane >> 3]! >> (lane & 7)) & 1) ? 'masked' : 'body';
  };
  const { sew } = type;
  if (bits === 1 || bits === sew) return own;
  if (bits < sew) return (index) => own(Math.floor((index * bits) / sew));
  const covered = bits / sew;
  return (index) => {
    const first = own(index * covered);
    for (let n = 1; n < covered; n++) if (own(index * covered + n) !== first) return 'body';
    return first;
  };
}
