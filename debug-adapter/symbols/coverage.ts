import type { Unit } from './unit.js';
import type { Lines, TableOwner } from './lines.js';
import { type Range, rangesOf } from './ranges.js';

/** Which line table, and which unit, an address belongs to. Of every unit only its first DIE is read. */
export class Coverage {
  private readonly lows: BigUint64Array;
  private readonly highs: BigUint64Array;
  private readonly owners: TableOwner[] = [];
  /** The greatest end of this piece and all before it. */
  private readonly reach: BigUint64Array;

  constructor(units: readonly Unit[], lines: Lines) {
    const pieces: (Range & { owner: TableOwner })[] = [];
    const without = new Set<number>();
    for (const unit of units) {
      const { root } = unit;
      const owner = lines.of(unit) ?? { offset: -1, unit };
      const ranges = root ? rangesOf(root) : [];
      for (const range of ranges) pieces.push({ ...range, owner });
      if (ranges.length === 0 && owner.offset >= 0) without.add(owner.offset);
    }
    // A unit that does not say where its code lies, and a table of none: where its lines lie.
    for (const owner of lines.owners) {
      if (owner.unit && !without.has(owner.offset)) continue;
      let low: bigint | undefined;
      for (const { address, end } of lines.table(owner).rows) {
        low ??= address;
        if (!end) continue;
        if (address > low) pieces.push({ low, high: address, owner });
        low = undefined;
      }
    }
    pieces.sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
    this.lows = BigUint64Array.from(pieces, ({ low }) => low);
    this.highs = BigUint64Array.from(pieces, ({ high }) => high);
    this.reach = new BigUint64Array(pieces.length);
    let reach = 0n;
    pieces.forEach(({ owner, high }, n) => {
      this.owners.push(owner);
      if (high > reach) reach = high;
      this.reach[n] = reach;
    });
  }

  /** The owner of an address; of several the one that begins last. */
  at(va: bigint): TableOwner | undefined {
    let low = 0;
    let high = this.lows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.lows[middle] <= va) low = middle + 1;
      else high = middle;
    }
    for (let n = low - 1; n >= 0 && this.reach[n] > va; n--) if (this.highs[n] > va) return this.owners[n];
    return undefined;
  }
}
