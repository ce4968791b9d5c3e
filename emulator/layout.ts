/**
 * Where everything lies in the one linear memory. The only list of offsets: TypeScript reads and writes through it and the builder's
 * code has it compiled in.
 *
 *   0                 registers of all harts: x0-x31, a sink for writes to x0, f0-f31 (REGISTERS bytes a hart). They lie in
 *                     the first 64 KiB so that a decoded record names one in 16 bits, hart included.
 *   TURNS             whose turn it is: see `turns`
 *   TABLES            constant tables of the engine: the substitution boxes of isa/sbox.ts, 256 bytes each
 *   TOLD              a word for each hart: what of its traps somebody wants to be told of
 *   HARTS             one block a hart (HART bytes): the words of `hart` below, scratch, registers of extensions' units, TLBs
 *   then, placed when a machine is made (see MemoryMap): vector registers, decode cache, notes of pages, guest RAM
 */

/** The most harts of a machine: 64 application and 16 accelerator harts. */
export const MAX_HARTS = 80;

/** Bytes of integer and floating-point registers a hart: 33 + 32 double-words, rounded. */
export const REGISTERS = 528;
export const X0_SINK = 32 * 8;
export const F0 = 33 * 8;

/** The most quanta that a hart gets at once while no other wants to run. */
export const MOST_QUANTA = 100;
/**
 * Whose turn it is, where both the engine (engine/turns.ts) and TypeScript (schedule.ts) find it. No part of the machine's state: what has to be kept of it is
 * in what Schedule saves.
 */
export const TURNS = 0xb000;
const perHart = (n: number) => TURNS + 64 + n * 8 * MAX_HARTS;
/** Absolute addresses. */
export const turns = {
  /** f64. The time at which the turn that is under way ends, in its hart's cycles. */
  end: TURNS,
  /** f64. Steps of all harts up to the grant that is being executed, and the hart's time when it began. */
  counted: TURNS + 8,
  granted: TURNS + 16,
  /** Number of the hart whose turn it is or was. */
  current: TURNS + 24,
  /** One more than the number of the hart that is executing now; 0: none is. */
  running: TURNS + 28,
  /** 1: since it was set to 0 a grant was cut short. Whatever needs a look before the next turn does that. */
  cut: TURNS + 32,
  // From here on by hart, eight bytes each, f64.
  /** When the hart can run, in cycles, infinite while nothing will wake it; 0: to be worked out. */
  ready: perHart(0),
  /** The time, in cycles, from which on its timer interrupt is pending. */
  deadline: perHart(1),
  /** The step at which it did something last, or -1. */
  last: perHart(2),
  /** 1: the guest itself ended its turn. */
  over: perHart(3),
} as const;

/** Written by the engine itself when it is started. */
export const TABLES = 0xf000;
/** By hart, four bytes: which of its traps, returns from traps, accesses that miss a data TLB, and traps into and returns from machine mode are told. No part of the machine's state. */
export const TOLD = 0xfe00;
/** Four bytes: how many pages of RAM `asked` says something of. */
export const ASKED = 0xfff0;
export const told = { traps: 1, returns: 2, accesses: 4, machine: 8, fences: 16 } as const;
/** What is noted of a page's stores: somebody is told of them; else 0, or one more than the number of the hart that alone has the page in its store TLB. */
export const asked = { watched: 0x80, owner: 0x7f } as const;
export const HARTS = 0x10000;
/** Bytes of a hart's block. Its addresses are part of what recordings compare (dataTlb and such): with another number recordings made before are other runs. */
export const HART = 0x20000;

let next = 0;
const word = (bytes: 4 | 8): number => {
  next = Math.ceil(next / bytes) * bytes;
  const offset = next;
  next += bytes;
  return offset;
};
/** Go on placing words at an offset. */
const area = (offset: number): number => {
  next = offset;
  return offset;
};

/** Offsets within a hart's block. Four-byte words unless marked `i64`. */
export const hart = {
  /** i64. Address of the next instruction whenever the interpreter is not running. */
  pc: word(8),
  /** i64. Address given by the last LR, or -1: no reservation. Physical. */
  reservation: word(8),
  /** Instructions left in this turn; WebAssembly keeps it in a local and stores it here before every call to the host. */
  left: word(4),
  /** Address (absolute) of the TLB contexts in force for data and for fetches: see `tlb`. */
  dataTlb: word(4),
  fetchTlb: word(4),
  /** mstatus.FS and VS, 0 (off) to 3 (dirty); kept apart so that they are tested and set without a call. */
  fs: word(4),
  vs: word(4),
  /** fcsr's two fields. */
  fflags: word(4),
  frm: word(4),
  /** Vector state: vl, vstart and vlenb in bytes or elements; vtype i64 with vill in bit 63. */
  vtype: word(8),
  vl: word(4),
  vstart: word(4),
  vcsr: word(4),
  vlenb: word(4),
  /** Address (absolute) of v0. */
  vectors: word(4),
  /** This hart's number. */
  id: word(4),
  /** Privilege: 0 U, 1 S, 3 M. */
  privilege: word(4),
  /** Instructions attempted but not retired (they trapped), i64: cycles minus this is instret. */
  notRetired: word(8),
  /** Bits that the target of a jump must not have: 2 on a hart without compressed instructions, else 0. */
  oddTargets: word(4),
  /** i64. Where translated code jumped to and could not go on, or 0. */
  missed: word(8),
  /** How often translated code left a loop since its page was not in the TLB. */
  misses: word(4),
  /** What to add to half a record's address to get what `side` says of it. */
  side: word(4),
  // Where words lie is part of what recordings compare: new ones come last.
  /** Of `missed`: which translated code jumped, by its place in the function table; how often that happened. */
  missedBy: word(4),
  crossings: word(4),
  /** Number of the first word that emulator/hart/ places for itself (CSRs and the like); everything up to `scratch` is its own. */
  csrs: area(0x400),
  /** 64 bytes for a memory access that does not lie in one piece of RAM, and for the host's answers. */
  scratch: area(0x2000),
  /** 16 bytes for a vector instruction's scalar operand, in every lane; 16 bytes that are always zero. */
  splat: area(0x2040),
  zeros: area(0x2050),
  /** Registers of extensions' units: see emulator/units.ts. Up to the TLBs. */
  units: area(0x2100),
} as const;

