/** Where devices answer: physical addresses outside RAM. */
import type { Hart } from '../hart/hart.js';
import type { Interrupts, TreeBuilder } from '../soc/fdt.js';

/** What has state of its own beside the linear memory: it can be taken down and put back. What `save` gives is never changed afterwards. */
export interface Stateful<S = unknown> {
  save(): S;
  restore(saved: S): void;
}

export interface Device extends Stateful {
  /** Physical addresses base to base + size are its own. */
  readonly base: number;
  readonly size: number;
  /** Its description for firmware and kernel. */
  node(tree: TreeBuilder, interrupts: Interrupts): void;
  /**
   * Read a register. The hart that reads tells the time.
   * @param bytes 1, 2, 4 or 8, and offset is a multiple of it
   * @returns undefined for a register that does not exist or not in this width: an access fault
   */
  read(offset: number, bytes: number, hart: Hart): bigint | undefined;
  /** Write a register. @returns false where read gives undefined */
  write(offset: number, bytes: number, value: bigint, hart: Hart): boolean;
}

export class Bus {
  constructor(readonly devices: readonly Device[]) {}

  /** The device at a physical address, if one answers to all the bytes. */
  at(pa: number, bytes: number): Device | undefined {
    return this.devices.find((d) => pa >= d.base && pa + bytes <= d.base + d.size);
  }

  /** @returns undefined: nothing answers, an access fault */
  read(pa: number, bytes: number, hart: Hart): bigint | undefined {
    const device = pa % bytes === 0 ? this.at(pa, bytes) : undefined;
    return device?.read(pa - device.base, bytes, hart);
  }

  /** @returns false: nothing answers, an access fault */
  write(pa: number, bytes: number, value: bigint, hart: Hart): boolean {
    const device = pa % bytes === 0 ? this.at(pa, bytes) : undefined;
    return device?.write(pa - device.base, bytes, value, hart) ?? false;
  }
}
