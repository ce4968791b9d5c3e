/** The structures of HartHop's firmware and kernel that the debugger's views read, and what other images leave unknown. */
import type { Debuggee } from './debuggee.js';
import type { GuestMemory } from './guest.js';
import type { TargetHart } from './target.js';
import { Structure } from './values/structure.js';

const MACHINE = 3;
const SUPERVISOR = 1;
/** satp's mode field: 0 is no translation. */
const translates = (hart: TargetHart) => hart.csr('satp') >> 60n !== 0n;

export type Role = 'application' | 'accelerator';

/** What firmware and kernel say, at this moment. */
export class Structures {
  private readonly firmwareMemory: GuestMemory;
  private roles: readonly (Role | undefined)[] | undefined;
  private seen: GuestMemory | undefined;

  constructor(private readonly debuggee: Debuggee) {
    this.firmwareMemory = debuggee.memory(debuggee.target.harts[0], MACHINE);
  }

  /** A variable of the firmware. */
  firmware(name: string): Structure | undefined {
    return Structure.global(this.debuggee.images.firmware, name, this.firmwareMemory);
  }

  /** Something in firmware's memory by its address. */
  firmwareAt(pa: bigint, tag: string): Structure | undefined {
    const image = this.debuggee.images.firmware;
    const type = image?.declared.struct(tag);
    return type && new Structure(pa, type, this.firmwareMemory, image!);
  }

  /** A variable of the kernel. */
  kernel(name: string): Structure | undefined {
    return Structure.global(this.debuggee.images.kernel, name, this.kernelMemory);
  }

  /** The kernel's memory: every address space of an application hart has it. */
  get kernelMemory(): GuestMemory {
    this.seen ??= this.debuggee.memory(this.kernelHart, SUPERVISOR);
    return this.seen;
  }

  get kernelHart(): TargetHart {
    const { harts } = this.debuggee.target;
    return harts.find((hart) => this.role(hart.id) !== 'accelerator' && translates(hart)) ?? harts[0];
  }

  /** What a hart is used for: firmware says it, once it has started; before, the chip's description may. */
  role(hart: number): Role | undefined {
    this.roles ??= this.readRoles();
    return this.roles[hart];
  }

  private readRoles(): readonly (Role | undefined)[] {
    const { harts, soc } = this.debuggee.target;
    const described = harts.map(({ id }) => soc.harts[id]?.role);
    try {
      for (const hart of this.firmwareHarts()) {
        const id = Number(hart.at('id').number);
        if (id < harts.length && hart.at('initialised').number)
          described[id] = hart.at('classes').number ? 'accelerator' : 'application';
      }
    } catch {
      // Memory that was overwritten: the description stands.
    }
    return described;
  }

  /** Firmware's own structure of each hart, by its index. */
  *firmwareHarts(): Generator<Structure> {
    const [table, count] = [this.firmware('hart_of_index'), this.firmware('hart_count')];
    if (!table || !count) return;
    const most = Math.min(table.count, Number(count.number));
    for (let n = 0; n < most; n++) {
      const hart = table.element(n).target;
      if (hart) yield hart;
    }
  }
}
