/** Expressions: 64-bit integers and addresses, with GNU's operators and their precedence (GNU as manual, "Expressions"). */
import { Mistake } from './diagnostics.js';
import type { Cursor } from './lexer.js';
import type { Statement } from './source.js';
import type { SourceSymbol } from './symbol.js';

/** A known number, or something that waits for addresses. */
export type Expression = bigint | Deferred;

export type Deferred =
  | {
      readonly kind: 'symbol';
      readonly symbol: SourceSymbol;
      readonly addend: bigint;
      /** Where it was mentioned, for "undefined". */
      readonly statement: Statement;
      readonly start: number;
      readonly end: number;
      readonly depth: 1;
      readonly size: 1;
    }
  | {
      readonly kind: 'unary';
      readonly operator: string;
      readonly of: Expression;
      /** Levels and parts, each part counted as often as it is worked out. */
      readonly depth: number;
      readonly size: number;
    }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
      readonly depth: number;
      readonly size: number;
    };

/** What an expression comes to: a number, or an offset from something (a chunk before the layout, a section after it). */
export interface Value {
  readonly base: object | undefined;
  readonly value: bigint;
}

/** Gives symbols their values; undefined when there is none (yet). */
export type Resolve = (symbol: SourceSymbol) => Value | undefined;

/** What the parser asks of the unit it works for. */
export interface Names {
  readonly statement: Statement;
  symbol(name: string): SourceSymbol;
  /** `1b` or `1f`; undefined when there is no such label behind. */
  local(text: string): SourceSymbol | undefined;
  /** A label at the current place. */
  here(): SourceSymbol;
}

/** Levels of binary operators, the loosest first. All are left-associative. */
const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '<>', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['|', '&', '^', '!'],
  ['*', '/', '%', '<<', '>>'],
];
const levelOf = new Map(levels.flatMap((operators, level) => operators.map((o) => [o, level] as const)));

/** Deeper nesting is refused: no one writes it, and a macro gone wild must not exhaust the stack. */
const DEPTH = 200;
const SIZE = 5000;

const wrap = (value: bigint) => BigInt.asIntN(64, value);
const depthOf = (e: Expression) => (typeof e === 'bigint' ? 0 : e.depth);
const sizeOf = (e: Expression) => (typeof e === 'bigint' ? 1 : e.size);
const truth = (yes: boolean, whenTrue: bigint) => (yes ? whenTrue : 0n);

/** Arithmetic on 64-bit numbers; undefined for division by zero. */
function compute(operator: string, a: bigint, b: bigint): bigint | undefined {
  switch (operator) {
    case '+':
      return wrap(a + b);
    case '-':
      return wrap(a - b);
    case '*':
      return wrap(a * b);
    case '/':
      return b === 0n ? undefined : wrap(a / b);
    case '%':
      return b === 0n ? undefined : wrap(a % b);
    case '<<':
      return b < 0n || b > 63n ? 0n : wrap(a << b);
    case '>>':
      return b < 0n || b > 63n ? 0n : wrap(BigInt.asUintN(64, a) >> b);
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '!':
      return a | ~b;
    // A comparison that holds is -1, a logical operation that holds is 1.
    case '==':
      return truth(a === b, -1n);
    case '!=':
    case '<>':
      return truth(a !== b, -1n);
    case '<':
      return truth(a < b, -1n);
    case '<=':
      return truth(a <= b, -1n);
    case '>':
      return truth(a > b, -1n);
    case '>=':
      return truth(a >= b, -1n);
    case '&&':
      return truth(a !== 0n && b !== 0n, 1n);
    case '||':
      return truth(a !== 0n || b !== 0n, 1n);
  }
  return undefined;
}

const unary = (operator: string, a: bigint) =>
  operator === '-' ? wrap(-a) : operator === '~' ? ~a : operator === '!' ? truth(a === 0n, 1n) : a;

/** An operation on two expressions, folded as far as it is known. */
function combine(operator: string, left: Expression, right: Expression): Expression | undefined {
  if (typeof left === 'bigint' && typeof right === 'bigint') return compute(operator, left, right);
  // symbol + number stays flat, however long the chain is.
  if (typeof left !== 'bigint' && left.kind === 'symbol' && typeof right === 'bigint') {
    if (operator === '+') return { ...left, addend: wrap(left.addend + right) };
    if (operator === '-') return { ...left, addend: wrap(left.addend - right) };
  }
  if (operator === '+' && typeof left === 'bigint' && typeof right !== 'bigint' && right.kind === 'symbol')
    return { ...right, addend: wrap(right.addend + left) };
  return {
    kind: 'binary',
    operator,
    left,
    right,
    depth: 1 + Math.max(depthOf(left), depthOf(right)),
    size: 1 + sizeOf(left) + sizeOf(right),
  };
}

