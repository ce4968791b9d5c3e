/** Tokens of a statement, and a cursor over them. */
import { Mistake } from './diagnostics.js';

export interface Token {
  readonly type: 'name' | 'number' | 'float' | 'local' | 'string' | 'operator' | 'end';
  readonly text: string;
  /** Numbers and characters. */
  readonly value?: bigint;
  /** Offsets into the statement's text. */
  readonly start: number;
  readonly end: number;
}

/** A floating-point number is told from others by a point next to a digit, or by its exponent. */
const pattern =
  /[ \t\f\v]*(?:(\d*\.\d+(?:[eE][-+]?\d+)?(?![\w.$])|\d+\.(?![\w.$])|\d+[eE][-+]?\d+|0[xX][0-9a-fA-F]+(?:\.[0-9a-fA-F]*)?[pP][-+]?\d+)|([A-Za-z_.$\u0080-\uffff][\w.$\u0080-\uffff]*)|(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+[fb](?!\w)|\d\w*)|("(?:[^"\\]|\\.)*"?)|('(?:\\.|[^\\])'?)|(<<|>>|<>|<=|>=|==|!=|&&|\|\||[^ \t\f\v]))/y;

/** Characters that a backslash stands for. */
const escapes: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, b: 8, f: 12, v: 11, a: 7, e: 27 };

function numberValue(text: string, start: number): bigint {
  if (/^0[xX][0-9a-fA-F]+$/.test(text) || /^0[bB][01]+$/.test(text) || /^[1-9]\d*$/.test(text) || text === '0') {
    return BigInt(text);
  }
  if (/^0[0-7]+$/.test(text)) return BigInt(`0o${text.slice(1)}`);
  throw new Mistake(`${text} is no number`, start, start + text.length);
}

/** The tokens of a statement from an offset on; the last is of type `end`. */
export function tokenize(text: string, from = 0): Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = from;
  for (;;) {
    const match = pattern.exec(text);
    if (!match) break;
    const [, float, name, number, string, character, operator] = match;
    const end = pattern.lastIndex;
    const raw = name ?? float ?? number ?? string ?? character ?? operator!;
    const start = end - raw.length;
    if (name !== undefined) tokens.push({ type: 'name', text: raw, start, end });
    else if (float !== undefined) tokens.push({ type: 'float', text: raw, start, end });
    else if (number !== undefined) {
      if (/^\d+[fb]$/.test(number) && !/^0b[01]/.test(number)) tokens.push({ type: 'local', text: raw, start, end });
      else tokens.push({ type: 'number', text: raw, value: numberValue(raw, start), start, end });
    } else if (string !== undefined) {
      if (raw.length < 2 || !raw.endsWith('"')) throw new Mistake('this string has no end', start, end);
      tokens.push({ type: 'string', text: raw, start, end });
    } else if (character !== undefined) {
      const code = raw[1] === '\\' ? (escapes[raw[2]!] ?? raw.codePointAt(2)!) : raw.codePointAt(1)!;
      tokens.push({ type: 'number', text: raw, value: BigInt(code), start, end });
    } else tokens.push({ type: 'operator', text: raw, start, end });
  }
  const end = text.trimEnd().length;
  tokens.push({ type: 'end', text: '', start: end, end });
  return tokens;
}

const encoder = new TextEncoder();

/** The bytes of a string token: UTF-8, with C escapes. */
export function stringBytes({ text, start }: Token): Uint8Array {
  const out: number[] = [];
  const inner = text.slice(1, -1);
  for (let at = 0; at < inner.length; ) {
    if (inner[at] !== '\\') {
      const next = inner.indexOf('\\', at);
      const stop = next < 0 ? inner.length : next;
      for (const byte of encoder.encode(inner.slice(at, stop))) out.push(byte);
      at = stop;
      continue;
    }
    const rest = inner.slice(at + 1);
    const octal = /^[0-7]{1,3}/.exec(rest)?.[0];
    const hex = /^[xX][0-9a-fA-F]+/.exec(rest)?.[0];
    if (octal) out.push(Number.parseInt(octal, 8) & 0xff);
    else if (hex) out.push(Number.parseInt(hex.slice(-2).replace(/^[xX]/, ''), 16));
    else if (rest[0] !== undefined && rest[0] in escapes) out.push(escapes[rest[0]]!);
    else if (rest[0] === '\\' || rest[0] === '"' || rest[0] === "'") out.push(rest.charCodeAt(0));
    else throw new Mistake(`\\${rest[0] ?? ''} is no escape`, start + 1 + at, start + 3 + at);
    at += 1 + (octal ?? hex ?? rest[0]!).length;
  }
  return Uint8Array.from(out);
}

/** A walk over the tokens of one statement. */
export class Cursor {
  private at = 0;

  constructor(
    readonly tokens: readonly Token[],
    /** The statement's whole text, for directives that read it raw. */
    readonly text: string,
  ) {}

  get token(): Token {
    return this.tokens[this.at]!;
  }
  /** The token `n` further on; `end` beyond the last. */
  peek(n = 1): Token {
    return this.tokens[Math.min(this.at + n, this.tokens.length - 1)]!;
  }
  next(): Token {
    const token = this.token;
    if (token.type !== 'end') this.at++;
    return token;
  }
  get atEnd(): boolean {
    return this.token.type === 'end';
  }
  is(text: string): boolean {
    return this.token.type === 'operator' && this.token.text === text;
  }
  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }
  expect(text: string, context: string): void {
    if (!this.accept(text)) this.fail(`expected ${text === ',' ? 'a comma' : text} ${context}`);
  }
  /** A name. @throws Mistake saying what was expected */
  name(what: string): Token {
    if (this.token.type !== 'name') this.fail(`expected ${what}`);
    return this.next();
  }
  string(what = 'a string in double quotes'): Token {
    if (this.token.type !== 'string') this.fail(`expected ${what}`);
    return this.next();
  }
  /** The text that is left, raw. */
  rest(): string {
    const text = this.text.slice(this.token.start).trimEnd();
    this.at = this.tokens.length - 1;
    return text;
  }
  /** Nothing may be left. */
  finish(): void {
    if (!this.atEnd) this.fail(`unexpected ${this.token.text} at the end of the statement`);
  }
  fail(message: string, token: Token = this.token): never {
    const found = token.type === 'end' ? ', but the statement ends here' : '';
    throw new Mistake(message + (message.startsWith('expected') ? found : ''), token.start, token.end);
  }
}
