/**
 * Runs without firmware and kernel: an ELF in machine mode, with the conventions of the public RISC-V test suites (riscv-tests,
 * riscv-arch-test): the program reports through the double-word `tohost`, and its signature lies between two symbols.
 */

import { BootError, loadImage } from '../emulator/boot.js';
import type { ElfFile } from '../emulator/elf.js';
import type { LostEvent } from '../emulator/events.js';
import type { Machine } from '../emulator/machine.js';
import { readSoc, type Soc } from '../emulator/soc/soc.js';
import { deviceTree } from '../emulator/soc/tree.js';
import type { Ending } from './guest.js';

/** Instructions of a turn where nobody waits for the next one. */
const ALONE = 1_000_000;

/** A chip of `harts` equal harts. @throws SocError */
export const bareSoc = (isa: string, harts: number): Soc =>
  readSoc({ name: 'bare', harts: [{ isa, count: harts }], ...(harts === 1 && { quantum: ALONE }) }, '--isa');

export class BareProgram {
  /** The number of the failing test, once the program has told. */
  failure: bigint | undefined;
  /** A trap that the program has no handler for: nothing sensible can follow. */
  lost: LostEvent | undefined;
  private readonly tohost: number | undefined;
  private readonly fromhost: number | undefined;

  /** Load the program and point every hart at its entry. @throws BootError when it does not fit */
  constructor(
    private readonly machine: Machine,
    private readonly elf: ElfFile,
    name: string,
  ) {
    const { end } = loadImage(machine.memory, elf, name);
    const { ramBase, ramBytes } = machine.memory.map;
    const tree = deviceTree(machine.soc, machine.devices, { ramBase, bootargs: '' });
    const treeAt = Math.floor((ramBase + ramBytes - tree.length) / 4096) * 4096;
    if (treeAt < end) throw new BootError(`${name} leaves no room for the device tree`);
    machine.memory.write(treeAt, tree);
    this.tohost = this.address('tohost');
    this.fromhost = this.address('fromhost');
    if (this.tohost !== undefined) machine.watchStores(this.tohost, 8, () => machine.stop());
    machine.reset({ pc: elf.entry, a1: BigInt(treeAt), a2: 0n });
    machine.events.on(
      (event) => {
        if (event.kind !== 'lost' || this.lost) return;
        this.lost = event;
        machine.stop();
      },
      ['lost'],
    );
  }

  private address(symbol: string): number | undefined {
    const found = this.elf.symbols.find(({ name }) => name === symbol);
    return found && Number(found.value);
  }

  /** Has the program told how it ended? Writes what it wants written meanwhile. */
  poll = (): Ending | undefined => {
    if (this.lost) return { kind: 'exit', status: 1 };
    if (this.tohost === undefined) return undefined;
    const value = this.long(this.tohost);
    if (value === 0n) return undefined;
    const CHARACTER = 0x0101n; // device 1, command 1: the console takes a byte
    if (value >> 48n === CHARACTER) {
      process.stdout.write(Uint8Array.of(Number(value & 0xffn)));
      this.setLong(this.tohost, 0n);
      return undefined;
    }
    if (value & 1n) {
      this.failure = value >> 1n;
      return { kind: 'exit', status: this.failure === 0n ? 0 : 1 };
    }
    this.call(Number(value));
    this.setLong(this.tohost, 0n);
    if (this.fromhost !== undefined) this.setLong(this.fromhost, 1n);
    return undefined;
  };

  /** A request to the host: the address of its number and arguments. Of the system calls only write is there. */
  private call(pa: number): void {
    const WRITE = 64n;
    const [number, , at, length] = [0, 8, 16, 24].map((offset) => this.long(pa + offset));
    const ok = number === WRITE;
    if (ok) process.stdout.write(this.machine.memory.read(Number(at), Number(length)));
    this.setLong(pa, ok ? length! : -38n);
  }

  private long(pa: number): bigint {
    return new DataView(this.machine.memory.read(pa, 8).buffer).getBigUint64(0, true);
  }

  private setLong(pa: number, value: bigint): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigInt64(0, value, true);
    this.machine.memory.write(pa, bytes);
  }

  /** The region between `begin_signature` and `end_signature`, a 4-byte word in hex a line; undefined when there is none. */
  signature(): string | undefined {
    const [begin, end] = [this.address('begin_signature'), this.address('end_signature')];
    if (begin === undefined || end === undefined) return undefined;
    const view = new DataView(this.machine.memory.read(begin, end - begin).buffer);
    const lines: string[] = [];
    for (let at = 0; at + 4 <= view.byteLength; at += 4) {
      lines.push(`${view.getUint32(at, true).toString(16).padStart(8, '0')}\n`);
    }
    return lines.join('');
  }
}
