/** Symbols: what they mean, who sees them, what they are. */
import { Mistake } from '../diagnostics.js';
import { parseExpression } from '../expression.js';
import type { SourceSymbol } from '../symbol.js';
import type { Directive, Directives } from './directive.js';

/** A directive on each of a list of symbols. */
const each = (change: (symbol: SourceSymbol) => void): Directive => ({
  run(unit, cursor) {
    do change(unit.symbol(cursor.name('a symbol').text));
    while (cursor.accept(','));
    cursor.finish();
  },
});

const bind = (binding: 'local' | 'global' | 'weak') =>
  each((symbol) => {
    // What is weak stays so, whichever comes first.
    if (symbol.binding !== 'weak' || binding === 'weak') symbol.binding = binding;
  });

const set = (once: boolean): Directive => ({
  run(unit, cursor) {
    const name = cursor.name('a symbol');
    cursor.expect(',', 'between the symbol and its value');
    const value = parseExpression(cursor, unit);
    cursor.finish();
    unit.assign(name.text, value, name.start, name.end, once);
  },
});

const types: Readonly<Record<string, number>> = {
  notype: 0,
  object: 1,
  function: 2,
  common: 1,
  tls_object: 6,
  gnu_indirect_function: 10,
  stt_notype: 0,
  stt_object: 1,
  stt_func: 2,
  stt_tls: 6,
};

const type: Directive = {
  run(unit, cursor) {
    const symbol = unit.symbol(cursor.name('a symbol').text);
    cursor.accept(',');
    if (cursor.is('@') || cursor.is('%')) cursor.next();
    const token = cursor.token.type === 'string' ? cursor.next() : cursor.name('a type such as @function or @object');
    const wanted = token.text.replaceAll('"', '').toLowerCase();
    if (!Object.hasOwn(types, wanted))
      throw new Mistake('expected @function, @object, @tls_object or @notype', token.start, token.end);
    symbol.type = types[wanted]!;
    cursor.finish();
  },
};

const size: Directive = {
  run(unit, cursor) {
    const symbol = unit.symbol(cursor.name('a symbol').text);
    cursor.expect(',', 'before the size');
    symbol.size = parseExpression(cursor, unit);
    cursor.finish();
  },
};

const visible = (visibility: number) =>
  each((symbol) => {
    symbol.visibility = (symbol.visibility & ~3) | visibility;
  });

/** The function has a calling convention of its own, such as one that passes vectors (psABI, "Symbol Table"). */
const STO_RISCV_VARIANT_CC = 0x80;
const variant = each((symbol) => {
  symbol.visibility |= STO_RISCV_VARIANT_CC;
});

export const symbols: Directives = {
  '.globl': bind('global'),
  '.global': bind('global'),
  '.local': bind('local'),
  '.weak': bind('weak'),
  '.hidden': visible(2),
  '.internal': visible(1),
  '.protected': visible(3),
  '.variant_cc': variant,
  '.set': set(false),
  '.equ': set(false),
  '.equiv': set(true),
  '.eqv': set(true),
  '.type': type,
  '.size': size,
};
