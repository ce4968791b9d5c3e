import type { Image } from './symbols/image.js';
import type { RawFrame } from './symbols/unwind.js';
import type { TargetHart } from './target.js';
import type { GuestMemory } from './guest.js';
import type { Task } from './tasks.js';

/** A frame with all that looking at it needs. */
export interface Frame {
  readonly hart: TargetHart;
  readonly raw: RawFrame;
  /** 0: the innermost, whose registers are the hart's. */
  readonly level: number;
  /** Memory as this frame sees it. */
  readonly memory: GuestMemory;
  readonly image?: Image;
  readonly task?: Task;
}
