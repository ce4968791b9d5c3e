/** Conversions on whole lanes against soft-float: a case in one lane, ones beside it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { laneFloat } from '../../../emulator/engine/vector/float-lanes.js';
import { Narrow } from '../../../emulator/engine/vector/lane-values.js';
import { MODE_SHIFT, type OperationName, operationNumber, perform } from '../../../emulator/float/operations.js';
import { NX, Rounding } from '../../../emulator/float/rounding.js';
import { Module } from '../../../emulator/wasm/module.js';
import { BYTES, elementOf } from '../../../emulator/wasm/opcodes.js';
import { get, i32, load, NoSuchOperation, type Val } from '../../../emulator/wasm/value.js';
import type { Element, Float } from '../../../isa/vocabulary.js';
import { casesOf, describe } from '../float/cases.js';
import { readNumber, writeNumber } from './numbers.js';

const COUNT = Number(process.env.HARTHOP_FLOAT_CASES ?? 20_000);
const SEED = Number(process.env.HARTHOP_FLOAT_SEED ?? 5);

/** Memory: the operand, the result, and what is not zero when any lane was rounded. */
const [RESULT, ROUNDED] = [16, 32];

interface Conversion {
  readonly name: string;
  /** What soft-float calls it. */
  readonly operation: OperationName;
  readonly mode: Rounding;
  readonly from: Element;
  /** Bits of a result. */
  readonly bits: number;
  /** Of an integer that is narrower than soft-float's. */
  readonly signed?: boolean;
  readonly convert: (float: Float, value: Val) => Val;
}

const [nearest, truncated] = [Rounding.nearestEven, Rounding.towardsZero];
const bitsOf = (element: Element) => 8 * BYTES[element];

const toIntegers = (['f16', 'f32', 'f64'] as const).flatMap((from) =>
  (['i8', 'i16', 'i32', 'i64'] as const).flatMap((to) =>
    [true, false].flatMap((signed) =>
      [undefined, 'rtz' as const].map((fixed): Conversion => {
        const operation: OperationName = `${from} to ${to} ${signed ? 's' : 'u'}`;
        return {
          name: fixed ? `${operation}, towards zero` : operation,
          operation,
          mode: fixed ? truncated : nearest,
          from,
          bits: bitsOf(to),
          convert: (float, value) => float.toInteger(value, to, signed, fixed) as Val,
        };
      }),
    ),
  ),
);
const fromIntegers = (['i8', 'i16', 'i32', 'i64'] as const).flatMap((from) =>
  (['f16', 'f32', 'f64'] as const).flatMap((to) =>
    [true, false].map(
      (signed): Conversion => ({
        name: `${from} ${signed ? 's' : 'u'} to ${to}`,
        operation: `i64 ${signed ? 's' : 'u'} to ${to}`,
        mode: nearest,
        from,
        bits: bitsOf(to),
        signed,
        convert: (float, value) => float.fromInteger(value, signed, to) as Val,
      }),
    ),
  ),
);
const resized = (
  [
    ['f16', 'f32'],
    ['f32', 'f16'],
    ['f32', 'f64'],
    ['f64', 'f32'],
    ['bf16', 'f32'],
    ['f32', 'bf16'],
  ] as const
).flatMap(([from, to]) =>
  [undefined, 'rod' as const].map(
    (fixed): Conversion => ({
      name: `${from} to ${to}${fixed ? ', to odd' : ''}`,
      operation: `${from} to ${to}` as OperationName,
      mode: fixed ? Rounding.odd : nearest,
      from,
      bits: bitsOf(to),
      convert: (float, value) => float.convert(value, to, fixed) as Val,
    }),
  ),
);
const classes = (['f16', 'f32', 'f64'] as const).map(
  (from): Conversion => ({
    name: `classify ${from}`,
    operation: `classify ${from}`,
    mode: nearest,
    from,
    bits: bitsOf(from),
    convert: (float, value) => float.classify(value) as Val,
  }),
);

/** (): 1 when the lanes are out of bounds; and bytes from one result to the next. Undefined: there are no such lanes. */
function lanes({ from, convert }: Conversion) {
  const m = new Module();
  let apart = 0;
  try {
    const compute = m.function('compute', [], ['i32'], (c) => {
      const inexact = c.local('i8*');
      c.block((bail) => {
        const float = laneFloat(c, { bail, inexact, fused: false });
        const { shape, emit } = load(`${from}*`, i32(0));
        const result = convert(float, new Narrow(shape, emit));
        apart = BYTES[elementOf(result.shape)];
        c.store(result.shape, i32(0), result, RESULT);
        c.store('i8*', i32(0), get(inexact, 'i8*'), ROUNDED);
        c.return(i32(0));
      });
      i32(1).emit(c);
    });
    m.export('compute', compute);
  } catch (e) {
    if (e instanceof NoSuchOperation) return undefined;
    throw e;
  }
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.encode()), { env: { memory } });
  return { compute: exports.compute as () => number, view: new DataView(memory.buffer), apart };
}

const ONE: Partial<Record<Element, bigint>> = { f16: 0x3c00n, bf16: 0x3f80n, f32: 0x3f80_0000n, f64: 0x3ffn << 52n };

let known = 0;
for (const conversion of [...toIntegers, ...fromIntegers, ...resized, ...classes]) {
  const made = lanes(conversion);
  if (!made) continue;
  known++;
  const { name, operation, mode, from, bits, signed } = conversion;
  const bytes = BYTES[from];
  test(`${name} on lanes agrees with soft-float`, () => {
    const { compute, view, apart } = made;
    let served = 0;
    const cases = [...casesOf(operation, COUNT, SEED)];
    cases.forEach((each, n) => {
      for (let at = 0; at < 16; at += bytes) writeNumber(view, at, bytes, ONE[from] ?? 1n);
      const lane = n % (16 / Math.max(bytes, apart));
      const given = BigInt.asUintN(8 * bytes, each.operands[0]);
      writeNumber(view, lane * bytes, bytes, given);
      if (compute()) return;
      served++;
      const operand = BigInt.asUintN(64, signed ? BigInt.asIntN(8 * bytes, given) : given);
      const expected = perform(operationNumber(operation) | (mode << MODE_SHIFT), operand, 0n, 0n);
      const result = BigInt.asUintN(bits, readNumber(view, RESULT + lane * apart, apart));
      const rounded = view.getBigUint64(ROUNDED, true) !== 0n || view.getBigUint64(ROUNDED + 8, true) !== 0n;
      const right = result === BigInt.asUintN(bits, expected.bits) && expected.flags === (rounded ? NX : 0);
      assert.ok(
        right,
        `${describe(each)} from ${given.toString(16)}: ${result.toString(16)}, rounded ${rounded}; soft-float ${expected.bits.toString(16)}, flags ${expected.flags}`,
      );
    });
    assert.ok(served > cases.length / 50, `${served} of ${cases.length} were served`);
  });
}

test('conversions that vector rows ask for have lanes', () => assert.ok(known >= 80, `only ${known}`));
