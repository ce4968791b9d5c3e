/** Data: integers, floating-point numbers, strings, LEB128. */
import { Mistake } from '../diagnostics.js';
import { parseExpression } from '../expression.js';
import { floatValue } from '../float-text.js';
import { stringBytes } from '../lexer.js';
import { Leb, leb128 } from '../relax.js';
import type { Directive, Directives } from './directive.js';

/** Integers of so many bytes, each a number or an expression with addresses. */
const integers = (bytes: number): Directive => ({
  run(unit, cursor) {
    if (cursor.atEnd) return;
    do {
      const { start } = cursor.token;
      const expression = parseExpression(cursor, unit);
      const end = cursor.token.start;
      const value = unit.constant(expression);
      unit.room(bytes, value !== 0n);
      if (value === undefined) unit.fixup(expression, start, end, { data: bytes });
      else if (bytes < 8 && (value >= 1n << BigInt(8 * bytes) || value < -(1n << BigInt(8 * bytes - 1))))
        unit.report('warning', `${value} does not fit ${8 * bytes} bits and is cut off`, start, end);
      if (bytes === 8) {
        const whole = BigInt.asUintN(64, value ?? 0n);
        unit.word(Number(whole & 0xffff_ffffn), 4);
        unit.word(Number(whole >> 32n), 4);
      } else unit.word(Number(BigInt.asUintN(8 * bytes, value ?? 0n)), bytes);
    } while (cursor.accept(','));
    cursor.finish();
  },
});

const floats = (bytes: 4 | 8): Directive => ({
  raw: true,
  run(unit, cursor, name, start) {
    let at = start + name.length;
    if (!cursor.text.trim()) return;
    for (const part of cursor.text.split(',')) {
      const value = floatValue(part);
      if (value === undefined) throw new Mistake('expected a floating-point number', at, at + Math.max(part.length, 1));
      const out = new DataView(new ArrayBuffer(bytes));
      if (bytes === 4) out.setFloat32(0, value, true);
      else out.setFloat64(0, value, true);
      // A NaN's sign isn't kept by arithmetic; the one that GNU writes is all ones.
      if (Number.isNaN(value)) out.setUint8(bytes - 1, part.trim().startsWith('-') ? 0xff : 0x7f);
      unit.bytes(new Uint8Array(out.buffer));
      at += part.length + 1;
    }
  },
});

const strings = (terminated: boolean): Directive => ({
  run(unit, cursor) {
    if (cursor.atEnd) return;
    do {
      // Strings side by side are one.
      do unit.bytes(stringBytes(cursor.string()));
      while (cursor.token.type === 'string');
      if (terminated) unit.bytes(new Uint8Array(1));
    } while (cursor.accept(','));
    cursor.finish();
  },
});

const leb = (signed: boolean): Directive => ({
  run(unit, cursor) {
    do {
      const expression = parseExpression(cursor, unit);
      const value = unit.constant(expression);
      unit.room(10);
      if (value === undefined) unit.section.elastic(new Leb(expression, signed));
      else unit.bytes(Uint8Array.from(leb128(signed ? value : BigInt.asUintN(64, value), signed)));
    } while (cursor.accept(','));
    cursor.finish();
  },
});

/** `.incbin "file" [, skip [, count]]`: a file's bytes as they are. */
const incbin: Directive = {
  run(unit, cursor) {
    const token = cursor.string('a file name in double quotes');
    const path = new TextDecoder().decode(stringBytes(token));
    const number = (what: string) =>
      cursor.accept(',') && !cursor.is(',') && !cursor.atEnd ? unit.known(cursor, what) : undefined;
    const skip = number('the bytes to skip') ?? 0n;
    const count = number('the bytes to take');
    cursor.finish();
    const bytes = unit.includeBytes(path, unit.statement.file);
    if (!bytes) throw new Mistake(`can't read ${path}`, token.start, token.end);
    const end = count === undefined ? BigInt(bytes.length) : skip + count;
    if (skip < 0n || end < skip || end > BigInt(bytes.length))
      throw new Mistake(
        `${path} has ${bytes.length} bytes, of which not ${skip} to ${end} can be taken`,
        token.start,
        token.end,
      );
    unit.bytes(bytes.subarray(Number(skip), Number(end)));
  },
};

export const data: Directives = {
  '.incbin': incbin,
  '.byte': integers(1),
  '.half': integers(2),
  '.short': integers(2),
  '.hword': integers(2),
  '.2byte': integers(2),
  '.word': integers(4),
  '.long': integers(4),
  '.int': integers(4),
  '.4byte': integers(4),
  '.dword': integers(8),
  '.quad': integers(8),
  '.8byte': integers(8),
  '.dtprelword': integers(4),
  '.dtpreldword': integers(8),
  '.float': floats(4),
  '.single': floats(4),
  '.double': floats(8),
  '.ascii': strings(false),
  '.asciz': strings(true),
  '.asciiz': strings(true),
  '.string': strings(true),
  '.uleb128': leb(false),
  '.sleb128': leb(true),
};
