/** An operand as it is written, before it is known what it is for. */
import { registerNamed, type Register } from '../isa/registers.js';
import { Mistake } from './diagnostics.js';
import { type Expression, type Names, parseExpression } from './expression.js';
import { type Relocation, relocationOperators } from './fixup.js';
import { floatValue } from './float-text.js';
import { Cursor, type Token } from './lexer.js';

export class Operand {
  /** A register alone. */
  register: Register | undefined;
  /** A single word that is no register: a symbol, or a word such as `rtz`. */
  word: string | undefined;
  /** A floating-point number, with its sign. */
  float: number | undefined;
  /** `%lo(…)`. */
  relocation: Relocation | undefined;
  /** The register in parentheses after the offset. */
  base: Register | undefined;
  baseToken: Token | undefined;
  start = 0;
  end = 0;
  private parsed: Expression | undefined;
  private tokens: readonly Token[] | undefined;

  /** Is there nothing before the parenthesis? */
  get offsetless(): boolean {
    return this.parsed === undefined && this.tokens === undefined;
  }
  /** Is this an expression and nothing else? */
  get plain(): boolean {
    return !this.register && !this.base && this.float === undefined;
  }

  /** The expression. A lone word is looked up only now, so that words that are no symbols don't become undefined ones. */
  expression(names: Names): Expression {
    if (this.tokens) {
      this.parsed = parseExpression(new Cursor(this.tokens, ''), names);
      this.tokens = undefined;
    }
    if (this.parsed === undefined) throw new Mistake('expected an expression', this.start, this.end);
    return this.parsed;
  }

  static parse(cursor: Cursor, names: Names): Operand {
    const operand = new Operand();
    const first = cursor.token;
    operand.start = first.start;
    const after = cursor.peek();
    const alone = after.type === 'end' || (after.type === 'operator' && after.text === ',');
    if (first.type === 'name' && alone) {
      operand.register = registerNamed(first.text);
      if (!operand.register) {
        operand.word = first.text;
        operand.tokens = [first, { type: 'end', text: '', start: first.end, end: first.end }];
      }
      cursor.next();
    } else if (floatFollows(cursor)) {
      const sign = cursor.is('-') || cursor.is('+') ? cursor.next().text : '';
      operand.float = floatValue(sign + cursor.next().text);
    } else if (!baseFollows(cursor)) {
      if (cursor.is('%')) operand.parseRelocation(cursor, names);
      else operand.parsed = parseExpression(cursor, names);
      // call f@plt: there is no other way to call f here.
      if (cursor.accept('@')) cursor.name('plt');
    }
    if (operand.float === undefined && baseFollows(cursor)) {
      cursor.next();
      operand.baseToken = cursor.next();
      operand.base = registerNamed(operand.baseToken.text);
      cursor.next();
    }
    operand.end = cursor.atEnd ? cursor.token.end : cursor.token.start;
    if (!cursor.atEnd && !cursor.is(',')) {
      if (first.type === 'name' && registerNamed(first.text)) cursor.fail(`expected a comma after ${first.text}`);
      cursor.fail('expected a comma or the end of the statement');
    }
    return operand;
  }

  private parseRelocation(cursor: Cursor, names: Names): void {
    const start = cursor.next().start;
    const name = cursor.name('a relocation operator such as hi or pcrel_lo');
    this.relocation = Object.hasOwn(relocationOperators, name.text) ? relocationOperators[name.text] : undefined;
    if (!this.relocation) {
      const known = Object.keys(relocationOperators).map((each) => `%${each}`);
      throw new Mistake(`unknown relocation operator %${name.text}; there are ${known.join(', ')}`, start, name.end);
    }
    cursor.expect('(', `after %${name.text}`);
    this.parsed = parseExpression(cursor, names);
    cursor.expect(')', 'after the expression');
  }
}

/** Does a floating-point number stand here? */
const floatFollows = (cursor: Cursor) =>
  cursor.token.type === 'float' || ((cursor.is('-') || cursor.is('+')) && cursor.peek().type === 'float');

/** Does `(register)` stand here? */
function baseFollows(cursor: Cursor): boolean {
  const [name, close] = [cursor.peek(), cursor.peek(2)];
  return cursor.is('(') && name.type === 'name' && !!registerNamed(name.text) && close.text === ')';
}

/** The operands up to the end of the statement. */
export function parseOperands(cursor: Cursor, names: Names): Operand[] {
  const list: Operand[] = [];
  if (cursor.atEnd) return list;
  do list.push(Operand.parse(cursor, names));
  while (cursor.accept(','));
  cursor.finish();
  return list;
}
