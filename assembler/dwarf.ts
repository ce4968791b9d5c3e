/** Debugging information: for each unit a line table and the compile unit that names it (DWARF 5). */
import { Bytes, StringTable } from './bytes.js';
import { type Expression, mention } from './expression.js';
import type { LineSequence } from './line-table.js';
import { Section, SHF, SHT } from './section.js';
import type { Statement } from './source.js';
import { SourceSymbol } from './symbol.js';

/** A unit as debuggers see it. */
export interface DebugUnit {
  readonly name: string;
  readonly directory: string;
  readonly sequences: readonly LineSequence[];
  /** Files by the numbers that `.file` gave them, which the source's own debugging information may use. */
  readonly files: ReadonlyMap<number, string>;
  /** Where the line table goes: the source's own, where it has one that is empty. */
  readonly lineSection: Section;
  /** The source brings its own .debug_info; only its line table is wanted. */
  readonly lineTableOnly: boolean;
}

const newSection = (name: string, strings = false): Section => {
  const section = new Section(name, SHT.PROGBITS, strings ? SHF.MERGE | SHF.STRINGS : 0);
  section.entrySize = strings ? 1 : 0;
  return section;
};

export const newLineSection = (): Section => newSection('.debug_line');

/** Special opcodes advance the line by LINE_BASE … and the address by whole steps of LINE_RANGE opcodes. */
const LINE_BASE = -5;
const LINE_RANGE = 14;
const OPCODE_BASE = 13;

const LNS = { copy: 1, advancePc: 2, advanceLine: 3, setFile: 4, setColumn: 5 } as const;
const LNE = { endSequence: 1, setAddress: 2 } as const;
const LNCT = { path: 1, directoryIndex: 2 } as const;
const FORM = { addr: 0x01, data2: 0x05, data8: 0x07, string: 0x08, strp: 0x0e, udata: 0x0f, secOffset: 0x17 } as const;
const AT = {
  name: 0x03,
  stmtList: 0x10,
  lowPc: 0x11,
  highPc: 0x12,
  language: 0x13,
  compDir: 0x1b,
  producer: 0x25,
  ranges: 0x55,
} as const;
const TAG_COMPILE_UNIT = 0x11;
const UT_COMPILE = 1;
const LANGUAGE_ASSEMBLER = 0x8001;
const RLE = { endOfList: 0, startLength: 7 } as const;

function sequence(out: Bytes, { rows, end }: LineSequence, fileIndex: (name: string) => number): void {
  out.u8(0).uleb(9).u8(LNE.setAddress).u64(rows[0]!.address);
  let { address } = rows[0]!;
  let [file, line, column] = [1, 1, 0];
  for (const row of rows) {
    const index = fileIndex(row.file);
    if (index !== file) out.u8(LNS.setFile).uleb(index);
    if (row.column !== column) out.u8(LNS.setColumn).uleb(row.column);
    const forward = Number(row.address - address);
    const down = row.line - line;
    const special = down - LINE_BASE + LINE_RANGE * forward + OPCODE_BASE;
    if (down >= LINE_BASE && down < LINE_BASE + LINE_RANGE && special <= 255) out.u8(special);
    else {
      if (forward) out.u8(LNS.advancePc).uleb(forward);
      if (down) out.u8(LNS.advanceLine).sleb(down);
      out.u8(LNS.copy);
    }
    ({ address, line, column } = row);
    file = index;
  }
  if (end > address) out.u8(LNS.advancePc).uleb(end - address);
  out.u8(0).uleb(1).u8(LNE.endSequence);
}

/** Numbered files keep their numbers; the unit's own is the first, and stands in any gap. */
function fileTable(unit: DebugUnit): string[] {
  const files = Array.from({ length: Math.max(0, ...unit.files.keys()) + 1 }, (_, i) => unit.files.get(i) ?? unit.name);
  const named = new Set(files);
  for (const { rows } of unit.sequences) {
    for (const { file } of rows) {
      if (named.has(file)) continue;
      named.add(file);
      files.push(file);
    }
  }
  return files;
}

