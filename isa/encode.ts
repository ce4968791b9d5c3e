/** From operand values to an instruction word: the inverse of extract. */
import { insert, operandNames, operands } from './operands.js';
import type { Instruction } from './types.js';

/**
 * The word of a row with operand values in its syntax order.
 * @param values register numbers and immediates in bytes, each known to fit
 */
export function encode(row: Instruction, values: readonly number[]): number {
  const names = operandNames(row);
  let word = row.match;
  for (let k = 0; k < names.length; k++) word |= insert(operands[names[k]!], values[k]!);
  return word >>> 0;
}