/** Parse an expression. @throws Mistake */
export function parseExpression(cursor: Cursor, names: Names, nesting = 0): Expression {
  return parseLevel(cursor, names, 0, nesting);
}

function parseLevel(cursor: Cursor, names: Names, level: number, nesting: number): Expression {
  let left = parseUnary(cursor, names, nesting);
  for (;;) {
    const token = cursor.token;
    const found = token.type === 'operator' ? levelOf.get(token.text) : undefined;
    if (found === undefined || found < level) return left;
    cursor.next();
    const right = parseLevel(cursor, names, found + 1, nesting);
    const both = combine(token.text, left, right);
    if (both === undefined) throw new Mistake('division by zero', token.start, token.end);
    if (depthOf(both) > DEPTH || sizeOf(both) > SIZE)
      throw new Mistake('this expression is nested too deeply', token.start, token.end);
    left = both;
  }
}

function parseUnary(cursor: Cursor, names: Names, nesting: number): Expression {
  const token = cursor.token;
  if (nesting > DEPTH) cursor.fail('this expression is nested too deeply');
  if (token.type === 'operator' && /^[-+~!]$/.test(token.text)) {
    cursor.next();
    const of = parseUnary(cursor, names, nesting + 1);
    if (token.text === '+') return of;
    if (typeof of === 'bigint') return unary(token.text, of);
    return { kind: 'unary', operator: token.text, of, depth: 1 + depthOf(of), size: 1 + sizeOf(of) };
  }
  if (cursor.accept('(')) {
    const inner = parseExpression(cursor, names, nesting + 1);
    cursor.expect(')', 'after the expression');
    return inner;
  }
  if (token.type === 'number') {
    cursor.next();
    return wrap(token.value!);
  }
  if (token.type === 'name') {
    cursor.next();
    if (token.text === '.') return mention(names.here(), names, token);
    const symbol = names.symbol(token.text);
    // What .set gave a name is used as it is now: it may change.
    if (symbol.meaning?.kind === 'value') return symbol.meaning.value;
    return mention(symbol, names, token);
  }
  if (token.type === 'local') {
    cursor.next();
    const symbol = names.local(token.text);
    if (!symbol)
      throw new Mistake(`there is no label ${token.text.slice(0, -1)}: before this line`, token.start, token.end);
    return mention(symbol, names, token);
  }
  return cursor.fail('expected an expression');
}

/** An expression that is a symbol, and a number. */
export function mention(
  symbol: SourceSymbol,
  names: Pick<Names, 'statement'>,
  { start, end }: { start: number; end: number },
  addend = 0n,
): Deferred {
  return { kind: 'symbol', symbol, addend, statement: names.statement, start, end, depth: 1, size: 1 };
}

/**
 * The value of an expression, or undefined when something in it has none.
 * @param loose after the layout everything is a number: differences and comparisons of anything are allowed
 */
export function evaluate(expression: Expression, resolve: Resolve, loose: boolean): Value | undefined {
  if (typeof expression === 'bigint') return { base: undefined, value: expression };
  if (expression.kind === 'symbol') {
    const found = resolve(expression.symbol);
    return found && { base: found.base, value: wrap(found.value + expression.addend) };
  }
  if (expression.kind === 'unary') {
    const of = evaluate(expression.of, resolve, loose);
    if (!of || (of.base && !loose)) return undefined;
    return { base: undefined, value: unary(expression.operator, of.value) };
  }
  const left = evaluate(expression.left, resolve, loose);
  const right = evaluate(expression.right, resolve, loose);
  if (!left || !right) return undefined;
  const { operator } = expression;
  if (!loose && !meaningful(operator, left, right)) return undefined;
  const value = compute(operator, left.value, right.value);
  const base = operator === '+' ? (left.base ?? right.base) : operator === '-' && !right.base ? left.base : undefined;
  return value === undefined ? undefined : { base, value };
}

/** Is the result known although the values hang on something that isn't? */
function meaningful(operator: string, left: Value, right: Value): boolean {
  if (!left.base && !right.base) return true;
  if (operator === '+') return !left.base || !right.base;
  if (operator === '-' && !right.base) return true;
  return left.base === right.base && /^(-|[<>=!]=?|<>)$/.test(operator);
}