function lineTable(unit: DebugUnit): Bytes {
  const out = new Bytes();
  const files = fileTable(unit);
  const index = new Map([...files.entries()].reverse().map(([i, file]) => [file, i]));
  out.measured(() => {
    out.u16(5).u8(8, 0);
    out.measured(() => {
      out.u8(1, 1, 1, LINE_BASE & 0xff, LINE_RANGE, OPCODE_BASE, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1);
      out.u8(1).uleb(LNCT.path).uleb(FORM.string).uleb(1).string(unit.directory);
      out.u8(2).uleb(LNCT.path).uleb(FORM.string).uleb(LNCT.directoryIndex).uleb(FORM.udata).uleb(files.length);
      for (const file of files) out.string(file).uleb(0);
    });
    for (const each of unit.sequences) sequence(out, each, (file) => index.get(file)!);
  });
  return out;
}

/** One stretch of code is an address and a length, several are a list of ranges. */
const abbreviations = () => {
  const out = new Bytes();
  const common = [
    AT.producer,
    FORM.strp,
    AT.language,
    FORM.data2,
    AT.name,
    FORM.strp,
    AT.compDir,
    FORM.strp,
    AT.stmtList,
    FORM.secOffset,
  ];
  const declare = (code: number, range: number[]) => {
    out.uleb(code).uleb(TAG_COMPILE_UNIT).u8(0);
    for (const value of [...common, ...range, 0, 0]) out.uleb(value);
  };
  declare(1, [AT.lowPc, FORM.addr, AT.highPc, FORM.data8]);
  declare(2, [AT.lowPc, FORM.addr, AT.ranges, FORM.secOffset]);
  return out.uleb(0);
};

const nowhere: Statement = { file: '', line: 1, text: '', column: 1 };

/** Where a unit's part of a section starts. */
function startOf({ chunks }: Section): Expression {
  const symbol = new SourceSymbol('');
  symbol.meaning = { kind: 'label', chunk: chunks[0]!, offset: 0 };
  return mention(symbol, { statement: nowhere }, { start: 0, end: 0 });
}

function append({ chunk }: Section, bytes: Bytes): void {
  chunk.reserve(bytes.length);
  chunk.bytes.set(bytes.done(), chunk.length);
  chunk.length += bytes.length;
}

/** The debugging sections of a unit, its line table among them; none when it has no code. */
export function debugSections(unit: DebugUnit, producer: string): Section[] {
  if (!unit.sequences.length) return [];
  if (unit.lineSection.chunk.length === 0) append(unit.lineSection, lineTable(unit));
  if (unit.lineTableOnly) return [unit.lineSection];
  const [info, abbreviation, text, ranges] = ['.debug_info', '.debug_abbrev', '.debug_str', '.debug_rnglists'].map(
    (name) => newSection(name, name === '.debug_str'),
  ) as [Section, Section, Section, Section];
  const out = new Bytes();
  const strings = new StringTable();
  const offset = (section: Section, addend = 0) => {
    const into = { data: 4 };
    const expression = { ...(startOf(section) as Exclude<Expression, bigint>), addend: BigInt(addend) } as Expression;
    info.fixups.push({ chunk: info.chunk, offset: out.length, expression, statement: nowhere, start: 0, end: 0, into });
    out.u32(0);
  };
  out.measured(() => {
    out.u16(5).u8(UT_COMPILE, 8);
    offset(abbreviation);
    const single = unit.sequences.length === 1;
    out.uleb(single ? 1 : 2);
    offset(text, strings.offset(producer));
    out.u16(LANGUAGE_ASSEMBLER);
    offset(text, strings.offset(unit.name));
    offset(text, strings.offset(unit.directory));
    offset(unit.lineSection);
    const first = unit.sequences[0]!;
    if (single) out.u64(first.rows[0]!.address).u64(first.end - first.rows[0]!.address);
    else {
      out.u64(0);
      offset(ranges, rangeList(ranges, unit.sequences));
    }
  });
  append(info, out);
  append(abbreviation, abbreviations());
  append(text, new Bytes().append(strings.done()));
  return [unit.lineSection, info, abbreviation, text, ...(ranges.chunk.length ? [ranges] : [])];
}

/** @returns the list's offset in the section */
function rangeList(section: Section, sequences: readonly LineSequence[]): number {
  const out = new Bytes();
  let at = 0;
  out.measured(() => {
    out.u16(5).u8(8, 0).u32(0);
    at = out.length;
    for (const { rows, end } of sequences)
      out
        .u8(RLE.startLength)
        .u64(rows[0]!.address)
        .uleb(end - rows[0]!.address);
    out.u8(RLE.endOfList);
  });
  append(section, out);
  return at;
}
