/** What of a chip and its system decides where threads go. */
import type { ClassName } from '../../isa/classes.js';
import type { Answers } from '../probe/answers.js';

export interface Surroundings {
  /** Do application harts lack this class, and accelerator harts have it? */
  lends(name: ClassName): boolean;
  /**
   * Do accelerator harts lack what an instruction requires, and application harts have it: all of them, or some? Undefined: on this chip there is no such
   * instruction.
   */
  readonly lackedAway?: (requires: readonly string[]) => 'all' | 'some' | 'none';
  /** What a system call from an accelerator hart does: the thread moves home, asks and stays, or the kernel decides. */
  readonly calls: 'move' | 'ask' | 'auto';
  /** What a page fault there does: the thread moves home, or asks and stays. */
  readonly faults: 'move' | 'ask';
  /** What the kernel answers when a program asks what harts can do; without it nobody knows. */
  readonly answers?: Answers;
  /** Do harts with vectors differ in VLEN? */
  readonly mixedVlen: boolean;
  /** Bytes of a vector register, where all that have any have so many. */
  readonly vlenb?: number;
}
