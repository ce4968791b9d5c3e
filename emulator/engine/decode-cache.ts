/**
 * Decoded code pages. Every hart has its own: a record names registers by their absolute address, and a hart may lack what
 * another has. A slot holds the records of one physical page as seen at one virtual page (breakpoints go by virtual address).
 */

import { isLong } from '../../isa/decode.js';
import type { Instruction } from '../../isa/types.js';
import { hartBlock, type MemoryMap, record, tlb } from '../layout.js';
import { type Decoded, decode, writeRecord } from './decoder.js';
import { ASIDE, CONTINUE, ENTER, handlerOf, pairHandler, UNDECODED } from './handlers.js';
import type { Known } from './translator/heat.js';

export interface Slot {
  readonly address: number;
  /** Physical page number, or -1. */
  page: number;
  key: string;
  /** The page's bytes as this hart executes them: those of its last fence.i, or later. Replaced, never changed. */
  code: Uint8Array;
  /** The hart's count of fences when `code` was last compared with the page. */
  fences: number;
  /** What the translator knows of the page. */
  known: Known | undefined;
}

const PAGE = 4096;
/** Words whose meaning is kept for each kind of hart. */
const MOST_WORDS = 0x10000;

/** What the cache asks of the machine. */
export interface CodeRules {
  /** Does the hart have the extension? */
  has(hart: number, extension: string): boolean;
  /** What the hart's extensions are, in a word: words mean the same to harts of which this is the same. */
  isa(hart: number): string;
  /** Must the instruction at this virtual address be executed aside, because of a breakpoint? */
  marked(pc: bigint): boolean;
  /** Must it be, because of a register that it writes? */
  watched(row: Instruction, word: number): boolean;
}

export class DecodeCache {
  private readonly view: DataView;
  private readonly bytes: Uint8Array;
  /** Slots by hart, made when they are first needed, since most harts of a large machine need few; then the key of physical and virtual page. */
  private readonly slots: {
    list: Slot[];
    byKey: Map<string, Slot>;
    next: number;
    fences: number;
    words: Map<number, Decoded>;
  }[];

  constructor(
    memory: WebAssembly.Memory,
    private readonly map: MemoryMap,
    private readonly rules: CodeRules,
  ) {
    this.view = new DataView(memory.buffer);
    this.bytes = new Uint8Array(memory.buffer);
    const kinds = new Map<string, Map<number, Decoded>>();
    this.slots = Array.from({ length: map.harts }, (_, hart) => {
      const isa = rules.isa(hart);
      const words = kinds.get(isa) ?? new Map<number, Decoded>();
      kinds.set(isa, words);
      return { list: [], byKey: new Map(), next: 0, fences: 0, words };
    });
  }

  private address(hart: number, n: number): number {
    return this.map.decode + (hart * (this.map.slotsPerHart + 1) + n) * record.slot;
  }

  /**
   * The slot of a code page, made if need be (the oldest gives way).
   * @param pa physical address of the page or anything in it; it lies in RAM
   * @param pc virtual address of the same byte
   * @returns the absolute address of the page's first record
   */
  slotOf(hart: number, pa: number, pc: bigint): number {
    const page = Math.floor(pa / PAGE);
    const key = `${page}:${BigInt.asUintN(64, pc) >> 12n}`;
    const own = this.slots[hart]!;
    const known = own.byKey.get(key);
    if (known) {
      // A fence.i makes new code visible; most pages have none.
      if (known.fences !== own.fences && !same(known.code, this.bytes, this.placeOf(page))) this.begin(known, page);
      known.fences = own.fences;
      return known.address;
    }
    const n = own.next;
    own.list[n] ??= unused(this.address(hart, n));
    const slot = own.list[n]!;
    own.next = (n + 1) % this.map.slotsPerHart;
    if (slot.page >= 0) this.drop(hart, slot);
    slot.key = key;
    slot.fences = own.fences;
    own.byKey.set(key, slot);
    this.begin(slot, page);
    return slot.address;
  }

  /** What lies beside a record. */
  beside(address: number): number {
    return this.map.side + (address - this.map.decode) / 2;
  }

