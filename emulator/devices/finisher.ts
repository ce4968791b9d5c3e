/** The test finisher (SiFive's `sifive,test0`, as QEMU's virt machine has it): a word written to it ends the run. */
import type { Hart } from '../hart/hart.js';
import { reg, type TreeBuilder } from '../soc/fdt.js';
import type { Device } from './bus.js';

const PASS = 0x5555;
const FAIL = 0x3333;
const RESET = 0x7777;

export class Finisher implements Device {
  readonly base = 0x10_0000;
  readonly size = 0x1000;

  /** @param finish the guest asks for power-off with a status (0: success) or for a reset */
  constructor(private readonly finish: (what: 'off' | 'reset', status: number, hart: Hart) => void) {}

  /** It has no state. */
  save(): undefined {}
  restore(): void {}

  node(tree: TreeBuilder): void {
    tree.node(`test@${this.base.toString(16)}`, {
      compatible: ['sifive,test1', 'sifive,test0', 'syscon'],
      reg: reg(this.base, this.size),
    });
  }

  read(_offset: number, bytes: number): bigint | undefined {
    return bytes <= 4 ? 0n : undefined;
  }

  write(offset: number, bytes: number, value: bigint, hart: Hart): boolean {
    if (bytes !== 2 && bytes !== 4) return false;
    if (offset !== 0) return true;
    const word = Number(value & 0xffff_ffffn);
    const what = word & 0xffff;
    if (what === PASS) this.finish('off', 0, hart);
    else if (what === FAIL) this.finish('off', word >>> 16 || 1, hart);
    else if (what === RESET) this.finish('reset', 0, hart);
    return true;
  }
}
