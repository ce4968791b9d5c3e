/**
 * The linear memory at moments of a run, page by page: what harts are (registers, blocks, vectors), and RAM. Of a page there is a version
 * for each moment at which it was not what it had been at the moment before.
 */
import { setAsideStores } from '../hart/store-shadow.js';
import type { Hart } from '../hart/hart.js';
import type { Memory } from '../memory.js';

const PAGE = 4096;
/** What a page was that has no version yet. */
const ZEROS = new Uint8Array(PAGE);

/** A page from a moment on, until its next version. Moments are named by their steps. */
interface Version {
  moment: number;
  readonly bytes: Uint8Array;
}

export class PageHistory {
  /** By place of the page in the linear memory, divided by PAGE; the oldest version first. */
  private readonly versions = new Map<number, Version[]>();
  /** By moment: the pages that have a version of it. */
  private readonly pages = new Map<number, number[]>();
  /** The moment at which memory was this, but for the pages that were written since. */
  private base = 0;
  /** Where the memory is kept: everything before decoded code, and RAM. */
  private readonly stateEnd: number;
  private readonly ramStart: number;
  /** Bytes that all versions hold together. */
  bytes = 0;

  constructor(
    private readonly memory: Memory,
    private readonly harts: readonly Hart[],
  ) {
    this.stateEnd = Math.ceil(memory.map.decode / PAGE);
    this.ramStart = memory.map.ram / PAGE;
  }

  /**
   * The memory as it is now becomes a moment.
   * @param next the moment behind it, where there is one
   */
  take(moment: number, next?: number): void {
    // Before the first moment every page was zeros. To read all of RAM would take longer than to boot.
    if (this.pages.size === 0 && !this.memory.writtenIsAll) this.memory.written.fill(1);
    const pages: number[] = [];
    this.pages.set(moment, pages);
    // First, because it changes the harts' blocks: from here on every store is told again.
    for (const hart of this.harts) setAsideStores(hart);
    for (let page = 0; page < this.stateEnd; page++) this.keep(page, moment, next);
    this.eachWritten((page) => this.keep(page, moment, next));
    this.memory.forgetWritten();
    this.base = moment;
  }

  private keep(page: number, moment: number, next: number | undefined): void {
    const before = this.at(page, moment);
    if (same(this.memory.u8, page * PAGE, before)) return;
    this.put(page, moment, this.memory.u8.slice(page * PAGE, (page + 1) * PAGE));
    // The moment behind had the version before this one.
    if (next !== undefined && !this.has(page, next)) this.put(page, next, before);
  }

  /** The memory becomes what it was at a moment. */
  restore(moment: number): void {
    const changed = new Set<number>();
    const [from, to] = [Math.min(moment, this.base), Math.max(moment, this.base)];
    for (const [at, pages] of this.pages) if (at > from && at <= to) for (const page of pages) changed.add(page);
    this.eachWritten((page) => changed.add(page));
    for (let page = 0; page < this.stateEnd; page++) changed.add(page);
    for (const page of changed) this.memory.u8.set(this.at(page, moment), page * PAGE);
    this.memory.forgetWritten();
    this.base = moment;
  }

  /** Forget a moment that lies between two others: the one behind takes over what it needs of it. */
  forget(moment: number, before: number, next: number): void {
    for (const page of this.pages.get(moment)!) {
      const versions = this.versions.get(page)!;
      const n = versions.findIndex((version) => version.moment === moment);
      if (moment === this.base && page >= this.ramStart) this.memory.written[page - this.ramStart] = 1;
      if (versions[n + 1]?.moment === next) {
        versions.splice(n, 1);
        this.bytes -= PAGE;
      } else {
        versions[n]!.moment = next;
        this.pages.get(next)!.push(page);
      }
    }
    this.pages.delete(moment);
    if (moment === this.base) this.base = before;
  }

  /** Forget all moments behind this one. */
  forgetAfter(moment: number): void {
    for (const [later, pages] of this.pages) {
      if (later <= moment) continue;
      for (const page of pages) {
        const versions = this.versions.get(page)!;
        versions.splice(
          versions.findIndex((version) => version.moment === later),
          1,
        );
        this.bytes -= PAGE;
      }
      this.pages.delete(later);
    }
  }

  /** A page at a moment. */
  private at(page: number, moment: number): Uint8Array {
    const versions = this.versions.get(page);
    if (!versions) return ZEROS;
    let n = versions.length - 1;
    while (n >= 0 && versions[n]!.moment > moment) n--;
    return versions[n]?.bytes ?? ZEROS;
  }

  private has(page: number, moment: number): boolean {
    return this.versions.get(page)?.some((version) => version.moment === moment) ?? false;
  }

  private put(page: number, moment: number, bytes: Uint8Array): void {
    const versions = this.versions.get(page) ?? [];
    this.versions.set(page, versions);
    let n = versions.length;
    while (n > 0 && versions[n - 1]!.moment > moment) n--;
    versions.splice(n, 0, { moment, bytes });
    this.pages.get(moment)!.push(page);
    this.bytes += PAGE;
  }

  private eachWritten(visit: (page: number) => void): void {
    const { written } = this.memory;
    for (let n = written.indexOf(1); n >= 0; n = written.indexOf(1, n + 1)) visit(this.ramStart + n);
  }
}

/** Are the bytes from `start` on these? */
function same(u8: Uint8Array, start: number, bytes: Uint8Array): boolean {
  const [a, b] = [new Int32Array(u8.buffer, start, PAGE / 4), new Int32Array(bytes.buffer, 0, PAGE / 4)];
  for (let n = 0; n < PAGE / 4; n++) if (a[n] !== b[n]) return false;
  return true;
}
