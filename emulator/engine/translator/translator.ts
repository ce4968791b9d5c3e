/**
 * Which code is translated, and where it is entered. Execution is looked at between turns: a page where it is often found is translated
 * around the places where it was found. So nothing is counted while code runs, and nothing of it can be seen by the guest.
 */
import type { Instruction } from '../../../isa/types.js';
import { hart as at, hartBlock, record, side, tlb } from '../../layout.js';
import type { DecodeCache, Slot } from '../decode-cache.js';
import { ASIDE, ENTER } from '../handlers.js';
import type { EngineExports } from '../start.js';
import type { EngineChoice } from '../choice.js';
import { type Block, blocksOf } from './code.js';
import { type Region, region } from './region.js';
import type { Chip } from './vector/state.js';

/** When to translate. */
interface Patience {
  /** Instructions between two looks while execution is found outside translated code, and while it is found inside. */
  readonly outside: number;
  readonly inside: number;
  /** Instructions that are to be spent in a page outside translated code before it is translated; ever more, the more often it was. */
  readonly hot: number;
  /** Everything is dropped when there are so many regions. */
  readonly mostRegions: number;
}

const patience = {
  auto: { outside: 10_000, inside: 500_000, hot: 400_000, mostRegions: 4096 },
  translator: { outside: 50, inside: 200, hot: 0, mostRegions: 128 },
} as const satisfies Partial<Record<EngineChoice, Patience>>;

/** Instructions of a region, about. */
const LONGEST = 500;

/** Instructions for each time that a loop was left for the TLB's sake: with more of these, it is seldom. */
const SELDOM = 500;

const coldly = (streams: boolean): Heat => ({ spent: 0, translations: 0, streams, hot: new Set(), held: new Map() });

/** What is known of a page in a slot. */
export interface Heat {
  /** Instructions spent here outside translated code, as far as was seen. */
  spent: number;
  translations: number;
  /** Its loops go through more pages than the TLB holds. */
  streams: boolean;
  /** Offsets where execution was found outside translated code since the last translation. */
  readonly hot: Set<number>;
  /** The region that holds the instruction at an offset. */
  readonly held: Map<number, Translated>;
}

/** A region in the function table, and the code it was made from. */
interface Translated extends Region {
  readonly index: number;
  readonly code: Uint8Array;
  readonly streams: boolean;
  /** Where discovery began. */
  readonly seeds: readonly number[];
}

export interface Whose {
  has(hart: number, extension: string): boolean;
  /** Harts with the same answer share translated code. */
  isa(hart: number): string;
  chip(hart: number): Chip;
  marked(pc: bigint): boolean;
  watched(row: Instruction, word: number): boolean;
}

export class Translator {
  private readonly view: DataView;
  private readonly firstIndex: number;
  private count = 0;
  private readonly regions = new Map<string, Translated[]>();
  /** Kinds of harts in its keys. */
  private readonly isas = new Set<string>();
  /** By hart: instructions since one looked where it is, and at how many one looks again. With one count for all the same harts would be looked at ever again, and others never. */
  private readonly since: number[] = [];
  private readonly looks: number[] = [];
  private readonly patience: Patience;

  constructor(
    private readonly memory: WebAssembly.Memory,
    private readonly cache: DecodeCache,
    private readonly engine: EngineExports,
    private readonly whose: Whose,
    choice: keyof typeof patience,
  ) {
    this.patience = patience[choice];
    this.view = new DataView(memory.buffer);
    this.firstIndex = engine.table.length;
  }

  /** The most instructions that a hart should run before `ran` is told. */
  look(hart: number): number {
    return this.looks[hart] ?? this.patience.outside;
  }

  /** A hart has executed so many instructions and stands still. */
  ran(hart: number, instructions: number): void {
    const spent = (this.since[hart] ?? 0) + instructions;
    this.since[hart] = spent;
    if (spent < this.look(hart)) return;
    this.since[hart] = 0;
    this.looks[hart] = this.patience.outside;
    const pc = this.view.getBigInt64(hartBlock(hart) + at.pc, true);
    const slot = this.slotAt(hart, pc);
    if (!slot) return;
    slot.heat ??= coldly(false);
    const { heat } = slot;
    const page = pc & ~0xfffn;
    const misses = this.view.getUint32(hartBlock(hart) + at.misses, true);
    if (misses) this.view.setUint32(hartBlock(hart) + at.misses, 0, true);
    // A jump by register that left translated code, most often a case of a switch: where it went is as good as hot.
    const missed = this.view.getBigInt64(hartBlock(hart) + at.missed, true);
    if (missed) this.view.setBigInt64(hartBlock(hart) + at.missed, 0n, true);
    const places = (missed & ~0xfffn) === page ? [pc, missed] : [pc];
    for (const offset of places.map((place) => Number(place & 0xfffn))) {
      if (heat.held.has(offset)) continue;
      heat.spent += Math.min(spent, this.patience.outside);
      heat.hot.add(offset);
    }
    if (heat.held.has(Number(pc & 0xfffn))) this.looks[hart] = this.patience.inside;
    const held = heat.held.get(Number(pc & 0xfffn));
    if (misses * SELDOM > spent && held && !heat.streams) {
      this.leave(slot);
      slot.heat = coldly(true);
      this.translate(hart, slot, slot.heat, page, held.seeds);
      return;
    }
    if (heat.hot.size > 0 && heat.spent >= this.patience.hot * (1 + heat.translations))
      this.translate(hart, slot, heat, page, [...heat.hot]);
  }

  /** Forget everything: there is too much, or other registers are watched. */
  clear(): void {
    this.regions.clear();
    this.count = 0;
    this.cache.everySlot((slot) => this.leave(slot));
  }

