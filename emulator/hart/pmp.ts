/** Physical memory protection: 16 entries (privileged specification, "Physical Memory Protection"), and machine-mode lockdown (Smepmp). */
import type { Hart } from './hart.js';
import { longs, words } from './words.js';

export const PMP_ENTRIES = 16;
const R = 1;
const W = 2;
const X = 4;
const ALL = R | W | X;
const TOR = 1;
const NA4 = 2;
const NAPOT = 3;
const LOCK = 0x80;
const MACHINE = 3;
const PAGE = 4096;

/** Bits of mseccfg: machine-mode lockdown, machine mode may only do what a rule allows, locked rules can be changed. */
const MML = 1n;
const MMWP = 2n;
const RLB = 4n;

/** What an access wants: the bits of a PMP setting. */
export const permission = { read: R, write: W, execute: X } as const;

interface Region {
  readonly low: number;
  /** First address behind it. */
  readonly high: number;
  /** What machine mode may do there, and what S and U may. */
  readonly machine: number;
  readonly lower: number;
}

/**
 * Under mseccfg.MML, what a setting's LRWX bits allow machine mode and the lower ones ("Smepmp Physical Memory Protection Rules", truth
 * table). W without R marks memory that is shared; so does LRWX.
 */
function underLockdown(setting: number): Pick<Region, 'machine' | 'lower'> {
  const rwx = setting & ALL;
  if (setting & LOCK) {
    if (rwx === W) return { machine: X, lower: X };
    if (rwx === (W | X)) return { machine: R | X, lower: X };
    return rwx === ALL ? { machine: R, lower: R } : { machine: rwx, lower: 0 };
  }
  if (rwx === W) return { machine: R | W, lower: R };
  return rwx === (W | X) ? { machine: R | W, lower: R | W } : { machine: 0, lower: rwx };
}

export class Pmp {
  /** Entries that are on, the first (strongest) first. */
  private regions: Region[] = [];
  /** What machine mode may do where no entry matches. */
  private machineElsewhere = ALL;

  constructor(private readonly hart: Hart) {}

  setting(entry: number): number {
    return this.hart.memory.u8[this.hart.block + words.pmpcfg + entry]!;
  }
  address(entry: number): bigint {
    return this.hart.long(longs.pmpaddr + entry * 8);
  }
  private security(bit: bigint): boolean {
    return (this.hart.long(longs.mseccfg) & bit) !== 0n;
  }
  private locked(entry: number): boolean {
    return (this.setting(entry) & LOCK) !== 0 && !this.security(RLB);
  }

  /**
   * Write an entry's setting: a locked one stays. W without R is reserved, and read as no W, as long as MML is off; under MML no rule can
   * be added that lets machine mode execute.
   */
  configure(entry: number, value: number): void {
    if (this.locked(entry)) return;
    const setting = value & 0x9f;
    const lockdown = this.security(MML);
    if (lockdown && setting & LOCK && underLockdown(setting).machine & X && !this.security(RLB)) return;
    const reserved = !lockdown && (setting & (R | W)) === W;
    this.hart.memory.u8[this.hart.block + words.pmpcfg + entry] = reserved ? setting & ~W : setting;
    this.reload();
  }

  /** Write an entry's address: a locked one stays, and so does one that is the bottom of a locked range. */
  place(entry: number, value: bigint): void {
    const bottom = entry + 1 < PMP_ENTRIES && this.locked(entry + 1) && mode(this.setting(entry + 1)) === TOR;
    if (this.locked(entry) || bottom) return;
    this.hart.setLong(longs.pmpaddr + entry * 8, value & ((1n << 54n) - 1n));
    this.reload();
  }

  /** Write mseccfg's MML, MMWP and RLB: the first two stay once they are set, the last stays clear while an entry is locked. */
  secure(value: bigint): void {
    const old = this.hart.long(longs.mseccfg);
    const anyLocked = Array.from({ length: PMP_ENTRIES }, (_, entry) => this.setting(entry)).some((s) => s & LOCK);
    const bypass = !(old & RLB) && anyLocked ? 0n : value & RLB;
    const kept = old & ~(MML | MMWP | RLB);
    this.hart.setLong(longs.mseccfg, kept | ((old | value) & (MML | MMWP)) | bypass);
    this.reload();
  }

