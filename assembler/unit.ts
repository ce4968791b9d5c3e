/** One source file being assembled: its symbols, its sections, and the statement loop. */
import type { Arch } from './arch.js';
import { FrameFunction, writeFrames } from './call-frame.js';
import { Conditions } from './conditional.js';
import { type Diagnostics, Mistake, type Place } from './diagnostics.js';
import { directives } from './directives/index.js';
import {
  evaluate,
  type Expression,
  mention,
  type Names,
  parseExpression,
  type Resolve,
  type Value,
} from './expression.js';
import type { Fixup } from './fixup.js';
import { Input } from './input.js';
import type { LinkInput } from './link/input.js';
import { assembleInstruction, mnemonics } from './instruction.js';
import { Cursor, tokenize } from './lexer.js';
import type { LineEntry } from './line-table.js';
import { expandMacro, type Macro } from './macro.js';
import type { AssemblerMemory, PlainHead } from './memory.js';
import { parseOperands } from './operand.js';
import { pseudoNamed, pseudoNames } from './pseudo.js';
import { Origin } from './relax.js';
import { CHAIN, LOOKUPS } from './limits.js';
import { type Chunk, defaultsOf, Section, SECTION_LIMIT } from './section.js';
import { placeOf, type Statement, wholePlace } from './source.js';
import { suggest } from './suggest.js';
import { SourceSymbol } from './symbol.js';

/** Reads a file that a source includes: its path as written, and the file that names it. Undefined when there is none. */
export type Include = (path: string, from: string) => string | undefined;
/** The same for files whose bytes are taken as they are. */
export type IncludeBytes = (path: string, from: string) => Uint8Array | undefined;

const label = /[ \t]*(?:([A-Za-z_.$\u0080-\uffff][\w.$\u0080-\uffff]*)|(\d+))[ \t]*:/y;
const word = /[ \t]*([A-Za-z_.$\u0080-\uffff][\w.$\u0080-\uffff]*)[ \t]*(=(?!=))?/y;

/** Where a unit's instructions were put, and what they are of: column by column, since there are so many. */
export class CodePlaces {
  readonly chunks: Chunk[] = [];
  readonly offsets: number[] = [];
  readonly statements: Statement[] = [];

  get length(): number {
    return this.offsets.length;
  }
  /** One at the end of a chunk. */
  push(chunk: Chunk, statement: Statement): void {
    this.chunks.push(chunk);
    this.offsets.push(chunk.length);
    this.statements.push(statement);
  }
}

export class Unit implements Names, LinkInput {
  readonly symbols = new Map<string, SourceSymbol>();
  /** By name and group. */
  private readonly sections = new Map<string, Section>();
  readonly sectionStack: { section: Section; previous: Section }[] = [];
  /** Are addresses of symbols read from the global offset table (`.option pic`)? */
  pic = false;
  readonly optionStack: { readonly arch: Arch; readonly pic: boolean }[] = [];
  readonly macros = new Map<string, Macro>();
  readonly input = new Input();
  readonly conditions = new Conditions();
  /** Lines that the source gives instructions (`.loc`). */
  private readonly given: LineEntry[] = [];
  /** Every instruction. */
  readonly code = new CodePlaces();
  /** Files that `.file` has numbered, and the line that `.loc` gave the next instruction. */
  readonly files = new Map<number, string>();
  loc: { file: string; line: number; column: number } | undefined;
  locSeen = false;
  /** Functions that call frame information is given for, and the one that is open. */
  readonly frames: FrameFunction[] = [];
  frame: FrameFunction | undefined;
  frameKinds: readonly ('eh' | 'debug')[] = ['eh'];
  section: Section;
  previous: Section;
  statement: Statement = { file: '', line: 0, text: '', column: 1 };
  /** Are macros called and written as `.altmacro` has it? And how many names `LOCAL` has made. */
  alternate = false;
  localNames = 0;
  /** Times that macros were called: `\@`. */
  macroCalls = 0;
  private readonly localCounts = new Map<number, number>();

  constructor(
    readonly name: string,
    readonly diagnostics: Diagnostics,
    readonly include: Include,
    public arch: Arch,
    readonly includeBytes: IncludeBytes = () => undefined,
    private readonly memory?: AssemblerMemory,
  ) {
    this.section = this.sectionNamed('.text');
    this.previous = this.section;
    this.sectionNamed('.data');
    this.sectionNamed('.bss');
  }

