/**
 * Blocks in an order in which those of a loop lie side by side, its head first, so that WebAssembly can have it as a loop: compilers let many loops begin in their
 * middle. Among themselves blocks follow each other as control does.
 */
import { type Block, isCall, pageOf } from './code.js';

/** Blocks by number, both ends included: one block, or a loop. */
export interface Item {
  readonly first: number;
  readonly last: number;
  /** What a loop holds; its head is the first. */
  readonly inside?: readonly Item[];
}

export class Loops {
  readonly blocks: readonly Block[];
  readonly items: readonly Item[];
  /** Blocks that control comes to other than by going on, or by going back to the head of a loop around: by number. */
  private readonly entered = new Set<number>();

  /** @param given in any order */
  constructor(given: readonly Block[]) {
    const arranged = new Arrangement([...given].sort((a, b) => a.start - b.start));
    this.items = arranged.items(given.map((_, n) => n));
    this.blocks = arranged.blocks;
    const number = new Map(this.blocks.map(({ start }, n) => [start, n]));
    const before: number[][] = this.blocks.map(() => []);
    this.blocks.forEach(({ successors }, n) => {
      for (const to of successors) if (number.has(to)) before[number.get(to)!]!.push(n);
    });
    this.blocks.forEach(({ start, entered }, n) => {
      const page = pageOf(start);
      if (entered || before[n]!.some((from) => from >= n || pageOf(this.blocks[from]!.start) !== page))
        this.entered.add(n);
    });
    const jumpedInto = (items: readonly Item[]) => {
      for (const { first, last, inside } of items) {
        if (!inside) continue;
        for (let n = first + 1; n <= last; n++)
          if (before[n]!.some((from) => from < first || from > last)) this.entered.add(n);
        jumpedInto(inside);
      }
    };
    jumpedInto(this.items);
  }

  /** Does control come to this block in a way for which it must be an entry? */
  isEntry(n: number): boolean {
    return this.entered.has(n);
  }

  /** The blocks of loops that hold no loop. */
  innermost(items: readonly Item[] = this.items): number[] {
    return items.flatMap(({ first, last, inside }) => {
      if (!inside) return [];
      if (inside.some((item) => item.inside)) return this.innermost(inside);
      return Array.from({ length: last - first + 1 }, (_, k) => first + k);
    });
  }
}

/** The most blocks of a loop that are considered for its head. */
const MOST_HEADS = 8;

class Arrangement {
  readonly blocks: Block[] = [];
  private readonly after: readonly (readonly number[])[];
  private readonly before: readonly (readonly number[])[];

  /** @param given by offset */
  constructor(private readonly given: readonly Block[]) {
    const number = new Map(given.map(({ start }, n) => [start, n]));
    const before: number[][] = given.map(() => []);
    this.before = before;
    this.after = given.map((block, n) => {
      // What is called comes back.
      const to = (isCall(block) ? [block.next] : block.successors).flatMap((offset) => number.get(offset) ?? []);
      for (const each of to) before[each]!.push(n);
      // Later ones first: see `components`.
      return to.sort((a, b) => b - a);
    });
  }

  /** Put some blocks in order. @param numbers ascending */
  items(numbers: readonly number[]): Item[] {
    return this.components(numbers).map((component) => {
      const first = this.blocks.length;
      const isLoop = component.length > 1 || this.after[component[0]!]!.includes(component[0]!);
      const head = isLoop ? this.headOf(component) : component[0]!;
      this.blocks.push(this.given[head]!);
      const alone = { first, last: first };
      if (!isLoop) return alone;
      const rest = component.filter((n) => n !== head).sort((a, b) => a - b);
      const inside = [alone, ...this.items(rest)];
      return { first, last: this.blocks.length - 1, inside };
    });
  }

  /** Where control comes into a loop; if that is not known, or more than one place is, the one without which the least of it goes in circles. */
  private headOf(component: readonly number[]): number {
    const within = new Set(component);
    const sorted = [...component].sort((a, b) => a - b);
    const outside = sorted.filter((n) => this.before[n]!.some((from) => !within.has(from)));
    if (outside.length === 1) return outside[0]!;
    const joining = sorted.filter((n) => this.before[n]!.length > 1);
    const candidates = [outside, joining, sorted].find((some) => some.length)!.slice(0, MOST_HEADS);
    const circling = candidates.map((head) =>
      this.components(sorted.filter((n) => n !== head)).reduce((sum, { length }) => sum + (length > 1 ? length : 0), 0),
    );
    return candidates[circling.indexOf(Math.min(...circling))]!;
  }

  /**
   * Blocks between which control goes in circles, together, each of these before those that it goes on to (Tarjan, "Depth-first search and linear graph algorithms").
   * Beginning with the last ones, and going to the last ones first, leaves what has no order otherwise in that of offsets.
   */
  private components(numbers: readonly number[]): number[][] {
    const within = new Set(numbers);
    const index = new Map<number, number>();
    const open: number[] = [];
    const isOpen = new Set<number>();
    const found: number[][] = [];
    const visit = (n: number): number => {
      const own = index.size;
      index.set(n, own);
      let least = own;
      open.push(n);
      isOpen.add(n);
      for (const to of this.after[n]!) {
        if (!within.has(to)) continue;
        if (!index.has(to)) least = Math.min(least, visit(to));
        else if (isOpen.has(to)) least = Math.min(least, index.get(to)!);
      }
      if (least === own) {
        const component = open.splice(open.indexOf(n));
        for (const each of component) isOpen.delete(each);
        found.push(component);
      }
      return least;
    };
    for (const n of [...numbers].reverse()) if (!index.has(n)) visit(n);
    return found.reverse();
  }
}