  /** Read the entries again from the hart's words. */
  reload(): void {
    const lockdown = this.security(MML);
    this.machineElsewhere = this.security(MMWP) ? 0 : lockdown ? R | W : ALL;
    this.regions = [];
    for (let entry = 0; entry < PMP_ENTRIES; entry++) {
      const setting = this.setting(entry);
      const address = this.address(entry);
      const rwx = setting & ALL;
      const allowed = lockdown ? underLockdown(setting) : { machine: setting & LOCK ? rwx : ALL, lower: rwx };
      const add = (low: bigint, high: bigint) =>
        this.regions.push({ low: Number(low), high: Number(high), ...allowed });
      if (mode(setting) === TOR) add(entry === 0 ? 0n : this.address(entry - 1) << 2n, address << 2n);
      else if (mode(setting) === NA4) add(address << 2n, (address << 2n) + 4n);
      else if (mode(setting) === NAPOT) {
        // The ones at the low end and the zero above them tell the size: 8 bytes for no one, doubled for each.
        const size = (8n * ((address ^ (address + 1n)) + 1n)) / 2n;
        const low = (address & ~(address ^ (address + 1n))) << 2n;
        add(low, low + size);
      }
    }
    this.noteOpen(MACHINE, longs.machineFrom, longs.machineTo, longs.machineMask);
    this.noteOpen(0, longs.lowerFrom, longs.lowerTo, longs.lowerMask);
  }

  /** Leave word of the largest part of RAM, in pages of the linear memory, that a privilege may read and write: the engine does not ask there (engine/refill.ts). */
  private noteOpen(privilege: number, from: number, to: number, mask: number): void {
    const { ram, ramBase, ramBytes } = this.hart.memory.map;
    const end = ramBase + ramBytes;
    // A page in which a rule begins or ends is a piece of its own, and never open.
    const edges = this.regions
      .flatMap(({ low, high }) => [low, high])
      .flatMap((edge) => [Math.floor(edge / PAGE) * PAGE, Math.ceil(edge / PAGE) * PAGE])
      .filter((edge) => edge > ramBase && edge < end);
    const pieces = [ramBase, ...edges.sort((a, b) => a - b), end];
    let most = { low: ramBase, high: ramBase };
    let open = most;
    pieces.slice(1).forEach((high, n) => {
      const low = pieces[n]!;
      if (low === high) return;
      const allowed = this.allows(low, high - low, R | W, privilege);
      open = allowed ? { low: open.high === low ? open.low : low, high } : { low: high, high };
      if (open.high - open.low > most.high - most.low) most = open;
    });
    const page = (pa: number) => BigInt((pa - ramBase + ram) / PAGE);
    this.hart.setLong(from, page(most.low));
    this.hart.setLong(to, page(most.high));
    const edgeBits = BigInt(most.low) | BigInt(most.high);
    this.hart.setLong(mask, -(edgeBits & -edgeBits));
  }

  /** May this privilege do that to all of these bytes? The first entry that covers any of them decides, and must cover them all. */
  allows(pa: number, bytes: number, wanted: number, privilege: number): boolean {
    for (const region of this.regions) {
      if (pa >= region.high || pa + bytes <= region.low) continue;
      if (pa < region.low || pa + bytes > region.high) return false;
      return ((privilege === MACHINE ? region.machine : region.lower) & wanted) === wanted;
    }
    return privilege === MACHINE && (this.machineElsewhere & wanted) === wanted;
  }

  /** Is one answer right for the whole page that pa lies in? If not it may not enter the TLB. */
  uniform(pa: number): boolean {
    const page = Math.floor(pa / PAGE) * PAGE;
    for (const { low, high } of this.regions) {
      if (page >= high || page + PAGE <= low) continue;
      return page >= low && page + PAGE <= high;
    }
    return true;
  }
}

const mode = (setting: number) => (setting >> 3) & 3;
