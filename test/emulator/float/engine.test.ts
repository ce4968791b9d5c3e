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
import { convert } from '../../../emulator/float/conversion.js';
import { f64 } from '../../../emulator/float/format.js';
import { NX, Rounding } from '../../../emulator/float/rounding.js';
import { hart as at, hartBlock } from '../../../emulator/layout.js';
import { Module } from '../../../emulator/wasm/module.js';
import { get, type Val } from '../../../emulator/wasm/value.js';
import type { Element, Float } from '../../../isa/vocabulary.js';
import { needsFused } from '../fused.js';
import { type Case, casesOf, describe, operandFormat } from './cases.js';

const COUNT = Number(process.env.HARTHOP_FLOAT_CASES ?? 20_000);
const SEED = Number(process.env.HARTHOP_FLOAT_SEED ?? 2);
const BLOCK = hartBlock(0);

/** The integer of a format's width. */
const integerOf: Record<string, Element> = { f16: 'i16', bf16: 'i16', f32: 'i32', f64: 'i64' };
const asFloat = (bits: Val, f: string) => bits.to(integerOf[f]!, false).as(f as Element);
const asBits = (value: Val) => value.as(integerOf[value.shape] ?? value.shape).to('i64', false);

const ARITY: Record<string, number> = { sqrt: 1, classify: 1, recip7: 1, rsqrt7: 1, fma: 3 };

/** The vocabulary's expression for an operation on three i64 parameters. */
function expression(float: Float, name: OperationName): Val {
  const [first, second, third, fourth] = name.split(' ') as [string, string, string?, string?];
  const raw = [get(2, 'i64'), get(3, 'i64'), get(4, 'i64')] as const;
  if (second === 'modulo') return (float.toIntegerModular(asFloat(raw[0], first)) as Val).to('i64', true);
  if (first.startsWith('round'))
    return float.round(asFloat(raw[0], second), first === 'round' ? 'untold' : 'told') as Val;
  if (second !== 'to' && third !== 'to') {
    const operands = raw.map((x) => asFloat(x, second));
    return (float[first as 'add'] as (...o: Val[]) => Val)(...operands.slice(0, ARITY[first] ?? 2));
  }
  if (first === 'i64') return float.fromInteger(raw[0], second === 's', fourth as 'f32') as Val;
  if (/^b?f/.test(third!)) return float.convert(asFloat(raw[0], first), third as 'f32') as Val;
  return (float.toInteger(asFloat(raw[0], first), third as 'i32', fourth === 's') as Val).to('i64', fourth === 's');
}

/** One exported function per operation: (hart block, mode, a, b, c) → bits. */
type Functions = Record<string, (hart: number, mode: number, a: bigint, b: bigint, c: bigint) => bigint>;

const memory = new WebAssembly.Memory({ initial: 4 });
const view = new DataView(memory.buffer);
/** Calls of the host. */
let slow = 0;

async function build(fused: boolean): Promise<Functions> {
  const m = new Module();
  const floatAt = floats(m, m.import('float', ['i32', 'i32', 'i64', 'i64', 'i64'], ['i64']), fused);
  const place = { hart: get(0, 'i32'), rounding: get(1, 'i32') } as Place;
  for (const name of operationNames) {
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
const functions = await build(false);
const fusing = needsFused.skip ? undefined : await build(true);

function check(each: Case, flagsBefore: number, { [each.operation]: compute } = functions) {
  const { bits, flags } = perform(operationNumber(each.operation) | (each.mode << MODE_SHIFT), ...each.operands);
  view.setUint32(BLOCK + at.fflags, flagsBefore, true);
  view.setUint32(BLOCK + at.fs, 1, true);
  const got = BigInt.asUintN(64, compute!(BLOCK, each.mode, ...each.operands));
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

for (const name of operationNames) {
  test(`${name} agrees with soft-float, bits and flags`, () => {
    for (const each of casesOf(name, COUNT, SEED)) {
      check(each, 0);
      check({ ...each, mode: Rounding.nearestEven }, 0);
      check({ ...each, mode: Rounding.nearestEven }, NX);
    }
  });
}

for (const name of operationNames.filter((each) => each.startsWith('fma ')))
  test(`${name} agrees with soft-float where the platform has it`, needsFused, () => {
    for (const each of casesOf(name, COUNT, SEED))
      for (const mode of [each.mode, Rounding.nearestEven])
        for (const before of [0, NX]) check({ ...each, mode }, before, fusing);
  });

test('ordinary numbers never leave WebAssembly', () => {
  for (const name of operationNames.filter((n) => !/^(classify|r\w+7) /.test(n))) {
    slow = 0;
    const f = operandFormat(name);
    const of = (x: number) => {
      view.setFloat64(0, x, true);
      return f ? convert(f64, f, Rounding.nearestEven, view.getBigUint64(0, true)).bits : BigInt(x);
    };
    // C converts to integers towards zero, its library in every other mode; numbers of 16 bits are rounded by us.
    const modes = / to i|^round|f16/.test(name) ? [0, 1, 2, 3, 4] : [Rounding.nearestEven];
    for (const mode of modes) {
      for (let n = 1; n < 200; n++) {
        const operands = f ? ([of(n / 2), of(n * 1.1), of(-n / 7)] as const) : ([of(n), 0n, 0n] as const);
        check({ operation: name, mode, operands }, 0);
      }
    }
    assert.equal(slow, 0, name);
  }
});
