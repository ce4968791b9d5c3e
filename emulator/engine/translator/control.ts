/**
 * Control in a region: where it is entered, how it gets from block to block, how it is left.
 *
 * Within a page a jump to a block is a branch. Into another page of the region it is one while the hart's fetch TLB has that page, and the records
 * there enter this very region: then the interpreter would come to the same code. Whatever changes that (another page is mapped there,
 * other code after fence.i, a breakpoint) takes the TLB's entry or the records' marks away, and none of that happens while a region runs.
 */
import { hart as at, record, side, tlb } from '../../layout.js';
import type { Code, Label } from '../../wasm/code.js';
import { get, i32, i64, load, type Val } from '../../wasm/value.js';
import { type Block, pageOf } from './code.js';
import type { Item, Loops } from './loops.js';

/** How a region was left. The hart's block holds pc and the instructions left. */
export enum Left {
  /** Go on at pc. */
  goOn = 0,
  /** The interpreter executes the instruction at pc, whatever is translated there. */
  interpret = 1,
}

/** Bits for the instructions of a block that were counted and are not executed, in the number by which a region is left. */
const UNCOUNTED = 9;

export class Control {
  /** Offsets where the region may be entered, by entry number. */
  readonly entries: readonly number[];
  /** Locals: instructions left; where the region is left for, or, on the way there, the number that tells it; the answer. */
  readonly left: number;
  readonly pc: number;
  private readonly status: number;
  /** Parameter: which item comes next, on the way through the dispatch. */
  private readonly entry = 2;
  private readonly blocks: readonly Block[];
  private readonly number: ReadonlyMap<number, number>;
  private readonly entryOf: ReadonlyMap<number, number>;
  /** Where control can be sent from here: starts of the loops around, ends of the blocks in front of what follows. */
  private readonly labels = new Map<number, Label>();
  /** The loops around that can be told where to go on, the innermost last: the entries that they hold, and their starts. */
  private readonly around: { low: number; high: number; label: Label }[] = [];
  /** Ends of the way out: of one told by a number, and of one with pc and what is left as they should be. */
  private out: Label = 0;
  private leave: Label = 0;
  private dispatch: Label = 0;
  /** Offset of the page that the code being written lies in. */
  private here = 0;
  private readonly spans: boolean;

  /**
   * @param page virtual address that offsets count from
   * @param self the region's place in the function table
   * @param write writes a block's instructions, piece by piece
   */
  constructor(
    private readonly c: Code,
    private readonly hart: Val,
    private readonly slot: Val,
    private readonly loops: Loops,
    private readonly page: bigint,
    private readonly self: number,
    private readonly write: (block: Block) => Iterable<undefined>,
  ) {
    [this.left, this.pc, this.status] = [c.local('i32'), c.local('i64'), c.local('i32')];
    const { blocks } = loops;
    this.blocks = blocks;
    this.number = new Map(blocks.map(({ start }, n) => [start, n]));
    this.spans = blocks.some(({ start }) => pageOf(start) !== 0);
    const free = new Set(loops.items.map(({ first }) => first));
    const entries = blocks.flatMap((_, n) => (free.has(n) || loops.isEntry(n) ? [n] : []));
    this.entries = entries.map((n) => blocks[n]!.start);
    this.entryOf = new Map(entries.map((n, entry) => [n, entry]));
  }

  /**
   * All of it, piece by piece. Behind it `pc` and `left` are what they should be.
   * @param ready what must hold for the interpreter not to execute all of it; undefined: nothing
   * @returns the answer
   */
  *emit(ready: Val | undefined): Generator<undefined, Val> {
    const { c } = this;
    this.leave = c.begin('block');
    this.out = c.begin('block');
    if (ready)
      c.if(ready.eq(0), () =>
        c.switch(
          get(this.entry, 'i32'),
          this.entries.map((offset) => () => this.leaveAt(offset, Left.interpret)),
        ),
      );
    this.dispatch = c.begin('loop');
    yield* this.sequence(this.loops.items);
    c.end().unreachable();
    c.end();
    const told = get(this.pc, 'i64');
    const low = told.to('i32', false);
    c.set(this.status, low.and(1));
    c.store('i32', this.hart, load('i32', this.hart, at.misses).add(low.shrU(1).and(1)), at.misses);
    c.set(this.left, get(this.left, 'i32').add(low.shrU(2).and(2 ** UNCOUNTED - 1)));
    c.set(this.pc, told.shrS(UNCOUNTED + 2).add(this.page));
    c.end();
    return get(this.status, 'i32');
  }

  /** With `pc` and `left` as they should be: go on there. */
  leaveNow(): void {
    this.c.br(this.leave);
  }

  /**
   * @param uncounted instructions that were counted already
   * @param isMiss a page is not in the data TLB
   */
  leaveAt(offset: number, how: Left, uncounted = 0, isMiss = false): void {
    const { c } = this;
    // One number tells everything: there are many ways out, and each should be short.
    c.set(this.pc, i64((offset * 2 ** UNCOUNTED + uncounted) * 4 + (isMiss ? 2 : 0) + how));
    c.br(this.out);
  }

