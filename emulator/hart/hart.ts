/** One hart: accessors to its state, which lies in the linear memory. */
import type { Isa } from '../../isa/isa-string.js';
import { csrNamed, interrupts } from '../../isa/csrs.js';
import { fRegister, hart as at, hartBlock, tlb, turns, xRegister } from '../layout.js';
import { type PlacedUnit, unitBytes, units } from '../units.js';
import type { Privilege } from '../events.js';
import type { Memory } from '../memory.js';
import type { Board } from './board.js';
import { settleCounters } from './counters.js';
import { peekCsr, pokeCsr } from './csr-file.js';
import { choosePaging } from './environment.js';
import { Pmp } from './pmp.js';
import { M, S, status, U } from './modes.js';
import { evictAside, forgetAside, replaceAside } from './store-shadow.js';
import { isEntry, placeOf } from './watched-entries.js';
import { longs, words } from './words.js';

/** Interrupts in the order in which they are taken; the local ones come last. */
const PRIORITY = [
  interrupts.MEI,
  interrupts.MSI,
  interrupts.MTI,
  interrupts.SEI,
  interrupts.SSI,
  interrupts.STI,
  interrupts.LCOFI,
  interrupts.LI16,
  interrupts.LI17,
];

/** The first of a set of interrupts; -1: there is none. Asked before nearly every turn. */
function firstOf(set: number): number {
  if (set === 0) return -1;
  for (let n = 0; n < PRIORITY.length; n++) if ((set >> PRIORITY[n]!) & 1) return PRIORITY[n]!;
  return -1;
}

/** The TLB context of a privilege. */
const contextOf = (privilege: Privilege) =>
  privilege === M ? tlb.contexts.machine : privilege === U ? tlb.contexts.user : tlb.contexts.supervisor;

export class Hart {
  /** Absolute address of this hart's block. */
  readonly block: number;
  readonly pmp: Pmp;
  readonly hasFloat: boolean;
  readonly hasVector: boolean;
  /** Bytes of a vector register; 0 without vectors. */
  readonly vlenb: number;
  /** Units of its extensions. */
  readonly units: readonly PlacedUnit[];
  /** Does a turn end where the privilege changes? (For register-watches.ts.) */
  private cuts = false;
  get cutAtPrivilege(): boolean {
    return this.cuts;
  }
  set cutAtPrivilege(cuts: boolean) {
    this.cuts = cuts;
    this.board.retell();
  }

  readonly memory: Memory;

  constructor(
    readonly id: number,
    readonly isa: Isa,
    readonly board: Board,
  ) {
    this.memory = board.memory;
    this.block = hartBlock(id);
    this.pmp = new Pmp(this);
    this.hasFloat = isa.extensions.has('F');
    this.hasVector = isa.extensions.has('V');
    this.vlenb = this.hasVector ? isa.vlen / 8 : 0;
    this.units = units.filter(({ name }) => isa.extensions.has(name));
  }

  /** Does the hart have this extension? */
  has(extension: string): boolean {
    return this.isa.extensions.has(extension);
  }

  // Words of the block. Offsets come from layout.ts and words.ts.

  word(offset: number): number {
    return this.memory.i32[(this.block + offset) >> 2]!;
  }
  setWord(offset: number, value: number): void {
    this.memory.i32[(this.block + offset) >> 2] = value;
  }
  long(offset: number): bigint {
    return this.memory.u64[(this.block + offset) >> 3]!;
  }
  setLong(offset: number, value: bigint): void {
    this.memory.u64[(this.block + offset) >> 3] = value;
  }
  double(offset: number): number {
    return this.memory.f64[(this.block + offset) >> 3]!;
  }
  setDouble(offset: number, value: number): void {
    this.memory.f64[(this.block + offset) >> 3] = value;
  }

  // Registers

