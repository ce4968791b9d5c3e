/** `.cfi_*`: how the caller's registers are found from each place of a function (GNU as manual, "CFI directives"). */
import { registerNamed } from '../../isa/registers.js';
import { Bytes } from '../bytes.js';
import { CFA, DATA_ALIGN, type FrameFunction, isPointerEncoding } from '../call-frame.js';
import { parseExpression } from '../expression.js';
import type { Cursor } from '../lexer.js';
import type { Unit } from '../unit.js';
import { type Directive, type Directives, ignored } from './directive.js';

/** DWARF's numbers of f and v registers start here (psABI, "DWARF Register Numbers"). */
const bases = { x: 0, f: 32, v: 96 } as const;

function register(unit: Unit, cursor: Cursor): number {
  const named = cursor.token.type === 'name' ? registerNamed(cursor.token.text) : undefined;
  if (!named) return Number(unit.known(cursor, 'a register'));
  cursor.next();
  return bases[named.class] + named.number;
}

function comma(cursor: Cursor): void {
  cursor.expect(',', 'between the operands');
}

/** A directive within a function. */
const inside = (run: (unit: Unit, f: FrameFunction, cursor: Cursor) => Bytes | undefined): Directive => ({
  run(unit, cursor, name) {
    const f = unit.frame;
    if (!f) return unit.mistake(`${name} without .cfi_startproc`);
    const bytes = run(unit, f, cursor);
    cursor.finish();
    if (bytes) f.steps.push({ at: { chunk: unit.chunk, offset: unit.chunk.length }, bytes: [...bytes.done()] });
  },
});

function saved(unit: Unit, number: number, offset: bigint): Bytes {
  if (offset % BigInt(DATA_ALIGN))
    unit.mistake(`a register is saved at a multiple of ${-DATA_ALIGN} bytes, not at ${offset}`);
  const factored = offset / BigInt(DATA_ALIGN);
  if (factored < 0n) return new Bytes().u8(CFA.offsetExtendedSf).uleb(number).sleb(factored);
  if (number < 64) return new Bytes().u8(CFA.offset | number).uleb(factored);
  return new Bytes().u8(CFA.offsetExtended).uleb(number).uleb(factored);
}

const frameOffset = (f: FrameFunction, offset: bigint): Bytes => {
  f.offset = offset;
  return offset < 0n
    ? new Bytes().u8(CFA.defCfaOffsetSf).sleb(offset / BigInt(DATA_ALIGN))
    : new Bytes().u8(CFA.defCfaOffset).uleb(offset);
};

/** On each of a list of registers. */
const registers = (make: (number: number) => Bytes) =>
  inside((unit, _f, cursor) => {
    const out = new Bytes();
    do out.append(make(register(unit, cursor)).done());
    while (cursor.accept(','));
    return out;
  });

/** `encoding [, symbol]`: the pointer that unwinding follows. */
const pointer = (set: (f: FrameFunction, pointer: FrameFunction['personality']) => void) =>
  inside((unit, f, cursor) => {
    const { start, end } = cursor.token;
    const encoding = Number(unit.known(cursor, 'an encoding'));
    if (!isPointerEncoding(encoding)) unit.report('error', `${encoding} is no encoding of a pointer`, start, end);
    if (encoding === 0xff) {
      set(f, undefined);
      return undefined;
    }
    comma(cursor);
    set(f, { encoding, expression: parseExpression(cursor, unit), statement: unit.statement });
    return undefined;
  });

const started: Directive = {
  run(unit, cursor) {
    const simple = cursor.token.text === 'simple' && cursor.next() !== undefined;
    cursor.finish();
    if (unit.frame) unit.mistake('the function before has no .cfi_endproc');
    unit.startFrame(simple);
  },
};

const ended: Directive = {
  run(unit, cursor) {
    cursor.finish();
    const f = unit.frame;
    if (!f) return unit.mistake('.cfi_endproc without .cfi_startproc');
    if (f.start.chunk.section !== unit.section) unit.mistake('the function started in another section');
    f.end = { chunk: unit.chunk, offset: unit.chunk.length };
    unit.frame = undefined;
  },
};

