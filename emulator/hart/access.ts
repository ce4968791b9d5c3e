/** Loads, stores and fetches that missed the TLB: translated, checked, done or trapped; and the TLBs filled. */
import { CACHE_BLOCK } from '../../isa/cache.js';
import { causes, events } from '../../isa/csrs.js';
import { NOT_RAM, Reach } from '../engine/host.js';
import type { Privilege } from '../events.js';
import { hart as at, tlb } from '../layout.js';
import type { Board, CodeCache } from './board.js';
import { countEvent } from './counters.js';
import type { Hart } from './hart.js';
import { M } from './modes.js';
import { permission } from './pmp.js';
import { dataAddress } from './pointer-masking.js';
import { Reservations } from './reservations.js';
import { StoreWatch } from './store-watch.js';
import { type Access, PAGE_FAULT, probe, translate } from './translation.js';
import { raise } from './traps.js';
import { replaceAside, takeBack } from './store-shadow.js';
import { markEntry, watchedEntry } from './watched-entries.js';
import type { AccessKind, Watchpoints } from '../watchpoints.js';
import { longs } from './words.js';

/** The answer of every function here that may trap, when it did. */
export const TRAPPED = 0;

const faults = {
  read: { misaligned: causes.loadMisaligned, access: causes.loadAccess, page: causes.loadPage },
  write: { misaligned: causes.storeMisaligned, access: causes.storeAccess, page: causes.storePage },
  execute: { misaligned: causes.fetchMisaligned, access: causes.fetchAccess, page: causes.fetchPage },
} as const;

const PAGE = 4096;

export class MemoryAccess {
  readonly reservations: Reservations;
  readonly watch: StoreWatch;

  constructor(
    private readonly board: Board,
    private readonly code: CodeCache,
    private readonly watchpoints: Watchpoints,
  ) {
    this.reservations = new Reservations(board.harts);
    this.watch = new StoreWatch(board.memory);
  }

  /** See EngineHost.load. */
  load(hart: Hart, pc: bigint, va: bigint, bytes: number): number {
    const { memory, bus } = this.board;
    const watched = this.watchedEntry(hart, tlb.load, va, bytes);
    if (watched >= 0) {
      this.note(hart, pc, va, bytes, 'read', watched);
      return watched;
    }
    if (this.misaligned(hart, pc, va, bytes, 'read')) return TRAPPED;
    const pa = this.resolve(hart, pc, va, bytes, 'read');
    if (pa === undefined) return TRAPPED;
    const scratch = hart.block + at.scratch;
    if (Array.isArray(pa)) {
      let n = 0;
      for (const piece of pa) {
        const place = memory.at(piece.pa);
        this.note(hart, pc, va + BigInt(n), piece.bytes, 'read', place);
        memory.u8.copyWithin(scratch + n, place, place + piece.bytes);
        n += piece.bytes;
      }
      return scratch;
    }
    if (memory.inRam(pa, bytes)) {
      this.fill(hart, tlb.load, va, pa);
      this.note(hart, pc, va, bytes, 'read', memory.at(pa));
      return memory.at(pa);
    }
    const value = bus.read(pa, bytes, hart);
    if (value === undefined) return this.fault(hart, faults.read.access, va, pc);
    this.note(hart, pc, va, bytes, 'read', undefined);
    memory.view.setBigUint64(scratch, BigInt.asUintN(64, value), true);
    return scratch;
  }

  /** See EngineHost.store. */
  store(hart: Hart, pc: bigint, va: bigint, bytes: number, value: bigint): number {
    const { memory, bus } = this.board;
    const served = this.served(hart, va, bytes);
    if (served >= 0) {
      this.note(hart, pc, va, bytes, 'write', served);
      write(memory.view, served, bytes, value);
      return 1;
    }
    if (this.misaligned(hart, pc, va, bytes, 'write')) return TRAPPED;
    const pa = this.resolve(hart, pc, va, bytes, 'write');
    if (pa === undefined) return TRAPPED;
    if (Array.isArray(pa)) {
      memory.view.setBigUint64(hart.block + at.scratch, BigInt.asUintN(64, value), true);
      const scratch = hart.block + at.scratch;
      let n = scratch;
      for (const piece of pa) {
        const place = memory.at(piece.pa);
        this.note(hart, pc, va + BigInt(n - scratch), piece.bytes, 'write', place);
        this.reservations.stored(hart, place, piece.bytes);
        this.watch.tell(piece.pa, piece.bytes);
        memory.touch(place);
        memory.u8.copyWithin(place, n, n + piece.bytes);
        n += piece.bytes;
      }
      return 1;
    }
    if (memory.inRam(pa, bytes)) {
      this.fillStore(hart, va, pa, bytes);
      this.note(hart, pc, va, bytes, 'write', memory.at(pa));
      write(memory.view, memory.at(pa), bytes, value);
      return 1;
    }
    if (!bus.write(pa, bytes, BigInt.asUintN(8 * bytes, value), hart))
      return this.fault(hart, faults.write.access, va, pc);
    this.note(hart, pc, va, bytes, 'write', undefined);
    if (hart.interrupt >= 0) hart.endTurn();
    return 1;
  }

