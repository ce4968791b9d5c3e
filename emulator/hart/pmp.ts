/** Physical memory protection: 16 entries (privileged specification, "Physical Memory Protection"). */
import type { Hart } from './hart.js';
import { longs, words } from './words.js';

export const PMP_ENTRIES = 16;
const R = 1;
const W = 2;
const X = 4;
const TOR = 1;
const NA4 = 2;
const NAPOT = 3;
const LOCK = 0x80;
const MACHINE = 3;

/** What an access wants: the bits of a PMP setting. */
export const permission = { read: R, write: W, execute: X } as const;

interface Region {
  readonly low: number;
  /** First address behind it. */
  readonly high: number;
  readonly setting: number;
}

export class Pmp {
  /** Entries that are on, the first (strongest) first. */
  private regions: Region[] = [];

  constructor(private readonly hart: Hart) {}

  setting(entry: number): number {
    return this.hart.memory.u8[this.hart.block + words.pmpcfg + entry]!;
  }
  address(entry: number): bigint {
    return this.hart.long(longs.pmpaddr + entry * 8);
  }

  /** Write an entry's setting: a locked one stays, and W without R is reserved: read as no W. */
  configure(entry: number, value: number): void {
    if (this.setting(entry) & LOCK) return;
    const setting = value & 0x9f & ((value & (R | W)) === W ? ~W : ~0);
    this.hart.memory.u8[this.hart.block + words.pmpcfg + entry] = setting;
    this.reload();
  }

  /** Write an entry's address: a locked one stays, and so does one that is the bottom of a locked range. */
  place(entry: number, value: bigint): void {
    const above = entry + 1 < PMP_ENTRIES ? this.setting(entry + 1) : 0;
    if (this.setting(entry) & LOCK || (above & LOCK && mode(above) === TOR)) return;
    this.hart.setLong(longs.pmpaddr + entry * 8, value & ((1n << 54n) - 1n));
    this.reload();
  }

  /** Read the entries again from the hart's words. */
  reload(): void {
    this.regions = [];
    for (let entry = 0; entry < PMP_ENTRIES; entry++) {
      const setting = this.setting(entry);
      const address = this.address(entry);
      const add = (low: bigint, high: bigint) => this.regions.push({ low: Number(low), high: Number(high), setting });
      if (mode(setting) === TOR) add(entry === 0 ? 0n : this.address(entry - 1) << 2n, address << 2n);
      else if (mode(setting) === NA4) add(address << 2n, (address << 2n) + 4n);
      else if (mode(setting) === NAPOT) {
        // The ones at the low end and the zero above them tell the size: 8 bytes for no one, doubled for each.
        const size = (8n * ((address ^ (address + 1n)) + 1n)) / 2n;
        const low = (address & ~(address ^ (address + 1n))) << 2n;
        add(low, low + size);
      }
    }
  }

  /** May this privilege do that to all of these bytes? The first entry that covers any of them decides, and must cover them all. */
  allows(pa: number, bytes: number, wanted: number, privilege: number): boolean {
    for (const { low, high, setting } of this.regions) {
      if (pa >= high || pa + bytes <= low) continue;
      if (pa < low || pa + bytes > high) return false;
      if (privilege === MACHINE && !(setting & LOCK)) return true;
      return (setting & wanted) === wanted;
    }
    return privilege === MACHINE;
  }

  /** Is one answer right for the whole page that pa lies in? If not it may not enter the TLB. */
  uniform(pa: number): boolean {
    const page = Math.floor(pa / 4096) * 4096;
    for (const { low, high } of this.regions) {
      if (page >= high || page + 4096 <= low) continue;
      return page >= low && page + 4096 <= high;
    }
    return true;
  }
}

const mode = (setting: number) => (setting >> 3) & 3;
