import { codeOf } from '../instructions.js';
import type { LineRow } from './line.js';

/**
 * Where the body of a function begins, behind what saves registers and parameters: at the second address of its line table that begins a
 * statement, unless control may never get there. Compilers that optimise mix the two.
 * @param rows some of the table, from the function's first row on
 * @param code the bytes from `low` on
 */
export function bodyStart(low: bigint, high: bigint, rows: readonly LineRow[], code: Uint8Array): bigint {
  const second = rows.find((row) => row.address > low && row.statement && !row.end);
  if (!second || second.address >= high) return low;
  const length = Number(second.address - low);
  return code.length >= length && isStraight(code.subarray(0, length)) ? second.address : low;
}

/** Is every instruction followed by the next one? */
function isStraight(code: Uint8Array): boolean {
  for (let at = 0; at + 2 <= code.length; ) {
    const word = code.subarray(at, at + 4).reduce((sum, byte, n) => sum | (byte << (8 * n)), 0) >>> 0;
    const { meant, length } = codeOf(word, 0n, code.subarray(at));
    const kind = meant?.row.semantics.kind;
    if (kind === undefined || kind === 'branch' || kind === 'jump') return false;
    at += length;
  }
  return true;
}
