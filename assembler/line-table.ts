/** Where instructions came from. */
import type { Chunk } from './section.js';

/** The line that .loc gave an instruction. Where a source has such lines, only they count. */
export interface LineEntry {
  readonly chunk: Chunk;
  readonly offset: number;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A row of the line table: an address and its line. */
export interface LineRow {
  readonly address: bigint;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A stretch of code of one unit in one section, rows by rising address. */
export interface LineSequence {
  readonly rows: readonly LineRow[];
  readonly end: bigint;
}