/**
 * Software TLBs. A context is one set of rules by which addresses are translated: the machine's own (no translation), S, U, and
 * S with SUM. Each has three tables (fetch, load, store) of ENTRIES direct-mapped entries of 16 bytes:
 * i64 tag: the virtual page address, low 12 bits zero (a tag with any low bit set matches nothing);
 * i32 at 8: for loads and stores, what to add to the low 32 bits of the virtual address to get the place in linear memory; for
 * fetches, the address of the page's decode slot.
 */
export const tlb = {
  entries: 256,
  bytes: 256 * 16,
  fetch: 0,
  load: 256 * 16,
  store: 2 * 256 * 16,
  /** Bytes of a context. */
  context: 3 * 256 * 16,
  /** Offset of context 0 in the hart's block. */
  first: 0x4000,
  contexts: { machine: 0, supervisor: 1, user: 2, supervisorSum: 3 },
  /** Offset in the hart's block of copies of the four store tables: see emulator/hart/store-shadow.ts. */
  shadow: 0x10000,
  /** A tag that matches nothing. */
  empty: 1n,
} as const;

/** Decoded records: one of 16 bytes for each half-word of a code page, then two that continue on the next page. */
export const record = {
  bytes: 16,
  /** u8: the handler's number. */
  op: 0,
  /** u8: distance to the next instruction's record, 16 or 32 bytes. */
  step: 1,
  /** u16: absolute addresses of registers. */
  rd: 2,
  rs1: 4,
  rs2: 6,
  /** i64: immediate; for near branches the distance to the target's record in bytes. */
  imm: 8,
  /**
   * For handlers outside the loop, instead of the immediate: u16 function table index; u16 for the handler's own use (third
   * source register's address; system handler's number; vtype under which a vector instruction was found legal); u32
   * instruction word (compressed ones expanded to 4 bytes).
   */
  table: 8,
  extra: 10,
  word: 12,
  perPage: 2048,
  slot: (2048 + 2) * 16,
} as const;

/** Beside each decoded record, 8 bytes for those whose handler enters translated code. */
export const side = {
  bytes: 8,
  /** u32: the region's place in the function table. */
  region: 0,
  /** u16: the number of the region's entry. */
  entry: 4,
  /** u8: the handler that the record had. */
  op: 6,
} as const;

/** Where the parts lie that depend on the machine. */
export interface MemoryMap {
  readonly harts: number;
  /** Absolute address of a hart's vector registers: vectors + n * vectorBytes. */
  readonly vectors: number;
  readonly vectorBytes: number;
  /** Decode slots of all harts: hart n has slots n * slotsPerHart … ; plus one for instructions that lie across two pages. */
  readonly decode: number;
  readonly slotsPerHart: number;
  /** What `side` says of each record, in the order of the records. */
  readonly side: number;
  /** By page of RAM, a byte: it was written to; its stores are told. See Memory. */
  readonly written: number;
  readonly asked: number;
  /** Guest RAM. */
  readonly ram: number;
  readonly ramBytes: number;
  /** Physical address of the first byte of RAM. */
  readonly ramBase: number;
  /** WebAssembly pages in all. */
  readonly pages: number;
}

/** Code pages that a hart keeps decoded: enough for firmware, kernel and a program of many harts; memory that is not used is not there. */
const LEAST_SLOTS = 64;
const MOST_SLOTS = 256;

/** Place the parts for a machine. @throws RangeError when it would not fit in 4 GiB. */
export function memoryMap(options: { harts: number; maxVlen: number; ramBytes: number; ramBase: number }): MemoryMap {
  const { harts, ramBytes, ramBase } = options;
  const page = (n: number) => Math.ceil(n / 0x10000) * 0x10000;
  const vectors = HARTS + harts * HART;
  const vectorBytes = Math.max(32 * (options.maxVlen / 8), 512);
  const decode = page(vectors + harts * vectorBytes);
  const slotsPerHart = Math.max(LEAST_SLOTS, Math.min(MOST_SLOTS, Math.floor(0x4000000 / harts / record.slot)));
  const decodeBytes = harts * (slotsPerHart + 1) * record.slot;
  const side = page(decode + decodeBytes);
  const written = page(side + decodeBytes / 2);
  const asked = written + Math.ceil(ramBytes / 4096);
  const ram = page(asked + Math.ceil(ramBytes / 4096));
  const pages = (ram + page(ramBytes)) / 0x10000;
  if (pages > 0x10000) throw new RangeError(`${harts} harts and ${ramBytes} bytes of RAM do not fit in 4 GiB`);
  return { harts, vectors, vectorBytes, decode, slotsPerHart, side, written, asked, ram, ramBytes, ramBase, pages };
}

/** Absolute address of hart n's block. */
export const hartBlock = (n: number) => HARTS + n * HART;
/** Absolute addresses of hart n's registers. */
export const xRegister = (n: number, x: number) => n * REGISTERS + x * 8;
export const fRegister = (n: number, f: number) => n * REGISTERS + F0 + f * 8;
