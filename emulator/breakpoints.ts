/** Where execution is to stop: by virtual address, in one address space or all. */
import type { Hart } from './hart/hart.js';
import { rootOf } from './hart/translation.js';
import { longs } from './hart/words.js';

export interface Breakpoint {
  readonly va: bigint;
  /** Only under this translation (by root page table; 0n: only untranslated, as machine mode runs); undefined: wherever this address is executed. */
  readonly satp?: bigint;
}

export class Breakpoints {
  private readonly byId = new Map<number, Breakpoint>();
  private readonly byAddress = new Map<bigint, number[]>();
  private nextId = 1;

  /** @param changed is told of an address that is marked from now on, or is no more: its instruction must be decoded anew */
  constructor(private readonly changed: (va: bigint) => void) {}

  /** Stop before the instruction at this address. @returns an id for `remove` */
  add(breakpoint: Breakpoint): number {
    const id = this.nextId++;
    const va = BigInt.asUintN(64, breakpoint.va);
    this.byId.set(id, { ...breakpoint, va });
    const others = this.byAddress.get(va);
    this.byAddress.set(va, [...(others ?? []), id]);
    if (!others) this.changed(va);
    return id;
  }

  /** @returns whether there was such a breakpoint */
  remove(id: number): boolean {
    const breakpoint = this.byId.get(id);
    if (!breakpoint) return false;
    this.byId.delete(id);
    const rest = this.byAddress.get(breakpoint.va)!.filter((other) => other !== id);
    if (rest.length) this.byAddress.set(breakpoint.va, rest);
    else {
      this.byAddress.delete(breakpoint.va);
      this.changed(breakpoint.va);
    }
    return true;
  }

  /** Does any breakpoint lie at this address, in whatever address space? */
  marks(va: bigint): boolean {
    return this.byAddress.has(BigInt.asUintN(64, va));
  }

  /** The breakpoint at this address in the address space that the hart executes in, or undefined. */
  hit(hart: Hart, va: bigint): number | undefined {
    const translated = hart.privilege === 3 ? -1 : hart.double(longs.root);
    return this.byAddress.get(BigInt.asUintN(64, va))?.find((id) => {
      const { satp } = this.byId.get(id)!;
      return satp === undefined || rootOf(satp) === translated;
    });
  }
}
