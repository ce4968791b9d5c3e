import { type ByteSource, part } from '../../emulator/byte-source.js';
import { Bytes } from '../../emulator/bytes.js';
import { need } from './sections.js';
import { reading, stringAt } from './reading.js';

/** A row of the line table: from `address` up to the next row's, the code belongs to `line` of `file`. */
export interface LineRow {
  readonly address: bigint;
  /** Index into the table's `files`. */
  readonly file: number;
  /** 1-based; 0: no line. */
  readonly line: number;
  /** 1-based; 0: the line's left edge. */
  readonly column: number;
  /** A place where a breakpoint for the line may stand. */
  readonly statement: boolean;
  /** First address after a piece of code; the row names no line. */
  readonly end: boolean;
}

export interface LineTable {
  /** Paths as DWARF has them: absolute, or relative to where the build ran. */
  readonly files: string[];
  /** Sorted by address; of rows with one address the last counts. */
  readonly rows: LineRow[];
  /** Why rows are missing. */
  readonly problem?: string;
}

export interface LineSections {
  readonly line?: ByteSource;
  readonly lineStr?: ByteSource;
  readonly str?: ByteSource;
  /** Strings of .debug_line_str that were read already: headers name the same files again and again. */
  readonly known?: Map<number, string>;
}

// Standard opcodes (DWARF 5, section 6.2.5.2).
enum Op {
  extended,
  copy,
  advancePc,
  advanceLine,
  setFile,
  setColumn,
  negateStatement,
  setBasicBlock,
  constAddPc,
  fixedAdvancePc,
  setPrologueEnd,
  setEpilogueBegin,
  setIsa,
}

/**
 * Read one unit's table of .debug_line, versions 2 to 5. `unitDirectory`: DW_AT_comp_dir of the unit, which versions before 5 do not repeat.
 * `headerOnly`: the files alone.
 * @throws RangeError when it can't be read
 */
export function readLineTable(
  sections: LineSections,
  offset: number,
  unitDirectory: string | undefined,
  headerOnly = false,
): LineTable {
  const section = need(sections.line, '.debug_line');
  const head = new Bytes(section.read(offset, Math.min(LENGTHS, section.size - offset)));
  const { length, offsetSize } = head.initialLength();
  if (offset + head.at + length > section.size)
    throw new RangeError(`a unit of ${length} bytes at offset ${offset} passes the section's end`);
  const body = part(section, offset + head.at, length);
  const read = (at: Bytes) => readUnit(at, offsetSize, sections, unitDirectory, headerOnly);
  const table = headerOnly ? reading(body, 0, 4096, read) : read(new Bytes(body.read(0, length)));
  // An end sorts before the start of what follows at the same address, so that the start counts.
  table.rows.sort(
    (a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0) || Number(b.end) - Number(a.end),
  );
  return table;
}

/** The bytes that the initial length takes, at most. */
const LENGTHS = 12;
/** More rows than this has no unit that a compiler made. */
const MOST_ROWS = 4_000_000;

/** The offsets of all units' tables in .debug_line. */
export function* lineTableOffsets(section: ByteSource): Iterable<number> {
  for (let offset = 0; offset + 4 <= section.size; ) {
    yield offset;
    const at = new Bytes(section.read(offset, Math.min(LENGTHS, section.size - offset)));
    offset += at.initialLength().length + at.at;
  }
}

/** `path` seen from `directory`. */
export function joinPath(directory: string | undefined, path: string): string {
  if (!directory || path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)) return path;
  if (directory === '.') return path;
  return `${directory.replace(/[\\/]+$/, '')}/${path.replace(/^(\.\/)+/, '')}`;
}

