/**
 * The linear memory at moments of a run, page by page: what harts are (registers, blocks, vectors), and RAM. A moment holds the pages that
 * changed since the one before; the rest are older moments'.
 */
import { setAsideStores } from '../hart/store-shadow.js';
import type { Hart } from '../hart/hart.js';
import type { Memory } from '../memory.js';

const PAGE = 4096;

type Pages = Map<number, Uint8Array>;

export class PageHistory {
  /** From the oldest on: by place of the page in the linear memory, divided by PAGE, its bytes then. */
  private readonly moments: Pages[] = [];
  /** Where the memory is kept: everything before decoded code, and RAM. */
  private readonly stateEnd: number;
  private readonly ramStart: number;
  /** Bytes that all moments hold together. */
  bytes = 0;

  constructor(
    private readonly memory: Memory,
    private readonly harts: readonly Hart[],
  ) {
    this.stateEnd = Math.ceil(memory.map.decode / PAGE);
    this.ramStart = memory.map.ram / PAGE;
  }

  get count(): number {
    return this.moments.length;
  }

  /** The memory as it is now becomes the latest moment. */
  take(): void {
    const pages: Pages = new Map();
    const keep = (page: number) => {
      const bytes = this.memory.u8.slice(page * PAGE, (page + 1) * PAGE);
      pages.set(page, bytes);
      this.bytes += PAGE;
    };
    // First, because it changes the harts' blocks: from here on every store is told again.
    for (const hart of this.harts) setAsideStores(hart);
    for (let page = 0; page < this.stateEnd; page++) {
      if (!same(this.memory.u8, page * PAGE, this.at(page, this.moments.length - 1))) keep(page);
    }
    this.eachWritten((page) => keep(page));
    this.memory.written.fill(0);
    this.moments.push(pages);
  }

  /** The memory becomes what it was at a moment; later ones stay until they are dropped. */
  restore(moment: number): void {
    const changed = new Set<number>();
    for (const later of this.moments.slice(moment + 1)) for (const page of later.keys()) changed.add(page);
    this.eachWritten((page) => changed.add(page));
    for (let page = 0; page < this.stateEnd; page++) changed.add(page);
    for (const page of changed) {
      const bytes = this.at(page, moment);
      if (bytes) this.memory.u8.set(bytes, page * PAGE);
      else this.memory.u8.fill(0, page * PAGE, (page + 1) * PAGE);
    }
    this.memory.written.fill(0);
    this.writtenSince(moment);
  }

  /** Pages that later moments hold differ from what memory will be compared with next: they count as written. */
  private writtenSince(moment: number): void {
    for (const later of this.moments.slice(moment + 1))
      for (const page of later.keys()) if (page >= this.ramStart) this.memory.written[page - this.ramStart] = 1;
  }

  /** Forget a moment; the next one takes over what it needs of it. The first and the last can't be forgotten so. */
  forget(moment: number): void {
    const [pages, next] = [this.moments[moment]!, this.moments[moment + 1]!];
    for (const [page, bytes] of pages) {
      if (next.has(page)) this.bytes -= bytes.length;
      else next.set(page, bytes);
    }
    this.moments.splice(moment, 1);
  }

  /** Forget all moments behind this one. */
  forgetAfter(moment: number): void {
    for (const pages of this.moments.splice(moment + 1)) this.bytes -= PAGE * pages.size;
  }

  /** A page at a moment; undefined: never written, all zeros. */
  private at(page: number, moment: number): Uint8Array | undefined {
    for (let n = moment; n >= 0; n--) {
      const bytes = this.moments[n]!.get(page);
      if (bytes) return bytes;
    }
    return undefined;
  }

  private eachWritten(visit: (page: number) => void): void {
    const { written } = this.memory;
    for (let n = written.indexOf(1); n >= 0; n = written.indexOf(1, n + 1)) visit(this.ramStart + n);
  }
}

/** Are the bytes from `start` on these? */
function same(u8: Uint8Array, start: number, bytes: Uint8Array | undefined): boolean {
  if (!bytes) return false;
  const [a, b] = [new BigInt64Array(u8.buffer, start, PAGE / 8), new BigInt64Array(bytes.buffer, 0, PAGE / 8)];
  for (let n = 0; n < a.length; n++) if (a[n] !== b[n]) return false;
  return true;
}