const sections: Directive = {
  run(unit, cursor) {
    const names = cursor
      .rest()
      .split(',')
      .map((name) => name.trim());
    for (const name of names)
      if (!/^\.(eh_frame|debug_frame|eh_frame_entry|sframe)$/.test(name))
        unit.mistake('expected .eh_frame or .debug_frame');
    unit.frameKinds = (['eh', 'debug'] as const).filter((kind) => names.includes(`.${kind}_frame`));
  },
};

export const frames: Directives = {
  '.cfi_startproc': started,
  '.cfi_endproc': ended,
  '.cfi_sections': sections,
  '.cfi_def_cfa': inside((unit, f, cursor) => {
    const number = register(unit, cursor);
    comma(cursor);
    f.offset = unit.known(cursor, 'an offset');
    return f.offset < 0n
      ? new Bytes()
          .u8(CFA.defCfaSf)
          .uleb(number)
          .sleb(f.offset / BigInt(DATA_ALIGN))
      : new Bytes().u8(CFA.defCfa).uleb(number).uleb(f.offset);
  }),
  '.cfi_def_cfa_register': inside((unit, _f, cursor) =>
    new Bytes().u8(CFA.defCfaRegister).uleb(register(unit, cursor)),
  ),
  '.cfi_def_cfa_offset': inside((unit, f, cursor) => frameOffset(f, unit.known(cursor, 'an offset'))),
  '.cfi_adjust_cfa_offset': inside((unit, f, cursor) => frameOffset(f, f.offset + unit.known(cursor, 'a distance'))),
  '.cfi_offset': inside((unit, _f, cursor) => {
    const number = register(unit, cursor);
    comma(cursor);
    return saved(unit, number, unit.known(cursor, 'an offset'));
  }),
  '.cfi_rel_offset': inside((unit, f, cursor) => {
    const number = register(unit, cursor);
    comma(cursor);
    return saved(unit, number, unit.known(cursor, 'an offset') - f.offset);
  }),
  '.cfi_val_offset': inside((unit, _f, cursor) => {
    const number = register(unit, cursor);
    comma(cursor);
    const factored = unit.known(cursor, 'an offset') / BigInt(DATA_ALIGN);
    return factored < 0n
      ? new Bytes().u8(CFA.valOffsetSf).uleb(number).sleb(factored)
      : new Bytes().u8(CFA.valOffset).uleb(number).uleb(factored);
  }),
  '.cfi_register': inside((unit, _f, cursor) => {
    const number = register(unit, cursor);
    comma(cursor);
    return new Bytes().u8(CFA.register).uleb(number).uleb(register(unit, cursor));
  }),
  '.cfi_restore': registers((n) =>
    n < 64 ? new Bytes().u8(CFA.restore | n) : new Bytes().u8(CFA.restoreExtended).uleb(n),
  ),
  '.cfi_undefined': registers((n) => new Bytes().u8(CFA.undefined).uleb(n)),
  '.cfi_same_value': registers((n) => new Bytes().u8(CFA.sameValue).uleb(n)),
  '.cfi_remember_state': inside((_unit, f) => {
    f.remembered.push(f.offset);
    return new Bytes().u8(CFA.rememberState);
  }),
  '.cfi_restore_state': inside((unit, f) => {
    const offset = f.remembered.pop();
    if (offset === undefined) return unit.mistake('.cfi_restore_state without .cfi_remember_state');
    f.offset = offset;
    return new Bytes().u8(CFA.restoreState);
  }),
  '.cfi_return_column': inside((unit, f, cursor) => {
    f.returnColumn = register(unit, cursor);
    return undefined;
  }),
  '.cfi_signal_frame': inside((_unit, f) => {
    f.signal = true;
    return undefined;
  }),
  '.cfi_escape': inside((unit, _f, cursor) => {
    const out = new Bytes();
    do out.u8(Number(BigInt.asUintN(8, unit.known(cursor, 'a byte'))));
    while (cursor.accept(','));
    return out;
  }),
  '.cfi_personality': pointer((f, to) => {
    f.personality = to;
  }),
  '.cfi_lsda': pointer((f, to) => {
    f.languageData = to;
  }),
  // A name for a place in the table, and what other machines have.
  ...Object.fromEntries(
    ['label', 'b_key_frame', 'window_save', 'inline_lsda', 'val_encoded_addr', 'fde_data', 'personality_id'].map(
      (name) => [`.cfi_${name}`, ignored],
    ),
  ),
};
