/**
 * Which code is translated, and where it is entered. Execution is looked at between turns: a page where it is often found is translated
 * around the places where it was found. So nothing is counted while code runs, and nothing of it can be seen by the guest.
 *
 * A region is made piece by piece, and the harts run on between two pieces. It is of the code that was there when it was begun: harts enter it where that is
 * still what they execute.
 */
import type { Instruction } from '../../../isa/types.js';
import { hart as at, hartBlock, record, side, tlb } from '../../layout.js';
import type { DecodeCache, Slot } from '../decode-cache.js';
import { ASIDE, ENTER } from '../handlers.js';
import type { EngineExports } from '../start.js';
import type { EngineChoice } from '../choice.js';
import { type Block, blocksOf, pageOf, type Seeds } from './code.js';
import { type Heat, Heats, type Known, same } from './heat.js';
import { shifted } from './hot.js';
import { type Region, region } from './region.js';
import type { Chip } from './vector/state.js';

/** When to translate. */
interface Patience {
  /** Instructions between two looks while execution is found outside translated code, and while it is found inside. */
  readonly outside: number;
  readonly inside: number;
  /** Instructions that are to be spent in a page outside translated code before it is translated; ever more, the more often the same code was. */
  readonly hot: number;
  /** Everything is dropped when there are so many regions. */
  readonly mostRegions: number;
  /** Milliseconds for a piece of a region that is being made, or so many steps if that takes longer; instructions between two of them. */
  readonly piece: number;
  readonly steps: number;
  readonly between: number;
}

const patience = {
  auto: {
    ...{ outside: 10_000, inside: 500_000, hot: 400_000, mostRegions: 4096 },
    ...{ piece: 2, steps: 1, between: 25_000 },
  },
  translator: {
    ...{ outside: 50, inside: 200, hot: 500, mostRegions: 128 },
    ...{ piece: 0, steps: 30, between: 50 },
  },
} as const satisfies Partial<Record<EngineChoice, Patience>>;

/** Instructions of a region, about. */
const LONGEST = 500;

/** What it costs to leave translated code and come back, in instructions. */
const COST = 100;

/** The most pages of a region. */
const MOST_PAGES = 8;

/** Instructions for each time that a loop was left for the TLB's sake, or one page's code for another's: with more of these, it is seldom. */
const SELDOM = 500;

/** How often a page's code is translated anew together with what it leads to. */
const MOST_JOINS = 2;

