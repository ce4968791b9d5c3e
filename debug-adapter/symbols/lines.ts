import { At } from './dwarf.js';
import type { Info } from './info.js';
import type { Unit } from './unit.js';
import { type LineRow, type LineSections, type LineTable, lineTableOffsets, readLineTable } from './line.js';

/** Rows of tables that are kept in memory. */
const KEPT_ROWS = 400_000;

/** A unit's table: where it lies in .debug_line, and the unit that names it, where one does. */
export interface TableOwner {
  readonly offset: number;
  readonly unit?: Unit;
}

/** The line tables of a file, each read when it is needed. What can't be read is empty and told to `warn`. */
export class Lines {
  private readonly sections: LineSections;
  /** The tables that were looked at last come last. */
  private readonly kept = new Map<number, LineTable>();
  private keptRows = 0;
  private list: readonly TableOwner[] | undefined;
  private readonly byUnit = new Map<Unit, TableOwner>();

  constructor(
    sections: LineSections,
    private readonly info: Info,
    private readonly warn: (message: string) => void,
  ) {
    this.sections = { ...sections, known: new Map() };
  }

  get any(): boolean {
    return (this.sections.line?.size ?? 0) > 0;
  }

  /** Every table. Those that units name come first; assemblers may leave some that none names. */
  get owners(): readonly TableOwner[] {
    if (this.list) return this.list;
    const owners: TableOwner[] = [];
    const named = new Set<number>();
    for (const unit of this.info.units) {
      const offset = unit.root?.number(At.statementList);
      if (offset === undefined) continue;
      const owner = { offset: Number(offset), unit };
      this.byUnit.set(unit, owner);
      // Partial units share one.
      if (!named.has(owner.offset)) owners.push(owner);
      named.add(owner.offset);
    }
    const { line } = this.sections;
    try {
      if (line) for (const offset of lineTableOffsets(line)) if (!named.has(offset)) owners.push({ offset });
    } catch (error) {
      this.warn(`the line tables can't be told apart: ${(error as Error).message}`);
    }
    this.list = owners;
    return owners;
  }

  of(unit: Unit): TableOwner | undefined {
    this.owners;
    return this.byUnit.get(unit);
  }

  private directory({ unit }: TableOwner): string | undefined {
    return unit?.root?.string(At.compilationDirectory);
  }

  table(owner: TableOwner): LineTable {
    const { offset } = owner;
    let table = this.kept.get(offset);
    if (table) {
      this.kept.delete(offset);
      this.kept.set(offset, table);
      return table;
    }
    table = this.read(owner, false);
    if (table.problem) this.warn(`the line table at offset 0x${offset.toString(16)} is cut short: ${table.problem}`);
    this.kept.set(offset, table);
    this.keptRows += table.rows.length;
    for (const [other, { rows }] of this.kept) {
      if (this.keptRows <= KEPT_ROWS || other === offset) break;
      this.kept.delete(other);
      this.keptRows -= rows.length;
    }
    return table;
  }

  /** The files that a table names, without its rows. */
  files(owner: TableOwner): readonly string[] {
    return (this.kept.get(owner.offset) ?? this.read(owner, true)).files;
  }

  private read(owner: TableOwner, headerOnly: boolean): LineTable {
    try {
      return readLineTable(this.sections, owner.offset, this.directory(owner), headerOnly);
    } catch (error) {
      this.warn(`the line table at offset 0x${owner.offset.toString(16)} can't be read: ${(error as Error).message}`);
      return { files: [], rows: [] };
    }
  }

  /** All tables as one. For files of some thousand lines, not for kernels of others. */
  merged(): LineTable {
    const files: string[] = [];
    const known = new Map<string, number>();
    const rows: LineRow[] = [];
    for (const owner of this.owners) {
      const table = this.table(owner);
      const numbers = table.files.map((path) => {
        if (!known.has(path)) known.set(path, files.push(path) - 1);
        return known.get(path)!;
      });
      for (const row of table.rows) rows.push({ ...row, file: numbers[row.file] });
    }
    rows.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0) || Number(b.end) - Number(a.end));
    return { files, rows };
  }
}