  /** A hart's slot by the address of its first record. */
  slotAt(hart: number, address: number): Slot | undefined {
    return this.slots[hart]!.list[(address - this.address(hart, 0)) / record.slot];
  }

  everySlot(visit: (slot: Slot) => void): void {
    for (const { byKey } of this.slots) for (const slot of byKey.values()) visit(slot);
  }

  /** Where a page of RAM lies in the linear memory. */
  private placeOf(page: number): number {
    return this.map.ram + page * PAGE - this.map.ramBase;
  }

  /** Take the page's bytes, and no record yet. */
  private begin(slot: Slot, page: number): void {
    slot.page = page;
    const place = this.placeOf(page);
    slot.code = this.bytes.slice(place, place + PAGE);
    this.blank(slot);
  }

  /** No record yet. */
  private blank(slot: Slot): void {
    const { address } = slot;
    this.bytes.fill(0, address, address + record.slot);
    this.bytes.fill(0, this.beside(address), this.beside(address + record.slot));
    slot.known = undefined;
    for (let n = record.perPage; n < record.perPage + 2; n++) {
      this.view.setUint8(address + n * record.bytes + record.op, CONTINUE);
    }
  }

  private drop(hart: number, slot: Slot): void {
    this.slots[hart]!.byKey.delete(slot.key);
    slot.page = -1;
    this.forgetFetches(hart);
  }

  /** Empty the hart's fetch TLBs: an entry may name a slot that was given to another page. */
  private forgetFetches(hart: number): void {
    for (const context of Object.values(tlb.contexts)) {
      const start = hartBlock(hart) + tlb.first + context * tlb.context + tlb.fetch;
      this.bytes.fill(1, start, start + tlb.bytes); // tags with low bits set match nothing
    }
  }

  /** What every hart executes: code is what it was at the hart's last fence.i, which memory does not tell. */
  save() {
    return this.slots.map(({ list, next, fences }) => ({
      next,
      fences,
      list: list.map(({ page, key, code, fences }) => ({ page, key, code, fences })),
    }));
  }

  /** The harts' fetch TLBs are put back with their blocks. Records of pages that are what they were are kept, translated code too. */
  restore(saved: ReturnType<DecodeCache['save']>): void {
    saved.forEach(({ next, fences, list }, hart) => {
      const own = this.slots[hart]!;
      own.next = next;
      own.fences = fences;
      own.byKey.clear();
      list.forEach((_, n) => {
        own.list[n] ??= unused(this.address(hart, n));
      });
      own.list.forEach((slot, n) => {
        const was = list[n] ?? VACANT;
        const kept = slot.page === was.page && slot.key === was.key && slot.code === was.code;
        Object.assign(slot, was);
        if (was.page < 0) return;
        own.byKey.set(was.key, slot);
        if (!kept) this.blank(slot);
      });
    });
  }

  /** fence.i: pages whose bytes are others now are decoded anew when they are entered. */
  fence(hart: number): void {
    this.slots[hart]!.fences++;
    this.forgetFetches(hart);
  }

  /** A breakpoint came or went: every hart decodes the instruction anew, and one before it that may be executed together with it. */
  remark(pc: bigint): void {
    const at = Number(pc & 0xfffn);
    this.slotsAt(pc, ({ address }) => {
      // The rest of a record stays: it is the same, and translated code may read it.
      for (const offset of [at, at - 2, at - 4])
        if (offset >= 0) this.view.setUint8(address + (offset / 2) * record.bytes + record.op, UNDECODED);
    });
  }

  /** All code is decoded anew: other registers are watched now. */
  decodeAnew(): void {
    this.everySlot((slot) => this.blank(slot));
  }

  /** All slots that hold the code at a virtual page. */
  slotsAt(pc: bigint, visit: (slot: Slot) => void): void {
    const page = `:${BigInt.asUintN(64, pc) >> 12n}`;
    for (const { byKey } of this.slots) for (const [key, slot] of byKey) if (key.endsWith(page)) visit(slot);
  }

  /** Everything is as after power-on: the hart decodes all code anew. */
  dropHart(hart: number): void {
    for (const slot of this.slots[hart]!.byKey.values()) slot.page = -1;
    this.slots[hart]!.byKey.clear();
    this.forgetFetches(hart);
  }

