/** An expression that can't be read or evaluated; the message says what and where. */
export class ExpressionError extends Error {}

export interface Token {
  readonly kind: 'number' | 'name' | 'mark' | 'end';
  readonly text: string;
  /** 0-based. */
  readonly at: number;
  /** Of a number: a bigint, or a number when it has a point, an exponent or an `f`. */
  readonly value?: bigint | number;
}

/** Longer ones are refused: nobody types them. */
const LONGEST = 4096;

const marks = [
  ...['<<=', '>>='],
  ...['==', '!=', '<=', '>=', '&&', '||', '<<', '>>', '->', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^='],
  ...['+', '-', '*', '/', '%', '&', '|', '^', '~', '!', '<', '>', '=', '(', ')', '[', ']', '.', '?', ':'],
];
const escapes: Record<string, number> = { n: 10, t: 9, r: 13, '0': 0, '\\': 92, "'": 39 };

const number = /(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)/y;
/** In C++ with the namespaces and classes that it lies in. */
const name = /\$?[A-Za-z_][\w$]*(?:::[A-Za-z_]\w*)*/y;

/** Split an expression. @throws ExpressionError */
export function tokens(text: string): Token[] {
  if (text.length > LONGEST)
    throw new ExpressionError(`the expression has ${text.length} characters; at most ${LONGEST} are read`);
  const list: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const char = text[at];
    if (/\s/.test(char)) {
      at++;
      continue;
    }
    number.lastIndex = name.lastIndex = at;
    const digits = /[\d.]/.test(char) ? number.exec(text)?.[0] : undefined;
    const word = name.exec(text)?.[0];
    if (digits) {
      // Suffixes say a type in C; here integers have 64 bits anyway.
      const suffix = /^[uUlL]*(?=\W|$)|^[fF](?=\W|$)/.exec(text.slice(at + digits.length))?.[0];
      if (suffix === undefined)
        throw new ExpressionError(`\`${text}\`: column ${at + 1}: \`${digits}…\` is not a number`);
      const plain = digits.replaceAll('_', '');
      const floating = /^f$/i.test(suffix) || (!/^0[xXbB]/.test(plain) && /[.eE]/.test(plain));
      list.push({ kind: 'number', text: digits, at, value: floating ? Number(plain) : BigInt(plain) });
      at += digits.length + suffix.length;
    } else if (word) {
      list.push({ kind: 'name', text: word, at });
      at += word.length;
    } else if (char === "'") {
      const match = /^'(\\?)([\s\S])'/.exec(text.slice(at));
      const value = match && (match[1] ? escapes[match[2]] : match[2].charCodeAt(0));
      if (!match || value === undefined)
        throw new ExpressionError(`\`${text}\`: column ${at + 1}: expected a character such as 'a'`);
      list.push({ kind: 'number', text: match[0], at, value: BigInt(value as number) });
      at += match[0].length;
    } else {
      const mark = marks.find((candidate) => text.startsWith(candidate, at));
      if (!mark) throw new ExpressionError(`\`${text}\`: column ${at + 1}: \`${char}\` means nothing here`);
      list.push({ kind: 'mark', text: mark, at });
      at += mark.length;
    }
  }
  list.push({ kind: 'end', text: 'the end', at: text.length });
  return list;
}