  /**
   * Items one behind the other, with a way in for each that holds an entry. Never falls out of its end.
   * @param around start of the loop whose body they are: its head is the first of them
   */
  private *sequence(items: readonly Item[], around?: Label): Generator<undefined, void> {
    const { c } = this;
    const depths = items.flatMap((item, k) => this.entriesIn(item).map(() => k));
    const [lowest] = items.flatMap((item) => this.entriesIn(item));
    const isChoice = depths.some((depth) => depth > 0);
    const choosing = isChoice && around !== undefined;
    if (choosing) this.around.push({ low: lowest!, high: lowest! + depths.length - 1, label: around });
    for (const { first } of [...items].reverse()) this.labels.set(first, c.begin('block'));
    if (isChoice) {
      get(this.entry, 'i32').sub(lowest!).emit(c);
      c.table(depths, 0);
    }
    for (const [k, item] of items.entries()) {
      c.end();
      if (k === 0 && around !== undefined) this.labels.set(item.first, around);
      else this.labels.delete(item.first);
      yield* this.item(item, around !== undefined && k === 0 && !isChoice);
    }
    this.labels.delete(items[0]!.first);
    if (choosing) this.around.pop();
    c.unreachable();
  }

  /** Numbers of the entries that lie in an item. */
  private entriesIn({ first, last }: Item): number[] {
    const numbers: number[] = [];
    for (let n = first; n <= last; n++) {
      const entry = this.entryOf.get(n);
      if (entry !== undefined) numbers.push(entry);
    }
    return numbers;
  }

  /** @param reached control is known to be where it was sent: nothing has to be noted on each round of a tight loop */
  private *item(item: Item, reached: boolean): Generator<undefined, void> {
    const { c } = this;
    const { first, inside } = item;
    const arrive = () => c.set(this.entry, i32(-1));
    if (!inside) {
      if (!reached && this.entryOf.has(first)) arrive();
      const block = this.blocks[first]!;
      this.here = pageOf(block.start);
      yield* this.write(block);
      return;
    }
    if (this.entriesIn(item).length === 1) arrive();
    yield* this.sequence(inside, c.begin('loop'));
    c.end();
  }

  /** Control goes from the code being written to an offset. */
  goTo(offset: number): void {
    const { c } = this;
    const n = this.number.get(offset);
    if (pageOf(offset) === this.here) {
      if (n === undefined) this.leaveAt(offset, Left.goOn);
      else this.branch(n);
      return;
    }
    if (n !== undefined) c.if(this.isHere(offset), () => this.branch(n));
    c.set(this.pc, i64(this.page + BigInt(offset)));
    this.cross();
  }

  private branch(n: number): void {
    const { c } = this;
    const label = this.labels.get(n);
    if (label !== undefined) {
      c.br(label);
      return;
    }
    const entry = this.entryOf.get(n);
    if (entry === undefined) throw new Error(`no way to the block at ${this.blocks[n]!.start}`);
    c.set(this.entry, i32(entry));
    const loop = this.around.findLast(({ low, high }) => low <= entry && entry <= high);
    c.br(loop?.label ?? this.dispatch);
  }

  /** Address of what the hart's fetch TLB has of the page that an offset lies in. */
  private fetchEntry(offset: number): Val {
    const index = Number(((this.page + BigInt(offset)) >> 12n) & BigInt(tlb.entries - 1));
    return load('i32', this.hart, at.fetchTlb).add(index * 16);
  }

  /** The first record of the page that the code being written lies in. */
  records(): Val {
    return this.spans ? load('i32', this.fetchEntry(this.here), tlb.fetch + 8) : this.slot;
  }

  private beside(first: Val, offset: Val | number): Val {
    return first
      .add(offset)
      .shrU(1)
      .add(load('i32', this.hart, at.side));
  }

  /** Would the interpreter enter this region at an offset in another page? */
  private isHere(offset: number): Val {
    const entry = this.fetchEntry(offset);
    const mapped = load('i64', entry, tlb.fetch).eq(this.page + BigInt(pageOf(offset)));
    const inPage = (offset - pageOf(offset)) * (record.bytes / 2);
    const own = load('i32', this.beside(load('i32', entry, tlb.fetch + 8), inPage), side.region);
    return mapped.and(own.eq(this.self));
  }

  /** Leave for `pc` in another page, or for code that is not held, and tell the translator. */
  private cross(): void {
    const { c, hart } = this;
    c.store('i64', hart, get(this.pc, 'i64'), at.missed);
    c.store('i32', hart, i32(this.self), at.missedBy);
    c.store('i32', hart, load('i32', hart, at.crossings).add(1), at.crossings);
    this.leaveNow();
  }

  /** To an address that is known only now, in `pc`: within the region if it is one of its entries. */
  goIndirect(): void {
    const { c } = this;
    const pc = get(this.pc, 'i64');
    const within = pc
      .to('i32', false)
      .and(0xfff)
      .shl(Math.log2(record.bytes / 2));
    const toOwn = (first: Val) =>
      c.scope(() => {
        const where = c.local('i32');
        c.set(where, this.beside(first, within));
        const own = load('i32', get(where, 'i32'), side.region).eq(this.self);
        c.if(own, () => {
          c.set(this.entry, load('i16', get(where, 'i32'), side.entry));
          // Most often it stays in the loop.
          const loop = this.around.at(-1);
          if (loop)
            c.brIf(
              loop.label,
              get(this.entry, 'i32')
                .sub(loop.low)
                .leU(loop.high - loop.low),
            );
          c.br(this.dispatch);
        });
      });
    if (this.spans)
      c.scope(() => {
        const index = pc
          .shrU(8)
          .to('i32', false)
          .and((tlb.entries - 1) << 4);
        const entry = c.local('i32');
        c.set(entry, load('i32', this.hart, at.fetchTlb).add(index));
        c.if(load('i64', get(entry, 'i32'), tlb.fetch).eq(pc.and(~0xfffn)), () =>
          toOwn(load('i32', get(entry, 'i32'), tlb.fetch + 8)),
        );
      });
    else c.if(pc.sub(this.page).ltU(0x1000), () => toOwn(this.slot));
    this.cross();
  }
}
