import { Coverage } from './coverage.js';
import type { CFunction } from './functions.js';
import type { Info } from './info.js';
import type { Unit } from './unit.js';
import type { LineRow, LineTable } from './line.js';
import type { Lines, TableOwner } from './lines.js';
import type { Loading } from './loading.js';
import { holds, type Range } from './ranges.js';

/** A place in the sources. */
export interface Place {
  /** As DWARF has it: absolute or relative to where the build ran. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where addresses of a file's code stand in the sources. Addresses are those of the running code, unless they are called linked. */
export class Places {
  private covered: Coverage | undefined;

  constructor(
    private readonly loading: Loading,
    private readonly info: Info,
    readonly tables: Lines,
  ) {}

  /** Does the file say anything of lines? */
  get any(): boolean {
    return this.tables.any;
  }

  /** The line table and the unit that an address belongs to. */
  ownerAt(linked: bigint): TableOwner | undefined {
    this.covered ??= new Coverage(this.info.units, this.tables);
    return this.covered.at(linked);
  }

  unitAt(linked: bigint): Unit | undefined {
    return this.ownerAt(linked)?.unit;
  }

  /** All line tables as one. Reads every one: for small files, and tests. */
  get whole(): LineTable {
    this.merged ??= this.tables.merged();
    return this.merged;
  }
  private merged: LineTable | undefined;

  /** Every file that the line tables name. */
  get files(): ReadonlySet<string> {
    this.named ??= new Set(this.tables.owners.flatMap((owner) => [...this.tables.files(owner)]));
    return this.named;
  }
  private named: ReadonlySet<string> | undefined;

  tableAt(linked: bigint): LineTable | undefined {
    const owner = this.ownerAt(linked);
    return owner && owner.offset >= 0 ? this.tables.table(owner) : undefined;
  }

  private rowIn({ rows }: LineTable, linked: bigint): LineRow | undefined {
    const at = upperBound(rows, ({ address }) => address <= linked) - 1;
    const row = rows[at];
    if (!row || row.end || row.line === 0) return undefined;
    const statement = isStatement(rows, at);
    return statement === row.statement ? row : { ...row, statement };
  }

  /** The line table's row for an address; undefined where it says nothing. */
  rowAt(va: bigint): LineRow | undefined {
    const linked = this.loading.linked(va);
    const table = this.tableAt(linked);
    const row = table && this.rowIn(table, linked);
    return row && this.loading.bias !== 0n ? { ...row, address: this.loading.running(row.address) } : row;
  }

  at(va: bigint): Place | undefined {
    const linked = this.loading.linked(va);
    const table = this.tableAt(linked);
    const row = table && this.rowIn(table, linked);
    return row && { file: table.files[row.file] ?? '?', line: row.line, column: row.column };
  }

  /** Where statements begin: of these functions, and of all code that is in one line table with these addresses. */
  statements(places: readonly (CFunction | bigint)[]): bigint[] {
    return this.tablesOf(places).flatMap(({ table: { rows }, ranges }) =>
      rows.flatMap((row, n) => {
        const begins = row.address !== rows[n + 1]?.address && !row.end && row.line > 0 && isStatement(rows, n);
        const address = this.loading.running(row.address);
        return begins && (!ranges || holds(ranges, address)) ? [address] : [];
      }),
    );
  }

  /** The code of these functions, and all that is in one line table with these addresses. */
  codeOf(places: readonly (CFunction | bigint)[]): Range[] {
    return this.tablesOf(places).flatMap(({ table: { rows }, ranges }) => {
      if (ranges) return ranges;
      const found: Range[] = [];
      let low: bigint | undefined;
      for (const { address, end } of rows) {
        if (end && low !== undefined)
          found.push({ low: this.loading.running(low), high: this.loading.running(address) });
        low = end ? undefined : (low ?? address);
      }
      return found;
    });
  }

  /** Line tables; with the ranges of functions in them, or wholly. */
  private tablesOf(places: readonly (CFunction | bigint)[]): { table: LineTable; ranges?: Range[] }[] {
    const found = new Map<TableOwner, Range[] | undefined>();
    for (const place of places) {
      const [va, ranges] = typeof place === 'bigint' ? [place, undefined] : [place.low, place.ranges];
      const owner = this.ownerAt(this.loading.linked(va));
      if (!owner) continue;
      const known = found.get(owner);
      if (!ranges) found.set(owner, undefined);
      else if (known || !found.has(owner)) found.set(owner, [...(known ?? []), ...ranges]);
    }
    return [...found].map(([owner, ranges]) => ({ table: this.tables.table(owner), ...(ranges && { ranges }) }));
  }

  /** The addresses of the piece of code around `va` that the line table gives to one line: [low, high). */
  lineRange(va: bigint): Range | undefined {
    const linked = this.loading.linked(va);
    const rows = this.tableAt(linked)?.rows ?? [];
    const start = upperBound(rows, ({ address }) => address <= linked) - 1;
    const row = rows[start];
    if (!row || row.end || row.line === 0) return undefined;
    const same = (other: LineRow | undefined) =>
      other && !other.end && other.file === row.file && other.line === row.line;
    let first = start;
    while (same(rows[first - 1])) first--;
    let last = start;
    while (same(rows[last + 1])) last++;
    const high = rows[last + 1]?.address ?? rows[last].address + 4n;
    return { low: this.loading.running(rows[first].address), high: this.loading.running(high) };
  }
}

/** Does a statement begin at this row, the last one of its address? Compilers write several, of which the first may say so. */
function isStatement(rows: readonly LineRow[], at: number): boolean {
  const row = rows[at];
  for (let n = at; n >= 0; n--) {
    const { address, line, file, end, statement } = rows[n];
    if (address !== row.address || line !== row.line || file !== row.file || end) return false;
    if (statement) return true;
  }
  return false;
}

/** The number of leading elements for which `holds` (they come first). */
export function upperBound<T>(list: readonly T[], holds: (element: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}
