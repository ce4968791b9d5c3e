import type { ByteSource } from '../../emulator/byte-source.js';
import { At } from './dwarf.js';
import type { Info } from './info.js';
import type { Unit } from './unit.js';

const encoder = new TextEncoder();
const CHUNK = 1 << 20;

/**
 * The units in which a name may stand, in their order; found by bytes, without reading a DIE but their first: the place of the name in .debug_str
 * among those that .debug_str_offsets has for the unit, or in the unit itself, where compilers also put short names.
 */
export function* unitsWith(info: Info, name: string, places: ReadonlySet<number>): Iterable<Unit> {
  const { info: section, strOffsets } = info.sections;
  if (!section) return;
  const listed = strOffsets ? entriesOf(strOffsets, places) : [];
  const patterns = name.length <= SHORT ? [encoder.encode(`${name}\0`)] : [];
  const direct = [...patterns, ...[...places].map(littleEndian)];
  for (const unit of info.units) {
    // A compiler that numbers strings numbers all of them.
    const isNumbered = unit.root?.get(At.name)?.is === 'string-index';
    if (isNumbered && isListed(unit, listed)) yield unit;
    else if (has(section, unit, isNumbered ? patterns : direct)) yield unit;
  }
}

function isListed(unit: Unit, listed: readonly number[]): boolean {
  const piece = unit.guard(() => unit.stringOffsets);
  return piece !== undefined && (piece.start % 4 !== 0 || holdsOne(listed, piece.start, piece.end));
}

/** Do the unit's bytes hold one of these patterns? */
function has(section: ByteSource, { offset, end }: Unit, patterns: readonly Uint8Array[]): boolean {
  if (patterns.length === 0) return false;
  const bytes = section.read(offset, end - offset);
  return patterns.some((pattern) => {
    // Zeros are everywhere.
    const key = Math.max(
      0,
      pattern.findIndex((byte) => byte !== 0),
    );
    for (let at = bytes.indexOf(pattern[key]!, key); at >= 0; at = bytes.indexOf(pattern[key]!, at + 1))
      if (pattern.every((byte, n) => bytes[at - key + n] === byte)) return true;
    return false;
  });
}

/** Names that compilers put into the DIEs themselves are not longer. */
const SHORT = 8;

const littleEndian = (place: number) => Uint8Array.of(place, place >>> 8, place >>> 16, place >>> 24);

/** Where these values stand in a section of words of 4 bytes. */
function entriesOf(section: ByteSource, values: ReadonlySet<number>): number[] {
  const found: number[] = [];
  for (let start = 0; start < section.size; start += CHUNK) {
    const bytes = Uint8Array.from(section.read(start, Math.min(CHUNK, section.size - start)));
    new Uint32Array(bytes.buffer, 0, bytes.length >> 2).forEach((word, n) => {
      if (values.has(word)) found.push(start + 4 * n);
    });
  }
  return found;
}

/** Does one of the numbers, which ascend, lie in [start, end)? */
function holdsOne(numbers: readonly number[], start: number, end: number): boolean {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < start) low = middle + 1;
    else high = middle;
  }
  return low < numbers.length && numbers[low]! < end;
}
