/** The global offset table: what compiled code reads from memory instead of making it (psABI, "Global Offset Table"). */
import type { Expression } from '../expression.js';
import type { Fixup } from '../fixup.js';
import { Section, SHF, SHT } from '../section.js';
import type { LinkInput } from './input.js';
import type { SymbolTable } from './symbols.js';

const ENTRY = 8;

/** What a reference finds in the table: an address, a distance from the thread pointer, or module and offset of a thread's variable. */
export type Entry = 'address' | 'tprel' | 'pair';

const entries: Readonly<Record<string, Entry>> = {
  got_pcrel_hi: 'address',
  got_relative: 'address',
  tls_ie_pcrel_hi: 'tprel',
  tls_gd_pcrel_hi: 'pair',
};

/** What a fixup looks for in the table, if it does. */
export const entryOf = ({ into }: Fixup): Entry | undefined => entries[into.how ?? ''];

/** A program that is linked statically is one module. */
const MODULE = 1;

export class OffsetTable {
  readonly section = new Section('.got', SHT.PROGBITS, SHF.ALLOC | SHF.WRITE);
  /** Offsets in the table by what stands there. */
  private readonly slots = new Map<string, number>();

  constructor(
    inputs: readonly LinkInput[],
    private readonly symbols: SymbolTable,
  ) {
    this.section.align = ENTRY;
    for (const input of inputs)
      for (const section of input.sectionList()) {
        if (section.discarded) continue;
        for (const fixup of section.fixups) {
          const entry = entryOf(fixup);
          if (entry) this.add(fixup, entry);
        }
      }
  }

  private key(expression: Expression, entry: Entry): string {
    return `${entry} ${this.symbols.key(expression)}`;
  }

  private add({ expression, statement, start, end }: Fixup, entry: Entry): void {
    const key = this.key(expression, entry);
    if (this.slots.has(key)) return;
    const { chunk, fixups } = this.section;
    this.slots.set(key, chunk.length);
    if (entry === 'pair') chunk.integer(MODULE, ENTRY);
    const how = { address: 'value', tprel: 'tprel', pair: 'dtprel' } as const;
    const into = { data: ENTRY, how: how[entry] };
    fixups.push({ chunk, offset: chunk.length, expression, statement, start, end, into });
    chunk.skip(ENTRY);
  }

  /** Where the table holds what an expression comes to. */
  addressOf(expression: Expression, entry: Entry): bigint {
    return this.section.address + BigInt(this.slots.get(this.key(expression, entry)) ?? 0);
  }
}
