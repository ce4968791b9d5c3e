/**
 * What lines and statements came to, kept so that a text that is assembled again, a little changed, need not be read again as a whole. Kept
 * is only what hangs on nothing but the text itself and the extensions in force; so the result is the same with and without it.
 */
import type { Arch } from './arch.js';

/** A line of the preprocessor's that is no directive, and no part of a comment over several lines. */
export interface PlainLine {
  /** Without comments. */
  readonly stripped: string;
  /** What macros could be meant by. */
  readonly words: readonly string[];
}

/** A statement that makes instructions and mentions no symbol. */
export interface PlainStatement {
  /** A macro of this name would be called instead. */
  readonly name: string;
  readonly instructions: readonly { readonly word: number; readonly length: number }[];
}

/** More than so many lines or statements are forgotten all at once. */
const MOST = 200_000;

export class AssemblerMemory {
  readonly lines = new Forgetful<PlainLine>();
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
