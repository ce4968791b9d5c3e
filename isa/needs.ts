/** What an instruction word needs: its row's extensions, and that of the register that it names. */
import { csrNumbered } from './csrs.js';
import { rowOf } from './decode.js';
import { extract, operandNames, operands } from './operands.js';

/** As `requires` lists are: all entries, each an extension or alternatives. Undefined: the word is no instruction. */
export function needsOf(word: number): readonly string[] | undefined {
  const row = rowOf(word);
  if (!row || !operandNames(row).includes('csr')) return row?.requires;
  const own = csrNumbered(extract(operands.csr, word))?.requires;
  return own ? [...row.requires, own] : row.requires;
}
