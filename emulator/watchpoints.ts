/**
 * Which memory is watched. Pages with something watched in them are not served by the inline TLBs (hart/watched-entries.ts), so their accesses come by the
 * host, which looks here. Whoever accesses watched bytes has its turn cut behind that instruction; then it shows what has changed.
 *
 * A watched address is one of an address space. A user's instruction counts when it goes there in that address space. What runs above user mode counts also
 * when it goes there by another address, as a kernel does that copies into a program's buffer through its own map of memory. For that the
 * physical pages behind watched ones are known, and followed: the page-table entries that name them are watched too.
 */
import type { Hart } from './hart/hart.js';
import { resolve, rootOf } from './hart/translation.js';
import { longs } from './hart/words.js';
import { markEntries } from './hart/watched-entries.js';
import type { Memory } from './memory.js';
import { type Before, type RegisterWatch, RegisterWatches } from './register-watches.js';

export interface Watchpoint {
  readonly va: bigint;
  readonly bytes: number;
  /** The address space (0n: untranslated, as machine mode runs). */
  readonly satp: bigint;
  /** The address is meant in every address space; `satp` is one that has it. */
  readonly everywhere?: boolean;
  readonly reads?: boolean;
  /** `changes`: writes that leave another value. */
  readonly writes?: 'all' | 'changes';
}

/** What is watched of a page (or of a register: then `va` counts from its first watched byte), before an instruction and after it. */
export interface WatchedPart {
  readonly va: bigint;
  readonly old: Uint8Array;
  readonly now: Uint8Array;
}

/** An instruction that did what a watchpoint watches for. */
export interface WatchHit {
  /** Of the watchpoint. */
  readonly id: number;
  readonly hart: number;
  /** Of the instruction. */
  readonly pc: bigint;
  readonly privilege: number;
  readonly satp: bigint;
  readonly read: boolean;
  readonly written: boolean;
  /** The first watched bytes that it accessed. */
  readonly va: bigint;
  readonly bytes: number;
  /** The pages that it accessed; none of a device. */
  readonly parts: readonly WatchedPart[];
}

/** What an access does to memory; an atomic one reads and writes. */
export type AccessKind = 'read' | 'write' | 'update';

interface Pending {
  readonly hart: Hart;
  readonly pc: bigint;
  readonly privilege: number;
  readonly satp: bigint;
  readonly va: bigint;
  readonly bytes: number;
  read: boolean;
  written: boolean;
  /** By page of the linear memory. */
  readonly parts: Map<number, { readonly va: bigint; readonly place: number; readonly old: Uint8Array }>;
}

interface Watched extends Watchpoint {
  readonly id: number;
  readonly root: number;
}

const PAGE = 4096;
const later = (a: bigint, b: bigint) => (a > b ? a : b);
const earlier = (a: bigint, b: bigint) => (a < b ? a : b);
/** Bytes of a page-table entry. */
const ENTRY = 8;

export class Watchpoints {
  private readonly byId = new Map<number, Watched>();
  private nextId = 1;
  /** By virtual page. */
  private readonly byPage = new Map<bigint, Watched[]>();
  /** By page of the linear memory: what of a watched page lies there. */
  private readonly behind = new Map<number, { readonly watched: Watched; readonly page: bigint }[]>();
  /** By page of the linear memory: places of page-table entries that say what lies behind. */
  private readonly entries = new Map<number, number[]>();
  /** By watchpoint, what the instruction that runs now has accessed. */
  private readonly accessed = new Map<Watched, Pending>();
  /** Watchpoints or page tables are others than when it was found out where everything lies. */
  private stale = false;
  readonly registers: RegisterWatches;

  constructor(
    private readonly memory: Memory,
    private readonly harts: () => readonly Hart[],
    decodeAnew: () => void,
  ) {
    this.registers = new RegisterWatches(harts, decodeAnew);
  }

  /** Is any memory watched? */
  get active(): boolean {
    return this.byId.size > 0 && !this.sleeping;
  }

  /** Watch no memory for a while: on the way to where the run has been, where nothing of it would be told. */
  set asleep(on: boolean) {
    if (on === this.sleeping) return;
    this.sleeping = on;
    if (this.byId.size > 0) this.stale = true;
  }
  private sleeping = false;

  /** Stop behind instructions that access these bytes. @returns an id for `remove` */
  add(watchpoint: Watchpoint): number {
    const id = this.nextId++;
    const va = BigInt.asUintN(64, watchpoint.va);
    this.byId.set(id, { ...watchpoint, va, id, root: rootOf(watchpoint.satp) });
    this.stale = true;
    return id;
  }

  /** Stop behind instructions that change registers. @returns an id for `remove` */
  addRegister(watch: RegisterWatch): number {
    const id = this.nextId++;
    this.registers.add(id, watch);
    return id;
  }

  /** @returns whether there was such a watchpoint */
  remove(id: number): boolean {
    const known = this.byId.delete(id);
    if (known) this.stale = true;
    return known || this.registers.remove(id);
  }

  /** Before instructions are executed: what is watched comes by the host. */
  prepare(): void {
    if (this.stale) this.refresh();
  }

  /** Page tables may have changed, from outside. */
  memoryChanged(): void {
    if (this.active) this.stale = true;
  }

