import assert from 'node:assert/strict';
import { test } from 'node:test';
import { floats } from '../../../emulator/engine/float.js';
import type { Place } from '../../../emulator/engine/scalar.js';
import { softFloat } from '../../../emulator/engine/soft-float.js';
import {
  MODE_SHIFT,
  type OperationName,
  operationNames,
  operationNumber,
  perform,
} from '../../../emulator/float/operations.js';
import { NX, Rounding } from '../../../emulator/float/rounding.js';
import { hart as at, hartBlock } from '../../../emulator/layout.js';
import { Module } from '../../../emulator/wasm/module.js';
import { get, type Val } from '../../../emulator/wasm/value.js';
import type { Float } from '../../../isa/vocabulary.js';
import { type Case, casesOf, describe } from './cases.js';

const COUNT = Number(process.env.HARTHOP_FLOAT_CASES ?? 20_000);
const SEED = Number(process.env.HARTHOP_FLOAT_SEED ?? 2);
const BLOCK = hartBlock(0);

const asFloat = (bits: Val, f: string) => (f === 'f64' ? bits.as('f64') : bits.to('i32', false).as('f32'));
const asBits = (value: Val) =>
  value.shape === 'f64'
    ? value.as('i64')
    : value.shape === 'f32'
      ? value.as('i32').to('i64', false)
      : value.to('i64', false);

const ARITY: Record<string, number> = { sqrt: 1, classify: 1, fma: 3 };

/** The vocabulary's expression for an operation on three i64 parameters. */
function expression(float: Float, name: OperationName): Val {
  const [first, second, third, fourth] = name.split(' ') as [string, string, string?, string?];
  const raw = [get(2, 'i64'), get(3, 'i64'), get(4, 'i64')] as const;
  if (second !== 'to' && third !== 'to') {
    const operands = raw.map((x) => asFloat(x, second));
    return (float[first as 'add'] as (...o: Val[]) => Val)(...operands.slice(0, ARITY[first] ?? 2));
  }
  if (first === 'i64') return float.fromInteger(raw[0], second === 's', fourth as 'f32') as Val;
  if (third!.startsWith('f')) return float.convert(asFloat(raw[0], first), third as 'f32') as Val;
  return (float.toInteger(asFloat(raw[0], first), third as 'i32', fourth === 's') as Val).to('i64', fourth === 's');
}

/** One exported function per operation: (hart block, mode, a, b, c) → bits. */
type Functions = Record<string, (hart: number, mode: number, a: bigint, b: bigint, c: bigint) => bigint>;

const memory = new WebAssembly.Memory({ initial: 4 });
const view = new DataView(memory.buffer);
// From one format to itself is no instruction; estimates have no rows yet.
const names = operationNames.filter((name) => !/^(f32|f64) to \1$|^r\w+7 /.test(name));
/** Calls of the host. */
let slow = 0;

async function build(): Promise<Functions> {
  const m = new Module();
  const floatAt = floats(m, m.import('float', ['i32', 'i32', 'i64', 'i64', 'i64'], ['i64']));
  const place = { hart: get(0, 'i32'), rounding: get(1, 'i32') } as Place;
  for (const name of names) {
    const index = m.function(name, ['i32', 'i32', 'i64', 'i64', 'i64'], ['i64'], (c) =>
      asBits(expression(floatAt({ ...place, c }), name)).emit(c),
    );
    m.export(name, index);
  }
  const float = (...args: [number, number, bigint, bigint, bigint]) => {
    slow++;
    return softFloat(view, ...args);
  };
  const { instance } = await WebAssembly.instantiate(m.encode(), { env: { memory, float } });
  return instance.exports as unknown as Functions;
}
const functions = await build();

function check(each: Case, flagsBefore: number) {
  const { bits, flags } = perform(operationNumber(each.operation) | (each.mode << MODE_SHIFT), ...each.operands);
  view.setUint32(BLOCK + at.fflags, flagsBefore, true);
  view.setUint32(BLOCK + at.fs, 1, true);
  const got = BigInt.asUintN(64, functions[each.operation]!(BLOCK, each.mode, ...each.operands));
  const gotFlags = view.getUint32(BLOCK + at.fflags, true);
  const dirty = view.getUint32(BLOCK + at.fs, true) === 3;
  const right = got === bits && gotFlags === (flags | flagsBefore) && (dirty || (flags & ~flagsBefore) === 0);
  if (!right) {
    assert.fail(
      `${describe(each)} on top of flags ${flagsBefore}: 0x${got.toString(16)}, flags ${gotFlags}${dirty ? ', dirty' : ''}; ` +
        `soft-float says 0x${bits.toString(16)}, flags ${flags}`,
    );
  }
}

for (const name of names) {
  test(`${name} agrees with soft-float, bits and flags`, () => {
    for (const each of casesOf(name, COUNT, SEED)) {
      check(each, 0);
      check({ ...each, mode: Rounding.nearestEven }, 0);
      check({ ...each, mode: Rounding.nearestEven }, NX);
    }
  });
}

test('ordinary numbers never leave WebAssembly', () => {
  for (const name of names.filter((n) => !n.startsWith('classify'))) {
    slow = 0;
    const single = /^\S+ f32$|^f32 to/.test(name);
    const of = (x: number) => {
      if (single) view.setFloat32(0, x, true);
      else view.setFloat64(0, x, true);
      return single ? BigInt(view.getUint32(0, true)) : view.getBigUint64(0, true);
    };
    // C converts to integers towards zero, its library in every other mode.
    const modes = / to i/.test(name) ? [0, 1, 2, 3, 4] : [Rounding.nearestEven];
    for (const mode of modes) {
      for (let n = 1; n < 200; n++) {
        const integer = name.startsWith('i64');
        const operands = integer ? ([BigInt(n), 0n, 0n] as const) : ([of(n / 2), of(n * 1.1), of(-n / 7)] as const);
        check({ operation: name, mode, operands }, 0);
      }
    }
    assert.equal(slow, 0, name);
  }
});
