import type { CFunction } from './symbols/functions.js';
import type { Place } from './symbols/places.js';
import type { Image } from './symbols/image.js';
import type { Die } from './symbols/die.js';
import type { RawFrame } from './symbols/unwind.js';
import type { TargetHart } from './target.js';
import type { GuestMemory } from './guest.js';
import type { Task } from './tasks.js';

/** The code that a frame is in: a function, or a call that was inlined into it. */
export interface FrameCode {
  readonly name: string;
  /** The function that was compiled; an inlined call lies in it. */
  readonly function: CFunction;
  /** What holds the frame's variables: the function's DIE or the inlined call's. */
  readonly scope: Die;
  /** How many inlined calls lie around and at the frame; 0: the function itself. */
  readonly depth: number;
  readonly place?: Place;
}

/** A frame with all that looking at it needs. Calls that were inlined are frames of their own, which share `raw` and `level`. */
export interface Frame {
  readonly hart: TargetHart;
  readonly raw: RawFrame;
  /** 0: the innermost, whose registers are the hart's. */
  readonly level: number;
  /** Memory as this frame sees it. */
  readonly memory: GuestMemory;
  readonly image?: Image;
  readonly task?: Task;
  /** Absent where the debug information knows no function. */
  readonly code?: FrameCode;
  /** The frame that called the function, where known. */
  caller?(): Frame | undefined;
}
