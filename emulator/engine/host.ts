/** `reach`'s answer for a device. */
export const NOT_RAM = 1;

/** What `reach` is asked for. */
export enum Reach {
  /** Read, or written, of any alignment: the vector unit's whole-lane copies. NOT_RAM: a device lies there, nothing happened; go element by element. */
  read = 0,
  write = 1,
  /** AMO: read and written, aligned, or with Zama16b within 16 aligned bytes. Other harts' reservations there are lost. */
  atomic = 2,
  /** LR: read, aligned; from now on no other hart stores to that page without the host (its store TLB entries are evicted). */
  reserve = 3,
  /** SC: as `atomic`, and always aligned. */
  conditional = 4,
}

/**
 * What the generated WebAssembly asks of its host: the cold half of the machine. `hart` is a hart's number. Each call may end the
 * instruction with a trap: then the host has already entered the trap (pc, privilege, CSRs, TLB contexts are those of the handler).
 * Before each call the engine has stored the instructions left in `layout.hart.left`; it reads that word again afterwards, so
 * a host ends a turn by setting it to 0 (and remembering how many instructions it took away). During a call the instruction itself
 * is already counted: instructions attempted so far = budget - left, this one included.
 */
export interface EngineHost {
  /** The decode slot (absolute address) of the page that pc lies in, translated and checked for execution; 0: trapped. Fills the fetch TLB. */
  fetch(hart: number, pc: bigint): number;
  /** Decode the instruction at pc into the record. */
  decode(hart: number, record: number, pc: bigint): void;
  /**
   * An instruction that can't be executed where its record lies: it continues on the next page, or has a breakpoint. The address of
   * another slot whose record for this pc holds the instruction, followed by records that continue behind it; 0: trapped,
   * or stopped before it. It is not counted in `left`.
   */
  aside(hart: number, pc: bigint): number;
  /** A load that missed the TLB: the absolute address where the value can be read (RAM, or scratch for devices and page-crossing accesses); 0: trapped. */
  load(hart: number, pc: bigint, va: bigint, bytes: number): number;
  /** A store that missed the TLB, done by the host; 0: trapped. */
  store(hart: number, pc: bigint, va: bigint, bytes: number, value: bigint): number;
  /**
   * The absolute address of RAM for an access of many bytes or an atomic one, `bytes` bytes that lie in one page; 0: trapped. The
   * purpose says what is asked; atomic ones must be aligned (else a misaligned trap) and in RAM (else an access fault).
   */
  reach(hart: number, pc: bigint, va: bigint, bytes: number, purpose: Reach): number;
  /** A cold instruction (`system` rows by handler, illegal instructions, breakpoints): 0 goes on with the next instruction; 1: pc and mode were changed, read them again. */
  system(hart: number, pc: bigint, record: number, handler: number): number;
  /** Is this vector instruction legal under the vtype in force? 1: yes, and the record remembers it; 0: trapped. */
  vectorLegal(hart: number, record: number, pc: bigint): number;
  /** Could the page of this address be loaded from without a trap, and is it RAM? 1 or 0; nothing happens (fault-only-first loads ask). */
  readable(hart: number, va: bigint): number;
  /**
   * Exact floating point in software: the operation's number and rounding mode are packed by engine/float.ts. Operands and result are
   * bit patterns; flags are added to the hart's `fflags`.
   */
  float(hart: number, operation: number, a: bigint, b: bigint, c: bigint): bigint;
}
