/** Privilege modes, and the bits of mstatus that a hart keeps in one word. */

export const U = 0;
export const S = 1;
export const M = 3;

/** Bits of the word `status`: mstatus's fields, see isa/csrs.ts. */
export const status = {
  SIE: 1 << 1,
  MIE: 1 << 3,
  SPIE: 1 << 5,
  MPIE: 1 << 7,
  SPP: 1 << 8,
  MPP: 3 << 11,
  MPRV: 1 << 17,
  SUM: 1 << 18,
  MXR: 1 << 19,
  TVM: 1 << 20,
  TW: 1 << 21,
  TSR: 1 << 22,
} as const;

/** Those that sstatus shows, and those that mstatus shows. */
export const SSTATUS = status.SIE | status.SPIE | status.SPP | status.SUM | status.MXR;
export const MSTATUS =
  SSTATUS | status.MIE | status.MPIE | status.MPP | status.MPRV | status.TVM | status.TW | status.TSR;
