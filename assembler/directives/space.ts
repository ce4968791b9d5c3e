/** Room and alignment. */
import { Mistake } from '../diagnostics.js';
import { type Expression, parseExpression } from '../expression.js';
import type { Cursor } from '../lexer.js';
import { Align, fillWithNops, Space } from '../relax.js';
import { SECTION_LIMIT } from '../section.js';
import { placeOf } from '../source.js';
import type { Unit } from '../unit.js';
import type { Directive, Directives } from './directive.js';

/** A filling byte after a comma, 0 when there is none. */
function fillAfter(unit: Unit, cursor: Cursor): number {
  return cursor.accept(',') && !cursor.atEnd && !cursor.is(',') ? Number(unit.known(cursor, 'the fill') & 0xffn) : 0;
}

/** Reserve a number of bytes, perhaps one that hangs on addresses. */
function reserve(unit: Unit, count: Expression, fill: number, start: number, end: number): void {
  const known = unit.constant(count);
  if (known === undefined) {
    unit.room(0, fill !== 0);
    unit.section.elastic(new Space(count, fill, SECTION_LIMIT, { statement: unit.statement, start, end }));
    return;
  }
  if (known < 0n) throw new Mistake(`can't reserve ${known} bytes`, start, end);
  unit.room(Number(known), fill !== 0);
  const { chunk } = unit;
  chunk.skip(Number(known));
  if (fill) chunk.bytes.fill(fill, chunk.length - Number(known), chunk.length);
}

const reserveSpace: Directive = {
  run(unit, cursor) {
    const { start } = cursor.token;
    const count = parseExpression(cursor, unit);
    const end = cursor.token.start;
    const fill = fillAfter(unit, cursor);
    cursor.finish();
    reserve(unit, count, fill, start, end);
  },
};

/** `.fill repeat, size, value`: the value's low bytes, at most 8 and of those at most 4 taken from the number. */
const fill: Directive = {
  run(unit, cursor) {
    const repeatToken = cursor.token;
    const repeat = unit.known(cursor, 'the repeat count');
    const size = cursor.accept(',') ? unit.known(cursor, 'the size') : 1n;
    const value = cursor.accept(',') ? unit.known(cursor, 'the value') : 0n;
    cursor.finish();
    if (repeat < 0n || size < 0n) throw new Mistake(".fill can't be negative", repeatToken.start, repeatToken.end);
    const bytes = Number(size > 8n ? 8n : size);
    if (repeat * BigInt(bytes) > BigInt(SECTION_LIMIT))
      unit.mistake(`.fill would make ${repeat * BigInt(bytes)} bytes`);
    const total = Number(repeat) * bytes;
    unit.room(total, value !== 0n);
    const { chunk } = unit;
    const from = chunk.length;
    chunk.skip(total);
    if (value === 0n) return;
    const one = Uint8Array.from({ length: bytes }, (_, i) => (i < 4 ? Number((value >> BigInt(8 * i)) & 0xffn) : 0));
    for (let at = from; at < chunk.length; at += bytes) chunk.bytes.set(one, at);
  },
};

/** Padding to a boundary: `.align` and `.p2align` count in powers of two, `.balign` in bytes. */
const align = (power: boolean): Directive => ({
  run(unit, cursor) {
    const { start, end } = cursor.token;
    const amount = cursor.atEnd ? 0n : unit.known(cursor, 'the alignment');
    let fillByte: number | undefined;
    let most = Number.POSITIVE_INFINITY;
    if (cursor.accept(',')) {
      if (!cursor.is(',') && !cursor.atEnd) fillByte = Number(unit.known(cursor, 'the fill') & 0xffn);
      if (cursor.accept(',') && !cursor.atEnd) most = Number(unit.known(cursor, 'the most bytes to skip'));
    }
    cursor.finish();
    if (power && (amount < 0n || amount > 24n))
      throw new Mistake('an alignment is a power of two from 0 to 24', start, end);
    const boundary = power ? 2 ** Number(amount) : Math.max(Number(amount), 1);
    if (!Number.isInteger(Math.log2(boundary)) || boundary > 2 ** 24)
      throw new Mistake('an alignment in bytes is a power of two', start, end);
    alignTo(unit, boundary, fillByte ?? (unit.section.executable ? undefined : 0), most);
  },
});

/** @param fill undefined: nops */
export function alignTo(unit: Unit, boundary: number, fillByte: number | undefined, most = Number.POSITIVE_INFINITY) {
  const { section, chunk } = unit;
  unit.room(boundary, false);
  if (section.align < boundary) section.align = boundary;
  if (!section.rigid) {
    if (boundary > 1) section.elastic(new Align(boundary, fillByte ?? fillWithNops, most));
    return;
  }
  const padding = (boundary - (chunk.length % boundary)) % boundary;
  if (padding > most) return;
  const from = chunk.length;
  chunk.skip(padding);
  if (!section.hasContents) return;
  if (fillByte === undefined) fillWithNops(chunk.bytes.subarray(from, chunk.length));
  else chunk.bytes.fill(fillByte, from, chunk.length);
}

const origin: Directive = {
  run(unit, cursor) {
    const { start } = cursor.token;
    const to = parseExpression(cursor, unit);
    const end = cursor.token.start;
    const filling = fillAfter(unit, cursor);
    cursor.finish();
    unit.origin(to, filling, start, end);
  },
};

/** A common symbol, for which the linker makes room where no one defines it; or a local one: room in .bss. */
const common = (local: boolean): Directive => ({
  run(unit, cursor) {
    const name = cursor.name('a symbol');
    cursor.expect(',', 'before the size');
    const size = unit.known(cursor, 'the size');
    // By its size, as GNU as and ld have it.
    const natural = size > 0n ? Math.min(local ? 8 : 16, 2 ** Math.floor(Math.log2(Number(size)))) : 1;
    const boundary = cursor.accept(',') ? Number(unit.known(cursor, 'the alignment')) : natural;
    cursor.finish();
    if (size < 0n) throw new Mistake("a size can't be negative", name.start, name.end);
    if (!Number.isInteger(Math.log2(boundary)) || boundary > 2 ** 24)
      unit.mistake('an alignment in bytes is a power of two');
    const known = unit.symbol(name.text);
    if (!local && known.binding !== 'local') {
      if (known.meaning) unit.define(known, name.start, name.end);
      known.binding ??= 'global';
      known.type = 1;
      known.size = size;
      known.common = { size, align: boundary };
      known.place = placeOf(unit.statement, name.start, name.end);
      return;
    }
    const back = unit.section;
    unit.section = unit.sectionNamed('.bss');
    try {
      alignTo(unit, boundary, 0);
      unit.define(known, name.start, name.end);
      known.type = 1;
      known.size = size;
      reserve(unit, size, 0, name.start, name.end);
    } finally {
      unit.section = back;
    }
  },
});

export const space: Directives = {
  '.space': reserveSpace,
  '.skip': reserveSpace,
  '.zero': reserveSpace,
  '.fill': fill,
  '.align': align(true),
  '.p2align': align(true),
  '.balign': align(false),
  '.org': origin,
  '.comm': common(false),
  '.common': common(false),
  '.lcomm': common(true),
};
