/** The value of an #if condition: C's operators on 64-bit numbers, names left over are 0. */

const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const DEPTH = 100;

class Refused extends Error {}

const truth = (yes: boolean) => (yes ? 1n : 0n);
const operations: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '||': (a, b) => truth(a !== 0n || b !== 0n),
  '&&': (a, b) => truth(a !== 0n && b !== 0n),
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '&': (a, b) => a & b,
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  '<': (a, b) => truth(a < b),
  '<=': (a, b) => truth(a <= b),
  '>': (a, b) => truth(a > b),
  '>=': (a, b) => truth(a >= b),
  '<<': (a, b) => (b < 0n || b > 63n ? 0n : a << b),
  '>>': (a, b) => (b < 0n || b > 63n ? 0n : a >> b),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => {
    if (b === 0n) throw new Refused('division by zero in #if');
    return a / b;
  },
  '%': (a, b) => {
    if (b === 0n) throw new Refused('division by zero in #if');
    return a % b;
  },
};

/** @returns the value, or what is wrong */
export function conditionValue(text: string): bigint | string {
  const tokens = text.match(/0[xX][\da-fA-F]+|\d+|[A-Za-z_]\w*|'(?:\\.|[^\\])'|<<|>>|<=|>=|==|!=|&&|\|\||\S/g) ?? [];
  let at = 0;
  let depth = 0;
  const unary = (): bigint => {
    if (++depth > DEPTH) throw new Refused('this condition is nested too deeply');
    const token = tokens[at++];
    let value: bigint;
    if (token === undefined) throw new Refused('expected a condition after #if');
    if (token === '!') value = truth(unary() === 0n);
    else if (token === '-') value = -unary();
    else if (token === '+') value = unary();
    else if (token === '~') value = ~unary();
    else if (token === '(') {
      value = level(0);
      if (tokens[at++] !== ')') throw new Refused('expected ) in the condition');
    } else if (/^0[0-7]+$/.test(token)) value = BigInt(`0o${token.slice(1)}`);
    else if (/^\d/.test(token)) {
      if (!/^(0[xX][\da-fA-F]+|\d+)$/.test(token)) throw new Refused(`${token} is no number`);
      value = BigInt(/^0\d*[89]/.test(token) ? token.replace(/^0+/, '') : token);
      // Suffixes such as UL say nothing here.
      if (/^[uUlL]+$/.test(tokens[at] ?? '')) at++;
    } else if (/^[A-Za-z_]/.test(token)) value = 0n;
    else if (token.startsWith("'")) value = BigInt(token.codePointAt(1)!);
    else throw new Refused(`unexpected ${token} in the condition`);
    depth--;
    return value;
  };
  const level = (n: number): bigint => {
    let left = n === levels.length ? unary() : level(n + 1);
    while (n < levels.length && levels[n]!.includes(tokens[at] ?? '')) {
      const operation = operations[tokens[at++]!]!;
      left = BigInt.asIntN(64, operation(left, level(n + 1)));
    }
    return left;
  };
  try {
    const value = level(0);
    return at < tokens.length ? `unexpected ${tokens[at]} in the condition` : value;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}
