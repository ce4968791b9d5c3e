/** From the units' sections to one image: where everything goes, and what is written there. */
import type { OperandKind } from '../isa/types.js';
import type { Diagnostics } from './diagnostics.js';
import type { Expression } from './expression.js';
import { type Fixup, halvesReach, lowerHalf, misfit, patch, type Relocation, upperHalf } from './fixup.js';
import type { LineRow, LineSequence } from './line-table.js';
import { isTableReference, OffsetTable } from './offset-table.js';
import { mergeSections, type OutputSection } from './output-section.js';
import type { Elastic, Layout } from './relax.js';
import { type Section, SHF } from './section.js';
import type { Statement } from './source.js';
import type { SourceSymbol } from './symbol.js';
import { SymbolTable } from './symbol-table.js';
import type { Unit } from './unit.js';

const PAGE = 4096n;

/** A symbol's place in the image. */
export interface Located {
  readonly symbol: SourceSymbol;
  readonly unit: Unit;
  /** Undefined: absolute. */
  readonly section: OutputSection | undefined;
  readonly value: bigint;
}

const up = (value: bigint, boundary: bigint) => ((value + boundary - 1n) / boundary) * boundary;

/** More passes than any honest source needs. */
const PASSES = 2000;
export class Linker implements Layout {
  readonly sections: OutputSection[];
  private readonly table: SymbolTable;
  private readonly offsetTable: OffsetTable;

