/**
 * Call frame information: what `.cfi_*` directives say of each function becomes `.eh_frame` and `.debug_frame` (DWARF 5, section 6.4;
 * Linux Standard Base, "Exception Frames").
 */
import { Bytes } from './bytes.js';
import { type Expression, mention } from './expression.js';
import { Align, Advance } from './relax.js';
import { type Chunk, type Section, SHF, SHT } from './section.js';
import type { Statement } from './source.js';
import { SourceSymbol } from './symbol.js';

/** A place in code. */
export interface FramePlace {
  readonly chunk: Chunk;
  readonly offset: number;
}

/** A pointer that unwinding hands to a language's run-time: how it is encoded, and to what it points. */
export interface FramePointer {
  readonly encoding: number;
  readonly expression: Expression;
  readonly statement: Statement;
}

/** One function between `.cfi_startproc` and `.cfi_endproc`. */
export class FrameFunction {
  readonly steps: { readonly at: FramePlace; readonly bytes: readonly number[] }[] = [];
  end: FramePlace | undefined;
  personality: FramePointer | undefined;
  languageData: FramePointer | undefined;
  signal = false;
  returnColumn = 1;
  /** Where the canonical frame address is from its register now, and at `.cfi_remember_state`. */
  offset = 0n;
  readonly remembered: bigint[] = [];

  constructor(
    readonly start: FramePlace,
    readonly statement: Statement,
    /** Without the rule that holds at every function's start: the frame address is sp. */
    readonly simple: boolean,
  ) {}
}

export const CFA = {
  advance: 0x40,
  offset: 0x80,
  restore: 0xc0,
  offsetExtended: 0x05,
  restoreExtended: 0x06,
  undefined: 0x07,
  sameValue: 0x08,
  register: 0x09,
  rememberState: 0x0a,
  restoreState: 0x0b,
  defCfa: 0x0c,
  defCfaRegister: 0x0d,
  defCfaOffset: 0x0e,
  offsetExtendedSf: 0x11,
  defCfaSf: 0x12,
  defCfaOffsetSf: 0x13,
  valOffset: 0x14,
  valOffsetSf: 0x15,
} as const;

/** Offsets of saved registers are counted in these (as GNU as has it for RISC-V). */
export const DATA_ALIGN = -4;
const SP = 2;
const PCREL_SDATA4 = 0x1b;
const OMIT = 0xff;
const INDIRECT = 0x80;
const POINTER = 8;

type Kind = 'eh' | 'debug';

const flagsOf = (kind: Kind) => ({ type: SHT.PROGBITS, flags: kind === 'eh' ? SHF.ALLOC : 0 });
const nowhere: Statement = { file: '', line: 1, text: '', column: 1 };

/** An expression that stands for a place. */
function refer({ chunk, offset }: FramePlace): Expression {
  const symbol = new SourceSymbol('');
  symbol.meaning = { kind: 'label', chunk, offset };
  return mention(symbol, { statement: nowhere }, { start: 0, end: 0 });
}
const minus = (left: Expression, right: Expression): Expression => ({
  kind: 'binary',
  operator: '-',
  left,
  right,
  depth: 2,
  size: 3,
});

/** Writes the entries of one section. */
class FrameWriter {
  /** Common entries by what they say, and where they start. */
  private readonly common = new Map<string, FramePlace>();

  constructor(
    private readonly section: Section,
    private readonly kind: Kind,
  ) {
    section.align = Math.max(section.align, POINTER);
    section.functions = 0;
  }

  private place(): FramePlace {
    return { chunk: this.section.chunk, offset: this.section.chunk.length };
  }

  private put(bytes: Bytes): void {
    const { chunk } = this.section;
    chunk.reserve(bytes.length);
    chunk.bytes.set(bytes.done(), chunk.length);
    chunk.length += bytes.length;
  }

  private value(expression: Expression, data: number, how: 'value' | 'relative' = 'value', statement = nowhere): void {
    const { chunk, fixups } = this.section;
    fixups.push({ chunk, offset: chunk.length, expression, statement, start: 0, end: 0, into: { data, how } });
    chunk.skip(data);
  }

  /** A pointer as its encoding has it (LSB, "DWARF Exception Header Encoding"). */
  private pointer({ encoding, expression, statement }: FramePointer): void {
    const format = encoding & 0x0f;
    const width = format === 0x02 || format === 0x0a ? 2 : format === 0x03 || format === 0x0b ? 4 : 8;
    this.value(expression, width, (encoding & 0x70) === 0x10 ? 'relative' : 'value', statement);
  }