  /** Assemble the statements. Mistakes become diagnostics; every statement is looked at. */
  run(statements: readonly Statement[]): void {
    this.input.push(statements);
    for (let statement = this.input.next(); statement; statement = this.input.next()) {
      this.statement = statement;
      try {
        this.assemble(statement.text);
      } catch (error) {
        if (!(error instanceof Mistake)) throw error;
        this.report('error', error.message, error.start, error.end);
      }
    }
    for (const place of this.conditions.open) this.diagnostics.add(place, 'error', 'this condition has no .endif');
    if (this.frame)
      this.diagnostics.add(wholePlace(this.frame.statement), 'error', 'this .cfi_startproc has no .cfi_endproc');
    const whole = this.frames.filter(({ end }) => end);
    writeFrames(whole, this.frameKinds, (name, flags, group) => this.sectionNamed(name, flags, group));
  }

  /** A function starts here, of which call frame information is given. */
  startFrame(simple: boolean): void {
    const { chunk } = this;
    this.frame = new FrameFunction({ chunk, offset: chunk.length }, this.statement, simple);
    this.frames.push(this.frame);
  }

  private assemble(text: string): void {
    let at = 0;
    const { active } = this.conditions;
    if (active) {
      if (this.remembered(text)) return;
      const head = this.memory?.heads.get(text);
      if (head) {
        this.operate(text, head);
        return;
      }
    }
    for (;;) {
      label.lastIndex = at;
      const found = label.exec(text);
      if (!found) break;
      at = label.lastIndex;
      if (!active) continue;
      if (found[1] !== undefined) this.define(this.symbol(found[1]), at - found[0].trimStart().length, at);
      else this.defineLocal(Number(found[2]));
    }
    if (active && at && this.remembered(text.slice(at).trimStart())) return;
    word.lastIndex = at;
    const found = word.exec(text);
    if (!found) {
      const rest = text.slice(at).trim();
      if (rest && active) {
        const start = text.indexOf(rest, at);
        throw new Mistake('expected a label, an instruction or a directive', start, start + rest.length);
      }
      return;
    }
    const [whole, name, equals] = found;
    const start = at + whole.length - whole.trimStart().length;
    at = word.lastIndex;
    if (name![0] === '.' && !equals) {
      const lower = name!.toLowerCase();
      if (this.conditions.directive(this, lower, text, at, start)) return;
      if (!active) return;
      const directive = directives.get(lower);
      if (directive) {
        const raw = directive.raw === true;
        directive.run(this, new Cursor(raw ? [] : tokenize(text, at), raw ? text.slice(at) : text), lower, start);
        return;
      }
      if (!this.macros.has(name!)) {
        const known = [...directives.keys(), ...this.macros.keys()];
        throw new Mistake(`unknown directive ${name}${suggest(lower, known)}`, start, start + name!.length);
      }
    }
    if (!active) return;
    if (equals) {
      const cursor = new Cursor(tokenize(text, at), text);
      this.assign(name!, parseExpression(cursor, this), start, start + name!.length);
      cursor.finish();
      return;
    }
    this.operate(text, { name: name!, start, end: at });
  }

  /** A macro is called, or an instruction assembled. @param head with the tokens, where they are known already */
  private operate(text: string, head: Omit<PlainHead, 'tokens'> & Partial<PlainHead>): void {
    const { name, start, end } = head;
    const macro = this.macros.get(name);
    if (macro) {
      expandMacro(this, macro, text.slice(end), wholePlace(this.statement));
      return;
    }
    const before = this.memory && { chunk: this.chunk, code: this.code.length, lookedUp: this.lookedUp };
    const tokens = head.tokens ?? tokenize(text, end);
    const operands = parseOperands(new Cursor(tokens, text), this);
    const pseudo = pseudoNamed(name);
    if (!pseudo?.(this, operands, start, start + name.length)) assembleInstruction(this, name, start, operands);
    if (!before) return;
    const labelled = text.slice(0, start).trim() !== '';
    if (!this.remember(labelled ? text.slice(start) : text, name, before) && !labelled)
      this.memory!.heads.set(text, { name, start, end, tokens });
  }

  // What statements that mention no symbol came to before

  private remembered(text: string): boolean {
    const plain = this.memory?.statements(this.arch).get(text);
    if (!plain || this.macros.has(plain.name)) return false;
    for (const { word, length } of plain.instructions) {
      this.beginInstruction();
      this.word(word, length);
    }
    return true;
  }

