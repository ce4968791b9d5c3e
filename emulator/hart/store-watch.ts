/** Memory whose stores are told: its pages never get into a store TLB, so that every store there comes by the host. */
import type { Memory } from '../memory.js';

interface Watch {
  readonly from: number;
  readonly to: number;
  readonly told: () => void;
}

const PAGE = 4096;

export class StoreWatch {
  private readonly watches: Watch[] = [];

  constructor(private readonly memory: Memory) {}

  /**
   * @param pa of RAM
   * @param told is called in the middle of an instruction that stores to these bytes, before they change
   */
  add(pa: number, bytes: number, told: () => void): void {
    this.watches.push({ from: pa, to: pa + bytes, told });
    for (let page = pa - (pa % PAGE); page < pa + bytes; page += PAGE) this.memory.watch(this.memory.at(page));
  }

  /** Is any of this page of RAM watched? */
  has(pa: number): boolean {
    return this.watches.length > 0 && this.memory.isWatched(this.memory.at(pa));
  }

  /** These bytes are about to be stored. */
  tell(pa: number, bytes: number): void {
    for (const { from, to, told } of this.watches) if (pa < to && pa + bytes > from) told();
  }
}
