/**
 * Vector rows in translated code itself: made for the vtype that is likely, unmasked or with few conditions, whole lanes. Everything else (the
 * tail of an array, page ends, lanes that floating point can't do exactly) is the row's function.
 */
import { operandNames } from '../../../../isa/operands.js';
import type { Instruction } from '../../../../isa/types.js';
import { usesFloat, vectorOf, whyIllegal } from '../../../../isa/vector/legality.js';
import { vlmaxOf, vtypeOf } from '../../../../isa/vector/vtype.js';
import type { Code, Label } from '../../../wasm/code.js';
import { get, i32, kept, type Val } from '../../../wasm/value.js';
import type { Place } from '../../scalar.js';
import { maskBits } from '../../vector/lanes.js';
import { type Step, operandOf } from '../code.js';
import { configureInline } from './configure.js';
import { elementWiseInline } from './element-wise.js';
import { reductionInline } from './folds.js';
import { maskLogicalInline, scanInline } from './masks.js';
import { stridedInline, unitInline } from './memory.js';
import { scalarMoveInline, wholeMoveInline } from './moves.js';
import type { Chip, VectorState } from './state.js';

/** What inline vector code is written with. */
export interface Tools {
  readonly c: Code;
  readonly hart: Val;
  readonly state: VectorState;
  readonly chip: Chip;
  /** For the TLB. */
  readonly place: Pick<Place, 'dataTlb'>;
  /** The bits of an address that tell its page; see page-masks.ts. */
  readonly pageBits: Readonly<Record<'load' | 'store', Val>>;
  readonly x: { get(n: number): Val; set(n: number, value: Val): void };
  /** Bits of an f register, i64. */
  readonly f: { get(n: number): Val; set(n: number, value: Val): void };
}

/** An instruction and the vtype that it is made for. */
export interface Site {
  readonly step: Step;
  /** Bits of an element, elements of a group, bytes of such a group of SEW. */
  readonly sew: number;
  readonly vlmax: number;
}

export type Emit = (tools: Tools, slow: Label) => void;

/** How a vector instruction can be executed here. */
export interface Form {
  /** Under this vtype only (low eight bits): it was found legal there. Undefined: under any. */
  readonly vtype?: number;
  /** Where vtype is as said, its function can't trap, writes no x register but rd, and never ends the turn. */
  readonly plain: boolean;
  /** Floating point must be on with a rounding mode that is one. */
  readonly float: boolean;
  /** The fast path; at `slow` nothing has happened yet, or vstart says how far it came. Absent: only the function. */
  readonly emit?: Emit;
}

/** @param vtype low eight bits; undefined where nothing is known */
export function formOf(step: Step, vtype: number | undefined, chip: Chip): Form | undefined {
  const { row } = step;
  const v = vectorOf(row);
  if (v.shape === 'configure') {
    const emit = configureInline(step, chip);
    return emit && { plain: true, float: false, emit };
  }
  if (v.shape === 'memory' && v.address === 'whole') {
    const emit = unitInline({ step, sew: 8, vlmax: 0 }, v, chip);
    return emit && legal(row, step.word, 0n, chip) ? { plain: false, float: false, emit } : undefined;
  }
  const type = vtype === undefined ? undefined : vtypeOf(BigInt(vtype));
  if (!type || !legal(row, step.word, BigInt(vtype!), chip)) return undefined;
  const site = { step, sew: type.sew, vlmax: vlmaxOf(type, chip.vlenb) };
  if (v.shape === 'memory') {
    const emit = unitInline(site, v, chip) ?? stridedInline(site, v, chip);
    return emit && { vtype, plain: false, float: false, emit };
  }
  // Whether groups of elements are whole depends on vl.
  if (v.shape === 'element-group') return undefined;
  const form = { vtype, plain: true, float: usesFloat(row) !== 'no' };
  if (v.shape === 'element-wise') return { ...form, emit: elementWiseInline(site, v, chip) };
  if (v.shape === 'reduction') return { ...form, emit: reductionInline(site, v, chip) };
  if (v.shape === 'mask-logical') return { ...form, emit: maskLogicalInline(site, v, chip) };
  if (v.shape === 'scan') return { ...form, emit: scanInline(site, v, chip) };
  if (v.shape === 'whole-move') return { ...form, emit: wholeMoveInline(site, v, chip) };
  if (v.shape === 'scalar-move') return { ...form, emit: scalarMoveInline(site, v, chip) };
  return form;
}

/** Is it legal while units are on and vstart is 0? */
const legal = (row: Instruction, word: number, vtype: bigint, { vlenb, has }: Chip) =>
  whyIllegal(row, word, { vtype, vstart: 0, vs: 3, fs: 3, frm: 0, vl: 0, vlenb, has }) === undefined;

/** Is an instruction executed under the mask v0? */
export const isMasked = ({ row, values }: Step) => operandNames(row).includes('vm') && values.get('vm') === 0;

