/** The one linear memory: typed views for the machine's own state, and guest RAM by physical address. */
import { ASKED, asked, type MemoryMap } from './layout.js';

const PAGE = 4096;

export class Memory {
  readonly u8: Uint8Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly i64: BigInt64Array;
  readonly u64: BigUint64Array;
  readonly f64: Float64Array;
  readonly view: DataView;
  /** By page of RAM: 1 when it was written since someone set it to 0 (store-shadow.ts makes that true). */
  readonly written: Uint8Array;
  /** Does `written` tell of every page that was ever written? */
  writtenIsAll = true;
  /** By page of RAM: bits of `asked` (layout.ts), for which stores there go by the host until they are in a store TLB. */
  readonly asked: Uint8Array;
  /** Called with the range of physical addresses that a host wrote, so that decoded code there is dropped. */
  onWrite: (pa: number, bytes: number) => void = () => {};

  constructor(
    readonly wasm: WebAssembly.Memory,
    readonly map: MemoryMap,
  ) {
    const { buffer } = wasm;
    this.u8 = new Uint8Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.i64 = new BigInt64Array(buffer);
    this.u64 = new BigUint64Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.view = new DataView(buffer);
    const pages = Math.ceil(map.ramBytes / PAGE);
    this.written = new Uint8Array(buffer, map.written, pages);
    this.asked = new Uint8Array(buffer, map.asked, pages);
  }

  /** Do `bytes` bytes at the physical address lie in RAM? */
  inRam(pa: number, bytes: number): boolean {
    const { ramBase, ramBytes } = this.map;
    return pa >= ramBase && pa + bytes <= ramBase + ramBytes;
  }

  /** Where RAM's byte of that physical address lies in the linear memory. The caller has checked inRam. */
  at(pa: number): number {
    return pa - this.map.ramBase + this.map.ram;
  }

  /** The page of a place in RAM (an offset in the linear memory) is written to. */
  touch(place: number): void {
    this.written[this.pageOf(place)] = 1;
  }

  /** From here on `written` tells of what is written from here on. */
  forgetWritten(): void {
    this.written.fill(0);
    this.writtenIsAll = false;
  }

  private pageOf(place: number): number {
    return Math.floor((place - this.map.ram) / PAGE);
  }

  /** Somebody wants to be told of stores to the page of a place in RAM. */
  watch(place: number): void {
    this.note(this.pageOf(place), this.asked[this.pageOf(place)]! | asked.watched);
  }
  isWatched(place: number): boolean {
    return (this.asked[this.pageOf(place)]! & asked.watched) !== 0;
  }

  /** No hart but one (or any, from now on) has the page of a place in RAM in its store TLB. */
  guard(place: number, hart: number | undefined): void {
    const page = this.pageOf(place);
    this.note(page, (this.asked[page]! & asked.watched) | (hart === undefined ? 0 : hart + 1));
  }

  private note(page: number, now: number): void {
    this.u32[ASKED >> 2]! += (now === 0 ? 0 : 1) - (this.asked[page] === 0 ? 0 : 1);
    this.asked[page] = now;
  }

  /** A copy of guest RAM. @throws RangeError outside RAM */
  read(pa: number, length: number): Uint8Array {
    const at = this.checked(pa, length);
    return this.u8.slice(at, at + length);
  }

  /** Write guest RAM; decoded code there is dropped. @throws RangeError outside RAM */
  write(pa: number, bytes: Uint8Array): void {
    const place = this.checked(pa, bytes.length);
    this.u8.set(bytes, place);
    for (let at = place - (place % PAGE); at < place + bytes.length; at += PAGE) this.touch(at);
    this.onWrite(pa, bytes.length);
  }

  private checked(pa: number, length: number): number {
    if (!this.inRam(pa, length)) {
      const { ramBase, ramBytes } = this.map;
      throw new RangeError(
        `0x${pa.toString(16)} (${length} bytes) is not in RAM, which lies at 0x${ramBase.toString(16)}..0x${(ramBase + ramBytes).toString(16)}`,
      );
    }
    return this.at(pa);
  }
}
