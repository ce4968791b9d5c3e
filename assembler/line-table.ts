/** Where instructions came from, in the order they were assembled. */
import type { Chunk } from './section.js';

export interface LineEntry {
  readonly chunk: Chunk;
  readonly offset: number;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** By .loc, not by the assembler's own count: then only these are kept. */
  readonly explicit: boolean;
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
