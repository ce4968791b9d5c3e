/** What was seen of a page while its code was interpreted, and which of it is worth translating. */
import { type Block, isCall, type Seeds } from './code.js';

/** Blocks that hang together are translated where at least one in so many of the places seen lies in them, or one for so many of their instructions. */
const SHARE = 16;
const SIZE = 16;

/** Offsets where execution was found outside translated code since the last translation. */
export class Hot {
  /** How often. */
  private readonly seen = new Map<number, number>();
  private readonly targets = new Set<number>();

  add(offset: number): void {
    this.seen.set(offset, (this.seen.get(offset) ?? 0) + 1);
  }

  /** A jump by register went there. */
  addTarget(offset: number): void {
    this.targets.add(offset);
  }

  get some(): boolean {
    return this.seen.size > 0;
  }

  seeds(): Seeds {
    return { seen: [...this.seen.keys()], targets: [...this.targets] };
  }

  clear(): void {
    this.seen.clear();
    this.targets.clear();
  }

  /**
   * The blocks without those that were hardly ever seen, such as the function around a loop that ended while one looked: what is not translated costs nothing.
   * @param blocks in the order of their offsets
   */
  worthwhile(blocks: readonly Block[]): Block[] {
    const groups = groupsOf(blocks);
    const weights = blocks.map(() => 0);
    const sizes = blocks.map(() => 0);
    blocks.forEach(({ steps }, n) => {
      weights[groups[n]!]! += steps.reduce((times, { at }) => times + (this.seen.get(at) ?? 0), 0);
      sizes[groups[n]!]! += steps.length;
    });
    const sum = weights.reduce((all, weight) => all + weight, 0);
    return blocks.filter((_, n) => {
      const weight = weights[groups[n]!]!;
      return weight * SHARE >= sum || weight * SIZE >= sizes[groups[n]!]!;
    });
  }
}

/** The number of a block for each, the same for blocks that control goes between: by branches, calls and what lies behind them. */
function groupsOf(blocks: readonly Block[]): number[] {
  const number = new Map(blocks.map(({ start }, n) => [start, n]));
  const parent = blocks.map((_, n) => n);
  const find = (n: number): number => {
    let root = n;
    while (parent[root] !== root) root = parent[root]!;
    parent[n] = root;
    return root;
  };
  blocks.forEach((block, n) => {
    const { next, end, successors } = block;
    for (const to of end === 'goes' && !isCall(block) ? successors : [...successors, next]) {
      const other = number.get(to);
      if (other !== undefined) parent[find(other)] = find(n);
    }
  });
  return blocks.map((_, n) => find(n));
}

/** Offsets from another page's beginning. @param by how far that lies in front */
export const shifted = ({ seen, targets }: Seeds, by: number): Seeds => ({
  seen: seen.map((offset) => offset + by),
  targets: targets.map((offset) => offset + by),
});
