/** The part of the C preprocessor that .S files use: macros, conditionals, includes. Lines keep their numbers. */
import { type Diagnostics, Mistake } from './diagnostics.js';
import { resolvePath } from './path.js';
import type { AssemblerMemory, PlainLine } from './memory.js';
import { conditionValue } from './preprocess-condition.js';
import { CommentStripper, placeOf, splitStatements, type Statement, skipQuoted } from './source.js';
import type { Include } from './unit.js';

interface Define {
  readonly name: string;
  /** Undefined: object-like. */
  readonly parameters: readonly string[] | undefined;
  readonly variadic: boolean;
  readonly body: string;
}

/** Lines that all includes together may have, depth of includes, and length of a line after replacement. */
const LINES = 1_000_000;
const DEPTH = 64;
const LENGTH = 65_536;
/** Replacements in one line: beyond, macros feed on each other. */
const REPLACEMENTS = 10_000;

/** Is a source of this name preprocessed? As with compilers: `.S` is, `.s` is not. */
export const isPreprocessed = (name: string): boolean => !name.endsWith('.s');

const predefined: readonly [string, string][] = [
  ['__ASSEMBLER__', '1'],
  ['__riscv', '1'],
  ['__riscv_xlen', '64'],
  ['__riscv_flen', '64'],
  ['__riscv_compressed', '1'],
  ['__riscv_mul', '1'],
  ['__riscv_atomic', '1'],
  ['__riscv_float_abi_double', '1'],
  ['__LP64__', '1'],
  ['__ELF__', '1'],
];

/** The statements of a source after preprocessing. Mistakes become diagnostics. */
export function preprocess(
  name: string,
  text: string,
  include: Include,
  diagnostics: Diagnostics,
  memory?: AssemblerMemory,
): Statement[] {
  const run = new Preprocessor(include, diagnostics, memory);
  run.file(name, text);
  return run.statements;
}

interface Level {
  active: boolean;
  done: boolean;
  last: boolean;
  readonly at: Statement;
}

/** Text with the source column (from 1) that each character came from. */
interface Mapped {
  text: string;
  columns: number[] | undefined;
}

class Preprocessor {
  readonly statements: Statement[] = [];
  private readonly defines = new Map<string, Define>();
  private readonly onced = new Set<string>();
  private lines = 0;
  private depth = 0;

  constructor(
    private readonly include: Include,
    private readonly diagnostics: Diagnostics,
    private readonly memory?: AssemblerMemory,
  ) {
    for (const [name, body] of predefined)
      this.defines.set(name, { name, parameters: undefined, variadic: false, body });
  }