  /** See EngineHost.reach. */
  reach(hart: Hart, pc: bigint, va: bigint, bytes: number, purpose: Reach): number {
    const { memory } = this.board;
    const access = purpose === Reach.read || purpose === Reach.reserve ? 'read' : 'write';
    const atomic = purpose !== Reach.read && purpose !== Reach.write;
    const alignment = atomic ? bytes : 1;
    const served =
      access === 'write' ? this.served(hart, va, alignment) : this.watchedEntry(hart, tlb.load, va, alignment);
    // LR asks for a page that others may store to.
    if (served >= 0 && (purpose !== Reach.reserve || this.reservations.guards(hart, served))) {
      this.noteReach(hart, pc, va, bytes, purpose, served);
      return served;
    }
    if (atomic && Number(va & BigInt(bytes - 1)) !== 0 && !(purpose === Reach.atomic && inGranule(hart, va, bytes)))
      return this.fault(hart, faults[access].misaligned, va, pc);
    const pa = this.piece(hart, pc, va, bytes, access, !atomic);
    if (pa === undefined) return TRAPPED;
    if (pa < 0) return NOT_RAM;
    const place = memory.at(pa);
    if (!memory.inRam(pa, bytes)) return atomic ? this.fault(hart, faults[access].access, va, pc) : NOT_RAM;
    if (access === 'write') this.fillStore(hart, va, pa, bytes);
    else this.fill(hart, tlb.load, va, pa);
    if (purpose === Reach.reserve) this.reservations.guard(hart, place);
    this.noteReach(hart, pc, va, bytes, purpose, place);
    return place;
  }

  // What is watched: see emulator/watchpoints.ts.

  private note(hart: Hart, pc: bigint, va: bigint, bytes: number, kind: AccessKind, place: number | undefined): void {
    if (this.watchpoints.active) this.watchpoints.note(hart, pc, dataAddress(hart, va), bytes, kind, place);
  }

  private noteReach(hart: Hart, pc: bigint, va: bigint, bytes: number, purpose: Reach, place: number): void {
    if (!this.watchpoints.active) return;
    // SC writes only what is still reserved.
    if (purpose === Reach.conditional && hart.long(at.reservation) !== BigInt(place)) return;
    const kind =
      purpose === Reach.atomic ? 'update' : purpose === Reach.write || purpose === Reach.conditional ? 'write' : 'read';
    this.note(hart, pc, va, bytes, kind, place);
  }

  /** Where an access goes that generated code would have served, were its page not watched; or -1. */
  private watchedEntry(hart: Hart, table: number, va: bigint, alignment: number): number {
    return this.watchpoints.active ? watchedEntry(hart, table, va, alignment) : -1;
  }

  /** The same of a store, or one whose entry was put aside. */
  private served(hart: Hart, va: bigint, alignment: number): number {
    const watched = this.watchedEntry(hart, tlb.store, va, alignment);
    if (watched >= 0) {
      hart.memory.touch(watched);
      return watched;
    }
    const aside = takeBack(hart, hart.word(at.dataTlb), va, alignment);
    if (aside >= 0) this.markWatched(hart, tlb.store, va, aside);
    return aside;
  }

  /** An entry for this address is in the TLB now. */
  private markWatched(hart: Hart, table: number, va: bigint, place: number): void {
    const { watchpoints } = this;
    if (watchpoints.active && watchpoints.covers(table === tlb.store, dataAddress(hart, va), place))
      markEntry(hart, table, va);
  }

  /**
   * Where the cache block of an address lies, for an instruction that is permitted what any of these accesses is; undefined: trapped. Exceptions are
   * those of stores, and the trap value is the address as the instruction gives it.
   */
  block(hart: Hart, pc: bigint, va: bigint, permitted: readonly ('read' | 'write')[]): number | undefined {
    const privilege = hart.dataPrivilege;
    const start = dataAddress(hart, va) & ~BigInt(CACHE_BLOCK - 1);
    let cause: number = faults.write.access;
    for (const access of permitted) {
      const pa = translate(hart, start, access, privilege);
      if (pa >= 0 && hart.pmp.allows(pa, CACHE_BLOCK, permission[access], privilege)) return pa;
      cause = pa === PAGE_FAULT ? faults.write.page : faults.write.access;
    }
    return void this.fault(hart, cause, va, pc);
  }

