/** Where the privileged state of a hart lies in its block, from `layout.hart.csrs` on. Everything a hart is lies there, so that copying the block copies the hart. */
import { hart } from '../layout.js';

let next: number = hart.csrs;
const word = (bytes: 4 | 8, count = 1): number => {
  next = Math.ceil(next / bytes) * bytes;
  const offset = next;
  next += bytes * count;
  return offset;
};

/** Offsets within a hart's block: four-byte words. */
export const words = {
  /** mstatus below bit 23, without FS and VS, which have words of their own in the layout. */
  status: word(4),
  mie: word(4),
  mideleg: word(4),
  medeleg: word(4),
  /** mip's bits that devices drive, and those that software has set. mip is both together. */
  lines: word(4),
  software: word(4),
  mcounteren: word(4),
  scounteren: word(4),
  mcountinhibit: word(4),
  /** 1: in WFI. */
  idle: word(4),
  /** 1: the debugger lets it get no turns. */
  frozen: word(4),
  /** The SBI call under way (a return to sbiPc answers it); extension -1: none. */
  sbiExtension: word(4),
  sbiFid: word(4),
  /** Sixteen bytes of PMP settings. */
  pmpcfg: word(4, 4),
} as const;

/** Offsets of eight-byte words: i64 unless marked f64. */
export const longs = {
  mtvec: word(8),
  mscratch: word(8),
  mepc: word(8),
  mcause: word(8),
  mtval: word(8),
  stvec: word(8),
  sscratch: word(8),
  sepc: word(8),
  scause: word(8),
  stval: word(8),
  menvcfg: word(8),
  senvcfg: word(8),
  satp: word(8),
  /** f64. Physical address of the root page table, or -1: no translation. */
  root: word(8),
  /** f64. The hart's time, in cycles, at which `left` would reach 0. */
  turnEnd: word(8),
  /** What to add to the cycles (retired instructions) to get mcycle (minstret); the counter itself while it is inhibited. */
  cycleBase: word(8),
  instretBase: word(8),
  sbiPc: word(8),
  /** Sixteen PMP addresses. */
  pmpaddr: word(8, 16),
} as const;

if (next > hart.scratch) throw new RangeError("a hart's words do not fit before its scratch");