  /** Integer register n, unsigned. */
  x(n: number): bigint {
    return this.memory.u64[xRegister(this.id, n) >> 3]!;
  }
  setX(n: number, value: bigint): void {
    if (n !== 0) this.memory.u64[xRegister(this.id, n) >> 3] = value;
  }
  /** The raw 64 bits of floating-point register n. */
  f(n: number): bigint {
    return this.memory.u64[fRegister(this.id, n) >> 3]!;
  }
  setF(n: number, value: bigint): void {
    this.memory.u64[fRegister(this.id, n) >> 3] = value;
  }
  /** Vector register n as bytes in place; empty without vectors. */
  vectorBytes(n: number): Uint8Array {
    const start = this.memory.u32[(this.block + at.vectors) >> 2]! + n * this.vlenb;
    return this.memory.u8.subarray(start, start + this.vlenb);
  }

  /** Write bytes of the vector registers, which lie one after the other. @throws RangeError outside them */
  setVectorBytes(offset: number, bytes: Uint8Array): void {
    if (offset < 0 || offset + bytes.length > 32 * this.vlenb)
      throw new RangeError(`hart ${this.id} has no vector register that far`);
    this.memory.u8.set(bytes, this.memory.u32[(this.block + at.vectors) >> 2]! + offset);
  }

  get pc(): bigint {
    return this.long(at.pc);
  }
  setPc(pc: bigint): void {
    this.setLong(at.pc, pc);
  }
  get privilege(): Privilege {
    return this.word(at.privilege) as Privilege;
  }
  get vtype(): bigint {
    return this.long(at.vtype);
  }
  get vl(): number {
    return this.word(at.vl);
  }
  get vstart(): number {
    return this.word(at.vstart);
  }

  /** Register n of a unit, in the order in which they are declared: files, then CSRs. */
  unitWord({ at: first }: PlacedUnit, n: number): bigint {
    return this.long(first + 8 * n);
  }
  setUnitWord({ at: first, statusAt }: PlacedUnit, n: number, value: bigint): void {
    this.setLong(first + 8 * n, value);
    this.setWord(statusAt, 3);
  }

  /** A CSR's value as machine mode would read it. @throws RangeError when the hart has no such register */
  csr(register: string | number): bigint {
    return peekCsr(this, numberOf(register));
  }
  /** Write a CSR as machine mode would. @throws RangeError when the hart has no such register or it can't be written */
  setCsr(register: string | number, value: bigint): void {
    this.readyTime = 0;
    pokeCsr(this, numberOf(register), value);
  }

  // Turns

  /** Is the engine executing this hart now? Then one instruction is counted but not over. */
  get running(): boolean {
    return this.memory.i32[turns.running >> 2] === this.id + 1;
  }
  set running(running: boolean) {
    this.memory.i32[turns.running >> 2] = running ? this.id + 1 : 0;
  }
  /** Did the guest itself end this turn? (A debugger's stop does not: the turn goes on afterwards.) */
  get turnOver(): boolean {
    return this.memory.i32[(turns.over >> 2) + 2 * this.id] !== 0;
  }
  set turnOver(over: boolean) {
    this.memory.i32[(turns.over >> 2) + 2 * this.id] = over ? 1 : 0;
  }
  /** When the hart can run, in cycles; 0: that is to be worked out anew. */
  get readyTime(): number {
    return this.memory.f64[(turns.ready >> 3) + this.id]!;
  }
  set readyTime(time: number) {
    this.memory.f64[(turns.ready >> 3) + this.id] = time;
  }

  // Time