function readUnit(
  at: Bytes,
  offsetSize: 4 | 8,
  sections: LineSections,
  unitDirectory: string | undefined,
  headerOnly: boolean,
): LineTable {
  const rows: LineRow[] = [];
  const version = at.u16();
  if (version < 2 || version > 5) throw new RangeError(`version ${version}; versions 2 to 5 are understood`);
  if (version >= 5) at.skip(2);
  const headerLength = at.offset(offsetSize);
  const program = at.at + headerLength;
  const minimum = BigInt(at.u8());
  if (version >= 4) at.skip(1); // maximum operations: 1 on everything but VLIW
  const defaultStatement = at.u8() !== 0;
  const lineBase = at.i8();
  const lineRange = at.u8();
  const opcodeBase = at.u8();
  if (lineRange === 0) throw new RangeError('line_range is 0');
  const operands = [0, ...Array.from({ length: opcodeBase - 1 }, () => at.u8())];

  const paths = version >= 5 ? filesV5(at, offsetSize, sections, unitDirectory) : filesV4(at, unitDirectory);
  if (headerOnly) return { files: paths, rows };
  // Version 4 counts files from 1 and version 5 from 0; both lists here are indexed as their version does.
  let unknown: number | undefined;
  const fileOf = (n: number) => {
    if (n < paths.length) return n;
    unknown ??= paths.push('?') - 1;
    return unknown;
  };

  at.at = program;
  const start = { address: 0n, file: 1, line: 1, column: 0, statement: defaultStatement };
  let state = { ...start };
  let sequence: LineRow[] = [];
  let room = MOST_ROWS;
  const emit = (end = false) => {
    if (room-- === 0) throw new RangeError(`more than ${MOST_ROWS} rows`);
    sequence.push({
      address: state.address,
      file: fileOf(state.file),
      line: end ? 0 : state.line,
      column: state.column,
      statement: state.statement,
      end,
    });
  };
  const step = () => {
    const op = at.u8();
    if (op >= opcodeBase) {
      const adjusted = op - opcodeBase;
      state.address += BigInt(Math.floor(adjusted / lineRange)) * minimum;
      state.line += lineBase + (adjusted % lineRange);
      emit();
      return;
    }
    switch (op) {
      case Op.extended: {
        const length = at.count();
        const next = at.at + length;
        if (length > 0) {
          const extended = at.u8();
          if (extended === 1) {
            emit(true);
            // A linker leaves dropped functions at address 0 (or -1 or -2); they are nowhere.
            const { address } = sequence[0];
            if (address !== 0n && address < 0xfffffffffffffffen) for (const row of sequence) rows.push(row);
            sequence = [];
            state = { ...start };
          } else if (extended === 2) state.address = at.unsigned(length - 1);
          else if (extended === 3) paths.push(joinPath(unitDirectory, at.cstring()));
        }
        at.at = next;
        if (next > at.end) throw new RangeError('an extended opcode passes the end');
        break;
      }
      case Op.copy:
        emit();
        break;
      case Op.advancePc:
        state.address += at.uleb() * minimum;
        break;
      case Op.advanceLine:
        state.line += Number(at.sleb());
        break;
      case Op.setFile:
        state.file = at.count();
        break;
      case Op.setColumn:
        state.column = at.count();
        break;
      case Op.negateStatement:
        state.statement = !state.statement;
        break;
      case Op.constAddPc:
        state.address += BigInt(Math.floor((255 - opcodeBase) / lineRange)) * minimum;
        break;
      case Op.fixedAdvancePc:
        state.address += BigInt(at.u16());
        break;
      case Op.setBasicBlock:
      case Op.setPrologueEnd:
      case Op.setEpilogueBegin:
        break;
      default:
        // setIsa and opcodes of later versions: the header says how many operands to pass over.
        for (let n = 0; n < operands[op]; n++) at.leb();
    }
  };
  try {
    while (at.more) step();
  } catch (error) {
    // What was read before counts.
    return { files: paths, rows, problem: (error as Error).message };
  }
  return { files: paths, rows };
}

function filesV4(at: Bytes, unitDirectory: string | undefined): string[] {
  const directories = [unitDirectory];
  for (let name = at.cstring(); name; name = at.cstring()) directories.push(joinPath(unitDirectory, name));
  const files = ['?'];
  for (let name = at.cstring(); name; name = at.cstring()) {
    const directory = directories[at.count()];
    at.count();
    at.count();
    files.push(joinPath(directory, name));
  }
  return files;
}

function filesV5(at: Bytes, offsetSize: 4 | 8, sections: LineSections, unitDirectory: string | undefined): string[] {
  const directories = entriesV5(at, offsetSize, sections).map(({ path }) => path);
  directories.forEach((path, n) => {
    directories[n] = joinPath(n === 0 ? unitDirectory : directories[0], path);
  });
  return entriesV5(at, offsetSize, sections).map(({ path, directory }) => joinPath(directories[directory], path));
}

/** A directory or file list of a version 5 header (section 6.2.4.1). */
function entriesV5(at: Bytes, offsetSize: 4 | 8, sections: LineSections): { path: string; directory: number }[] {
  const formats = Array.from({ length: at.u8() }, () => ({ content: at.count(), form: at.count() }));
  const count = at.count();
  if (count > at.end - at.at) throw new RangeError(`${count} entries can't fit`);
  return Array.from({ length: count }, () => {
    const entry = { path: '?', directory: 0 };
    for (const { content, form } of formats) {
      const value = readSimpleForm(at, form, offsetSize, sections);
      if (content === 1) entry.path = String(value);
      else if (content === 2) entry.directory = Number(value);
    }
    return entry;
  });
}

function readSimpleForm(
  at: Bytes,
  form: number,
  offsetSize: 4 | 8,
  sections: LineSections,
): string | number | undefined {
  switch (form) {
    case 0x08:
      return at.cstring();
    case 0x1f:
      return lineString(sections, at.offset(offsetSize));
    case 0x0e:
      return stringAt(sections.str, at.offset(offsetSize));
    case 0x0b:
      return at.u8();
    case 0x05:
      return at.u16();
    case 0x06:
      return at.u32();
    case 0x0f:
      return at.count();
    case 0x1e:
      at.skip(16);
      return undefined;
    case 0x09:
      at.skip(at.count());
      return undefined;
    default:
      throw new RangeError(`form 0x${form.toString(16)} in a file list is not understood`);
  }
}

function lineString({ lineStr, known }: LineSections, offset: number): string {
  let text = known?.get(offset);
  if (text === undefined) {
    text = stringAt(lineStr, offset);
    known?.set(offset, text);
  }
  return text;
}