  /** An entry: its length, its contents, and nothing-to-do up to a boundary. */
  private entry(write: () => void): void {
    const length = this.place();
    const { section } = this;
    section.chunk.skip(4);
    const start = refer(this.place());
    write();
    if (section.rigid) section.chunk.skip((POINTER - (section.chunk.length % POINTER)) % POINTER);
    else section.elastic(new Align(POINTER, 0, POINTER));
    const common = { statement: nowhere, start: 0, end: 0 };
    section.fixups.push({ ...length, expression: minus(refer(this.place()), start), ...common, into: { data: 4 } });
  }

  private commonEntry(f: FrameFunction): FramePlace {
    const { personality, languageData, signal, returnColumn, simple } = f;
    const key = [
      personality?.encoding,
      JSON.stringify(keyOf(personality)),
      languageData?.encoding,
      signal,
      returnColumn,
      simple,
    ].join();
    const before = this.common.get(key);
    if (before) return before;
    const at = this.place();
    this.common.set(key, at);
    const isEh = this.kind === 'eh';
    this.entry(() => {
      const letters = isEh ? `z${personality ? 'P' : ''}${languageData ? 'L' : ''}R${signal ? 'S' : ''}` : '';
      const head = new Bytes()
        .u32(isEh ? 0 : 0xffff_ffff)
        .u8(isEh ? 1 : 4)
        .string(letters);
      if (!isEh) head.u8(POINTER, 0);
      head.uleb(1).sleb(DATA_ALIGN);
      head.uleb(returnColumn);
      if (isEh) head.uleb((personality ? 1 + widthOf(personality.encoding) : 0) + (languageData ? 1 : 0) + 1);
      this.put(head);
      if (isEh && personality) {
        this.put(new Bytes().u8(personality.encoding));
        this.pointer(personality);
      }
      const tail = new Bytes();
      if (isEh && languageData) tail.u8(languageData.encoding);
      if (isEh) tail.u8(PCREL_SDATA4);
      if (!simple) tail.u8(CFA.defCfa).uleb(SP).uleb(0);
      this.put(tail);
    });
    return at;
  }

  add(f: FrameFunction): void {
    const common = this.commonEntry(f);
    const isEh = this.kind === 'eh';
    this.section.functions!++;
    this.entry(() => {
      // Here from where it stands, there from the section's start.
      this.value(isEh ? minus(refer(this.place()), refer(common)) : refer(common), 4);
      const start = refer(f.start);
      const length = minus(refer(f.end!), start);
      this.value(start, isEh ? 4 : POINTER, isEh ? 'relative' : 'value', f.statement);
      this.value(length, isEh ? 4 : POINTER);
      if (isEh) {
        this.put(new Bytes().uleb(f.languageData ? widthOf(f.languageData.encoding) : 0));
        if (f.languageData) this.pointer(f.languageData);
      }
      this.steps(f);
    });
  }

  private steps({ start, steps }: FrameFunction): void {
    let last = start;
    for (const { at, bytes } of steps) {
      if (at.chunk !== last.chunk) this.section.elastic(new Advance(minus(refer(at), refer(last))));
      else if (at.offset !== last.offset) this.put(Bytes.from(Advance.encoded(BigInt(at.offset - last.offset))));
      last = at;
      this.put(Bytes.from(bytes));
    }
  }
}

const widthOf = (encoding: number) => {
  const format = encoding & 0x0f;
  return format === 0x02 || format === 0x0a ? 2 : format === 0x03 || format === 0x0b ? 4 : 8;
};

/** What a personality points at: symbols are told apart by name. */
function keyOf(pointer: FramePointer | undefined): unknown {
  if (!pointer || typeof pointer.expression === 'bigint') return String(pointer?.expression);
  return pointer.expression.kind === 'symbol' ? `${pointer.expression.symbol.name}+${pointer.expression.addend}` : '';
}

/** Is this an encoding of pointers that can be written here? */
export const isPointerEncoding = (encoding: number): boolean =>
  encoding === OMIT ||
  ([0x00, 0x02, 0x03, 0x04, 0x0a, 0x0b, 0x0c].includes(encoding & 0x0f) &&
    [0x00, 0x10].includes(encoding & 0x70) &&
    (encoding & ~(INDIRECT | 0x7f)) === 0);

/**
 * Write the entries of all functions of a unit.
 * @param sectionFor gives the section of a name, within a function's own group so that the two are kept or left out together
 */
export function writeFrames(
  functions: readonly FrameFunction[],
  kinds: readonly Kind[],
  sectionFor: (name: string, flags: { type: number; flags: number }, group: string | undefined) => Section,
): void {
  for (const kind of kinds) {
    const writers = new Map<Section, FrameWriter>();
    for (const each of functions) {
      const { group } = each.start.chunk.section;
      const section = sectionFor(kind === 'eh' ? '.eh_frame' : '.debug_frame', flagsOf(kind), group);
      const writer = writers.get(section) ?? new FrameWriter(section, kind);
      writers.set(section, writer);
      writer.add(each);
    }
  }
}
