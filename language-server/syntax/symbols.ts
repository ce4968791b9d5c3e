/** The names of a source: where each is defined and where it is used. */
import { registerNamed } from '../../isa/registers.js';
import { csrNamed } from '../../isa/csrs.js';
import { once } from '../once.js';
import { statements, type Word, type Written, type WrittenMemory } from './line.js';

export interface Occurrence extends Word {
  readonly line: number;
}

export type SymbolKind = 'label' | 'constant' | 'macro' | 'define';

export interface SourceName {
  readonly name: string;
  readonly kind: SymbolKind;
  /** Empty: it is defined elsewhere. */
  readonly definitions: readonly Occurrence[];
  readonly uses: readonly Occurrence[];
}

/** Directives that define the name that comes first. */
const assigning = new Set(['.equ', '.set', '.equiv', '.eqv']);
/** Directives by which other sources see a symbol. */
const globals = /^\.(globa?l|weak)$/i;
/** Directives whose words are no symbols. */
const wordless = new Set(['.section', '.option', '.attribute', '.file', '.loc', '.macro', '.type']);

/** What the names of some statements stand for. */
class Index {
  readonly byName = new Map<string, { kind: SymbolKind; definitions: Occurrence[]; uses: Occurrence[] }>();
  /** Numeric labels, by line. */
  readonly locals: Occurrence[] = [];

  constructor(lines: readonly string[], list: readonly Written[]) {
    lines.forEach((raw, line) => this.preprocessor(raw, line));
    for (const statement of list) this.take(statement);
  }

  private preprocessor(raw: string, line: number): void {
    const found = /^\s*#\s*define\s+([A-Za-z_]\w*)/.exec(raw);
    if (!found) return;
    const start = found[0].length - found[1]!.length;
    this.entry(found[1]!, 'define').definitions.push({ text: found[1]!, line, start, end: found[0].length });
  }

  private entry(name: string, kind: SymbolKind) {
    let entry = this.byName.get(name);
    if (!entry) {
      entry = { kind, definitions: [], uses: [] };
      this.byName.set(name, entry);
    } else if (!entry.definitions.length) entry.kind = kind;
    return entry;
  }

  private take({ line, labels, head, assigns, tokens }: Written): void {
    const at = (word: Word): Occurrence => ({ text: word.text, line, start: word.start, end: word.end });
    for (const label of labels) {
      if (/^\d/.test(label.text)) this.locals.push(at(label));
      else this.entry(label.text, 'label').definitions.push(at(label));
    }
    if (!head) return;
    const directive = head.text.toLowerCase();
    if (assigns) this.entry(head.text, 'constant').definitions.push(at(head));
    else if (directive === '.macro' && tokens[0]?.type === 'name') {
      this.entry(tokens[0].text, 'macro').definitions.push(at(tokens[0]));
    } else if (!directive.startsWith('.')) this.use(at(head));
    for (const [n, token] of tokens.entries()) {
      if (token.type !== 'name' || registerNamed(token.text) || tokens[n - 1]?.text === '%') continue;
      if (wordless.has(directive) && !(directive === '.type' && n === 0)) continue;
      if (n === 0 && assigning.has(directive)) this.entry(token.text, 'constant').definitions.push(at(token));
      else if (!csrNamed(token.text)) this.use(at(token));
    }
  }

  private use(occurrence: Occurrence): void {
    this.entry(occurrence.text, 'label').uses.push(occurrence);
  }
}

export class Names {
  readonly list: readonly Written[];
  /** Most of what is asked after a keystroke asks for statements only. */
  private readonly index = once(() => new Index(this.lines, this.list));

  /** @param memory lines that were taken apart before */
  constructor(
    private readonly lines: readonly string[],
    memory?: WrittenMemory,
  ) {
    this.list = statements(lines, memory);
  }

  /** Everything that is defined here. */
  *defined(): IterableIterator<SourceName> {
    for (const [name, entry] of this.index().byName) if (entry.definitions.length) yield { name, ...entry };
  }

  named(name: string): SourceName | undefined {
    const entry = this.index().byName.get(name);
    return entry && { name, ...entry };
  }

  /** Does a directive say that other sources see it? */
  isGlobal(name: string): boolean {
    return this.list.some(
      ({ head, tokens }) => head && globals.test(head.text) && tokens.some(({ text }) => text === name),
    );
  }

  /** The statement that has a place, the last one that begins before it. */
  statementAt(line: number, column: number): Written | undefined {
    return this.list.findLast((each) => each.line === line && each.from <= column);
  }

  /** The word at a place. */
  wordAt(line: number, column: number): Word | undefined {
    for (const statement of this.list) {
      if (statement.line !== line) continue;
      const words = [...statement.labels, ...(statement.head ? [statement.head] : []), ...statement.tokens];
      const found = words.find(({ start, end }) => start <= column && column <= end);
      if (found) return found;
    }
    return undefined;
  }

  /** The numeric label that `1b` or `1f` on a line stands for. */
  local(text: string, line: number): Occurrence | undefined {
    const number = text.slice(0, -1);
    const list = this.index().locals.filter((each) => each.text === number);
    return text.endsWith('f') ? list.find((each) => each.line > line) : list.findLast((each) => each.line <= line);
  }

  /** Everything that is the same symbol as what stands at a place: definitions first. */
  occurrences(
    line: number,
    column: number,
  ): { definitions: readonly Occurrence[]; uses: readonly Occurrence[] } | undefined {
    const word = this.wordAt(line, column);
    if (!word) return undefined;
    if (/^\d+[fb]?$/.test(word.text)) return this.localOccurrences(word, line);
    const entry = this.index().byName.get(word.text);
    return entry?.definitions.length || entry?.uses.length ? entry : undefined;
  }

  private localOccurrences(word: Word, line: number) {
    const definition = /[fb]$/.test(word.text)
      ? this.local(word.text, line)
      : this.index().locals.find((each) => each.line === line && each.start === word.start);
    if (!definition) return undefined;
    const uses = this.list.flatMap((statement) =>
      statement.tokens
        .filter(
          (token) =>
            token.type === 'local' &&
            token.text.slice(0, -1) === definition.text &&
            this.local(token.text, statement.line) === definition,
        )
        .map((token) => ({ text: token.text, line: statement.line, start: token.start, end: token.end })),
    );
    return { definitions: [definition], uses };
  }
}
