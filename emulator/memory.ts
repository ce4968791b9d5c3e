/** The one linear memory: typed views for the machine's own state, and guest RAM by physical address. */
import type { MemoryMap } from './layout.js';

const PAGE = 4096;

/** Why stores to a page go by the host: somebody wants to be told of them; another hart has reserved something there. */
export enum Asked {
  watched = 1,
  guarded = 2,
}

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
  /** By page of RAM: bits of `Asked`, for which stores there go by the host until they are in a store TLB. */
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
    this.written[Math.floor((place - this.map.ram) / PAGE)] = 1;
  }

  /** Let stores to the page of a place in RAM go by the host, or no longer for this reason. */
  ask(place: number, why: Asked, on: boolean): void {
    const page = Math.floor((place - this.map.ram) / PAGE);
    this.asked[page] = on ? this.asked[page]! | why : this.asked[page]! & ~why;
  }

  isAsked(place: number, why: Asked): boolean {
    return (this.asked[Math.floor((place - this.map.ram) / PAGE)]! & why) !== 0;
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
