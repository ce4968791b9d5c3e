/** Functions that a function of the program chooses at its start (STT_GNU_IFUNC): each is reached through a stub and a slot. */
import { encode } from '../../isa/encode.js';
import { operands } from '../../isa/operands.js';
import { instructionNamed } from '../../isa/table.js';
import { type Expression, mention } from '../expression.js';
import { Section, SHF, SHT } from '../section.js';
import type { Statement } from '../source.js';
import { SourceSymbol } from '../symbol.js';
import { R_IRELATIVE } from './relocations.js';
import type { SymbolTable } from './symbols.js';

const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;
const SLOT = 8;
const T1 = 6;
const T3 = 28;

const nowhere: Statement = { file: '', line: 1, text: '', column: 1 };

/** Stubs, slots, and the list that the program's start-up code goes through; none where no function is chosen. */
export function indirectFunctions(symbols: SymbolTable): Section[] {
  const stubs = new Section('.iplt', SHT.PROGBITS, SHF.ALLOC | SHF.EXECINSTR);
  const slots = new Section('.got.iplt', SHT.PROGBITS, SHF.ALLOC | SHF.WRITE);
  const list = new Section('.rela.iplt', SHT.RELA, SHF.ALLOC);
  stubs.align = 16;
  slots.align = list.align = SLOT;
  list.entrySize = 24;
  const chosen = [...symbols.definitions()].filter(([{ type }]) => type === STT_GNU_IFUNC);
  for (const [symbol] of chosen) {
    const chooser = new SourceSymbol('');
    chooser.meaning = symbol.meaning;
    const slot = label(slots);
    stub(stubs, symbol, slot);
    slots.chunk.skip(SLOT);
    entry(list, slot, refer(chooser));
  }
  return chosen.length ? [stubs, slots, list] : [];
}

function label({ chunk }: Section): SourceSymbol {
  const symbol = new SourceSymbol('');
  symbol.meaning = { kind: 'label', chunk, offset: chunk.length };
  return symbol;
}

const refer = (symbol: SourceSymbol): Expression => mention(symbol, { statement: nowhere }, { start: 0, end: 0 });

/** From now on the symbol is the stub: load the slot and go there. */
function stub(section: Section, symbol: SourceSymbol, slot: SourceSymbol): void {
  const { chunk, fixups } = section;
  symbol.meaning = { kind: 'label', chunk, offset: chunk.length };
  symbol.type = STT_FUNC;
  symbol.size = undefined;
  const put = (name: string, ...values: number[]) => chunk.integer(encode(instructionNamed(name)!, values), 4);
  const place = { chunk, offset: chunk.length };
  const common = { chunk, expression: refer(slot), statement: nowhere, start: 0, end: 0 };
  fixups.push({ ...common, offset: place.offset, into: { operand: operands.upper20, how: 'pcrel_hi', length: 4 } });
  put('auipc', T3, 0);
  const lower = { operand: operands.imm12, how: 'pcrel_lo', length: 4 } as const;
  fixups.push({ ...common, offset: chunk.length, into: lower, auipc: place });
  put('ld', T3, 0, T3);
  put('jalr', T1, 0, T3);
  put('addi', 0, 0, 0);
}

/** Elf64_Rela: where, type, addend. */
function entry({ chunk, fixups }: Section, slot: SourceSymbol, chooser: Expression): void {
  const word = (expression: Expression) => {
    fixups.push({ chunk, offset: chunk.length, expression, statement: nowhere, start: 0, end: 0, into: { data: 8 } });
    chunk.skip(8);
  };
  word(refer(slot));
  chunk.integer(R_IRELATIVE, 8);
  word(chooser);
}