  /** Find out anew where everything lies. */
  private refresh(): void {
    this.stale = false;
    for (const map of [this.byPage, this.behind, this.entries]) map.clear();
    for (const watched of this.sleeping ? [] : this.byId.values()) {
      const last = watched.va + BigInt(watched.bytes - 1);
      for (let page = watched.va & ~0xfffn; page <= last; page += 4096n) this.locate(watched, page);
    }
    // From now on their accesses go by the host, or no longer.
    this.harts()[0]?.board.retell();
    for (const hart of this.harts()) markEntries(hart, (store, va, place) => this.covers(store, va, place));
  }

  private locate(watched: Watched, page: bigint): void {
    const own = <K, V>(map: Map<K, V[]>, key: K, value: V) => {
      const list = map.get(key);
      if (list) list.push(value);
      else map.set(key, [value]);
    };
    const { memory } = this;
    own(this.byPage, page >> 12n, watched);
    const pa = resolve(this.harts()[0]!, page, watched.satp, (entry) => {
      const place = memory.at(entry);
      own(this.entries, Math.floor(place / PAGE), place);
    });
    if (pa >= 0 && memory.inRam(pa, PAGE)) own(this.behind, memory.at(pa) / PAGE, { watched, page });
  }

  /** Must accesses to this page come by the host? */
  covers(store: boolean, va: bigint, place: number): boolean {
    const page = Math.floor(place / PAGE);
    return this.byPage.has(BigInt.asUintN(64, va) >> 12n) || this.behind.has(page) || (store && this.entries.has(page));
  }

  /**
   * The instruction at pc is about to access these bytes of one page, and will not trap for it.
   * @param va without what pointer masking ignores
   * @param place where they lie in the linear memory; undefined: in a device
   */
  note(hart: Hart, pc: bigint, va: bigint, bytes: number, kind: AccessKind, place: number | undefined): void {
    const privilege = hart.dataPrivilege;
    const root = privilege === 3 ? -1 : hart.double(longs.root);
    const unsigned = BigInt.asUintN(64, va);
    for (const watched of this.byPage.get(unsigned >> 12n) ?? [])
      if (watched.everywhere || watched.root === root) this.touch(hart, pc, watched, unsigned, bytes, kind, place);
    if (place === undefined) return;
    const page = Math.floor(place / PAGE);
    for (const { watched, page: seen } of this.behind.get(page) ?? [])
      if (privilege !== 0 || watched.root === root)
        this.touch(hart, pc, watched, seen + BigInt(place % PAGE), bytes, kind, place);
    if (kind !== 'read' && this.entries.get(page)?.some((entry) => entry < place + bytes && place < entry + ENTRY)) {
      this.stale = true;
      hart.cut();
    }
  }

  /** @param va the address of the access, as the watchpoint's address space has it */
  private touch(
    hart: Hart,
    pc: bigint,
    watched: Watched,
    va: bigint,
    bytes: number,
    kind: AccessKind,
    place: number | undefined,
  ): void {
    const end = watched.va + BigInt(watched.bytes);
    const from = later(va, watched.va);
    const count = Number(earlier(va + BigInt(bytes), end) - from);
    if (count <= 0) return;
    let pending = this.accessed.get(watched);
    if (!pending) {
      pending = {
        hart,
        pc: BigInt.asUintN(64, pc),
        privilege: hart.privilege,
        satp: hart.long(longs.satp),
        va: from,
        bytes: count,
        read: false,
        written: false,
        parts: new Map(),
      };
      this.accessed.set(watched, pending);
    }
    pending.read ||= kind !== 'write';
    pending.written ||= kind !== 'read';
    hart.cut();
    if (place === undefined) return;
    const page = Math.floor(place / PAGE);
    if (pending.parts.has(page)) return;
    const first = later(va & ~0xfffn, watched.va);
    const start = page * PAGE + Number(first & 0xfffn);
    const size = Number(earlier((va & ~0xfffn) + 4096n, end) - first);
    pending.parts.set(page, { va: first, place: start, old: this.memory.u8.slice(start, start + size) });
  }

  /** The instruction is over. @returns what it did that is watched for */
  settle(hart: Hart, before: Before | undefined): readonly WatchHit[] {
    this.prepare();
    const hits = this.registers.settle(hart, before);
    if (this.accessed.size === 0) return hits;
    for (const [{ id, reads, writes }, { parts: pages, ...did }] of this.accessed) {
      if (!this.byId.has(id)) continue;
      const parts = [...pages.values()].map(
        ({ va, place, old }): WatchedPart => ({ va, old, now: this.memory.u8.slice(place, place + old.length) }),
      );
      // What a device makes of a write is not known: it may be a change.
      const changed = () => parts.length === 0 || parts.some(({ old, now }) => old.some((byte, n) => byte !== now[n]));
      if ((reads && did.read) || (writes && did.written && (writes === 'all' || changed())))
        hits.push({ ...did, id, hart: did.hart.id, parts });
    }
    this.accessed.clear();
    return hits.sort((a, b) => a.id - b.id);
  }

  /** Memory was replaced, or the run begins anew: what was noted is void. */
  reset(): void {
    this.accessed.clear();
    this.registers.reset();
    if (this.nextId > 1) this.stale = true;
  }
}
