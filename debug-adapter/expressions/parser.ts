import { ExpressionError, type Token, tokens } from './lexer.js';

/** A type as written in a cast: words such as `unsigned long` or `struct task`, and how many `*` follow. */
export interface TypeName {
  readonly words: string;
  readonly stars: number;
}

export type Node =
  | { readonly node: 'number'; readonly value: bigint | number }
  | { readonly node: 'name'; readonly name: string }
  | { readonly node: 'unary'; readonly op: string; readonly a: Node }
  | { readonly node: 'binary'; readonly op: string; readonly a: Node; readonly b: Node }
  | { readonly node: 'choose'; readonly condition: Node; readonly a: Node; readonly b: Node }
  | { readonly node: 'assign'; readonly op: string; readonly target: Node; readonly value: Node }
  | { readonly node: 'member'; readonly of: Node; readonly name: string; readonly arrow: boolean }
  | { readonly node: 'index'; readonly of: Node; readonly index: Node }
  | { readonly node: 'cast'; readonly type: TypeName; readonly a: Node }
  | { readonly node: 'sizeof'; readonly type: TypeName };

/** Binary operators by how tightly they bind, as in C. */
const levels = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const binding = new Map(levels.flatMap((ops, level) => ops.map((op) => [op, level] as const)));
const assignments = ['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>='];

const typeWords = new Set(
  'void char short int long float double signed unsigned const volatile _Bool bool size_t ssize_t uintptr_t intptr_t'
    .split(' ')
    .concat([8, 16, 32, 64].flatMap((bits) => [`int${bits}_t`, `uint${bits}_t`])),
);
const tagWords = new Set(['struct', 'union', 'enum']);

/** Deeper nesting is refused; the evaluator recurses as deep as the tree. */
const DEEPEST = 100;