  /** The page's bytes were changed from outside: every hart decodes it anew. */
  dropPage(pa: number): void {
    const page = Math.floor(pa / 4096);
    this.slots.forEach(({ byKey }, hart) => {
      for (const slot of [...byKey.values()]) if (slot.page === page) this.drop(hart, slot);
    });
  }

  /** Fill in the record of the instruction at pc, and of those behind it that are executed with it. It lies in a slot given by slotOf. */
  decode(hart: number, address: number, pc: bigint): void {
    const n = Math.floor((address - this.map.decode) / record.slot) - hart * (this.map.slotsPerHart + 1);
    const { code } = this.slots[hart]!.list[n]!;
    let first = this.decodeOne(hart, code, address, pc);
    // A pair's second record is read by the first one's handler: it must be there, and may itself be the first of a pair.
    for (let [at, here] = [address, pc]; first; ) {
      at += (first.length / 2) * record.bytes;
      here += BigInt(first.length);
      if ((here & 0xfffn) === 0n || this.view.getUint8(at + record.op) === ENTER) return;
      const second = this.decodeOne(hart, code, at, here);
      const handler = second && pairHandler(first.row, first.length, second.row, second.near);
      if (handler === undefined) return;
      this.view.setUint8(at - (first.length / 2) * record.bytes + record.op, handler);
      first = second;
    }
  }

  /** What a word is for the hart; most words of a program occur many times. */
  private decoded(hart: number, word: number): Decoded {
    const { words } = this.slots[hart]!;
    let known = words.get(word);
    if (!known) {
      known = decode(word, (extension) => this.rules.has(hart, extension));
      if (words.size >= MOST_WORDS) words.clear();
      words.set(word, known);
    }
    return known;
  }

  /** Write one record. @returns what it holds, when a pair may begin or end with it */
  private decodeOne(hart: number, code: Uint8Array, address: number, pc: bigint) {
    const at = Number(pc & 0xfffn);
    const low = code[at]! | (code[at + 1]! << 8);
    const crosses = isLong(low) && at === 0xffe;
    if (crosses || this.rules.marked(pc)) {
      this.view.setUint8(address + record.op, ASIDE);
      return undefined;
    }
    const word = isLong(low) ? (low | (code[at + 2]! << 16) | (code[at + 3]! << 24)) >>> 0 : low;
    const decoded = this.decoded(hart, word);
    const { row, length } = decoded;
    if (row && this.rules.watched(row, decoded.word)) {
      this.view.setUint8(address + record.op, ASIDE);
      return undefined;
    }
    writeRecord(this.view, hart, address, pc, decoded);
    if (!row || handlerOf(row, length) === undefined) return undefined;
    return { row, length, near: this.view.getUint8(address + record.op) === handlerOf(row, length, true) };
  }

  /**
   * Write the instruction at pc into the hart's slot for instructions executed aside.
   * @param word its bits, gathered from both pages where it crosses
   * @returns the slot's address
   */
  aside(hart: number, pc: bigint, word: number): number {
    const slot = this.address(hart, this.map.slotsPerHart);
    const address = slot + (Number(pc & 0xfffn) >> 1) * record.bytes;
    writeRecord(this.view, hart, address, pc, this.decoded(hart, word), true);
    for (const behind of [1, 2]) this.view.setUint8(address + behind * record.bytes + record.op, CONTINUE);
    return slot;
  }
}

/** A slot that holds no page. */
const VACANT = { page: -1, key: '', code: new Uint8Array(0), fences: 0 } as const;
const unused = (address: number): Slot => ({ address, ...VACANT, known: undefined });

/** Are these bytes the same as those from `place` on? */
function same(code: Uint8Array, bytes: Uint8Array, place: number): boolean {
  const a = new Int32Array(code.buffer, code.byteOffset, PAGE / 4);
  const b = new Int32Array(bytes.buffer, bytes.byteOffset + place, PAGE / 4);
  for (let n = 0; n < a.length; n++) if (a[n] !== b[n]) return false;
  return true;
}
