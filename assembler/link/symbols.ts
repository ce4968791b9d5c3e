/** All inputs' symbols: what each comes to under the layout, and which are undefined. */
import { earlierPlace, type Diagnostics } from '../diagnostics.js';
import { evaluate, type Expression, type Resolve, type Value } from '../expression.js';
import { CHAIN, LOOKUPS } from '../limits.js';
import { Section, SHF, SHT } from '../section.js';
import { placeOf, type Statement } from '../source.js';
import { suggest } from '../suggest.js';
import type { SourceSymbol } from '../symbol.js';
import { isGlobal, type LinkInput } from './input.js';

/** Of definitions of one name the strongest counts, of equal ones the first. */
const strength = ({ meaning, binding }: SourceSymbol) => (!meaning ? 2 : binding === 'weak' ? 1 : 3);

export class SymbolTable {
  /** Room for what no input defines but some would have (`.comm`). */
  readonly common = new Section('.bss', SHT.NOBITS, SHF.ALLOC | SHF.WRITE);
  private readonly globals = new Map<string, SourceSymbol>();
  private readonly inputOf = new Map<SourceSymbol, LinkInput>();
  private readonly provided = new Map<string, () => bigint>();
  /** Do sections have addresses yet? */
  placed = false;
  /** Mentions of symbols that no input defines, where those are not mistakes. */
  readonly missing: Extract<Expression, { kind: 'symbol' }>[] = [];
  private depth = 0;
  private lookups = 0;

  constructor(
    private readonly inputs: readonly LinkInput[],
    private readonly diagnostics: Diagnostics,
    /** May other inputs, which are not here, define what these mention? */
    private readonly open = false,
  ) {
    this.collectSymbols();
    this.makeRoom();
  }

  private collectSymbols(): void {
    for (const input of this.inputs) {
      for (const symbol of input.symbolList()) {
        this.inputOf.set(symbol, input);
        if (!isGlobal(symbol) || !(symbol.meaning || symbol.common)) continue;
        const other = this.globals.get(symbol.name);
        if (!other || strength(symbol) > strength(other)) this.globals.set(symbol.name, symbol);
        else if (strength(symbol) === 3 && strength(other) === 3 && symbol.place && other.place)
          this.diagnostics.add(
            symbol.place,
            'error',
            `${symbol.name} is defined already in ${earlierPlace(other.place)}`,
          );
      }
    }
  }

  /** Common symbols: the largest of each name counts. */
  private makeRoom(): void {
    const sizes = new Map<SourceSymbol, { size: bigint; align: number }>();
    for (const each of this.inputOf.keys()) {
      const symbol = each.common && this.globals.get(each.name);
      if (!symbol || symbol.meaning) continue;
      const { size, align } = sizes.get(symbol) ?? { size: 0n, align: 1 };
      const { common } = each;
      sizes.set(symbol, {
        size: common!.size > size ? common!.size : size,
        align: Math.max(common!.align, align),
      });
    }
    const { common } = this;
    for (const [symbol, { size, align }] of sizes) {
      const { chunk } = common;
      if (size > 2n ** 31n) this.diagnostics.add(symbol.place!, 'error', `${symbol.name} would take ${size} bytes`);
      common.align = Math.max(common.align, align);
      chunk.length = Math.ceil(chunk.length / align) * align;
      symbol.meaning = { kind: 'label', chunk, offset: chunk.length };
      symbol.size = size;
      chunk.length += size > 2n ** 31n ? 0 : Number(size);
    }
  }

  /** Symbols that linkers define for programs, where no input does. */
  provide(list: Iterable<readonly [name: string, value: () => bigint]>): void {
    for (const [name, value] of list) this.provided.set(name, value);
  }

  /** The definition that a mentioned symbol stands for: its own where only its input sees it. */
  definitionOf(mentioned: SourceSymbol): SourceSymbol {
    if (mentioned.meaning && !isGlobal(mentioned)) return mentioned;
    return this.globals.get(mentioned.name) ?? mentioned;
  }

  /** Every definition that counts, with the input that it is in. */
  *definitions(): IterableIterator<[SourceSymbol, LinkInput]> {
    for (const [symbol, input] of this.inputOf)
      if (symbol.meaning && this.definitionOf(symbol) === symbol) yield [symbol, input];
  }

  private readonly resolve: Resolve = (mentioned): Value | undefined => {
    const symbol = this.definitionOf(mentioned);
    const { meaning } = symbol;
    if (!meaning) {
      const value = this.provided.get(symbol.name);
      if (value) return { base: undefined, value: value() };
      // A section's name stands for its start.
      const section = this.inputOf.get(symbol)?.sectionCalled?.(symbol.name);
      if (section) return { base: section, value: section.address };
      return mentioned.binding === 'weak' ? { base: undefined, value: 0n } : undefined;
    }
    if (meaning.kind === 'label') {
      const { section } = meaning.chunk;
      return { base: section, value: section.address + BigInt(meaning.chunk.offset + meaning.offset) };
    }
    if (typeof meaning.value === 'bigint') return { base: undefined, value: meaning.value };
    if (symbol.busy || this.depth > CHAIN || this.lookups++ > LOOKUPS) return undefined;
    symbol.busy = true;
    this.depth++;
    const value = evaluate(meaning.value, this.resolve, true);
    this.depth--;
    symbol.busy = false;
    return value;
  };

