/** What the vector view's page and the extension tell each other. */
import type { SetLaneArguments, VectorAnswer, VectorArguments } from '../../debug-adapter/vector-messages.js';

export type { VectorAnswer, VectorFormat, VectorRow, VectorTable } from '../../debug-adapter/vector-messages.js';

/** Arguments of a request without the focused frame, which the extension knows. */
type WithoutFocus<Arguments> = Omit<Arguments, 'frameId' | 'threadId'>;
export type Look = WithoutFocus<VectorArguments>;
export type SetLane = WithoutFocus<SetLaneArguments>;

export type ToPage =
  /** Values, or the focus, are others now: look again. */
  | { readonly type: 'stale' }
  /** There is nothing to look at: `running`, or no session. */
  | { readonly type: 'nothing'; readonly why: string }
  | { readonly type: 'answer'; readonly id: number; readonly answer: VectorAnswer }
  | { readonly type: 'refused'; readonly id: number; readonly message: string }
  /** A lane was set, or why not. */
  | { readonly type: 'set'; readonly message?: string }
  /** Bring a register into view. */
  | { readonly type: 'reveal'; readonly register: number }
  /** Stay with a task. */
  | { readonly type: 'pin'; readonly task: number };

export type FromPage =
  /** The page is there. */
  | { readonly type: 'ready' }
  | { readonly type: 'look'; readonly id: number; readonly look: Look }
  | { readonly type: 'setLane'; readonly lane: SetLane };