/** Read an expression. @throws ExpressionError that names the column and what was expected */
export function parse(text: string): Node {
  const list = tokens(text);
  let next = 0;
  let depth = 0;

  const peek = (): Token => list[next];
  const is = (mark: string) => peek().kind === 'mark' && peek().text === mark;
  const accept = (mark: string) => is(mark) && Boolean(++next);
  const fail = (expected: string): never => {
    const { at, text: found } = peek();
    throw new ExpressionError(
      `\`${text}\`: column ${at + 1}: expected ${expected}, found ${found === 'the end' ? found : `\`${found}\``}`,
    );
  };
  const expect = (mark: string) => accept(mark) || fail(`\`${mark}\``);
  const word = (): string => (peek().kind === 'name' ? list[next++].text : fail('a name'));
  const deeper = <T>(read: () => T): T => {
    if (++depth > DEEPEST) throw new ExpressionError(`the expression is nested deeper than ${DEEPEST}`);
    const result = read();
    depth--;
    return result;
  };

  const startsType = () => peek().kind === 'name' && (typeWords.has(peek().text) || tagWords.has(peek().text));
  const typeName = (): TypeName => {
    const words: string[] = [];
    while (startsType()) {
      const tag = tagWords.has(peek().text);
      words.push(word());
      if (tag) words.push(word());
    }
    let stars = 0;
    while (accept('*')) stars++;
    return { words: words.filter((w) => w !== 'const' && w !== 'volatile').join(' '), stars };
  };

  /** The place behind the arguments of a template, in angle brackets, that begin at `at`; there itself where none do. */
  const behindArguments = (at: number): number => {
    if (list[at]?.text !== '<') return at;
    let open = 0;
    for (let end = at; end < list.length; end++) {
      const { text: mark } = list[end]!;
      open += mark === '<' ? 1 : mark === '>' ? -1 : mark === '>>' ? -2 : 0;
      if (open <= 0) return end + 1;
    }
    return at;
  };
  /** The same as debug information writes them: `<int, long>`. */
  const templateArguments = (): string => {
    const end = behindArguments(next);
    if (end === next) return '';
    const written = text.slice(peek().at, list[end]!.at);
    next = end;
    return written.replaceAll(/\s*([<>,])\s*/g, '$1').replaceAll(',', ', ');
  };

  /** A type of the debug information that has a name of its own. */
  const namedType = (): TypeName => {
    const words = word() + templateArguments();
    let stars = 0;
    while (accept('*')) stars++;
    return { words, stars };
  };
  /** In `(name *) …` and `(name) operand`, as nothing else could be meant. */
  const startsNamedCast = () => {
    let at = behindArguments(next + 2);
    while (list[at]?.text === '*') at++;
    if (list[at]?.text !== ')') return false;
    const { kind, text } = list[at + 1]!;
    return (
      list[at - 1]!.text === '*' ||
      kind === 'name' ||
      kind === 'number' ||
      (kind === 'mark' && ['(', '~', '!'].includes(text))
    );
  };

  const primary = (): Node => {
    const token = peek();
    if (token.kind === 'number') {
      next++;
      return { node: 'number', value: token.value! };
    }
    if (token.kind === 'name') {
      if (token.text === 'sizeof') {
        next++;
        expect('(');
        if (!startsType() && peek().kind !== 'name') fail('a type');
        const type = startsType() ? typeName() : namedType();
        expect(')');
        return { node: 'sizeof', type };
      }
      next++;
      return { node: 'name', name: token.text };
    }
    if (accept('(')) {
      const inner = deeper(expression);
      expect(')');
      return inner;
    }
    return fail('a value');
  };

  const postfix = (): Node => {
    let a = primary();
    for (;;) {
      if (accept('.')) a = { node: 'member', of: a, name: word(), arrow: false };
      else if (accept('->')) a = { node: 'member', of: a, name: word(), arrow: true };
      else if (accept('[')) {
        const index = deeper(expression);
        expect(']');
        a = { node: 'index', of: a, index };
      } else return a;
    }
  };

  const unary = (): Node => {
    for (const op of ['-', '+', '!', '~', '*', '&']) if (accept(op)) return { node: 'unary', op, a: deeper(unary) };
    if (is('(') && list[next + 1].kind === 'name') {
      const { text: first } = list[next + 1];
      if (typeWords.has(first) || tagWords.has(first)) {
        next++;
        const type = typeName();
        expect(')');
        return { node: 'cast', type, a: deeper(unary) };
      }
      if (startsNamedCast()) {
        next++;
        const type = namedType();
        expect(')');
        return { node: 'cast', type, a: deeper(unary) };
      }
    }
    return postfix();
  };

  const binary = (level: number): Node => {
    let a = unary();
    for (;;) {
      const own = peek().kind === 'mark' ? binding.get(peek().text) : undefined;
      if (own === undefined || own < level) return a;
      const op = list[next++].text;
      a = { node: 'binary', op, a, b: deeper(() => binary(own + 1)) };
    }
  };

  const expression = (): Node => {
    const a = binary(0);
    if (accept('?')) {
      const yes = deeper(expression);
      expect(':');
      return { node: 'choose', condition: a, a: yes, b: deeper(expression) };
    }
    const op = assignments.find(is);
    if (!op) return a;
    next++;
    return { node: 'assign', op: op.slice(0, -1), target: a, value: deeper(expression) };
  };

  const result = expression();
  if (peek().kind !== 'end') fail('an operator or the end');
  return result;
}

/** `@hart2` and `@task7` in front of a condition. */
const who = /^\s*@(hart|task)\s*(\d{1,9})(?!\w)\s*(?:&&)?/;

/** Read a condition: an expression, with `@hart2`, `@task7` or both in front of it or alone. @throws ExpressionError */
export function parseCondition(text: string): Node {
  const parts: Node[] = [];
  let rest = text;
  for (let match = who.exec(rest); match; match = who.exec(rest)) {
    const [{ length }, name, digits] = match;
    const number: Node = { node: 'number', value: BigInt(digits!) };
    parts.push({ node: 'binary', op: '==', a: { node: 'name', name: `$${name}` }, b: number });
    rest = rest.slice(length);
  }
  if (/^\s*@/.test(rest))
    throw new ExpressionError(
      `\`${text}\`: column ${text.length - rest.trimStart().length + 1}: expected @hart2 or @task7, with the number of a hart or task`,
    );
  if (rest.trim() || parts.length === 0) parts.push(parse(rest));
  return parts.reduce((a, b) => ({ node: 'binary', op: '&&', a, b }));
}

/** Does evaluating it change anything? */
export function assigns(node: Node): boolean {
  if (node.node === 'assign') return true;
  return Object.values(node).some(
    (part) => typeof part === 'object' && part !== null && 'node' in part && assigns(part),
  );
}
