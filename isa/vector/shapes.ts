/**
 * The shapes of vector instructions. A row states what happens to ONE element; its shape says the loop around it: which elements
 * there are, where they come from and go to. Loops and legality rules are written once per shape (emulator/engine/vector/).
 */
import type { Arg, Element, Float, Value } from '../vocabulary.js';

/** What the elements of a vector operand are: their kind, and their width (EEW) as a multiple of SEW. */
export interface Place {
  readonly of: 'integer' | 'float' | 'bfloat' | 'mask';
  /** EEW / SEW: 2 for widened, 1/2, 1/4, 1/8 for the sources of extensions. EMUL follows it. Of no meaning for masks. */
  readonly times: number;
  /** EEW in bits where it does not follow SEW (vrgatherei16). */
  readonly eew?: number;
}

const place = (of: Place['of'], times = 1): Place => ({ of, times });
export const INTEGER = place('integer');
export const WIDE_INTEGER = place('integer', 2);
export const FLOAT = place('float');
export const WIDE_FLOAT = place('float', 2);
/** BF16 numbers: elements of 16 bits. */
export const BFLOAT = place('bfloat');
export const MASK = place('mask');
export const INDEX16: Place = { of: 'integer', times: 1, eew: 16 };
export const fraction = (part: 2 | 4 | 8) => place('integer', 1 / part);

/** Bits of an element of this place at a SEW; 1 for masks. */
export const eewOf = (at: Place, sew: number) => (at.of === 'mask' ? 1 : (at.eew ?? at.times * sew));

/** The element type of a place at a SEW, or undefined where there is none (a float of 8 bits, an integer of 128). Masks: i8. */
export function elementOf(at: Place, sew: number): Element | undefined {
  if (at.of === 'mask') return 'i8';
  const bits = eewOf(at, sew);
  const { letter, known } = elements[at.of];
  return known.includes(bits) ? (`${letter}${bits}` as Element) : undefined;
}

const elements: Record<Exclude<Place['of'], 'mask'>, { letter: string; known: readonly number[] }> = {
  integer: { letter: 'i', known: [8, 16, 32, 64] },
  float: { letter: 'f', known: [16, 32, 64] },
  bfloat: { letter: 'bf', known: [16] },
};

/** What an element expression may use besides its operands. */
export interface ElementScope {
  /** Number of this element, i64. */
  readonly index: Value;
  /** vl and VLMAX, i64. */
  readonly vl: Value;
  readonly vlmax: Value;
  /** v0's bit of this element, i32 of 0 or 1, for the instructions that take it as data. */
  readonly v0: Value;
  /** The types of vd's and vs2's elements. */
  readonly vd: Element;
  readonly vs2: Element;
  /** Element n (i64, unsigned) of the group vs2; 0 from VLMAX on. */
  pick(n: Value): Value;
  /** Rounded by frm. */
  readonly float: Float;
  /** The high half of a product of the operands' width. */
  mulHigh(a: Value, b: Value, aSigned: boolean, bSigned: boolean): Value;
  /** A half of the product of two i64 as polynomials over bits. */
  carryless(half: 'low' | 'high', a: Value, b: Value): Value;
  /** value, or bound (and vxsat is set) when the condition (i32) holds. */
  saturate(condition: Value, bound: Arg, value: Value): Value;
  /**
   * Must a fixed-point result be one larger? i32 of 0 or 1, by vxrm, from i32s of 0 or 1: the result's last bit, the first bit that was
   * lost, whether any other was.
   */
  roundUp(last: Value, half: Value, rest: Value): Value;
  /** A value computed once, here, and used as often as wished. */
  keep(value: Value): Value;
}

/** SEWs that an instruction is defined for, each with what it requires there besides the row's own extension. */
export type Sews = Readonly<Record<number, readonly string[]>>;

/** vd[i] = element(vs2[i], vs1[i] or a scalar, vd[i]), for each active i. A mask destination takes an i32 of 0 or 1 (lane mask on lanes). */
export interface ElementWise {
  readonly shape: 'element-wise';
  readonly vd: Place;
  readonly vs2: Place;
  /**
   * vs1's place. A scalar (rs1, fs1, an immediate) takes its shape, cut or sign-extended to it; `full` keeps all 64 bits of an
   * integer scalar (slides, gathers).
   */
  readonly vs1: Place | 'full';
  /** Elements are read elsewhere than they are written: the destination must not overlap a source. */
  readonly moves?: boolean;
  /** The extension that is enough for its floating-point numbers of 16 bits, where that is not Zvfh. */
  readonly half?: string;
  /** Absent: every SEW at which the operands have elements. */
  readonly sews?: Sews;
  readonly element: (a: Value, b: Value, d: Value, o: ElementScope) => Value;
}

