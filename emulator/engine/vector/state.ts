/** What vector code reads of its hart, as expressions. */
import { hart as at, record } from '../../layout.js';
import { get, load, type Val } from '../../wasm/value.js';

/** SEW by its number in vtype. */
export const SEWS = [8, 16, 32, 64] as const;

/** The hart's block is the first parameter of every vector function. */
export const hart = get(0, 'i32');

export const vtype = load('i32', hart, at.vtype);
export const vl = load('i32', hart, at.vl);
export const vstart = load('i32', hart, at.vstart);
export const vlenb = load('i32', hart, at.vlenb);
/** Address of v0. */
export const v0 = load('i32', hart, at.vectors);
/** SEW's number: 0 for 8 bits to 3 for 64. */
export const sewNumber = vtype.shrU(3).and(7);
/** Power of two of LMUL, -3 to 3. */
export const lmulPower = (type: Val = vtype) => type.shl(29).shrS(29);
/** VLMAX under a vtype (i32). */
export const vlmax = (type: Val = vtype) => vlenb.shl(lmulPower(type).add(3)).shrU(type.shrU(3).and(7).add(3));

/** Address of the register that the instruction word names at a bit. */
export const registerAt = (word: Val, bit: number) => v0.add(word.shrU(bit).and(31).mul(vlenb));

/** Address of an x or f register of the record. */
export const scalarAt = (rec: Val, field: 'rd' | 'rs1' | 'rs2') => load('i16', rec, record[field]);

/** Bit i of the mask at an address: i32 of 0 or 1. */
export const maskBit = (mask: Val, i: Val) =>
  load('i8', mask.add(i.shrU(3)))
    .as('i32')
    .shrU(i.and(7))
    .and(1);

/** Type of the loops: hart, addresses of vd, vs2 and vs1 (or a scalar's splat), 1 or 0: vs1 has one element per element or is a splat; address of the mask or 0. */
export const LOOP = [['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], []] as const;
export const loopParameters = {
  vd: get(1, 'i32'),
  vs2: get(2, 'i32'),
  vs1: get(3, 'i32'),
  step: get(4, 'i32'),
  mask: get(5, 'i32'),
};
