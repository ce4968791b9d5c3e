/** Memory whose stores are told: its pages never get into a store TLB, so that every store there comes by the host. */

interface Watch {
  readonly from: number;
  readonly to: number;
  readonly told: () => void;
}

const PAGE = 4096;

export class StoreWatch {
  private readonly watches: Watch[] = [];
  private readonly pages = new Set<number>();

  /** @param told is called in the middle of an instruction that stores to these bytes, before they change */
  add(pa: number, bytes: number, told: () => void): void {
    this.watches.push({ from: pa, to: pa + bytes, told });
    for (let page = Math.floor(pa / PAGE); page * PAGE < pa + bytes; page++) this.pages.add(page);
  }

  /** Is any of this page watched? */
  has(pa: number): boolean {
    return this.pages.size > 0 && this.pages.has(Math.floor(pa / PAGE));
  }

  /** These bytes are about to be stored. */
  tell(pa: number, bytes: number): void {
    for (const { from, to, told } of this.watches) if (pa < to && pa + bytes > from) told();
  }
}