  /** @returns false when it can't be remembered as what it came to */
  private remember(text: string, name: string, before: { chunk: Chunk; code: number; lookedUp: number }): boolean {
    const { chunk, lookedUp } = this;
    if (lookedUp !== before.lookedUp || chunk !== before.chunk || this.code.length === before.code) return false;
    const made = this.code.offsets.slice(before.code);
    const instructions = made.map((offset, n) => {
      const end = made[n + 1] ?? chunk.length;
      let value = 0;
      for (let i = end - 1; i >= offset; i--) value = value * 256 + chunk.bytes[i]!;
      return { word: value, length: end - offset };
    });
    this.memory!.statements(this.arch).set(text, { name, instructions });
    return true;
  }

  /** Times that a symbol or a place was asked for. */
  private lookedUp = 0;

  // Symbols

  symbol(name: string): SourceSymbol {
    this.lookedUp++;
    let symbol = this.symbols.get(name);
    if (!symbol) {
      symbol = new SourceSymbol(name);
      this.symbols.set(name, symbol);
    }
    return symbol;
  }

  local(text: string): SourceSymbol | undefined {
    this.lookedUp++;
    const number = Number(text.slice(0, -1));
    const count = this.localCounts.get(number) ?? 0;
    if (text.endsWith('f')) return this.symbol(`${number}\u0001${count + 1}`);
    return count ? this.symbol(`${number}\u0001${count}`) : undefined;
  }

  private defineLocal(number: number): void {
    const count = (this.localCounts.get(number) ?? 0) + 1;
    this.localCounts.set(number, count);
    this.define(this.symbol(`${number}\u0001${count}`), 0, 0);
  }

  here(): SourceSymbol {
    this.lookedUp++;
    const symbol = new SourceSymbol('.L\u0001here');
    symbol.meaning = { kind: 'label', chunk: this.chunk, offset: this.chunk.length };
    return symbol;
  }

  /** An expression that stands for the current place. */
  herePlus(addend: bigint): Expression {
    return {
      ...(mention(this.here(), this, { start: 0, end: 0 }) as Exclude<Expression, bigint> & { kind: 'symbol' }),
      addend,
    };
  }

  /** Make a symbol a label of the current place. @throws Mistake when it has a meaning already */
  define(symbol: SourceSymbol, start: number, end: number): void {
    if (symbol.meaning)
      throw new Mistake(`${symbol.name} is defined already${this.earlier(symbol)}`, start, Math.max(end - 1, start));
    symbol.meaning = { kind: 'label', chunk: this.chunk, offset: this.chunk.length };
    symbol.place = placeOf(this.statement, start, end);
    if (this.section.flags & 0x400) symbol.type = 6;
  }

  /** Give a symbol a value, as .set does. @throws Mistake when it is a label, or `once` and it has a value */
  assign(name: string, value: Expression, start: number, end: number, once = false): void {
    if (name === '.') {
      this.origin(value, 0, start, end);
      return;
    }
    const symbol = this.symbol(name);
    if (symbol.meaning && (once || !symbol.changeable))
      throw new Mistake(`${name} is defined already${this.earlier(symbol)}`, start, end);
    const known = this.constant(value);
    symbol.meaning = { kind: 'value', value: known ?? value };
    symbol.changeable = !once;
    symbol.place = placeOf(this.statement, start, end);
  }

  private earlier({ place }: SourceSymbol): string {
    if (!place) return '';
    return place.file === this.statement.file ? ` on line ${place.line}` : ` in ${place.file}:${place.line}`;
  }

  // Expressions, as far as they are known before the layout

  private readonly resolve: Resolve = (symbol): Value | undefined => {
    const { meaning } = symbol;
    if (!meaning || symbol.busy) return undefined;
    if (meaning.kind === 'label') return { base: meaning.chunk, value: BigInt(meaning.offset) };
    if (typeof meaning.value === 'bigint') return { base: undefined, value: meaning.value };
    if (this.resolving > CHAIN || this.lookups++ > LOOKUPS) return undefined;
    symbol.busy = true;
    this.resolving++;
    const value = evaluate(meaning.value, this.resolve, false);
    this.resolving--;
    symbol.busy = false;
    return value;
  };
  private resolving = 0;
  private lookups = 0;

  /** The number that an expression is, or undefined when it isn't known yet. */
  constant(expression: Expression): bigint | undefined {
    if (typeof expression === 'bigint') return expression;
    this.lookups = 0;
    const value = evaluate(expression, this.resolve, false);
    return value && !value.base ? value.value : undefined;
  }

  /** An expression that must be known here. @throws Mistake */
  known(cursor: Cursor, what: string): bigint {
    const token = cursor.token;
    const expression = parseExpression(cursor, this);
    const value = this.constant(expression);
    if (value === undefined)
      throw new Mistake(`${what} must be a number that is known here`, token.start, cursor.token.start);
    return value;
  }

