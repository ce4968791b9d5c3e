/** One line of source as it is written, before macros and conditions: labels, what it begins with, and its words. */
import { Mistake } from '../../assembler/diagnostics.js';
import { type Token, tokenize } from '../../assembler/lexer.js';
import { CommentStripper, splitStatements } from '../../assembler/source.js';

/** A stretch of a line; columns count from 0. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Word extends Span {
  readonly text: string;
}

/** One statement of a line. */
export interface Written {
  readonly line: number;
  readonly labels: readonly Word[];
  /** Mnemonic, directive, name of a macro, or what an assignment defines. */
  readonly head: Word | undefined;
  readonly assigns: boolean;
  /** What follows, without the end. */
  readonly tokens: readonly Token[];
  /** The statement's text and where in the line it starts. */
  readonly text: string;
  readonly from: number;
}

const labelPattern = /[ \t]*([A-Za-z_.$\u0080-\uffff][\w.$\u0080-\uffff]*|\d+)[ \t]*:(?!:)/y;
const headPattern = /[ \t]*([A-Za-z_.$\u0080-\uffff\\][\w.$\u0080-\uffff\\@]*)[ \t]*(=(?!=))?/y;

function tokensOf(text: string, at: number): Token[] {
  try {
    return tokenize(text, at).slice(0, -1);
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    // An unfinished string: what stands before it is of use all the same.
    return error.start > at ? tokensOf(text.slice(0, error.start), at) : [];
  }
}

/** Take a statement apart. @param from where in the line it starts */
export function statementAt(line: number, text: string, from: number): Written {
  const labels: Word[] = [];
  let at = 0;
  for (;;) {
    labelPattern.lastIndex = at;
    const found = labelPattern.exec(text);
    if (!found) break;
    const start = found.index + found[0].indexOf(found[1]!);
    labels.push({ text: found[1]!, start: from + start, end: from + start + found[1]!.length });
    at = labelPattern.lastIndex;
  }
  headPattern.lastIndex = at;
  const found = headPattern.exec(text);
  if (!found) return { line, labels, head: undefined, assigns: false, tokens: [], text, from };
  const start = found.index + found[0].indexOf(found[1]!);
  const tokens = tokensOf(text, headPattern.lastIndex).map((token) => ({
    ...token,
    start: from + token.start,
    end: from + token.end,
  }));
  const head = { text: found[1]!, start: from + start, end: from + start + found[1]!.length };
  return { line, labels, head, assigns: found[2] !== undefined, tokens, text, from };
}

/** More lines than these are forgotten all at once. */
const MOST = 100_000;

/** Lines that were taken apart before. One that stands where it stood gives the objects that it gave. */
export class WrittenMemory {
  private readonly known = new Map<string, readonly Written[]>();
  private readonly placed: { readonly raw: string; readonly list: readonly Written[] }[] = [];

  get(raw: string, line: number): readonly Written[] | undefined {
    const here = this.placed[line];
    if (here?.raw === raw) return here.list;
    const list = this.known.get(raw)?.map(({ labels, head, assigns, tokens, text, from }) => {
      return { line, labels, head, assigns, tokens, text, from };
    });
    if (list) this.placed[line] = { raw, list };
    return list;
  }

  keep(raw: string, line: number, list: readonly Written[]): void {
    if (this.known.size >= MOST) this.known.clear();
    this.known.set(raw, list);
    this.placed[line] = { raw, list };
  }
}

/** All statements of some lines. Lines of the preprocessor are left out but for what `#define` and `#include` name. */
export function statements(lines: readonly string[], memory?: WrittenMemory): Written[] {
  const stripper = new CommentStripper(true);
  const out: Written[] = [];
  lines.forEach((raw, line) => {
    const alone = !stripper.open;
    let list = alone ? memory?.get(raw, line) : undefined;
    if (!list) {
      const clean = stripper.strip(raw.replace(/\r$/, ''));
      list = splitStatements('', line, clean).map((each) => statementAt(line, each.text, each.column - 1));
      // A comment over several lines makes a line another one.
      if (alone && !stripper.open) memory?.keep(raw, line, list);
    }
    for (const each of list) out.push(each);
  });
  return out;
}
