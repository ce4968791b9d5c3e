import type { ElfFile } from '../../emulator/elf.js';
import { holds, type Range } from './ranges.js';

/** Where a file's code and data lie: as linked, and as running. */
export class Loading {
  /** Where the code was loaded, less where it was linked. */
  bias = 0n;
  /** The file that was loaded, of one that holds its symbols. */
  loaded?: Loading;
  private readonly ranges: readonly Range[];
  private readonly sections: readonly Range[];

  constructor(private readonly elf: ElfFile) {
    this.ranges = elf.segments.map(({ va, size }) => ({ low: va, high: va + size }));
    this.sections = [...elf.sections.values()].flatMap(({ va, size }) =>
      va === 0n ? [] : [{ low: va, high: va + BigInt(size) }],
    );
  }

  /** An address as linked. */
  linked(va: bigint): bigint {
    return BigInt.asUintN(64, va - this.bias);
  }
  /** A linked address as running. */
  running(va: bigint): bigint {
    return BigInt.asUintN(64, va + this.bias);
  }

  /** The first address of what the file loads, as linked. */
  get lowest(): bigint {
    return this.ranges.reduce((least, { low }) => (low < least ? low : least), this.ranges[0]?.low ?? 0n);
  }

  /** What the file loads, as running. */
  get pieces(): Range[] {
    return this.ranges.map(({ low, high }) => ({ low: this.running(low), high: this.running(high) }));
  }

  /** Is the address within what the file loads? */
  covers(va: bigint): boolean {
    return holds(this.ranges, this.linked(va));
  }

  /** The number of the section that a linked address lies in; -1: none. */
  sectionAt(linked: bigint): number {
    return this.sections.findIndex(({ low, high }) => linked >= low && linked < high);
  }

  /** The file's bytes from a linked address on, at most `length`. */
  bytesFrom(linked: bigint, length: number): Uint8Array {
    const { segments } = (this.loaded ?? this).elf;
    const segment = segments.find(({ va, size }) => linked >= va && linked < va + BigInt(size));
    const offset = segment ? Number(linked - segment.va) : 0;
    return segment?.data.subarray(offset, offset + length) ?? new Uint8Array();
  }
}