  /** Forget what was made of the page that a virtual address lies in: its breakpoints are others now. */
  forget(pc: bigint): void {
    const page = BigInt.asUintN(64, pc) & ~0xfffn;
    for (const isa of this.isas) this.regions.delete(`${page}:${isa}`);
    this.cache.slotsAt(pc, (slot) => {
      if (slot.heat) this.leave(slot);
    });
  }

  /** No record of the slot enters translated code any more. */
  private leave(slot: Slot): void {
    slot.heat = undefined;
    for (let n = 0; n < record.perPage; n++) {
      const address = slot.address + n * record.bytes;
      if (this.view.getUint8(address + record.op) === ENTER) {
        this.view.setUint8(address + record.op, this.view.getUint8(this.beside(address) + side.op));
      }
      this.view.setUint32(this.beside(address) + side.region, 0, true);
    }
  }

  private beside(address: number): number {
    return this.cache.beside(address);
  }

  /** The slot that the hart executes from at pc, if its fetch TLB knows. */
  private slotAt(hart: number, pc: bigint): Slot | undefined {
    const context = this.view.getUint32(hartBlock(hart) + at.fetchTlb, true);
    const entry = context + tlb.fetch + Number((pc >> 12n) & BigInt(tlb.entries - 1)) * 16;
    if (this.view.getBigUint64(entry, true) !== BigInt.asUintN(64, pc & ~0xfffn)) return undefined;
    return this.cache.slotAt(hart, this.view.getUint32(entry + 8, true));
  }

  private translate(hart: number, slot: Slot, heat: Heat, page: bigint, seeds: readonly number[]): void {
    heat.spent = 0;
    heat.translations++;
    heat.hot.clear();
    const isa = this.whose.isa(hart);
    this.isas.add(isa);
    const key = `${page}:${isa}`;
    const known = this.regions.get(key) ?? [];
    const found = known.find(
      ({ code, holds, streams }) =>
        streams === heat.streams && same(code, slot.code) && seeds.every((offset) => holds.includes(offset)),
    );
    const made = found ?? this.make(hart, slot, heat, seeds, page);
    if (!made) return;
    if (!found) this.regions.set(key, [...(this.regions.get(key) ?? []), made]);
    this.install(hart, slot, heat, made, page);
  }

  /** The blocks around the seeds, with those of the regions that they lead into while that is not too much. */
  private blocks(hart: number, slot: Slot, heat: Heat, seeds: readonly number[], page: bigint) {
    const discover = (from: readonly number[]) =>
      blocksOf(
        {
          bytes: slot.code,
          has: (extension) => this.whose.has(hart, extension),
          marked: (offset) => this.whose.marked(page + BigInt(offset)),
          watched: (row, word) => this.whose.watched(row, word),
        },
        from,
        LONGEST,
      );
    const size = (blocks: readonly Block[]) => blocks.reduce((sum, { steps }) => sum + steps.length, 0);
    const alone = discover(seeds);
    const met = new Set(alone.flatMap(({ steps }) => steps.flatMap(({ at }) => heat.held.get(at) ?? [])));
    if (!met.size) return { seeds, blocks: alone };
    const all = [...new Set([...seeds, ...[...met].flatMap((other) => other.seeds)])];
    const together = discover(all);
    return size(together) < LONGEST ? { seeds: all, blocks: together } : { seeds, blocks: alone };
  }

  private make(hart: number, slot: Slot, heat: Heat, hot: readonly number[], page: bigint): Translated | undefined {
    const { seeds, blocks } = this.blocks(hart, slot, heat, hot, page);
    if (!blocks.some(({ steps }) => steps.length > 0)) return undefined;
    if (this.count >= this.patience.mostRegions) this.clear();
    const index = this.firstIndex + this.count++;
    const { table } = this.engine;
    const made = region(blocks, page, index, this.whose.chip(hart), this.vtype(hart), heat.streams);
    const env: Record<string, WebAssembly.ImportValue> = {
      memory: this.memory,
      mulHighUnsigned: this.engine.mulHighUnsigned,
      refill: this.engine.refill,
    };
    for (const call of made.calls) env[`f${call}`] = table.get(call) as WebAssembly.ImportValue;
    const instance = new WebAssembly.Instance(new WebAssembly.Module(made.bytes), { env });
    if (table.length <= index) table.grow(64);
    table.set(index, instance.exports.region);
    return { ...made, index, code: slot.code.slice(), seeds, streams: heat.streams };
  }

  /** The low eight bits of the hart's vtype, unless that is vill. */
  private vtype(hart: number): number | undefined {
    const vtype = this.view.getBigUint64(hartBlock(hart) + at.vtype, true);
    return vtype < 0x100n ? Number(vtype) : undefined;
  }

  /** Let the slot's records enter the region. */
  private install(hart: number, slot: Slot, heat: Heat, made: Translated, page: bigint): void {
    const decoded = (offset: number) => {
      const address = slot.address + (offset / 2) * record.bytes;
      if (this.view.getUint8(address + record.op) === 0) this.cache.decode(hart, address, page + BigInt(offset));
      return address;
    };
    for (const offset of made.records) decoded(offset);
    made.entries.forEach((offset, entry) => {
      if (!made.holds.includes(offset)) return;
      const address = decoded(offset);
      const op = this.view.getUint8(address + record.op);
      if (op === ASIDE) return;
      const beside = this.beside(address);
      if (op !== ENTER) this.view.setUint8(beside + side.op, op);
      this.view.setUint32(beside + side.region, made.index, true);
      this.view.setUint16(beside + side.entry, entry, true);
      this.view.setUint8(address + record.op, ENTER);
    });
    for (const offset of made.holds) heat.held.set(offset, made);
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  for (let n = 0; n < a.length; n++) if (a[n] !== b[n]) return false;
  return true;
}