  /** Zeros to the cache block of an address, which lies in RAM; false: trapped. */
  zeroBlock(hart: Hart, pc: bigint, va: bigint): boolean {
    const { memory } = this.board;
    const pa = this.block(hart, pc, va, ['write']);
    if (pa === undefined) return false;
    if (!memory.inRam(pa, CACHE_BLOCK)) return this.fault(hart, faults.write.access, va, pc) !== TRAPPED;
    const place = memory.at(pa);
    this.reservations.stored(hart, place, CACHE_BLOCK);
    this.note(hart, pc, va & ~BigInt(CACHE_BLOCK - 1), CACHE_BLOCK, 'write', place);
    memory.touch(place);
    memory.u8.fill(0, place, place + CACHE_BLOCK);
    return true;
  }

  /** See EngineHost.fetch. */
  fetch(hart: Hart, pc: bigint): number {
    const pa = this.piece(hart, pc, pc, 2, 'execute');
    if (pa === undefined) return TRAPPED;
    const { memory } = this.board;
    if (!memory.inRam(pa, 2)) return this.fetchFault(hart, faults.execute.access, pc, pc);
    if (!hart.pmp.uniform(pa)) return this.single(hart, pc);
    const slot = this.code.slotOf(hart.id, pa, pc);
    setEntry(hart, hart.word(at.fetchTlb) + tlb.fetch, pc, slot);
    return slot;
  }

  /**
   * The instruction at pc by itself, which a record of a decoded page stands for: as it was decoded, whatever memory and page tables have now that nobody has
   * fenced. A slot, or TRAPPED.
   */
  aside(hart: Hart, pc: bigint): number {
    const bits = this.decoded(hart, pc);
    return bits === undefined ? this.single(hart, pc) : this.code.aside(hart.id, pc, bits);
  }

  /** What the hart has decoded at pc, where that lies in one page. */
  private decoded(hart: Hart, pc: bigint): number | undefined {
    const { view } = this.board.memory;
    const offset = Number(pc & 0xfffn);
    const entry = hart.word(at.fetchTlb) + tlb.fetch + Number((pc >> 12n) & BigInt(tlb.entries - 1)) * 16;
    if (view.getBigInt64(entry, true) !== BigInt.asIntN(64, pc & ~0xfffn)) return undefined;
    const code = this.code.slotAt(hart.id, view.getUint32(entry + 8, true))?.code;
    if (!code) return undefined;
    const low = code[offset]! | (code[offset + 1]! << 8);
    if ((low & 3) !== 3) return low;
    return offset === 0xffe ? undefined : (low | (code[offset + 2]! << 16) | (code[offset + 3]! << 24)) >>> 0;
  }

  /** The instruction at pc by itself, each of its halves translated and checked on its own: a slot, or TRAPPED. */
  private single(hart: Hart, pc: bigint): number {
    const low = this.half(hart, pc, pc);
    if (low === undefined) return TRAPPED;
    const high = (low & 3) === 3 ? this.half(hart, pc, pc + 2n) : 0;
    if (high === undefined) return TRAPPED;
    return this.code.aside(hart.id, pc, ((high << 16) | low) >>> 0);
  }

  private half(hart: Hart, pc: bigint, va: bigint): number | undefined {
    const { memory } = this.board;
    const pa = this.piece(hart, pc, va, 2, 'execute');
    if (pa === undefined) return undefined;
    if (memory.inRam(pa, 2)) return memory.view.getUint16(memory.at(pa), true);
    this.fetchFault(hart, faults.execute.access, va, pc);
    return undefined;
  }

  /** The bits of the instruction at pc as they stand in memory: 16 or 32 of them, for mtval. Nothing is changed. */
  instructionBits(hart: Hart, pc: bigint): bigint {
    const { memory } = this.board;
    const half = (va: bigint) => {
      const pa = probe(hart, va, 'execute');
      return memory.inRam(pa, 2) ? memory.view.getUint16(memory.at(pa), true) : 0;
    };
    const low = half(pc);
    return BigInt((low & 3) === 3 ? low + half(pc + 2n) * 0x10000 : low);
  }

  private misaligned(hart: Hart, pc: bigint, va: bigint, bytes: number, access: Access): boolean {
    if (this.board.misaligned === 'allow' || (va & BigInt(bytes - 1)) === 0n || inGranule(hart, va, bytes))
      return false;
    this.fault(hart, faults[access].misaligned, va, pc);
    return true;
  }

