import type { Image } from './symbols/image.js';

/** Where on a line code begins. */
export interface Position {
  readonly address: bigint;
  /** 1-based; 0: the line as a whole. */
  readonly column: number;
}

/** A line's code is no longer than this, in bytes, as far as its columns are looked at. */
const FARTHEST = 4096n;

/** The places of a line where a breakpoint can stand, one for each column that the line table has, in order of columns. */
export function positionsOf(image: Image, line: number, addresses: readonly bigint[]): Position[] {
  const found = new Map<number, bigint>();
  const note = (column: number, address: bigint) => {
    const known = found.get(column);
    if (known === undefined || address < known) found.set(column, address);
  };
  for (const start of addresses) {
    const range = image.places.lineRange(start);
    const end = range && range.high - start < FARTHEST ? range.high : start + 2n;
    for (let va = start; va < end; va += 2n) {
      const row = image.places.rowAt(va);
      if (row?.line === line && row.statement && row.address === va) note(row.column, va);
    }
    if (image.places.rowAt(start)?.address !== start) note(0, start);
  }
  return [...found].map(([column, address]) => ({ address, column })).sort((a, b) => a.column - b.column);
}

/** The position that a column of a line means, in the code from `start` on: the last that begins at or before it, else the first. */
export function positionAt(image: Image, line: number, start: bigint, column: number): Position {
  const positions = positionsOf(image, line, [start]);
  return positions.findLast((each) => each.column <= column) ?? positions[0] ?? { address: start, column: 0 };
}
