/** What the timeline's page and the extension tell each other. */
import type { GoToArguments } from '../../debug-adapter/protocol.js';
import type { PlaceStatistics, TimelineArguments, TimelineBody } from '../../debug-adapter/timeline/model.js';

export type {
  PlaceStatistics,
  Span,
  TimelineActor,
  TimelineArguments,
  TimelineBody,
  TimelineRoute,
} from '../../debug-adapter/timeline/model.js';

export type ToPage =
  /** Something happened: look again. */
  | { readonly type: 'stale' }
  /** There is nothing to look at, and why; what was seen last may stay. */
  | { readonly type: 'nothing'; readonly why: string }
  | { readonly type: 'answer'; readonly id: number; readonly body: TimelineBody; readonly hart: number | undefined }
  | { readonly type: 'places'; readonly places: readonly PlaceStatistics[] }
  /** What was asked for can't be done. */
  | { readonly type: 'refused'; readonly id?: number; readonly message: string };

export type FromPage =
  /** The page is there. */
  | { readonly type: 'ready' }
  | { readonly type: 'look'; readonly id: number; readonly look: TimelineArguments }
  | { readonly type: 'places' }
  | { readonly type: 'goTo'; readonly to: GoToArguments }
  | { readonly type: 'open'; readonly place: PlaceStatistics }
  | { readonly type: 'export' };
