/** The global offset table: addresses that compiled code reads from memory instead of making them. */
import type { Expression } from './expression.js';
import type { Fixup } from './fixup.js';
import { Section, SHF, SHT } from './section.js';
import type { SymbolTable } from './symbol-table.js';
import type { Unit } from './unit.js';

const ENTRY = 8;

export const isTableReference = ({ into }: Fixup): boolean => 'how' in into && into.how === 'got_pcrel_hi';

export class OffsetTable {
  readonly section = new Section('.got', SHT.PROGBITS, SHF.ALLOC | SHF.WRITE);
  /** Offsets in the table by what stands there. */
  private readonly slots = new Map<string, number>();

  constructor(
    units: readonly Unit[],
    private readonly symbols: SymbolTable,
  ) {
    this.section.align = ENTRY;
    for (const unit of units)
      for (const { fixups } of unit.sections.values())
        for (const fixup of fixups) if (isTableReference(fixup)) this.add(fixup);
  }

  private add({ expression, statement, start, end }: Fixup): void {
    const key = this.symbols.key(expression);
    if (this.slots.has(key)) return;
    const { chunk, fixups } = this.section;
    this.slots.set(key, chunk.length);
    fixups.push({ chunk, offset: chunk.length, expression, statement, start, end, into: { data: ENTRY } });
    chunk.skip(ENTRY);
  }

  /** Where the table holds what an expression comes to. */
  addressOf(expression: Expression): bigint {
    return this.section.address + BigInt(this.slots.get(this.symbols.key(expression)) ?? 0);
  }
}
