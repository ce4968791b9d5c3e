/** The linker: sections of sources, objects and archives' members become one image. */
import { type Diagnostics, wholeFile } from '../diagnostics.js';
import type { Expression } from '../expression.js';
import type { LineRow, LineSequence } from '../line-table.js';
import type { Layout } from '../relax.js';
import type { Section } from '../section.js';
import type { Statement } from '../source.js';
import type { SourceSymbol } from '../symbol.js';
import type { Unit } from '../unit.js';
import { Contents } from './contents.js';
import { fillFrameIndex, frameIndex, pruneFrames } from './frames.js';
import { OffsetTable } from './got.js';
import { indirectFunctions } from './indirect.js';
import { dropDuplicateGroups, isGlobal, type LinkInput } from './input.js';
import { layOut, layOutMore } from './layout.js';
import { headerBytes } from './output.js';
import { type OutputSection, Sections } from './output-section.js';
import { providedSymbols } from './provided.js';
import { SymbolTable } from './symbols.js';

/** A symbol's place in the image. */
export interface Located {
  readonly symbol: SourceSymbol;
  /** Undefined: absolute. */
  readonly section: OutputSection | undefined;
  readonly value: bigint;
}

export class Linker implements Layout {
  private readonly merged: Sections;
  private readonly table: SymbolTable;
  private readonly offsetTable: OffsetTable;
  sections: OutputSection[];

  /**
   * @param base where the image starts
   * @param headers do the file's headers lie there, before the first section?
   * @param open may symbols be missing, which other inputs would define?
   */
  constructor(
    private readonly inputs: readonly LinkInput[],
    private readonly diagnostics: Diagnostics,
    private readonly base: bigint,
    private readonly headers: boolean,
    open = false,
  ) {
    dropDuplicateGroups(inputs);
    pruneFrames(inputs);
    this.table = new SymbolTable(inputs, diagnostics, open);
    const stubs = indirectFunctions(this.table);
    this.offsetTable = new OffsetTable(inputs, this.table);
    const index = frameIndex(inputs);
    const made = [...stubs, this.offsetTable.section, this.table.common, ...(index ? [index] : [])];
    this.merged = new Sections(inputs, made);
    this.sections = this.merged.sorted();
    this.table.provide(providedSymbols(this.sections, base, headers));
  }

  value(expression: Expression): bigint | undefined {
    return this.table.value(expression);
  }
  demand(expression: Expression): bigint | undefined {
    return this.table.demand(expression);
  }
  error(statement: Statement, start: number, end: number, message: string): void {
    this.table.error(statement, start, end, message);
  }
  /** The address of a global or else local symbol by name. */
  addressOf(name: string): bigint | undefined {
    return this.table.addressOf(name);
  }

  /** Give everything its address. */
  layOut(): void {
    const start = this.base + (this.headers ? BigInt(headerBytes(this.sections)) : 0n);
    const wrong = layOut(this, this.sections, start, () => {
      this.table.placed = true;
    });
    if (wrong) this.diagnostics.add(wholeFile(this.inputs[0]!.name), 'error', wrong);
  }

  /** Take in sections that are made when code has its place, and that are not loaded: debugging information. */
  addUnloaded(sections: Iterable<Section>): void {
    for (const section of sections) this.merged.add(section);
    this.sections = this.merged.sorted();
    layOutMore(this, this.sections);
  }

  /** Mentions of symbols that no input defines, where they may be missing; known when sections are filled. */
  get missing(): SymbolTable['missing'] {
    return this.table.missing;
  }

  /** Write every section's bytes, reporting what is undefined or out of range. */
  fill(): void {
    new Contents(this.sections, this.table, this.offsetTable, this).fill();
    const [index, frames] = ['.eh_frame_hdr', '.eh_frame'].map((name) =>
      this.sections.find((section) => section.name === name),
    );
    if (index && frames) fillFrameIndex(index, frames);
  }

  // What the ELF file and the line table are made of

  /** All symbols with a meaning and a name of their own, in the order they were first mentioned. */
  symbols(): Located[] {
    const outputOf = new Map(this.sections.flatMap((section) => section.parts.map((part) => [part, section] as const)));
    const out: Located[] = [];
    for (const input of this.inputs) {
      for (const symbol of input.symbolList()) {
        if (!symbol.meaning || symbol.temporary || symbol.discarded || /^\$[xd]/.test(symbol.name)) continue;
        if (isGlobal(symbol) && this.table.definitionOf(symbol) !== symbol) continue;
        const value = this.table.symbolValue(symbol);
        if (!value) continue;
        const section = value.base ? outputOf.get(value.base as Section) : undefined;
        out.push({ symbol, section, value: value.value });
      }
    }
    return out;
  }

  /** The code of a unit with its source lines, one sequence for each of its executable sections. */
  lineSequences(unit: Unit): LineSequence[] {
    const out: LineSequence[] = [];
    const { lines } = unit;
    for (const section of unit.sectionList()) {
      const rows: LineRow[] = [];
      for (const entry of lines) {
        if (section.discarded || entry.chunk.section !== section) continue;
        const before = rows.at(-1);
        if (before?.file === entry.file && before.line === entry.line && before.column === entry.column) continue;
        rows.push({ ...entry, address: section.address + BigInt(entry.chunk.offset + entry.offset) });
      }
      const last = section.chunks.at(-1)!;
      if (rows.length) out.push({ rows, end: section.address + BigInt(last.offset + last.length) });
    }
    return out;
  }
}
