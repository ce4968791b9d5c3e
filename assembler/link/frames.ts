/** `.eh_frame`: how to unwind each function (Linux Standard Base, "DWARF Extensions"); and the table that finds a function's entry. */
import type { Fixup } from '../fixup.js';
import { type Chunk, Section, SHF, SHT } from '../section.js';
import type { LinkInput } from './input.js';
import type { OutputSection } from './output-section.js';

interface Record {
  readonly start: number;
  readonly end: number;
  /** Where the entry that this one builds on starts; undefined: it is such a common one. */
  readonly common: number | undefined;
}

/** The records up to the end, or to where they can't be followed. */
function recordsOf(bytes: Uint8Array): Record[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out: Record[] = [];
  for (let start = 0; start + 8 <= bytes.length; ) {
    const length = view.getUint32(start, true);
    if (length === 0) {
      start += 4;
      continue;
    }
    const end = start + 4 + length;
    // The long form of a length is used by no compiler.
    if (length === 0xffff_ffff || length < 4 || end > bytes.length) break;
    const id = view.getUint32(start + 4, true);
    out.push({ start, end, common: id === 0 ? undefined : start + 4 - id });
    start = end;
  }
  return out;
}

const isFrames = ({ name, discarded, hasContents }: Section) => name === '.eh_frame' && !discarded && hasContents;

/** Leave out the entries of functions that another input's group took the place of. */
export function pruneFrames(inputs: readonly LinkInput[]): void {
  for (const input of inputs)
    for (const section of input.sectionList()) if (isFrames(section) && section.rigid) prune(section, input);
}

function prune(section: Section, input: LinkInput): void {
  const { chunk } = section;
  const isGone = ({ expression }: Fixup) =>
    typeof expression !== 'bigint' && expression.kind === 'symbol' && expression.symbol.discarded;
  const gone = new Set(section.fixups.filter(isGone).map(({ offset }) => offset));
  if (!gone.size) return;
  const bytes = chunk.bytes.slice(0, chunk.length);
  // The function's address follows the length and the reference to the common entry.
  const records = recordsOf(bytes);
  const dropped = records.filter(({ start, common }) => common !== undefined && gone.has(start + 8));
  const moved = (offset: number) =>
    dropped.reduce((at, { start, end }) => at - Math.max(0, Math.min(offset, end) - start), offset);
  const view = new DataView(bytes.buffer);
  for (const { start, common } of records)
    if (common !== undefined) view.setUint32(start + 4, moved(start + 4) - moved(common), true);
  const kept = new Uint8Array(moved(bytes.length));
  let from = 0;
  for (const { start, end } of [...dropped, { start: bytes.length, end: bytes.length }]) {
    kept.set(bytes.subarray(from, start), moved(from));
    from = end;
  }
  chunk.bytes = kept;
  chunk.length = kept.length;
  const inside = (offset: number) => dropped.some(({ start, end }) => offset >= start && offset < end);
  section.fixups = section.fixups
    .filter(({ offset }) => !inside(offset))
    .map((fixup) => ({ ...fixup, offset: moved(fixup.offset) }));
  for (const symbol of input.symbolList())
    if (symbol.meaning?.kind === 'label' && symbol.meaning.chunk === chunk)
      symbol.meaning = { kind: 'label', chunk, offset: moved(symbol.meaning.offset) };
}

const HEADER = 12;
const ENTRY = 8;
const PCREL_SDATA4 = 0x1b;
const DATAREL_SDATA4 = 0x3b;
const UDATA4 = 0x03;
const OMIT = 0xff;

