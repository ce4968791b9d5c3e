/** The other syntax of macros: `.altmacro` (GNU as manual, "Altmacro"). */
import { Mistake } from './diagnostics.js';
import { parseExpression } from './expression.js';
import { Cursor, tokenize } from './lexer.js';
import { skipQuoted } from './source.js';
import type { Unit } from './unit.js';

/** The offset after `<…>` that starts at `at`, brackets within brackets and `!` before any character taken into account. */
function skipBrackets(text: string, at: number): number {
  let depth = 0;
  for (; at < text.length; at++) {
    if (text[at] === '!') at++;
    else if (text[at] === '<') depth++;
    else if (text[at] === '>' && --depth === 0) return at + 1;
  }
  return text.length;
}

/** Split arguments at commas and at blanks; what stands in `<…>` or quotes, and the whole of a `%expression`, stays together. */
export function splitAlternate(text: string): string[] {
  const out: string[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at++;
    if (at >= text.length) return out;
    const start = at;
    const computed = text[at] === '%';
    let depth = 0;
    while (at < text.length && !(text[at] === ',' && depth <= 0)) {
      const c = text[at]!;
      if (!computed && depth <= 0 && /\s/.test(c)) break;
      if (c === '(') depth++;
      if (c === ')') depth--;
      if (c === '<' && at === start) at = skipBrackets(text, at);
      else if (c === '"' || c === "'") at = skipQuoted(text, at);
      else at += c === '!' ? 2 : 1;
    }
    out.push(text.slice(start, at).trim());
    while (/\s/.test(text[at] ?? '')) at++;
    if (text[at] === ',') {
      at++;
      if (!text.slice(at).trim()) out.push('');
    }
  }
}

/** What an argument is: `<text>` without its brackets, `%expression` as a number. @throws Mistake */
export function alternateValue(unit: Unit, argument: string): string {
  if (argument[0] === '%') {
    const cursor = new Cursor(tokenize(argument.slice(1)), argument);
    let value: bigint | undefined;
    try {
      value = unit.constant(parseExpression(cursor, unit));
      cursor.finish();
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      value = undefined;
    }
    if (value === undefined) return unit.mistake(`${argument} is no number that is known here`);
    return String(value);
  }
  if (argument[0] !== '<') return argument;
  return argument.slice(1, skipBrackets(argument, 0) - 1).replace(/!(.)/g, '$1');
}

/** `LOCAL a, b`: names that are others in each call. @returns whether the line was such a one */
export function takeLocals(unit: Unit, text: string, values: Map<string, string>): boolean {
  const match = /^\s*local\s+(.*)$/i.exec(text);
  if (!match) return false;
  for (const name of match[1]!.split(/[\s,]+/).filter(Boolean))
    values.set(name, `.LL${(unit.localNames++).toString(16).padStart(4, '0')}`);
  return true;
}

/** Put arguments in where their names stand, in strings too; `&` joins what lies on its two sides. */
export function substituteAlternate(text: string, values: ReadonlyMap<string, string>): string {
  let out = '';
  pattern.lastIndex = 0;
  for (let from = 0; ; ) {
    const match = pattern.exec(text);
    if (!match) return out + text.slice(from);
    const value = values.get(match[1]!);
    if (value === undefined) continue;
    out += text.slice(from, match.index) + value;
    // What joins it to the text after it goes too.
    if (text[pattern.lastIndex] === '&') pattern.lastIndex++;
    from = pattern.lastIndex;
  }
}

const pattern = /&?([A-Za-z_.$][\w.$]*)/g;
