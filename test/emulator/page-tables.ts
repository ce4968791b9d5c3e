/** Page tables of Sv39, built in guest RAM from outside. */
import type { Machine } from '../../emulator/machine.js';

export const V = 1;
export const R = 2;
export const W = 4;
export const X = 8;
export const U = 16;
export const A = 64;
export const D = 128;

export class PageTables {
  private next: number;

  /** @param root physical address of free RAM from which pages of tables are taken */
  constructor(
    private readonly machine: Machine,
    readonly root: number,
  ) {
    this.next = root + 4096;
  }

  get satp(): bigint {
    return (8n << 60n) | BigInt(this.root / 4096);
  }

  /** Where the entry of an address lies; tables are made on the way. */
  entryAt(va: bigint, level = 0): number {
    let table = this.root;
    for (let n = 2; n > level; n--) {
      const at = table + this.index(va, n) * 8;
      if (this.read(at) === 0n) {
        this.write(at, (BigInt(this.next / 4096) << 10n) | BigInt(V));
        this.next += 4096;
      }
      table = Number(this.read(at) >> 10n) * 4096;
    }
    return table + this.index(va, level) * 8;
  }

  /** Map a page (level 0) or a larger one. */
  map(va: bigint, pa: number, flags: number, level = 0): void {
    this.write(this.entryAt(va, level), (BigInt(pa / 4096) << 10n) | BigInt(flags | V));
  }

  read(pa: number): bigint {
    return new DataView(this.machine.memory.read(pa, 8).buffer).getBigUint64(0, true);
  }
  write(pa: number, value: bigint): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, value, true);
    this.machine.memory.write(pa, bytes);
  }
  private index(va: bigint, level: number): number {
    return Number((va >> BigInt(12 + 9 * level)) & 511n);
  }
}
