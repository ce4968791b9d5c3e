/** What a directive is. */
import type { Cursor } from '../lexer.js';
import type { Unit } from '../unit.js';

export interface Directive {
  /**
   * @param cursor at the first operand
   * @param name as written, in lower case
   * @param start offset of the name in the statement
   * @throws Mistake
   */
  run(unit: Unit, cursor: Cursor, name: string, start: number): void;
  /** The operands are not made into tokens; the cursor's text is all of them, raw. */
  readonly raw?: boolean;
}

export type Directives = Readonly<Record<string, Directive>>;

/** Accepted and without effect. */
export const ignored: Directive = { raw: true, run: () => {} };
