/** Floating point on whole lanes against soft-float: a case in one lane, another beside it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { laneFloat } from '../../../emulator/engine/vector/float-lanes.js';
import { type OperationName, operationNumber, perform } from '../../../emulator/float/operations.js';
import { NX } from '../../../emulator/float/rounding.js';
import { BYTES } from '../../../emulator/wasm/opcodes.js';
import { Module } from '../../../emulator/wasm/module.js';
import { get, i32, load, type Val } from '../../../emulator/wasm/value.js';
import { casesOf, describe } from '../float/cases.js';
import { needsFused } from '../fused.js';
import { readNumber, writeNumber } from './numbers.js';

const COUNT = Number(process.env.HARTHOP_FLOAT_CASES ?? 20_000);
const SEED = Number(process.env.HARTHOP_FLOAT_SEED ?? 3);

/** Memory: three operands, the result, and what is not zero when any lane was rounded. */
const [RESULT, ROUNDED] = [48, 64];

/** (): 1 when the lanes are out of bounds. */
function lanes(name: OperationName, how: { fused: boolean; noted: boolean }) {
  const [operation, format] = name.split(' ') as ['add' | 'mul' | 'div' | 'sqrt' | 'fma', 'f16' | 'f32' | 'f64'];
  const shape = `${format}*` as const;
  const m = new Module();
  const compute = m.function('compute', [], ['i32'], (c) => {
    const inexact = c.local('i8*');
    c.block((bail) => {
      const float = laneFloat(c, { bail, inexact: how.noted ? inexact : undefined, fused: how.fused });
      const operands = [0, 16, 32]
        .map((at) => load(shape, i32(0), at))
        .slice(0, { fma: 3, sqrt: 1 }[operation as string] ?? 2);
      const result = (float[operation] as (...o: Val[]) => Val)(...operands);
      c.store(shape, i32(0), result, RESULT);
      c.store('i8*', i32(0), get(inexact, 'i8*'), ROUNDED);
      c.return(i32(0));
    });
    i32(1).emit(c);
  });
  m.export('compute', compute);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.encode()), { env: { memory } });
  return {
    compute: exports.compute as () => number,
    view: new DataView(memory.buffer),
    bytes: BYTES[format],
  };
}

const names = (['add', 'mul', 'div', 'sqrt', 'fma'] as const).flatMap(
  (operation) => [`${operation} f64`, `${operation} f32`, `${operation} f16`] as const,
);

for (const fused of [false, true])
  for (const noted of [true, false])
    for (const name of names)
      test(
        `${name} on lanes agrees with soft-float${fused ? ', by the platform' : ''}${noted ? '' : ', NX raised before'}`,
        fused ? needsFused : {},
        () => {
          const { compute, view, bytes } = lanes(name, { fused, noted });
          const write = (at: number, value: bigint) => writeNumber(view, at, bytes, value);
          const read = (at: number) => readNumber(view, at, bytes);
          const one = { 2: 0x3c00n, 4: 0x3f800000n, 8: 0x3ff0000000000000n }[bytes]!;
          let served = 0;
          let exact = 0;
          const cases = [...casesOf(name, COUNT, SEED)];
          cases.forEach((each, n) => {
            // Beside it ones, which no operation leaves the bounds with.
            for (let at = 0; at < 48; at += bytes) write(at, one);
            const lane = (n * bytes) % 16;
            each.operands.forEach((operand, k) => write(16 * k + lane, operand));
            if (compute()) return;
            served++;
            const { bits, flags } = perform(operationNumber(name), ...each.operands);
            const rounded = view.getBigUint64(ROUNDED, true) !== 0n || view.getBigUint64(ROUNDED + 8, true) !== 0n;
            if (!rounded) exact++;
            const right = read(RESULT + lane) === bits && (flags & ~NX) === 0 && (!noted || rounded === (flags === NX));
            assert.ok(
              right,
              `${describe(each)}: ${read(RESULT + lane).toString(16)}, rounded ${rounded}; soft-float ${bits.toString(16)}, flags ${flags}`,
            );
          });
          assert.ok(served > cases.length / 10, `${served} of ${cases.length} were served`);
          if (noted) assert.ok(exact > 0 && exact < served, `${exact} of ${served} were exact`);
        },
      );
