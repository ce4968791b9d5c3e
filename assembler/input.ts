/** The stream of statements: files, and what macros and repetitions put in front of the rest. */
import type { Expansion, Statement } from './source.js';

interface Frame {
  readonly statements: readonly Statement[];
  at: number;
  /** A macro's body, which .exitm leaves. */
  readonly macro: boolean;
}

/** Statements that may come out of macros, repetitions and includes before something is taken to have gone wild. */
const LIMIT = 1_000_000;
/** Depth of macros within macros and includes within includes. */
const DEPTH = 100;

const block = /^\s*(?:[\w.$]+\s*:\s*)*\.(macro|endm|endmacro|rept|irp|irpc|endr)(?![\w.$])/i;

export class Input {
  private readonly frames: Frame[] = [];
  private produced = 0;

  /** Put statements in front of the rest. @returns false when there have been too many, or the nesting is too deep */
  push(statements: readonly Statement[], macro = false): boolean {
    this.produced += statements.length;
    if (this.frames.length >= DEPTH || this.produced > LIMIT) return false;
    this.frames.push({ statements, at: 0, macro });
    return true;
  }

  next(): Statement | undefined {
    for (let frame = this.frames.at(-1); frame; frame = this.frames.at(-1)) {
      const statement = frame.statements[frame.at++];
      if (statement) return statement;
      this.frames.pop();
    }
    return undefined;
  }

  /** The statements up to the `.endm` or `.endr` that matches; undefined when there is none. */
  collect(end: 'endm' | 'endr'): Statement[] | undefined {
    const frame = this.frames.at(-1);
    if (!frame) return undefined;
    let depth = 1;
    const from = frame.at;
    while (frame.at < frame.statements.length) {
      const text = frame.statements[frame.at++]!.text;
      const word = text.includes('.') ? block.exec(text)?.[1]?.toLowerCase() : undefined;
      if (!word) continue;
      const closes = end === 'endm' ? word === 'endm' || word === 'endmacro' : word === 'endr';
      const opens = end === 'endm' ? word === 'macro' : /^(rept|irp|irpc)$/.test(word);
      if (opens) depth++;
      if (closes && --depth === 0) return frame.statements.slice(from, frame.at - 1);
    }
    return undefined;
  }

  /** Leave the innermost macro. @returns false outside any */
  leaveMacro(): boolean {
    const innermost = this.frames.findLastIndex((frame) => frame.macro);
    if (innermost < 0) return false;
    this.frames.length = innermost;
    return true;
  }

  /** Leave everything. */
  stop(): void {
    this.frames.length = 0;
  }
}

/** The statement of a macro's body with its arguments put in, as part of an expansion. */
export const expanded = (statement: Statement, text: string, expansion: Expansion): Statement => ({
  file: statement.file,
  line: statement.line,
  column: 1,
  text,
  expansion,
});
