/** All units' symbols: what each comes to under the layout, and which are undefined. */
import type { Diagnostics } from './diagnostics.js';
import { evaluate, type Expression, type Resolve, type Value } from './expression.js';
import { CHAIN, LOOKUPS } from './limits.js';
import type { OutputSection } from './output-section.js';
import { SHF, SHT } from './section.js';
import { placeOf, type Statement } from './source.js';
import { suggest } from './suggest.js';
import type { SourceSymbol } from './symbol.js';
import type { Unit } from './unit.js';

export class SymbolTable {
  private readonly globals = new Map<string, SourceSymbol>();
  private readonly unitOf = new Map<SourceSymbol, Unit>();
  private readonly provided = new Map<string, () => bigint>();
  /** Do sections have addresses yet? */
  placed = false;
  private depth = 0;
  private lookups = 0;

  constructor(
    private readonly units: readonly Unit[],
    private readonly diagnostics: Diagnostics,
  ) {
    this.collectSymbols();
  }

  private collectSymbols(): void {
    for (const unit of this.units) {
      for (const symbol of unit.symbols.values()) {
        this.unitOf.set(symbol, unit);
        if (!symbol.meaning || (symbol.binding !== 'global' && symbol.binding !== 'weak')) continue;
        const other = this.globals.get(symbol.name);
        if (!other || other.binding === 'weak') this.globals.set(symbol.name, symbol);
        else if (symbol.binding === 'global' && other.place && symbol.place)
          this.diagnostics.add(
            symbol.place,
            'error',
            `${symbol.name} is defined already in ${other.place.file}:${other.place.line}`,
          );
      }
    }
  }

  /** Symbols that linkers define for programs. */
  provide(sections: readonly OutputSection[], base: bigint): void {
    const named = (name: string) => sections.find((section) => section.name === name);
    const end = (test: (section: OutputSection) => boolean) => () =>
      sections
        .filter((s) => s.allocated && test(s))
        .reduce((last, s) => (s.address + BigInt(s.size) > last ? s.address + BigInt(s.size) : last), base);
    const isCode = ({ flags }: OutputSection) => (flags & SHF.EXECINSTR) !== 0;
    const isBss = ({ type, flags }: OutputSection) => type === SHT.NOBITS && !(flags & SHF.TLS);
    const dataStart = () =>
      sections.find((s) => s.allocated && s.flags & SHF.WRITE && !isBss(s))?.address ?? end(() => true)();
    const list: [string, () => bigint][] = [
      ['__executable_start', () => base],
      ['__global_pointer$', () => (named('.sdata')?.address ?? dataStart()) + 0x800n],
      ['__DATA_BEGIN__', dataStart],
      ['__bss_start', () => sections.find((s) => s.allocated && isBss(s))?.address ?? end(() => true)()],
      ['__BSS_END__', end(() => true)],
      ['__dso_handle', () => 0n],
    ];
    for (const prefix of ['', '_', '__']) {
      list.push(
        [`${prefix}etext`, end(isCode)],
        [`${prefix}edata`, end((s) => !isBss(s))],
        [`${prefix}end`, end(() => true)],
      );
    }
    for (const name of ['preinit_array', 'init_array', 'fini_array']) {
      list.push([`__${name}_start`, () => named(`.${name}`)?.address ?? 0n]);
      list.push([`__${name}_end`, () => (named(`.${name}`)?.address ?? 0n) + BigInt(named(`.${name}`)?.size ?? 0)]);
    }
    for (const section of sections.filter(({ name }) => /^[A-Za-z_]\w*$/.test(name))) {
      list.push([`__start_${section.name}`, () => section.address]);
      list.push([`__stop_${section.name}`, () => section.address + BigInt(section.size)]);
    }
    for (const [name, value] of list) this.provided.set(name, value);
  }

  private readonly resolve: Resolve = (mentioned): Value | undefined => {
    const symbol = mentioned.meaning ? mentioned : (this.globals.get(mentioned.name) ?? mentioned);
    const { meaning } = symbol;
    if (!meaning) {
      const value = this.provided.get(symbol.name);
      if (value) return { base: undefined, value: value() };
      // A section's name stands for its start.
      const section = this.unitOf.get(symbol)?.sections.get(symbol.name);
      if (section) return { base: section, value: section.address };
      return symbol.binding === 'weak' ? { base: undefined, value: 0n } : undefined;
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
    const meaning = (this.globals.get(symbol.name) ?? symbol).meaning;
    if (meaning?.kind === 'value' && !seen.has(symbol) && seen.size < CHAIN) {
      seen.add(symbol);
      return this.blame(meaning.value, seen);
    }
    if (meaning) return false;
    const number = symbol.name.split('\u0001');
    const message =
      number.length > 1
        ? `there is no label ${number[0]}: after this line`
        : `undefined symbol ${symbol.name}${suggest(symbol.name, this.definedNames(symbol))}`;
    this.error(statement, start, end, message);
    return true;
  }

  /** Names that could have been meant in a symbol's unit. */
  private definedNames(symbol: SourceSymbol): string[] {
    const own = [...(this.unitOf.get(symbol)?.symbols.values() ?? [])];
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
    const symbol =
      this.globals.get(name) ?? this.units.map((unit) => unit.symbols.get(name)).find((each) => each?.meaning);
    return symbol && this.symbolValue(symbol)?.value;
  }

  /** Tells expressions apart by what they come to: names that only one unit sees are that unit's. */
  key(expression: Expression): string {
    if (typeof expression === 'bigint' || expression.kind !== 'symbol') return '';
    const { symbol, addend } = expression;
    const unit = symbol.meaning && !this.globals.has(symbol.name) ? this.units.indexOf(this.unitOf.get(symbol)!) : '';
    return `${unit}:${symbol.name}+${addend}`;
  }
}