/**
 * A group of elements in one go: vd's from vs2's, vs1's and its own old one, for every group from vstart to vl. Those are multiples of a
 * group's size, and a register group holds at least one (vector cryptography, "Element Groups"). Never masked.
 */
export interface ElementGroup {
  readonly shape: 'element-group';
  /** Elements of a group. */
  readonly size: 4 | 8;
  readonly sews: Sews;
  /** vs2's first group serves all: `.vs`. */
  readonly scalar: boolean;
  /** Sources that vd must not overlap. */
  readonly apart: readonly ('vs1' | 'vs2')[];
  /** The new elements of vd, from its old ones, those of vs2 and those of vs1, or an immediate alone; the lowest first. */
  readonly group: (d: readonly Value[], a: readonly Value[], b: readonly Value[], o: GroupScope) => readonly Value[];
}

/** What an element group's expression may use. */
export type GroupScope = Pick<ElementScope, 'keep' | 'carryless'>;

/** What a reduction may use. */
export type FoldScope = Pick<ElementScope, 'vd' | 'vs2' | 'float' | 'keep'>;

/** vd[0] = element folded over vs1[0] and the active elements of vs2, in order. */
export interface Reduction {
  readonly shape: 'reduction';
  /** Of vd and vs1. */
  readonly vd: Place;
  readonly vs2: Place;
  readonly element: (sum: Value, a: Value, o: FoldScope) => Value;
  /** Where any order is right, in several running values side by side: what those begin with, so that the result stays the same. Absent: in order. */
  readonly begins?: 'zero' | 'vs1';
}

/** Mask bits, 64 at a time (i64): vd = bits(vs2, vs1). Not masked. */
export interface MaskLogical {
  readonly shape: 'mask-logical';
  readonly bits: (a: Value, b: Value) => Value;
}

/** A walk over vs2's mask bits, 64 at a time (i64), with a running state (i64). Bits that are not active are zero. */
export interface Scan {
  readonly shape: 'scan';
  readonly start: number;
  /** The state behind these bits, of which the lowest has this number. */
  readonly step: (state: Value, bits: Value, index: Value) => Value;
  /**
   * Where results go: the last state to rd; or to vd, from the state before 64 bits: as many bits; or an element for each bit, from those below it.
   */
  readonly to:
    | 'rd'
    | { readonly vd: Place; readonly bits: (state: Value, bits: Value) => Value }
    | { readonly vd: Place; readonly element: (state: Value, below: Value) => Value };
}

/** vd = the elements of vs2 whose bit in the mask vs1 is set, side by side. */
export interface Compress {
  readonly shape: 'compress';
}

/** Between element 0 and an x or f register; which way, the operands say. */
export interface ScalarMove {
  readonly shape: 'scalar-move';
  readonly of: 'integer' | 'float';
}

/** vmv<n>r.v. */
export interface WholeMove {
  readonly shape: 'whole-move';
  readonly registers: number;
}

/** vsetvli, vsetivli, vsetvl: AVL and vtype come from the operands. */
export interface Configure {
  readonly shape: 'configure';
}

/** Loads (vd) and stores (vs3). */
export interface VectorMemory {
  readonly shape: 'memory';
  readonly address:
    | 'unit' // consecutive
    | 'fault-first' // consecutive; a fault of any but element 0 makes vl smaller instead
    | 'strided' // rs2 bytes apart
    | 'indexed' // base plus vs2's element, which has the instruction's EEW; the data's is SEW
    | 'mask' // ceil(vl / 8) bytes
    | 'whole'; // whole registers, whatever vl and vtype
  /** Bits of the EEW that the instruction names. */
  readonly eew: number;
  /** Registers of a whole-register access; 1 otherwise. */
  readonly registers: number;
  /** Fields of a segment, which go to as many register groups; 1 otherwise. */
  readonly fields: number;
}

export type VectorSemantics =
  | ElementWise
  | ElementGroup
  | Reduction
  | MaskLogical
  | Scan
  | Compress
  | ScalarMove
  | WholeMove
  | Configure
  | VectorMemory;
