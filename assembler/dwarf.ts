/** Debugging information: for each unit a line table and the compile unit that names it (DWARF 5). */
import { Bytes, StringTable } from './bytes.js';
import type { LineSequence } from './line-table.js';

/** A unit as debuggers see it. */
export interface DebugUnit {
  readonly name: string;
  readonly directory: string;
  readonly sequences: readonly LineSequence[];
  /** Files by the numbers that `.file` gave them, which the source's own debugging information may use. */
  readonly files: ReadonlyMap<number, string>;
  /** The source brings its own .debug_info; only its line table is wanted. */
  readonly lineTableOnly: boolean;
}

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

function lineTable(out: Bytes, unit: DebugUnit): void {
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
  return out.uleb(0).done();
};

/** The debugging sections by name; none when no unit has code. */
export function debugSections(units: readonly DebugUnit[], producer: string): Map<string, Uint8Array<ArrayBuffer>> {
  const sections = new Map<string, Uint8Array<ArrayBuffer>>();
  const withCode = units.filter(({ sequences }) => sequences.length);
  if (!withCode.length) return sections;
  const [line, info, ranges, strings] = [new Bytes(), new Bytes(), new Bytes(), new StringTable()];
  for (const unit of withCode) {
    const lineOffset = line.length;
    lineTable(line, unit);
    if (unit.lineTableOnly) continue;
    info.measured(() => {
      info.u16(5).u8(UT_COMPILE, 8).u32(0);
      const single = unit.sequences.length === 1;
      info
        .uleb(single ? 1 : 2)
        .u32(strings.offset(producer))
        .u16(LANGUAGE_ASSEMBLER);
      info.u32(strings.offset(unit.name)).u32(strings.offset(unit.directory)).u32(lineOffset);
      const first = unit.sequences[0]!;
      if (single) info.u64(first.rows[0]!.address).u64(first.end - first.rows[0]!.address);
      else info.u64(0).u32(rangeList(ranges, unit.sequences));
    });
  }
  sections.set('.debug_line', line.done());
  if (!info.length) return sections;
  sections.set('.debug_info', info.done());
  sections.set('.debug_abbrev', abbreviations());
  sections.set('.debug_str', strings.done());
  if (ranges.length) sections.set('.debug_rnglists', ranges.done());
  return sections;
}

/** @returns the list's offset in the section */
function rangeList(out: Bytes, sequences: readonly LineSequence[]): number {
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
  return at;
}
