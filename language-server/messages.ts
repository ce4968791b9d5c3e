/** Requests of HartHop's own, beside those of the protocol. Their parameters name a document, as `{ textDocument: { uri } }`. */
import type { Range } from 'vscode-languageserver-types';

/** `harthop/migrations`: where threads change harts in a document. */
export interface Migrations {
  readonly places: readonly MigrationPlace[];
}

/** One line, once. */
export interface MigrationPlace {
  readonly range: Range;
  /** A thread leaves (or may) before the instruction, comes back (or may) for it, or does both. */
  readonly way: 'leave' | 'return' | 'both';
}
