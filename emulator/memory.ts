/** The one linear memory: typed views for the machine's own state, and guest RAM by physical address. */
import type { MemoryMap } from './layout.js';

export class Memory {
  readonly u8: Uint8Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly i64: BigInt64Array;
  readonly u64: BigUint64Array;
  readonly f64: Float64Array;
  readonly view: DataView;
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

  /** A copy of guest RAM. @throws RangeError outside RAM */
  read(pa: number, length: number): Uint8Array {
    const at = this.checked(pa, length);
    return this.u8.slice(at, at + length);
  }

  /** Write guest RAM; decoded code there is dropped. @throws RangeError outside RAM */
  write(pa: number, bytes: Uint8Array): void {
    this.u8.set(bytes, this.checked(pa, bytes.length));
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
