import type { Debuggee } from './debuggee.js';
import { type Thread, vectorRegisters } from './values/saved-vector.js';

/** Owners whose registers are kept from stop to stop: those that were looked at last. */
const MOST = 16;

/** Vector registers as they were at the stop before: of the threads and harts that somebody looks at. */
export class VectorChanges {
  private readonly looked = new Map<string, Thread>();
  private before = new Map<string, Uint8Array>();

  constructor(private readonly debuggee: Debuggee) {}

  /** All 32 registers at the stop before, one after the other; undefined when nobody looked at them then. */
  look(thread: Thread): Uint8Array | undefined {
    const key = keyOf(thread);
    this.looked.delete(key);
    this.looked.set(key, thread);
    if (this.looked.size > MOST) this.looked.delete(this.looked.keys().next().value!);
    return this.before.get(key);
  }

  /** The machine is about to go somewhere else: what there is now is what the next stop is compared with. */
  leave(): void {
    this.before = new Map();
    for (const [key, thread] of this.looked) {
      try {
        const contents = vectorRegisters(thread, this.debuggee).contents;
        if (contents) this.before.set(key, contents.place(0).read(0, 32 * contents.vlenb));
      } catch {
        // Not readable now: then nothing is said of it at the next stop.
      }
    }
  }
}

const keyOf = ({ task, hart }: Thread) => (task ? `task ${task.tid}` : `hart ${hart.id}`);