  /** Cycles since reset: instructions attempted and time spent waiting. While an instruction runs: without it. */
  get time(): number {
    return this.double(longs.turnEnd) - this.word(at.left) - (this.running ? 1 : 0);
  }
  /** Instructions retired since reset. */
  get instret(): number {
    return this.time - Number(this.long(at.notRetired));
  }
  /** Let time pass without instructions. */
  skipTo(time: number): void {
    const since = this.time;
    const skipped = time - since;
    if (skipped <= 0) return;
    this.setDouble(longs.turnEnd, this.double(longs.turnEnd) + skipped);
    this.readyTime = 0;
    this.setLong(at.notRetired, this.long(at.notRetired) + BigInt(skipped));
    const { events } = this.board;
    if (events.active) events.emit({ kind: 'wait', hart: this.id, cycle: time, since });
  }
  /** Give the hart this many instructions. */
  grant(instructions: number): void {
    const time = this.time;
    this.setWord(at.left, instructions);
    this.setDouble(longs.turnEnd, time + instructions);
  }
  /** Time at the boundary before the instruction that is fetched now, which is not counted yet. */
  get boundary(): number {
    return this.double(longs.turnEnd) - this.word(at.left);
  }
  /** Take back what is left of the grant: the engine comes back after the instruction that runs now. */
  cut(): void {
    this.cutTo(0);
  }
  /** The same, but for so many instructions. */
  cutTo(most: number): void {
    this.memory.i32[turns.cut >> 2] = 1;
    const left = this.word(at.left);
    if (left > most) this.setDouble(longs.turnEnd, this.double(longs.turnEnd) - (left - most));
    this.setWord(at.left, Math.min(Math.max(left, 0), most));
  }
  /** The guest did something after which others should get their turn (or this hart a new look at its interrupts). */
  endTurn(): void {
    this.turnOver = true;
    this.cut();
  }

  get idle(): boolean {
    return this.word(words.idle) !== 0;
  }
  get frozen(): boolean {
    return this.word(words.frozen) !== 0;
  }
  /** A hart that thaws does not run what it missed: its time goes on from now. */
  set frozen(frozen: boolean) {
    if (this.frozen && !frozen) this.skipTo(this.board.now());
    this.setWord(words.frozen, frozen ? 1 : 0);
    this.readyTime = 0;
  }

  // Interrupts

  /** mip. */
  get pending(): number {
    return this.word(words.lines) | this.word(words.software);
  }
  /** Is an enabled interrupt pending, whatever the global enables say? That ends WFI. */
  get awake(): boolean {
    return (this.pending & this.word(words.mie)) !== 0;
  }
  /** A device drives an interrupt line. An idle hart wakes at the time `now` (cycles). */
  drive(interrupt: number, on: boolean, now: number): void {
    const lines = this.word(words.lines);
    this.setWord(words.lines, on ? lines | (1 << interrupt) : lines & ~(1 << interrupt));
    this.rouse(now);
  }
  /** A device sets a bit of mip that software clears. */
  latch(interrupt: number, now: number): void {
    this.setWord(words.software, this.word(words.software) | (1 << interrupt));
    this.rouse(now);
  }
  private rouse(now: number): void {
    if (!this.idle || !this.awake) return;
    this.wake(now);
    this.board.woken();
  }
  /** Does a device drive this interrupt line now? */
  driven(interrupt: number): boolean {
    return ((this.word(words.lines) >> interrupt) & 1) !== 0;
  }
  wake(now: number): void {
    this.setWord(words.idle, 0);
    this.readyTime = 0;
    this.skipTo(now);
  }
  /** The interrupt to be taken before the next instruction, or -1. (Privileged specification, "Machine Interrupt Registers".) */
  get interrupt(): number {
    const pending = this.pending & this.word(words.mie);
    if (pending === 0) return -1;
    const delegated = this.word(words.mideleg);
    const { privilege } = this;
    const flags = this.word(words.status);
    if (privilege < M || flags & status.MIE) {
      const machine = firstOf(pending & ~delegated);
      if (machine >= 0) return machine;
    }
    return privilege < S || (privilege === S && flags & status.SIE) ? firstOf(pending & delegated) : -1;
  }

  // Address translation contexts

