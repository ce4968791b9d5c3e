/**
 * What lines and statements came to, kept so that a text that is assembled again, a little changed, need not be read again as a whole. Kept
 * is only what hangs on nothing but the text itself and the extensions in force; so the result is the same with and without it.
 */
import type { Arch } from './arch.js';
import type { Token } from './lexer.js';
import type { Statement } from './source.js';
import { TextLines } from './text-lines.js';

/** A line of the preprocessor's that is no directive, and no part of a comment over several lines. */
export interface PlainLine {
  /** Without comments. */
  readonly stripped: string;
  /** What macros could be meant by. */
  readonly words: readonly string[];
  /** Is it no more than one statement? */
  readonly single: boolean;
}

/** How a statement begins that has no label, assigns nothing and is no directive; and what comes behind that. */
export interface PlainHead {
  readonly name: string;
  /** Where the name begins, and where it ends. */
  readonly start: number;
  readonly end: number;
  readonly tokens: readonly Token[];
}

/** A statement that makes instructions and mentions no symbol. */
export interface PlainStatement {
  /** A macro of this name would be called instead. */
  readonly name: string;
  readonly instructions: readonly { readonly word: number; readonly length: number }[];
}

/** More than so many lines or statements are forgotten all at once. */
const MOST = 200_000;
/** Files of which statements are kept. */
const FILES = 500;

export class AssemblerMemory {
  readonly text = new TextLines();
  readonly lines = new Forgetful<PlainLine>();
  readonly heads = new Forgetful<PlainHead>();
  readonly plain = new PlainStatements();
  private readonly byExtensions = new Map<string, Forgetful<PlainStatement>>();
  private last: { readonly arch: Arch; readonly statements: Forgetful<PlainStatement> } | undefined;

  /** Statements, as they are assembled with an architecture's extensions. */
  statements(arch: Arch): Forgetful<PlainStatement> {
    if (this.last?.arch === arch) return this.last.statements;
    const key = [...arch.extensions].sort().join();
    const statements = this.byExtensions.get(key) ?? new Forgetful<PlainStatement>();
    this.byExtensions.set(key, statements);
    this.last = { arch, statements };
    return statements;
  }
}

/** Statements that are a line each, by file and line: a line that is what it was gives the same object. */
export class PlainStatements {
  private readonly files = new Map<string, Statement[]>();

  of(file: string): (line: number, text: string) => Statement {
    let known = this.files.get(file);
    if (!known) {
      if (this.files.size >= FILES) this.files.clear();
      known = [];
      this.files.set(file, known);
    }
    const list = known;
    return (line, text) => {
      const before = list[line];
      if (before?.text === text) return before;
      const statement: Statement = { file, line, text, column: 1, columns: undefined };
      list[line] = statement;
      return statement;
    };
  }
}

class Forgetful<T> {
  private readonly map = new Map<string, T>();

  get(text: string): T | undefined {
    return this.map.get(text);
  }
  set(text: string, value: T): void {
    if (this.map.size >= MOST) this.map.clear();
    this.map.set(text, value);
  }
}
