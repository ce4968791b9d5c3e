import type { GuestMemory } from './guest.js';
import type { Images } from './images.js';
import { member } from './symbols/declared.js';
import type { CType } from './symbols/types.js';

/** A software thread of the guest, as its kernel has it. */
export interface Task {
  readonly tid: number;
  readonly name: string;
  /** Address of its saved vector state, as the kernel sees it; 0: none. */
  readonly vector?: bigint;
}

/** What the kernel's own structures say of tasks, read by its debug information: `current_task[hart]`, members tid, name and vector. */
export class Tasks {
  private readonly array?: { readonly va: bigint; readonly task: CType; readonly count: number };

  constructor(images: Images) {
    const global = images.kernel?.declared.globals.get('current_task');
    if (global?.type.kind !== 'array' || global.type.of.kind !== 'pointer') return;
    this.array = { va: global.va, task: global.type.of.to, count: global.type.count };
  }

  /** Does the kernel say which task it runs? */
  get known(): boolean {
    return this.array !== undefined;
  }

  /** The task that an application hart runs; undefined when it idles or the kernel is not ours. `memory`: as the kernel sees it. */
  current(hart: number, memory: GuestMemory): Task | undefined {
    if (!this.array || hart >= this.array.count) return undefined;
    const pointer = memory.word(this.array.va + BigInt(8 * hart));
    return pointer ? this.at(pointer, memory) : undefined;
  }

  private at(pointer: bigint, memory: GuestMemory): Task | undefined {
    const read = (name: string, size: number) => {
      const found = member(this.array!.task, name);
      const bytes = found && memory.read(pointer + BigInt(found.offset), Math.min(size, found.type.size));
      return bytes && bytes.length === Math.min(size, found!.type.size) ? bytes : undefined;
    };
    const tid = read('tid', 4);
    if (!tid) return undefined;
    const name = read('name', 64) ?? new Uint8Array();
    const end = name.indexOf(0);
    const vector = member(this.array!.task, 'vector');
    return {
      tid: new DataView(tid.buffer, tid.byteOffset).getInt32(0, true),
      name: String.fromCharCode(...name.subarray(0, end < 0 ? name.length : end)),
      vector: vector && memory.word(pointer + BigInt(vector.offset)),
    };
  }
}