  setPrivilege(privilege: Privilege): void {
    this.setWord(at.privilege, privilege);
    if (this.cutAtPrivilege && this.running) this.cut();
    if (this.word(words.filtered)) settleCounters(this);
    this.chooseContexts();
  }
  /** The privilege by which loads and stores are checked: MPRV lends machine mode another. */
  get dataPrivilege(): Privilege {
    const flags = this.word(words.status);
    return this.privilege === M && flags & status.MPRV ? (((flags & status.MPP) >> 11) as Privilege) : this.privilege;
  }
  /** Put in force the TLB contexts that privilege, MPRV and SUM ask for. */
  chooseContexts(): void {
    const { contexts } = tlb;
    const data = contextOf(this.dataPrivilege);
    const sum = data === contexts.supervisor && this.word(words.status) & status.SUM;
    this.setWord(at.fetchTlb, this.contextAt(contextOf(this.privilege)));
    this.setWord(at.dataTlb, this.contextAt(sum ? contexts.supervisorSum : data));
  }
  private contextAt(context: number): number {
    return this.block + tlb.first + context * tlb.context;
  }
  /** Forget translations: of S and U, or of M too. A tag of ones in every byte matches nothing. */
  flushTlb(machineToo = false): void {
    const first = machineToo ? 0 : 1;
    this.memory.u8.fill(1, this.contextAt(first), this.contextAt(4));
    forgetAside(this, first);
    this.setLong(longs.largeFrom, -1n);
    this.setLong(longs.largeTo, 0n);
  }
  /** Forget how S and U translate an address. Entries of its place in the tables go, whichever page they are of; all go where a large page may be meant. */
  flushPage(address: bigint): void {
    const va = BigInt.asUintN(64, address);
    const [from, to] = [longs.largeFrom, longs.largeTo].map((place) => BigInt.asUintN(64, this.long(place)));
    if (va >= from! && va <= to!) {
      this.flushTlb();
      return;
    }
    const { i64 } = this.memory;
    const offset = Number((va >> 12n) & BigInt(tlb.entries - 1)) << 4;
    for (let context = 1; context < 4; context++)
      for (const table of [tlb.fetch, tlb.load, tlb.store]) {
        const entry = this.contextAt(context) + table + offset;
        i64[entry >> 3] = tlb.empty;
        if (table === tlb.store) replaceAside(this, entry);
      }
  }
  /** Forget that this place of the linear memory may be stored to: the next store asks. */
  evictStores(place: number): void {
    const { i32, i64 } = this.memory;
    const page = (place & ~0xfff) >>> 0;
    for (let context = 0; context < 4; context++) {
      const table = this.contextAt(context) + tlb.store;
      for (let entry = table; entry < table + tlb.bytes; entry += 16) {
        const tag = i64[entry >> 3]!;
        if (isEntry(tag) && placeOf(tag, i32[(entry + 8) >> 2]!) === page) i64[entry >> 3] = tlb.empty;
      }
    }
    evictAside(this, page);
  }

  /** Everything as it is when power comes on: machine mode at pc, time zero, registers zero. */
  reset(pc: bigint): void {
    const { u8, u32, map } = this.memory;
    u8.fill(0, this.block, this.block + at.scratch);
    u8.fill(0, this.block + at.units, this.block + at.units + unitBytes);
    u8.fill(0, xRegister(this.id, 0), fRegister(this.id, 31) + 8);
    const vectors = map.vectors + this.id * map.vectorBytes;
    u8.fill(0, vectors, vectors + map.vectorBytes);
    u32[(this.block + at.vectors) >> 2] = vectors;
    this.setWord(at.id, this.id);
    this.setWord(at.oddTargets, this.has('Zca') ? 0 : 2);
    this.setWord(at.side, map.side - map.decode / 2);
    this.setWord(at.vlenb, this.vlenb);
    const firstPage = map.ram / 4096;
    this.setWord(words.asked, map.asked - firstPage);
    this.setWord(words.written, map.written - firstPage);
    this.setLong(longs.ramPage, BigInt(firstPage - map.ramBase / 4096));
    this.setLong(at.vtype, this.hasVector ? 1n << 63n : 0n);
    this.setLong(at.reservation, ~0n);
    this.setDouble(longs.root, -1);
    this.setLong(longs.stimecmp, ~0n);
    this.setDouble(longs.supervisorTimer, Number.POSITIVE_INFINITY);
    choosePaging(this);
    this.setWord(words.sbiExtension, -1);
    this.setPc(pc);
    this.pmp.reload();
    this.flushTlb(true);
    this.setPrivilege(M);
  }
}

function numberOf(register: string | number): number {
  if (typeof register === 'number') return register;
  const row = csrNamed(register);
  if (!row) throw new RangeError(`there is no CSR "${register}"`);
  return row.number;
}