  /** Is this a mention of a symbol that may be missing, and is? */
  isMissing(expression: Expression): boolean {
    return (
      typeof expression !== 'bigint' &&
      expression.kind === 'symbol' &&
      expression.symbol.binding === 'weak' &&
      !this.definitionOf(expression.symbol).meaning
    );
  }

  value(expression: Expression): bigint | undefined {
    this.lookups = 0;
    return this.placed || typeof expression === 'bigint' ? evaluate(expression, this.resolve, true)?.value : undefined;
  }

  demand(expression: Expression): bigint | undefined {
    const value = this.value(expression);
    if (value === undefined && !this.blame(expression))
      this.blameFirst(
        expression,
        'this has no value (a division by zero, or symbols defined by each other, or by too many others)',
      );
    return value;
  }

  /** Report each undefined symbol of an expression where it is mentioned. */
  private blame(expression: Expression, seen = new Set<SourceSymbol>()): boolean {
    if (typeof expression === 'bigint') return false;
    if (expression.kind === 'unary') return this.blame(expression.of, seen);
    if (expression.kind === 'binary') {
      const left = this.blame(expression.left, seen);
      return this.blame(expression.right, seen) || left;
    }
    const { symbol, statement, start, end } = expression;
    this.lookups = 0;
    if (this.resolve(symbol)) return false;
    const { meaning } = this.definitionOf(symbol);
    if (meaning?.kind === 'value' && !seen.has(symbol) && seen.size < CHAIN) {
      seen.add(symbol);
      return this.blame(meaning.value, seen);
    }
    if (meaning) return false;
    const number = symbol.name.split('\u0001');
    if (this.open && number.length === 1) {
      this.missing.push(expression);
      return true;
    }
    const message =
      number.length > 1
        ? `there is no label ${number[0]}: after this line`
        : `undefined symbol ${symbol.name}${suggest(symbol.name, this.definedNames(symbol))}`;
    // Every place of a source is told; of an object, which mentions a symbol in many, the first.
    const input = statement.location !== undefined && this.inputOf.get(symbol);
    const known = input ? this.blamed.get(input) : undefined;
    if (known?.has(symbol)) return true;
    if (input) this.blamed.set(input, (known ?? new Set()).add(symbol));
    this.error(statement, start, end, message);
    return true;
  }

  /** Undefined symbols that were told of, by object. */
  private readonly blamed = new Map<LinkInput, Set<SourceSymbol>>();

  /** Names that could have been meant in a symbol's input. */
  private definedNames(symbol: SourceSymbol): string[] {
    const own = [...(this.inputOf.get(symbol)?.symbolList() ?? [])];
    return [...own.filter((each) => each.meaning && !each.temporary).map(({ name }) => name), ...this.globals.keys()];
  }

  private blameFirst(expression: Expression, message: string): void {
    let at = expression;
    while (typeof at !== 'bigint' && at.kind !== 'symbol')
      at = at.kind === 'unary' ? at.of : typeof at.left !== 'bigint' ? at.left : at.right;
    if (typeof at !== 'bigint') this.error(at.statement, at.start, at.end, message);
  }

  error(statement: Statement, start: number, end: number, message: string): void {
    const inside = statement.expansion ? ` (in macro ${statement.expansion.macro})` : '';
    this.diagnostics.add(placeOf(statement, start, end), 'error', message + inside);
  }

  /** What a symbol comes to. */
  symbolValue(symbol: SourceSymbol): Value | undefined {
    this.lookups = 0;
    return this.resolve(symbol);
  }

  /** The address of a global or else local symbol by name. */
  addressOf(name: string): bigint | undefined {
    let symbol = this.globals.get(name);
    for (const each of symbol ? [] : this.inputOf.keys()) {
      if (each.name !== name || !each.meaning) continue;
      symbol = each;
      break;
    }
    return symbol && this.symbolValue(symbol)?.value;
  }

  /** Tells expressions apart by what they come to. */
  key(expression: Expression): string {
    if (typeof expression === 'bigint') return String(expression);
    if (expression.kind === 'unary') return `${expression.operator}(${this.key(expression.of)})`;
    if (expression.kind === 'binary')
      return `(${this.key(expression.left)}${expression.operator}${this.key(expression.right)})`;
    const definition = this.definitionOf(expression.symbol);
    // Undefined ones are one and the same in all inputs.
    if (!definition.meaning) return `:${definition.name}+${expression.addend}`;
    if (!this.numbers.has(definition)) this.numbers.set(definition, this.numbers.size);
    return `${this.numbers.get(definition)}+${expression.addend}`;
  }
  private readonly numbers = new Map<SourceSymbol, number>();
}