/** The section `.eh_frame_hdr`, with room for an entry for each function; undefined when there is nothing to find. */
export function frameIndex(inputs: readonly LinkInput[]): Section | undefined {
  const frames = inputs.flatMap((input) =>
    [...input.sectionList()].filter((each) => isFrames(each) && (each.chunk.length > 0 || !each.rigid)),
  );
  if (!frames.length) return undefined;
  const section = new Section('.eh_frame_hdr', SHT.PROGBITS, SHF.ALLOC);
  section.align = 4;
  const isWhole = frames.every(({ rigid, functions }) => rigid || functions !== undefined);
  const count = frames.reduce((sum, { chunk, functions }) => sum + (functions ?? functionsIn(chunk)), 0);
  section.chunk.skip(HEADER + (isWhole ? ENTRY * count : 0));
  return section;
}

const functionsIn = ({ bytes, length }: Chunk) =>
  recordsOf(bytes.subarray(0, length)).filter(({ common }) => common !== undefined).length;

/** Write the index when the frames are as they will be. */
export function fillFrameIndex(index: OutputSection, frames: OutputSection): void {
  const view = new DataView(index.bytes.buffer);
  const at = (address: bigint) => Number(BigInt.asIntN(32, address - index.address));
  const room = Math.floor((index.bytes.length - HEADER) / ENTRY);
  const entries = room ? functionAddresses(frames) : undefined;
  index.bytes.set([1, PCREL_SDATA4, entries ? UDATA4 : OMIT, entries ? DATAREL_SDATA4 : OMIT]);
  view.setInt32(4, at(frames.address) - 4, true);
  if (!entries) return;
  const sorted = entries.sort((a, b) => (a.pc < b.pc ? -1 : 1)).slice(0, room);
  view.setUint32(8, sorted.length, true);
  sorted.forEach(({ pc, record }, i) => {
    view.setInt32(HEADER + ENTRY * i, at(pc), true);
    view.setInt32(HEADER + ENTRY * i + 4, at(frames.address + BigInt(record)), true);
  });
}

/** Where each function's code and record are; undefined when an address is written as no compiler for this machine does. */
function functionAddresses({ bytes, address }: OutputSection): { pc: bigint; record: number }[] | undefined {
  const view = new DataView(bytes.buffer);
  const encodings = new Map<number, number>();
  const out: { pc: bigint; record: number }[] = [];
  for (const { start, end, common } of recordsOf(bytes)) {
    if (common === undefined) {
      encodings.set(start, pointerEncoding(bytes.subarray(start, end)));
      continue;
    }
    const encoding = encodings.get(common);
    const place = start + 8;
    const format = (encoding ?? OMIT) & 0x0f;
    const how = (encoding ?? OMIT) & 0x70;
    const width =
      format === 0x00 || format === 0x04 || format === 0x0c ? 8 : format === 0x03 || format === 0x0b ? 4 : 0;
    if (!width || (how !== 0x00 && how !== 0x10) || place + width > end) return undefined;
    const value = width === 8 ? view.getBigInt64(place, true) : BigInt(view.getInt32(place, true));
    out.push({ pc: BigInt.asUintN(64, how ? address + BigInt(place) + value : value), record: start });
  }
  return out;
}

/** How a common entry says that addresses are written: the value of the letter R of its augmentation; 0, as they are, without one. */
function pointerEncoding(entry: Uint8Array): number {
  let at = 9;
  const letters: string[] = [];
  while (at < entry.length && entry[at]) letters.push(String.fromCharCode(entry[at++]!));
  at++;
  const skipNumber = () => {
    while (entry[at++]! & 0x80);
  };
  if (letters[0] !== 'z') return letters.length ? OMIT : 0;
  // Code and data alignment, return address register, length of what follows.
  for (let i = 0; i < 4; i++) skipNumber();
  for (const letter of letters.slice(1)) {
    if (letter === 'R') return entry[at] ?? OMIT;
    if (letter === 'L') at++;
    else if (letter === 'P') at += 1 + ((entry[at]! & 0x0f) === 0x03 || (entry[at]! & 0x0f) === 0x0b ? 4 : 8);
    else if (letter !== 'S' && letter !== 'B') return OMIT;
  }
  return 0;
}