  constructor(
    private readonly units: readonly Unit[],
    private readonly diagnostics: Diagnostics,
    private readonly base: bigint,
  ) {
    this.table = new SymbolTable(units, diagnostics);
    this.offsetTable = new OffsetTable(units, this.table);
    this.sections = mergeSections(units, [this.offsetTable.section]);
    this.table.provide(this.sections, base);
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

  // Layout

  /** One pass: give every chunk its offset and every section its address. @returns whether anything moved */
  private pass(): boolean {
    let moved = false;
    let address = this.base;
    let permissions: number | undefined;
    for (const section of this.sections) {
      const rights = section.flags & (SHF.WRITE | SHF.EXECINSTR);
      if (section.allocated && permissions !== undefined && rights !== permissions) address = up(address, PAGE);
      if (section.allocated) permissions = rights;
      const start = section.allocated ? up(address, BigInt(section.align)) : 0n;
      const size = this.passSection(section, start);
      if (start !== section.address || size !== section.size) moved = true;
      section.address = start;
      section.size = size;
      for (const part of section.parts) part.address = start + BigInt(part.base);
      // .tbss takes no room: each thread has its own.
      if (section.allocated && !(section.flags & SHF.TLS && !section.hasContents)) address = start + BigInt(size);
    }
    return moved;
  }

  private passSection(section: OutputSection, start: bigint): number {
    let offset = 0;
    for (const part of section.parts) {
      offset = Math.ceil(offset / part.align) * part.align;
      part.base = offset;
      let within = 0;
      for (const chunk of part.chunks) {
        chunk.offset = within;
        within += chunk.length;
        const { tail } = chunk;
        if (!tail) continue;
        if (tail.pad) tail.size = tail.pad(this, start + BigInt(offset + within), within);
        within += tail.size;
      }
      offset += within;
    }
    return offset;
  }

  /** Give everything its address. */
  layOut(): void {
    const elastic: { item: Elastic; chunk: Section['chunks'][number] }[] = [];
    for (const section of this.sections)
      for (const part of section.parts)
        for (const chunk of part.chunks) if (chunk.tail?.resize) elastic.push({ item: chunk.tail, chunk });
    this.pass();
    this.table.placed = true;
    for (let n = 0; n < PASSES; n++) {
      let changed = false;
      for (const { item, chunk } of elastic) {
        const size = item.resize!(this, chunk.section.address + BigInt(chunk.offset + chunk.length));
        if (size !== item.size) {
          item.size = size;
          changed = true;
        }
      }
      const moved = this.pass();
      if (!changed && !moved) return;
    }
    const place = { file: this.units[0]!.name, line: 1, column: 1, endColumn: 1 };
    this.diagnostics.add(place, 'error', 'sizes that depend on addresses do not settle');
  }

  // Contents

  /** Write every section's bytes, reporting what is undefined or out of range. */
  fill(): void {
    const uppers = new Map<string, Fixup>();
    const fixups: { fixup: Fixup; section: OutputSection }[] = [];
    const key = (section: Section, offset: number) => `${section.address}+${offset}`;
    for (const section of this.sections) {
      if (section.hasContents) section.bytes = new Uint8Array(section.size);
      for (const part of section.parts) {
        for (const chunk of part.chunks) {
          const at = part.base + chunk.offset;
          if (!section.hasContents) continue;
          section.bytes.set(chunk.bytes.subarray(0, chunk.length), at);
          const from = at + chunk.length;
          const room = section.bytes.subarray(from, from + (chunk.tail?.size ?? 0));
          chunk.tail?.write(this, section.address + BigInt(from), room);
        }
        for (const fixup of part.fixups) {
          fixups.push({ fixup, section });
          if ('how' in fixup.into && fixup.into.how.endsWith('pcrel_hi'))
            uppers.set(key(part, fixup.chunk.offset + fixup.offset), fixup);
        }
      }
    }
    for (const { fixup, section } of fixups) this.apply(fixup, section, (label) => uppers.get(label));
  }

  private placeOf({ chunk, offset }: { chunk: Fixup['chunk']; offset: number }): bigint {
    return chunk.section.address + BigInt(chunk.offset + offset);
  }

  private apply(fixup: Fixup, section: OutputSection, upperAt: (label: string) => Fixup | undefined): void {
    const { into, expression, statement, start, end } = fixup;
    const at = fixup.chunk.section.base + fixup.chunk.offset + fixup.offset;
    const { bytes } = section;
    const value = this.demand(expression);
    if (value === undefined) return;
    if ('data' in into) {
      const bits = BigInt(8 * into.data);
      if (into.data < 8 && (value >= 1n << bits || value < -(1n << (bits - 1n))))
        this.error(
          statement,
          start,
          end,
          `${value < 0n ? value : `0x${value.toString(16)}`} does not fit ${bits} bits`,
        );
      for (let i = 0; i < into.data; i++) bytes[at + i] = Number((value >> BigInt(8 * i)) & 0xffn);
      return;
    }
    const number = this.operandValue(fixup, into.operand, into.how, value, upperAt);
    if (number !== undefined) patch(bytes, at, into.length, into.operand, number);
  }

  /** What a relocation makes of an expression's value; undefined when that can't be, which is reported. */
  private operandValue(
    fixup: Fixup,
    operand: OperandKind,
    how: Relocation,
    value: bigint,
    upperAt: (label: string) => Fixup | undefined,
  ): number | undefined {
    const { expression, statement, start, end } = fixup;
    const pc = this.placeOf(fixup);
    const half = (whole: bigint, take: (whole: bigint) => number) => {
      if (halvesReach(whole)) return take(whole);
      this.error(statement, start, end, `two halves can't reach this: ${whole} is over 31 bits`);
      return undefined;
    };
    switch (how) {
      case 'hi':
        return half(value, upperHalf);
      case 'lo':
        return half(value, lowerHalf);
      case 'pcrel_hi':
        return half(BigInt.asIntN(64, value - pc), upperHalf);
      case 'got_pcrel_hi':
        return half(BigInt.asIntN(64, this.offsetTable.addressOf(expression) - pc), upperHalf);
      case 'tprel_hi':
        return half(value - this.threadStart(), upperHalf);
      case 'tprel_lo':
        return half(value - this.threadStart(), lowerHalf);
      case 'tprel_add':
        return undefined;
      case 'pcrel_lo': {
        if (fixup.auipc) return lowerHalf(BigInt.asIntN(64, value - this.placeOf(fixup.auipc)));
        const upper = this.upperOf(expression, upperAt);
        const whole =
          upper &&
          (isTableReference(upper) ? this.offsetTable.addressOf(upper.expression) : this.value(upper.expression));
        if (whole !== undefined) return lowerHalf(BigInt.asIntN(64, whole - this.placeOf(upper!)));
        if (!upper)
          this.error(statement, start, end, '%pcrel_lo takes the label of an auipc whose operand is %pcrel_hi');
        return undefined;
      }
      default: {
        const number = how === 'target' ? BigInt.asIntN(64, value - pc) : value;
        const wrong = misfit(operand, number);
        if (wrong) this.error(statement, start, end, wrong);
        return wrong ? undefined : Number(number);
      }
    }
  }

  /** The auipc that a %pcrel_lo names by its label. */
  private upperOf(expression: Expression, upperAt: (label: string) => Fixup | undefined): Fixup | undefined {
    if (typeof expression === 'bigint' || expression.kind !== 'symbol') return undefined;
    const { meaning } = expression.symbol;
    if (meaning?.kind !== 'label') return undefined;
    return upperAt(`${meaning.chunk.section.address}+${meaning.chunk.offset + meaning.offset}`);
  }

  /** Where the thread-local template starts: what tp points at, in a thread. */
  threadStart(): bigint {
    return this.sections.find((section) => section.flags & SHF.TLS)?.address ?? 0n;
  }

  // What the ELF file and the line table are made of

  /** All symbols with a meaning and a name of their own, in the order they were first mentioned. */
  symbols(): Located[] {
    const outputOf = new Map(this.sections.flatMap((section) => section.parts.map((part) => [part, section] as const)));
    return this.units.flatMap((unit) =>
      [...unit.symbols.values()].flatMap((symbol): Located[] => {
        const value = symbol.meaning && !symbol.temporary ? this.table.symbolValue(symbol) : undefined;
        if (!value) return [];
        const section = value.base ? outputOf.get(value.base as Section) : undefined;
        return [{ symbol, unit, section, value: value.value }];
      }),
    );
  }

  /** The code of a unit with its source lines, one sequence for each of its executable sections. */
  lineSequences(unit: Unit): LineSequence[] {
    const out: LineSequence[] = [];
    for (const section of unit.sections.values()) {
      const rows: LineRow[] = [];
      for (const entry of unit.lines) {
        if (entry.chunk.section !== section || (unit.locSeen && !entry.explicit)) continue;
        const before = rows.at(-1);
        if (before?.file === entry.file && before.line === entry.line && before.column === entry.column) continue;
        rows.push({ ...entry, address: this.placeOf(entry) });
      }
      const last = section.chunks.at(-1)!;
      if (rows.length) out.push({ rows, end: section.address + BigInt(last.offset + last.length) });
    }
    return out;
  }
}