/** Offset of a vector register from v0. */
export const registerOffset = (step: Step, name: 'vd' | 'vs1' | 'vs2' | 'vs3', { vlenb }: Chip) =>
  operandOf(step, name) * vlenb;

/** The most bytes whose lanes are written out one behind the other, for the case that vl is VLMAX. */
const MOST_UNROLLED = 64;

/** Where a lane stands: a pointer to it in the group of v0, and bytes to add. */
export interface LaneAt {
  readonly pointer: Val;
  readonly offset: number;
}

/** Bytes of a register group that are worked on: at most, and now; always the most where `now` is absent. */
export interface Extent {
  readonly most: number;
  readonly now?: Val;
}

/** vl elements of so many bytes. */
export const elementsOf = ({ state }: Tools, { vlmax }: Site, bytes: number): Extent => ({
  most: vlmax * bytes,
  now: state.vl.mul(bytes),
});

/**
 * Each lane. Where the last one is not whole, control goes to `slow` before the first.
 * @returns how many bytes lie before the lane that was begun last (i32), for code that leaves from within
 */
export function eachLane({ c, state }: Tools, { most, now }: Extent, slow: Label, body: (at: LaneAt) => void): Val {
  if (most <= MOST_UNROLLED) {
    if (now) c.brIf(slow, now.ne(most));
    const reached = c.local('i32');
    for (let offset = 0; offset < most; offset += 16) {
      c.set(reached, i32(offset));
      c.scope(() => body({ pointer: state.vectors, offset }));
    }
    return get(reached, 'i32');
  }
  if (now) c.brIf(slow, now.and(15));
  const [pointer, end] = [c.local('i32'), c.local('i32')];
  c.set(pointer, state.vectors).set(end, state.vectors.add(now ?? most));
  c.block((done) =>
    c.loop((again) => {
      c.brIf(done, get(pointer, 'i32').eq(get(end, 'i32')));
      c.scope(() => body({ pointer: get(pointer, 'i32'), offset: 0 }));
      c.set(pointer, get(pointer, 'i32').add(16));
      c.br(again);
    }),
  );
  return get(pointer, 'i32').sub(state.vectors);
}

/** Elements that stand side by side in a lane: the first one's number, and where an operand with so many bytes an element has them, from v0 on. */
export interface Elements {
  readonly index: Val;
  at(bytes: number): LaneAt;
  /** Which of them are active; absent: all. */
  readonly active?: { readonly bits: Val; readonly when?: Val };
}

/**
 * The elements up to vl, as many at once as a lane has. Where the last lane is not whole, and is not the only one, control goes to `slow` before the first.
 * @param widths bytes of an element of each operand
 * @param mask address of a mask, if there is one
 * @returns how many elements lie before the lane that was begun last (i32), for code that leaves from within
 */
export function eachElements(
  { c, state }: Tools,
  { vlmax }: Site,
  { per, widths, mask }: { readonly per: number; readonly widths: readonly number[]; readonly mask: Val | undefined },
  slow: Label,
  body: (elements: Elements) => void,
): Val {
  const bits = c.local('i32');
  const active = { bits: get(bits, 'i32') };
  if (vlmax <= per) {
    c.set(bits, i32(1).shl(state.vl).sub(1));
    if (mask) c.set(bits, get(bits, 'i32').and(maskBits(mask, i32(0))));
    const when = vlmax === per && !mask ? { when: state.vl.ne(per) } : {};
    body({ index: i32(0), at: () => ({ pointer: state.vectors, offset: 0 }), active: { ...active, ...when } });
    return i32(0);
  }
  const masked = (index: Val) => {
    if (mask) c.set(bits, maskBits(mask, index));
    return mask && { active };
  };
  if ((vlmax / per) * 16 <= MOST_UNROLLED) {
    c.brIf(slow, state.vl.ne(vlmax));
    const reached = c.local('i32');
    for (let n = 0; n < vlmax; n += per) {
      const index = i32(n);
      c.set(reached, index);
      const at = (bytes: number) => ({ pointer: state.vectors, offset: n * bytes });
      c.scope(() => body({ index, at, ...masked(index) }));
    }
    return get(reached, 'i32');
  }
  c.brIf(slow, state.vl.and(per - 1));
  const pointers = new Map([...new Set(widths)].map((bytes) => [bytes, c.local('i32')]));
  for (const local of pointers.values()) c.set(local, state.vectors);
  const at = (bytes: number) => ({ pointer: get(pointers.get(bytes)!, 'i32'), offset: 0 });
  const [bytes] = widths as [number];
  const { pointer } = at(bytes);
  const end = kept(c, state.vectors.add(state.vl.mul(bytes)));
  const index = pointer.sub(state.vectors).shrU(Math.log2(bytes));
  c.block((done) =>
    c.loop((again) => {
      c.brIf(done, pointer.eq(end));
      c.scope(() => body({ index, at, ...masked(index) }));
      for (const [each, local] of pointers) c.set(local, get(local, 'i32').add(per * each));
      c.br(again);
    }),
  );
  return index;
}
