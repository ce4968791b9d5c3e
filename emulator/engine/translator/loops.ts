/** Which blocks make loops that WebAssembly can have as loops: those that no branch from outside enters but at their head. */
import { type Block, pageOf } from './code.js';

/** Blocks by number, both ends included: a loop, or one block. */
export interface Item {
  readonly first: number;
  readonly last: number;
  readonly loop: boolean;
}

export class Loops {
  private readonly predecessors: readonly (readonly number[])[];

  /** @param blocks in the order of their offsets */
  constructor(private readonly blocks: readonly Block[]) {
    const number = new Map(blocks.map(({ start }, n) => [start, n]));
    const predecessors: number[][] = blocks.map(() => []);
    blocks.forEach(({ successors }, n) => {
      for (const to of successors) if (number.has(to)) predecessors[number.get(to)!]!.push(n);
    });
    this.predecessors = predecessors;
  }

  /** Does control go back to this block, or come to it other than by a branch within a page? */
  isEntry(n: number, block: Block): boolean {
    const page = pageOf(block.start);
    return (
      block.entered || this.predecessors[n]!.some((from) => from >= n || pageOf(this.blocks[from]!.start) !== page)
    );
  }

  /**
   * The blocks from `first` to `last` as loops, the largest there are, and single blocks.
   * @param within these blocks are the body of a loop whose head is the first of them
   */
  items(first: number, last: number, within: boolean): Item[] {
    const items: Item[] = [];
    for (let n = first; n <= last; ) {
      const end = within && n === first ? undefined : this.loopAt(n, last);
      items.push({ first: n, last: end ?? n, loop: end !== undefined });
      n = (end ?? n) + 1;
    }
    return items;
  }

  /** The last block of the largest loop that begins at a block. */
  private loopAt(head: number, last: number): number | undefined {
    const tails = this.predecessors[head]!.filter((n) => n >= head && n <= last).sort((a, b) => b - a);
    return tails.find((tail) => {
      for (let n = head + 1; n <= tail; n++) {
        if (this.predecessors[n]!.some((from) => from < head || from > tail)) return false;
      }
      return true;
    });
  }
}