/** A region in the function table, and the code it was made from. */
export interface Translated extends Region {
  readonly index: number;
  /** Virtual address of the page that its offsets count from. */
  readonly page: bigint;
  /** The code of the pages that it holds something of, by their offsets. */
  readonly code: ReadonlyMap<number, Uint8Array>;
  readonly streams: boolean;
  /** Where discovery began. */
  readonly seeds: Seeds;
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
  /** By each of their pages and ISA. */
  private readonly regions = new Map<string, Translated[]>();
  private readonly heats = new Heats();
  /** The region that is being made, and for which hart. */
  private making: { readonly hart: number; readonly steps: Generator<undefined, Translated | undefined> } | undefined;
  private readonly byIndex = new Map<number, Translated>();
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
    if (this.making) this.proceed();
    const pc = this.view.getBigInt64(hartBlock(hart) + at.pc, true);
    const slot = this.slotAt(hart, pc);
    if (slot) this.found(hart, slot, pc, spent);
    if (this.making) this.looks[hart] = this.patience.between;
  }

  /** A hart was found at a place. @param spent instructions since it was looked at last */
  private found(hart: number, slot: Slot, pc: bigint, spent: number): void {
    const page = pc & ~0xfffn;
    const { heat, held } = this.knownOf(hart, slot, page);
    const offset = Number(pc & 0xfffn);
    const region = held.get(offset) ?? this.madeBefore(hart, pc, heat.streams);
    if (region) this.looks[hart] = this.patience.inside;
    else {
      heat.spent += Math.min(spent, this.patience.outside);
      heat.hot.add(offset);
    }
    if (this.missed(hart, spent)) return;
    const misses = this.taken(hart, at.misses);
    if (misses * SELDOM > spent && region && !region.streams) {
      const first = this.slotAt(hart, region.page);
      if (!first || this.making) return;
      this.leave(first);
      this.knownOf(hart, first, region.page).heat.streams = true;
      this.translate(hart, first, region.page, region.seeds);
    } else if (heat.hot.some && heat.spent >= this.patience.hot * (1 + heat.again)) this.translate(hart, slot, page);
  }

  /** A number that translated code counts up, which begins anew. */
  private taken(hart: number, offset: number): number {
    const address = hartBlock(hart) + offset;
    const number = this.view.getUint32(address, true);
    if (number) this.view.setUint32(address, 0, true);
    return number;
  }

  /**
   * Where translated code was left for code that it does not hold: a jump by register within the page, most often a case of a switch, is as good as hot; and what
   * one page's code often leads to in another is translated together with it.
   * @returns was something translated?
   */
  private missed(hart: number, spent: number): boolean {
    const missed = this.view.getBigInt64(hartBlock(hart) + at.missed, true);
    const crossings = this.taken(hart, at.crossings);
    if (!missed) return false;
    this.view.setBigInt64(hartBlock(hart) + at.missed, 0n, true);
    const slot = this.slotAt(hart, missed);
    const by = this.byIndex.get(this.view.getUint32(hartBlock(hart) + at.missedBy, true));
    if (!slot || !by) return false;
    const to = Number(missed - by.page);
    const { heat, held } = this.knownOf(hart, slot, missed & ~0xfffn);
    const offset = Number(missed & 0xfffn);
    if (pageOf(to) === 0) {
      const often = crossings * COST >= this.patience.outside;
      if (!often || by.entries.includes(to)) return false;
      heat.spent += this.patience.outside;
      heat.hot.add(offset);
      heat.hot.addTarget(offset);
      heat.from.add(by);
      return false;
    }
    const first = crossings * SELDOM > spent && this.slotAt(hart, by.page);
    if (!first || this.making || !(heat.hot.some || held.size)) return false;
    const own = this.knownOf(hart, first, by.page).heat;
    if (own.joins === MOST_JOINS) return false;
    own.joins++;
    this.translate(hart, first, by.page, { seen: by.seeds.seen, targets: [...by.seeds.targets, to] });
    return true;
  }

  /** Pages of harts that are alike. @param page virtual address */
  private keyOf(hart: number, page: bigint): string {
    return `${page}:${this.whose.isa(hart)}`;
  }

  private knownOf(hart: number, slot: Slot, page: bigint): Known {
    slot.known ??= { heat: this.heats.of(this.keyOf(hart, page), slot.code), held: new Map() };
    return slot.known;
  }

  /** Forget everything: other registers are watched. */
  clear(): void {
    this.making = undefined;
    this.drop();
  }

  /** Forget all that was made. */
  private drop(): void {
    this.regions.clear();
    this.heats.clear();
    this.byIndex.clear();
    this.count = 0;
    this.cache.everySlot((slot) => this.leave(slot));
  }

  /** Forget what was made of the page that a virtual address lies in: its breakpoints are others now. */
  forget(pc: bigint): void {
    const page = BigInt.asUintN(64, pc) & ~0xfffn;
    this.making = undefined;
    this.heats.clear();
    for (const [key, known] of this.regions) {
      const rest = known.filter((each) => !each.code.has(Number(page - BigInt.asUintN(64, each.page))));
      if (rest.length < known.length) this.regions.set(key, rest);
    }
    this.cache.slotsAt(pc, (slot) => {
      if (slot.known) this.leave(slot);
    });
  }

  /** No record of the slot enters translated code any more. */
  private leave(slot: Slot): void {
    slot.known = undefined;
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

  /** @param seeds where to begin; else where the page was seen to be hot */
  private translate(hart: number, slot: Slot, page: bigint, seeds?: Seeds): void {
    const { heat } = this.knownOf(hart, slot, page);
    const wanted = seeds ?? heat.hot.seeds();
    const known = this.regions.get(this.keyOf(hart, page)) ?? [];
    const found = known.find(
      (region) =>
        region.page === page &&
        region.streams === heat.streams &&
        wanted.seen.every((offset) => region.holds.includes(offset)) &&
        wanted.targets.every((offset) => region.entries.includes(offset)) &&
        this.agrees(hart, region),
    );
    if (!found && this.making) return;
    heat.spent = 0;
    if (found) {
      cool(heat);
      this.install(hart, found);
      return;
    }
    this.making = { hart, steps: this.make(hart, slot, page, seeds) };
    this.proceed();
  }

  /** The region that is being made, a piece further. */
  private proceed(): void {
    const { hart, steps } = this.making!;
    const end = performance.now() + this.patience.piece;
    for (let n = 0; n < this.patience.steps || performance.now() < end; n++) {
      const { done, value } = steps.next();
      if (!done) continue;
      this.making = undefined;
      if (value && this.agrees(hart, value)) this.install(hart, value);
      return;
    }
  }

  /** Does the hart execute what the region was made from? */
  private agrees(hart: number, { page, code }: Translated): boolean {
    return [...code].every(([offset, bytes]) => {
      const own = this.slotAt(hart, page + BigInt(offset));
      return own !== undefined && same(bytes, own.code);
    });
  }

  /** Let a hart enter what was made of the same code, for another one perhaps. @returns what holds the instruction at pc */
  private madeBefore(hart: number, pc: bigint, streams: boolean): Translated | undefined {
    const found = this.regions
      .get(this.keyOf(hart, pc & ~0xfffn))
      ?.findLast(
        (region) =>
          region.streams === streams && region.holds.includes(Number(pc - region.page)) && this.agrees(hart, region),
      );
    if (found) this.install(hart, found);
    return found;
  }

  /** The blocks around the seeds, with those of the regions that they lead into while that is not too much. */
  private *blocks(hart: number, slot: Slot, page: bigint, given: Seeds | undefined) {
    const { heat } = this.knownOf(hart, slot, page);
    const slots = new Map<number, Slot | undefined>([[0, slot]]);
    // Other pages are followed into where they were seen to be hot too.
    const slotOf = (offset: number) => {
      if (!slots.has(offset)) {
        const there = slots.size < MOST_PAGES ? this.slotAt(hart, page + BigInt(offset)) : undefined;
        const known = there?.known;
        slots.set(offset, known && (known.heat.hot.some || known.held.size) ? there : undefined);
      }
      return slots.get(offset);
    };
    const discover = (from: Seeds) =>
      blocksOf(
        {
          bytes: (offset) => slotOf(offset)?.code,
          has: (extension) => this.whose.has(hart, extension),
          marked: (offset) => this.whose.marked(page + BigInt(offset)),
          watched: (row, word) => this.whose.watched(row, word),
        },
        from,
        LONGEST,
      );
    const size = (blocks: readonly Block[]) => blocks.reduce((sum, { steps }) => sum + steps.length, 0);
    const seeds = given ?? heat.hot.seeds();
    const alone = given ? discover(given) : heat.hot.worthwhile(discover(seeds));
    const held = (offset: number) => slotOf(pageOf(offset))?.known?.held.get(offset - pageOf(offset));
    const inside = new Set(alone.flatMap(({ steps }) => steps.map(({ at }) => at)));
    const own = {
      seen: seeds.seen.filter((at) => inside.has(at)),
      targets: seeds.targets.filter((at) => inside.has(at)),
    };
    const from = given ? [] : heat.from;
    const met = new Set([...from, ...alone.flatMap(({ steps }) => steps.flatMap(({ at }) => held(at) ?? []))]);
    const chosen = (seeds: Seeds, blocks: readonly Block[]) => {
      const pages = new Set(blocks.flatMap(({ steps }) => steps.map(({ at }) => pageOf(at))));
      return { seeds, blocks, code: new Map([...pages].map((offset) => [offset, slots.get(offset)!.code])) };
    };
    if (!met.size) return chosen(own, alone);
    yield;
    const lists = [own, ...[...met].map((other) => shifted(other.seeds, Number(other.page - page)))];
    // Regions that were made of one another have the same ones: with all of them, the lists would double each time.
    const union = (of: (seeds: Seeds) => readonly number[]) => [...new Set(lists.flatMap(of))];
    const all = { seen: union(({ seen }) => seen), targets: union(({ targets }) => targets) };
    const together = discover(all);
    return size(together) < LONGEST ? chosen(all, together) : chosen(own, alone);
  }

  /** Make a region, piece by piece, of the code as it is now. */
  private *make(
    hart: number,
    slot: Slot,
    page: bigint,
    given: Seeds | undefined,
  ): Generator<undefined, Translated | undefined> {
    const { heat, held } = this.knownOf(hart, slot, page);
    const conditions = { chip: this.whose.chip(hart), vtype: this.vtype(hart), streams: heat.streams };
    const key = (offset: number) => this.keyOf(hart, page + BigInt(offset));
    const { seeds, blocks, code } = yield* this.blocks(hart, slot, page, given);
    if (!blocks.some(({ steps }) => steps.length > 0)) {
      cool(heat);
      return undefined;
    }
    yield;
    if (this.count >= this.patience.mostRegions) this.drop();
    const index = this.firstIndex + this.count++;
    const { table } = this.engine;
    const made = yield* region(blocks, page, index, conditions);
    const env: Record<string, WebAssembly.ImportValue> = {
      memory: this.memory,
      mulHighUnsigned: this.engine.mulHighUnsigned,
      refill: this.engine.refill,
    };
    for (const call of made.calls) env[`f${call}`] = table.get(call) as WebAssembly.ImportValue;
    yield;
    const module = new WebAssembly.Module(made.bytes);
    yield;
    const instance = new WebAssembly.Instance(module, { env });
    if (table.length <= index) table.grow(64);
    table.set(index, instance.exports.region);
    const translated = { ...made, index, page, code, seeds, streams: conditions.streams };
    this.byIndex.set(index, translated);
    for (const offset of code.keys())
      this.regions.set(key(offset), [...(this.regions.get(key(offset)) ?? []), translated]);
    if (made.holds.some((offset) => held.has(offset))) heat.again++;
    cool(heat);
    return translated;
  }

  /** The low eight bits of the hart's vtype, unless that is vill. */
  private vtype(hart: number): number | undefined {
    const vtype = this.view.getBigUint64(hartBlock(hart) + at.vtype, true);
    return vtype < 0x100n ? Number(vtype) : undefined;
  }

  /** Let the records of the hart's slots enter the region. */
  private install(hart: number, made: Translated): void {
    const slots = new Map(
      [...made.code.keys()].map((offset) => [offset, this.slotAt(hart, made.page + BigInt(offset))!]),
    );
    const decoded = (offset: number) => {
      const page = pageOf(offset);
      const address = slots.get(page)!.address + ((offset - page) / 2) * record.bytes;
      const pc = made.page + BigInt(offset);
      if (this.view.getUint8(address + record.op) === 0) this.cache.decode(hart, address, pc);
      return address;
    };
    for (const offset of made.records) decoded(offset);
    const holds = new Set(made.holds);
    made.entries.forEach((offset, entry) => {
      if (!holds.has(offset)) return;
      const address = decoded(offset);
      const op = this.view.getUint8(address + record.op);
      if (op === ASIDE) return;
      const beside = this.beside(address);
      if (op !== ENTER) this.view.setUint8(beside + side.op, op);
      this.view.setUint32(beside + side.region, made.index, true);
      this.view.setUint16(beside + side.entry, entry, true);
      this.view.setUint8(address + record.op, ENTER);
    });
    for (const offset of made.holds) {
      const page = pageOf(offset);
      this.knownOf(hart, slots.get(page)!, made.page + BigInt(page)).held.set(offset - page, made);
    }
  }
}

/** What was seldom seen is no hotter for what happened long ago. */
function cool(heat: Heat): void {
  heat.spent = 0;
  heat.hot.clear();
  heat.from.clear();
}