  /** Where these bytes lie: one address, or two pieces in RAM when they cross into another page; undefined: trapped. */
  private resolve(hart: Hart, pc: bigint, va: bigint, bytes: number, access: 'read' | 'write') {
    const first = PAGE - Number(va & 0xfffn);
    if (first >= bytes) return this.piece(hart, pc, va, bytes, access);
    const { memory } = this.board;
    const pieces: { pa: number; bytes: number }[] = [];
    for (const [start, size] of [
      [va, first],
      [va + BigInt(first), bytes - first],
    ] as const) {
      const pa = this.piece(hart, pc, start, size, access);
      if (pa === undefined) return undefined;
      if (!memory.inRam(pa, size)) return void this.fault(hart, faults[access].access, start, pc);
      pieces.push({ pa, bytes: size });
    }
    return pieces;
  }

  /**
   * The physical address of bytes within one page; undefined: trapped.
   * @param whole the caller can go element by element: a page of which PMP covers a part gives -1
   */
  private piece(hart: Hart, pc: bigint, va: bigint, bytes: number, access: Access, whole = false): number | undefined {
    const fetches = access === 'execute';
    const privilege: Privilege = fetches ? hart.privilege : hart.dataPrivilege;
    if (!fetches && privilege !== M && hart.double(longs.root) >= 0)
      countEvent(hart, access === 'read' ? events.loadTlbMiss : events.storeTlbMiss);
    const pa = translate(hart, fetches ? va : dataAddress(hart, va), access, privilege);
    if (pa >= 0) {
      if (whole && !hart.pmp.uniform(pa)) return -1;
      if (hart.pmp.allows(pa, bytes, permission[access], privilege)) return pa;
    }
    const cause = pa === PAGE_FAULT ? faults[access].page : faults[access].access;
    if (fetches) this.fetchFault(hart, cause, va, pc);
    else this.fault(hart, cause, va, pc);
    return undefined;
  }

  /** A load's or store's exception: the trap value is the address without what pointer masking ignores. */
  private fault(hart: Hart, cause: number, va: bigint, pc: bigint): typeof TRAPPED {
    raise(hart, cause, dataAddress(hart, va), pc);
    return TRAPPED;
  }
  private fetchFault(hart: Hart, cause: number, va: bigint, pc: bigint): typeof TRAPPED {
    raise(hart, cause, va, pc);
    return TRAPPED;
  }

  private fillStore(hart: Hart, va: bigint, pa: number, bytes: number): void {
    const place = this.board.memory.at(pa);
    this.board.memory.touch(place);
    this.reservations.stored(hart, place, bytes);
    if (this.watch.has(pa)) this.watch.tell(pa, bytes);
    else if (this.reservations.admit(hart, place)) this.fill(hart, tlb.store, va, pa);
  }

  /** Let later accesses to this page hit, when PMP has one answer for all of it. */
  private fill(hart: Hart, table: number, va: bigint, pa: number): void {
    const { memory } = this.board;
    const page = pa - (pa % PAGE);
    if (!hart.pmp.uniform(pa) || !memory.inRam(page, PAGE)) return;
    const difference = (memory.at(pa) - Number(BigInt.asUintN(32, va))) | 0;
    const entry = setEntry(hart, hart.word(at.dataTlb) + table, va, difference);
    if (table === tlb.store) replaceAside(hart, entry);
    this.markWatched(hart, table, va, memory.at(pa));
  }
}

/**
 * Do the bytes lie within 16 aligned ones, on a hart with Zama16b? Then a misaligned load, store or AMO is carried out like an aligned one, whole
 * (privileged specification, "Misaligned Atomicity Granule PMA"; LR and SC are not meant). Since harts take turns, everything is whole.
 */
const inGranule = (hart: Hart, va: bigint, bytes: number) => Number(va & 15n) + bytes <= 16 && hart.has('Zama16b');

/** Write the entry of va's page in the TLB table at this absolute address. @returns the entry's */
function setEntry({ memory }: Hart, table: number, va: bigint, value: number): number {
  const entry = table + (Number((va >> 12n) & BigInt(tlb.entries - 1)) << 4);
  memory.i64[entry >> 3] = va & ~0xfffn;
  memory.i32[(entry + 8) >> 2] = value;
  return entry;
}

function write(view: DataView, place: number, bytes: number, value: bigint): void {
  if (bytes === 8) view.setBigInt64(place, BigInt.asIntN(64, value), true);
  else if (bytes === 4) view.setInt32(place, Number(BigInt.asIntN(32, value)), true);
  else if (bytes === 2) view.setInt16(place, Number(BigInt.asIntN(16, value)), true);
  else view.setInt8(place, Number(BigInt.asIntN(8, value)));
}