  // Sections

  get chunk(): Chunk {
    return this.section.chunk;
  }

  /** @param group the name of the group of sections that it is part of, if it is */
  sectionNamed(name: string, flags = defaultsOf(name), group?: string): Section {
    const key = group === undefined ? name : `${name}\u0001${group}`;
    let section = this.sections.get(key);
    if (!section) {
      section = new Section(name, flags.type, flags.flags);
      section.group = group;
      this.sections.set(key, section);
    }
    return section;
  }

  symbolList(): Iterable<SourceSymbol> {
    return this.symbols.values();
  }
  sectionList(): Iterable<Section> {
    return this.sections.values();
  }
  sectionCalled(name: string): Section | undefined {
    return this.sections.get(name);
  }

  enter(section: Section): void {
    this.previous = this.section;
    this.section = section;
  }

  /** Is there room for more bytes here, and may there be contents? @throws Mistake */
  room(bytes: number, contents = true): void {
    if (contents && !this.section.hasContents)
      this.mistake(`${this.section.name} holds no contents; only space can be reserved there`);
    const limit = this.section.hasContents ? SECTION_LIMIT : 2 ** 31;
    if (this.chunk.length + bytes > limit) this.mistake(`${this.section.name} would grow over ${limit / 2 ** 20} MiB`);
  }

  /** Everything of the current statement is wrong. */
  mistake(message: string): never {
    const { text } = this.statement;
    throw new Mistake(message, text.length - text.trimStart().length, text.trimEnd().length);
  }

  bytes(bytes: Uint8Array): void {
    const { chunk } = this;
    const zero = bytes.every((byte) => byte === 0);
    this.room(bytes.length, !zero);
    if (zero) {
      chunk.skip(bytes.length);
      return;
    }
    chunk.reserve(bytes.length);
    chunk.bytes.set(bytes, chunk.length);
    chunk.length += bytes.length;
  }

  word(value: number, length: number): void {
    // Zeros may also be put where there are no contents.
    this.room(length, value !== 0);
    if (value) this.chunk.integer(value, length);
    else this.chunk.skip(length);
  }

  /** What comes next in this section waits for an address. */
  fixup(expression: Expression, start: number, end: number, into: Fixup['into'], auipc?: Fixup['auipc']): void {
    const { chunk, statement } = this;
    this.section.fixups.push({ chunk, offset: chunk.length, expression, statement, start, end, into, auipc });
  }

  /** Move on to a place in the section, filling the way. */
  origin(to: Expression, fill: number, start: number, end: number): void {
    const where = { statement: this.statement, start, end };
    this.section.elastic(new Origin(to, fill, SECTION_LIMIT, where));
  }

  /** Called before each instruction: notes the source line that it comes from. */
  beginInstruction(): void {
    this.room(4);
    if (!this.section.executable) return;
    const { chunk } = this;
    this.code.push(chunk, this.statement);
    if (chunk.length & 1 && this.section.rigid && !this.oddWarned.has(this.section)) {
      this.oddWarned.add(this.section);
      const { text } = this.statement;
      const start = text.length - text.trimStart().length;
      this.report(
        'warning',
        'this instruction has an odd address; .align 1 before it would help',
        start,
        text.trimEnd().length,
      );
    }
    if (this.loc) {
      this.given.push({ chunk, offset: chunk.length, ...this.loc });
      this.loc = undefined;
    }
  }

  /** Where instructions came from, in the order they were assembled. */
  get lines(): readonly LineEntry[] {
    if (this.locSeen) return this.given;
    const { chunks, offsets, statements } = this.code;
    return statements.map((statement, n) => {
      const { file, line } = statement.expansion?.place ?? statement;
      return { chunk: chunks[n]!, offset: offsets[n]!, file, line, column: 0 };
    });
  }

  /** Sections where an instruction at an odd address was reported: once is enough. */
  private readonly oddWarned = new Set<Section>();

  // Architecture

  has(extension: string): boolean {
    return this.arch.extensions.has(extension);
  }
  archText(): string {
    return `the architecture in force (${this.arch.text})`;
  }
  *knownMnemonics(): IterableIterator<string> {
    yield* mnemonics();
    yield* pseudoNames();
    yield* this.macros.keys();
  }

  // Diagnostics

  report(severity: 'error' | 'warning', message: string, start: number, end: number, statement = this.statement): void {
    const place: Place = placeOf(statement, start, end);
    const inside = statement.expansion ? ` (in macro ${statement.expansion.macro})` : '';
    this.diagnostics.add(place, severity, message + inside);
  }
}
