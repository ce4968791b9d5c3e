/** What the migration graph's page and the extension tell each other. */
import type { GraphPlace, MigrationGraph } from '../../language-server/messages.js';

export type {
  GraphEdge,
  GraphLoop,
  GraphNode,
  GraphPlace,
  GraphPoint,
  MigrationGraph,
} from '../../language-server/messages.js';

export type ToPage =
  /** @param file the name of the file that it is of, and its URI */
  | { readonly type: 'graph'; readonly graph: MigrationGraph; readonly file: string; readonly uri: string }
  /** There is no graph, and why. */
  | { readonly type: 'nothing'; readonly why: string }
  /** Where the cursor is in that file, counted from 1. */
  | { readonly type: 'cursor'; readonly line: number };

export type FromPage =
  /** The page is there. */
  { readonly type: 'ready' } | { readonly type: 'open'; readonly place: GraphPlace };
