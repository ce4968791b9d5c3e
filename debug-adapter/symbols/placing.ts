import type { Code } from './code.js';
import type { CFunction } from './functions.js';
import type { Info } from './info.js';
import type { Loading } from './loading.js';
import type { Names } from './names.js';
import type { Places } from './places.js';
import type { SymbolTable } from './symbol-table.js';

/** Where breakpoints stand in a file's code. */
export class Placing {
  constructor(
    private readonly loading: Loading,
    private readonly info: Info,
    private readonly places: Places,
    private readonly code: Code,
    private readonly names: Names,
    private readonly symbols: () => SymbolTable,
  ) {}

  /**
   * Where a breakpoint for a line stands: the first address of each run of statements for the line, or for the next line that has code.
   * `matches` chooses files.
   */
  ofLine(
    matches: (file: string) => boolean,
    line: number,
  ): { line: number; column: number; addresses: bigint[] } | undefined {
    const chosen = this.places.tables.owners.flatMap((owner) => {
      const files = new Set(this.places.tables.files(owner).flatMap((file, index) => (matches(file) ? [index] : [])));
      return files.size ? [{ owner, files }] : [];
    });
    let best = Number.POSITIVE_INFINITY;
    for (const { owner, files } of chosen)
      for (const row of this.places.tables.table(owner).rows)
        if (!row.end && row.statement && row.line >= line && row.line < best && files.has(row.file)) best = row.line;
    if (best === Number.POSITIVE_INFINITY) return undefined;
    const addresses = new Map<string, { address: bigint; column: number }>();
    for (const { owner, files } of chosen) {
      const { rows } = this.places.tables.table(owner);
      rows.forEach((row, n) => {
        if (row.end || !row.statement || row.line !== best || !files.has(row.file)) return;
        const before = rows[n - 1];
        if (before && !before.end && before.line === best && before.file === row.file) return;
        // One stop for each function that the line was compiled into (inlining), not for each piece of it.
        const owner = this.code.linkedAt(row.address);
        const key = String(owner?.low ?? `at ${row.address}`);
        // At its entry a function's parameters are not yet where the debug information says.
        const address = owner?.low === row.address ? this.code.linkedBody(owner) : row.address;
        if (!addresses.has(key)) addresses.set(key, { address, column: row.column });
      });
    }
    const found = [...addresses.values()];
    return {
      line: best,
      column: found[0]?.column ?? 0,
      addresses: found.map(({ address }) => this.loading.running(address)),
    };
  }

  /** Where breakpoints for functions of a name stand: after the prologue where the line table tells, else at the first instruction. */
  ofFunctions(name: string): bigint[] {
    const starts = this.entriesOf(name).map((entry) => {
      const code = this.code.linkedAt(entry) ?? this.padded(entry, name);
      return code ? this.code.linkedBody(code) : entry;
    });
    return [...new Set(starts)].map((start) => this.loading.running(start));
  }

  /** A function with room for patches at its entry begins for its symbol before that, for the debug information behind it. */
  private padded(entry: bigint, name: string): CFunction | undefined {
    const unit = this.places.unitAt(entry);
    const near = ({ low }: CFunction) => low > entry && low - entry <= PADDING;
    return unit && this.code.linkedIn(unit).find((each) => each.name === name && near(each));
  }

  /** The linked addresses of the first instructions of all functions that have a name; in C++, with their namespaces and classes or without. */
  private entriesOf(name: string): bigint[] {
    const symbol = this.symbols().named(name);
    const own = symbol && symbol.kind !== 'object' ? [symbol.value] : [];
    if (this.info.isLarge && this.symbols().size > 0) return own;
    const dies = this.names.find('function', name.split('::').at(-1)!);
    const named = [...dies].flatMap((die) => {
      const found = this.code.linkedIn(die.unit).find((each) => each.die.offset === die.offset);
      return found && isNamed(found, name) ? [found.low] : [];
    });
    const found = [...own, ...named];
    if (found.length) return found;
    // Instances of a template have its arguments in their names.
    const units = this.info.units.filter((unit) => unit.cplusplus);
    const instances = units.flatMap((unit) => this.code.linkedIn(unit)).filter((each) => isNamed(each, name, true));
    return instances.map(({ low }) => low);
  }
}

/** Is this the name of the function, without some or all of what it lies in? @param bare without template arguments too */
function isNamed(candidate: CFunction, name: string, bare = false): boolean {
  const whole = bare ? withoutArguments(candidate.name) : candidate.name;
  return whole === name || whole.endsWith(`::${name}`);
}

/** `twice` of `twice<int (*)(int)>`; what lies within angle brackets may hold some. */
function withoutArguments(name: string): string {
  let depth = 0;
  let bare = '';
  for (const char of name) {
    if (char === '<') depth++;
    if (depth === 0) bare += char;
    if (char === '>') depth--;
  }
  return bare;
}

/** The most room that functions have at their entry to be patched, in bytes. */
const PADDING = 64n;