  file(name: string, text: string): void {
    const stripper = new CommentStripper(false);
    const lines = this.depth || !this.memory ? text.split('\n') : this.memory.text.of(text);
    const statementAt = this.memory?.plain.of(name);
    const levels: Level[] = [];
    let opened = 0;
    for (let i = 0; i < lines.length; i++) {
      if (++this.lines > LINES) return;
      const line = i + 1;
      const plain = stripper.open ? undefined : this.memory?.lines.get(lines[i]!);
      if (plain) {
        if (!levels.length || levels.every(({ active }) => active)) this.plain(name, line, plain, statementAt!);
        continue;
      }
      let raw = lines[i]!.replace(/\r$/, '');
      // A backslash at the end joins the next line.
      while (raw.endsWith('\\') && i + 1 < lines.length && raw.length < LENGTH)
        raw = `${raw.slice(0, -1)} ${lines[++i]!.replace(/\r$/, '')}`;
      const alone = !stripper.open && line === i + 1 && !raw.endsWith('\\');
      if (!stripper.open) opened = line;
      // What a # comment holds opens no block comment and no string.
      const directive = stripper.open ? null : directivePattern.exec(raw);
      const stripped = stripper.strip(directive || stripper.open ? raw : withoutHash(raw));
      if (directive) {
        const at: Statement = { file: name, line, text: stripped, column: 1 };
        try {
          this.directive(at, directive[1]!, stripped.slice(directive[0].length), levels, directive[0].length);
        } catch (error) {
          if (!(error instanceof Mistake)) throw error;
          this.error(at, error.message, error.start, error.end);
        }
        continue;
      }
      if (alone && !stripper.open && !/^\s*#/.test(stripped)) this.memory?.lines.set(lines[i]!, plainLine(stripped));
      if (levels.every(({ active }) => active) && stripped.trim()) this.source(name, line, stripped);
    }
    for (const { at } of levels) this.error(at, 'this condition has no #endif');
    if (stripper.open)
      this.error({ file: name, line: opened, text: lines[opened - 1] ?? '', column: 1 }, 'this comment has no end');
  }

  /** A line that was seen before. */
  private plain(
    file: string,
    line: number,
    { stripped, words, single }: PlainLine,
    statementAt: (line: number, text: string) => Statement,
  ): void {
    if (!stripped) return;
    for (const each of words)
      if (this.defines.has(each)) {
        this.source(file, line, stripped);
        return;
      }
    if (single) this.statements.push(statementAt(line, stripped));
    else this.statements.push(...splitStatements(file, line, stripped));
  }

  private source(file: string, line: number, text: string): void {
    if (/^\s*#/.test(text)) return;
    const at: Statement = { file, line, text, column: 1 };
    const { text: replaced, columns } = this.replace(at);
    if (!columns) {
      this.statements.push(...splitStatements(file, line, text));
      return;
    }
    // What was put in may hold a # comment of its own.
    const clean = new CommentStripper(true).strip(replaced);
    this.statements.push(...splitStatements(file, line, clean, columns));
  }

  private error(at: Statement, message: string, start = 0, end = at.text.length): void {
    const first = at.text.length - at.text.trimStart().length;
    this.diagnostics.add(placeOf(at, Math.max(start, first), end), 'error', message);
  }

  // Directives

  private directive(at: Statement, name: string, rest: string, levels: Level[], offset: number): void {
    const active = levels.every((level) => level.active);
    const operand = rest.trim();
    switch (name) {
      case 'if':
      case 'ifdef':
      case 'ifndef': {
        const level: Level = { active: false, done: true, last: false, at };
        if (active) level.done = level.active = this.test(at, name, operand);
        levels.push(level);
        return;
      }
      case 'elif':
      case 'else': {
        const level = levels.at(-1);
        if (!level) throw complaint(at, `#${name} without #if`);
        if (level.last) throw complaint(at, `#${name} after #else`);
        level.last = name === 'else';
        const before = level.done;
        level.active = false;
        if (!before) level.done = level.active = name === 'else' || this.test(at, 'if', operand);
        return;
      }
      case 'endif':
        if (!levels.pop()) this.error(at, '#endif without #if');
        return;
    }
    if (!active) return;
    switch (name) {
      case 'define':
        this.define(at, rest, offset);
        return;
      case 'undef':
        this.defines.delete(operand);
        return;
      case 'include':
        this.includeFile(at, operand);
        return;
      case 'error':
        throw complaint(at, operand || '#error');
      case 'warning':
        this.diagnostics.add(placeOf(at, 0, at.text.length), 'warning', operand);
        return;
      case 'pragma':
        if (operand === 'once') this.onced.add(at.file);
    }
  }

  private test(at: Statement, name: string, operand: string): boolean {
    if (name !== 'if') {
      const word = /^[A-Za-z_]\w*$/.exec(operand);
      if (!word) this.error(at, `expected a name after #${name}`);
      return word !== null && this.defines.has(operand) === (name === 'ifdef');
    }
    // `defined` is answered before macros are replaced.
    const answered = operand.replace(/\bdefined\s*(?:\(\s*(\w+)\s*\)|(\w+))/g, (_, a?: string, b?: string) =>
      this.defines.has((a ?? b)!) ? '1' : '0',
    );
    const value = conditionValue(this.replace({ ...at, text: answered }).text);
    if (typeof value === 'string') {
      this.error(at, value);
      return false;
    }
    return value !== 0n;
  }

  private define(at: Statement, rest: string, offset: number): void {
    const match = /^\s*([A-Za-z_]\w*)(\(([^)]*)\))?/.exec(rest);
    if (!match) throw complaint(at, 'expected a name after #define', offset);
    const [whole, name, list, inside] = match;
    const names = list ? inside!.split(',').map((each) => each.trim()) : undefined;
    const variadic = names?.at(-1) === '...';
    if (variadic) names![names!.length - 1] = '__VA_ARGS__';
    const parameters = names?.length === 1 && names[0] === '' ? [] : names;
    this.defines.set(name!, { name: name!, parameters, variadic, body: rest.slice(whole.length).trim() });
  }

  private includeFile(at: Statement, operand: string): void {
    const match =
      /^(?:"([^"]+)"|<([^>]+)>)$/.exec(operand) ??
      /^(?:"([^"]+)"|<([^>]+)>)$/.exec(this.replace({ ...at, text: operand }).text.trim());
    if (!match) throw complaint(at, 'expected #include "file"');
    const path = (match[1] ?? match[2])!;
    const name = resolvePath(path, at.file);
    if (this.onced.has(name)) return;
    if (this.depth >= DEPTH) throw complaint(at, `includes are nested over ${DEPTH} deep`);
    const text = this.include(path, at.file);
    if (text === undefined) throw complaint(at, `can't read ${path}`);
    this.depth++;
    this.file(name, text);
    this.depth--;
  }

  // Replacement

  private budget = 0;

  /** The line with all macros replaced; no columns when there was none. */
  private replace(at: Statement): Mapped {
    const { text } = at;
    let found = false;
    word.lastIndex = 0;
    for (let match = word.exec(text); match && !found; match = word.exec(text)) found = this.defines.has(match[0]);
    if (!found) return { text, columns: undefined };
    this.budget = REPLACEMENTS;
    const columns = Array.from(text, () => 0).map((_, i) => i + 1);
    const out = this.expand({ text, columns }, new Set(), at);
    if (this.budget <= 0) this.error(at, 'macros replace each other without end, or make a line over 64 KiB long');
    return out;
  }

  private expand({ text, columns }: Mapped, busy: ReadonlySet<string>, at: Statement): Mapped {
    let out = '';
    const places: number[] = [];
    const copy = (from: number, to: number) => {
      out += text.slice(from, to);
      for (let i = from; i < to; i++) places.push(columns![i]!);
    };
    let done = 0;
    let i = 0;
    while (i < text.length) {
      const c = text[i]!;
      if (c === '"' || c === "'") {
        i = skipQuoted(text, i);
        continue;
      }
      if (!/[A-Za-z_0-9.$]/.test(c)) {
        i++;
        continue;
      }
      let end = i + 1;
      while (end < text.length && /[\w.$]/.test(text[end]!)) end++;
      // A name ends at a dot only when the macro's name does: vle32.v is no use of a macro vle32.
      const name = text.slice(i, end);
      const define = busy.has(name) ? undefined : this.defines.get(name);
      const use = define && this.use(define, text, end, busy, at);
      if (!use || this.budget <= 0) {
        i = end;
        continue;
      }
      this.budget--;
      copy(done, i);
      const inner = this.expand(
        { text: use.text, columns: new Array<number>(use.text.length).fill(columns![i]!) },
        new Set([...busy, name]),
        at,
      );
      out += inner.text;
      for (const place of inner.columns!) places.push(place);
      if (out.length > LENGTH) this.budget = 0;
      done = i = use.end;
    }
    copy(done, text.length);
    return { text: out, columns: places };
  }

  /** The body that a use at `end` is replaced by, and where the use ends; undefined when it is none. */
  private use(
    define: Define,
    text: string,
    end: number,
    busy: ReadonlySet<string>,
    at: Statement,
  ): { text: string; end: number } | undefined {
    const { parameters, body, name } = define;
    if (!parameters) return { text: body.replace(/\s*##\s*/g, ''), end };
    const open = /^\s*\(/.exec(text.slice(end));
    if (!open) return undefined;
    const call = argumentsAt(text, end + open[0].length);
    if (!call) {
      this.error(at, `the call of ${name} has no closing parenthesis`, end);
      return undefined;
    }
    let { list } = call;
    if (define.variadic && list.length >= parameters.length)
      list = [...list.slice(0, parameters.length - 1), list.slice(parameters.length - 1).join(',')];
    if (parameters.length === 0 && list.length === 1 && list[0] === '') list = [];
    if (define.variadic && list.length === parameters.length - 1) list = [...list, ''];
    if (list.length !== parameters.length) {
      this.error(at, `${name} takes ${parameters.length} arguments, not ${list.length}`, end, call.end);
      return { text: '', end: call.end };
    }
    return { text: this.fillIn(define, list, busy, at), end: call.end };
  }

  private fillIn(
    { parameters, body }: Define,
    list: readonly string[],
    busy: ReadonlySet<string>,
    at: Statement,
  ): string {
    const argument = (name: string) => {
      const index = parameters!.indexOf(name);
      return index < 0 ? undefined : list[index]!.trim();
    };
    // Arguments beside # and ## are put in as they are, the others with their macros replaced.
    return body
      .replace(
        /#\s*([A-Za-z_]\w*)|([A-Za-z_]\w*)(?=\s*##)|(?<=##\s*)([A-Za-z_]\w*)|([A-Za-z_]\w*)|"(?:[^"\\]|\\.)*"/g,
        (whole, quoted?: string, before?: string, after?: string, plain?: string, offset?: number) => {
          if (quoted !== undefined) {
            // The second # of ## quotes nothing.
            if (body[offset! - 1] === '#') return `#${argument(quoted) ?? quoted}`;
            const text = argument(quoted);
            return text === undefined ? whole : `"${text.replace(/[\\"]/g, '\\$&')}"`;
          }
          const raw = before ?? after;
          if (raw !== undefined) return argument(raw) ?? whole;
          const text = plain === undefined ? undefined : argument(plain);
          if (text === undefined) return whole;
          return this.expand({ text, columns: new Array<number>(text.length).fill(1) }, busy, at).text;
        },
      )
      .replace(/\s*##\s*/g, '');
  }
}

/** A mistake in a whole directive, or from `start` on. */
const complaint = ({ text }: Statement, message: string, start = 0) => new Mistake(message, start, text.length);

const directivePattern = /^\s*#\s*(if|ifdef|ifndef|elif|else|endif|define|undef|include|error|warning|pragma)\b/;
const word = /[A-Za-z_][\w.$]*/g;

const plainLine = (stripped: string): PlainLine => ({
  stripped: stripped.trim() && stripped,
  words: stripped.match(word) ?? [],
  single: !stripped.includes(';'),
});

/** A line up to its # comment. */
function withoutHash(text: string): string {
  if (!text.includes('#')) return text;
  let at = 0;
  while (at < text.length) {
    const c = text[at]!;
    if (c === '"' || c === "'") at = skipQuoted(text, at);
    else if (c === '/' && text[at + 1] === '/') return text;
    else if (c === '/' && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2);
      if (end < 0) return text;
      at = end + 2;
    } else if (c === '#') return text.slice(0, at);
    else at++;
  }
  return text;
}

/** Macro arguments from just after the opening parenthesis; undefined when it isn't closed. */
function argumentsAt(text: string, from: number): { list: string[]; end: number } | undefined {
  const list: string[] = [];
  let depth = 0;
  let start = from;
  for (let i = from; i < text.length; ) {
    const c = text[i]!;
    if (c === '"' || c === "'") {
      i = skipQuoted(text, i);
      continue;
    }
    if (c === '(') depth++;
    else if (c === ')' && depth-- === 0) {
      list.push(text.slice(start, i).trim());
      return { list, end: i + 1 };
    } else if (c === ',' && depth === 0) {
      list.push(text.slice(start, i).trim());
      start = i + 1;
    }
    i++;
  }
  return undefined;
}
