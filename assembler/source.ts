/** One statement of source text, and where it came from. */
import type { Place } from './diagnostics.js';

/** The macro call that a statement came out of. */
export interface Expansion {
  readonly macro: string;
  /** Where the macro was called: the outermost call's place in a file. */
  readonly place: Place;
  readonly depth: number;
}

export interface Statement {
  readonly file: string;
  readonly line: number;
  /** Comments are blanked out. */
  readonly text: string;
  /** Column of the text's first character. */
  readonly column: number;
  /** Where text was replaced by the preprocessor: the source column of each character. */
  readonly columns?: readonly number[];
  readonly expansion?: Expansion;
  /** Where there are no lines, as in an object file: what to say instead. */
  readonly location?: string;
}

/** Where characters start to end of a statement stand in the source. */
export function placeOf(statement: Statement, start: number, end: number): Place {
  if (statement.expansion) return statement.expansion.place;
  const { file, line, columns, text, location } = statement;
  if (location !== undefined) return { file, line, column: 1, endColumn: 2, location };
  const at = (offset: number) => {
    const within = Math.max(0, Math.min(offset, text.length));
    if (!columns) return statement.column + within;
    return columns[within] ?? (columns.at(-1) ?? statement.column - 1) + 1;
  };
  const column = at(start);
  return { file, line, column, endColumn: Math.max(column + 1, at(end)) };
}

/** The whole of a statement, without the blanks around it. */
export function wholePlace(statement: Statement): Place {
  const start = statement.text.length - statement.text.trimStart().length;
  return placeOf(statement, start, statement.text.trimEnd().length);
}

/**
 * Blanks out comments: `#` and `//` to the end of the line, and what lies between slash-star and star-slash, over several lines.
 * Strings and character constants are left alone. Lengths stay as they are.
 */
export class CommentStripper {
  private inside = false;

  constructor(private readonly hash: boolean) {}

  /** Is a block comment open? */
  get open(): boolean {
    return this.inside;
  }

  strip(text: string): string {
    if (!this.inside && !/[#/]/.test(text)) return text;
    let out = '';
    let from = 0;
    let at = 0;
    const blank = (to: number) => {
      out += text.slice(from, at) + ' '.repeat(to - at);
      at = from = to;
    };
    while (at < text.length) {
      if (this.inside) {
        const end = text.indexOf('*/', at);
        this.inside = end < 0;
        blank(end < 0 ? text.length : end + 2);
        continue;
      }
      const c = text[at]!;
      if (c === '"' || c === "'") at = skipQuoted(text, at);
      else if (c === '/' && text[at + 1] === '*') {
        this.inside = true;
        at += 2;
        const end = text.indexOf('*/', at);
        at -= 2;
        this.inside = end < 0;
        blank(end < 0 ? text.length : end + 2);
      } else if ((c === '#' && this.hash) || (c === '/' && text[at + 1] === '/')) blank(text.length);
      else at++;
    }
    return out + text.slice(from);
  }
}

/** The offset after the string or character constant that starts at `at`. */
export function skipQuoted(text: string, at: number): number {
  if (text[at] === "'") {
    at += text[at + 1] === '\\' ? 3 : 2;
    return Math.min(text[at] === "'" ? at + 1 : at, text.length);
  }
  for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++;
  return Math.min(at + 1, text.length);
}

/** Split a line at the semicolons between its statements. */
export function splitStatements(file: string, line: number, text: string, columns?: readonly number[]): Statement[] {
  if (!text.includes(';')) return [{ file, line, text, column: 1, columns }];
  const out: Statement[] = [];
  let start = 0;
  const cut = (end: number) =>
    out.push({ file, line, text: text.slice(start, end), column: start + 1, columns: columns?.slice(start, end + 1) });
  for (let at = 0; at < text.length; ) {
    if (text[at] === '"' || text[at] === "'") at = skipQuoted(text, at);
    else if (text[at++] === ';') {
      cut(at - 1);
      start = at;
    }
  }
  cut(text.length);
  return out;
}

/** The statements of a text that is not preprocessed. */
export function statementsOf(file: string, text: string): Statement[] {
  const stripper = new CommentStripper(true);
  return text.split('\n').flatMap((line, i) => splitStatements(file, i + 1, stripper.strip(line.replace(/\r$/, ''))));
}
