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
  /** A bit a counter, see counters.ts: it has an event; stands still now; does so in some mode; asks for an interrupt when it overflows. */
  selected: word(4),
  stopped: word(4),
  filtered: word(4),
  armed: word(4),
  /** Levels of the page tables that satp names. */
  levels: word(4),
  /** What page-table entries may say, by extensions and menvcfg: see translation.ts. */
  paging: word(4),
  /** Pointer masking: how many address bits are ignored in U, S and M, a byte each by the privilege's number. */
  masked: word(4),
  /** mhint. */
  hints: word(4),
  /** 1: in WFI. */
  idle: word(4),
  /** Are there entries in the copies of the store TLBs (store-shadow.ts)? */
  shadowed: word(4),
  /** 1: the debugger lets it get no turns. */
  frozen: word(4),
  /** The SBI call under way (a return to sbiPc answers it); extension -1: none. */
  sbiExtension: word(4),
  sbiFid: word(4),
  /** Addresses of what Memory notes of pages, less the number of RAM's first page in the linear memory. */
  asked: word(4),
  written: word(4),
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
  /** First and last address of what leaves above the lowest level translate, as far as they are in TLBs; unsigned, the first above the last: none. */
  largeFrom: word(8),
  largeTo: word(8),
  /** f64. The hart's time, in cycles, at which `left` would reach 0. */
  turnEnd: word(8),
  mseccfg: word(8),
  /** mstateen0 to mstateen3. */
  mstateen: word(8, 4),
  stimecmp: word(8),
  /** f64. The hart's time, in cycles, from which on stimecmp asks for an interrupt. */
  supervisorTimer: word(8),
  /** f64. Instructions until the translator wants to look where the hart is. No part of its state. */
  patience: word(8),
  /** f64 each. What the hart's host has counted: see counters.ts. */
  occurred: word(8, 4),
  /** By counter (0 mcycle, 2 minstret, 3 to 31 programmable): what to add to the count of its event; the counter itself while it stands still. */
  counterBase: word(8, 32),
  /** f64. By counter: the count of its event at which it overflows. */
  counterWrap: word(8, 32),
  /** mhpmevent3 to mhpmevent31, by counter. */
  counterEvent: word(8, 32),
  sbiPc: word(8),
  /** Number of a page of RAM in the linear memory, less its physical page number. */
  ramPage: word(8),
  /** Pages of the linear memory, from the first to behind the last, that lie in RAM and that PMP lets machine mode, and the lower modes, read and write: the largest such range. */
  machineFrom: word(8),
  machineTo: word(8),
  lowerFrom: word(8),
  lowerTo: word(8),
  /** Of these ranges: the bits of an address that tell in which of the equal, aligned parts it lies that are as large as can be. */
  machineMask: word(8),
  lowerMask: word(8),
  /** Sixteen PMP addresses. */
  pmpaddr: word(8, 16),
} as const;

/**
 * CSRs that are a long of the same name and nothing more, of a mode's traps: reading gives it, writing sets it. The engine accesses them without its host
 * (engine/trap-csrs.ts).
 */
export const heldCsrs = ['mscratch', 'mcause', 'mtval', 'sscratch', 'scause', 'stval'] as const;

if (next > hart.scratch) throw new RangeError("a hart's words do not fit before its scratch");
