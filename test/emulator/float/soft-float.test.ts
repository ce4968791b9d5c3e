import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  MODE_SHIFT,
  type OperationName,
  operationNames,
  operationNumber,
  perform,
} from '../../../emulator/float/operations.js';
import { Rounding } from '../../../emulator/float/rounding.js';
import { needs } from '../../tools.js';
import { type Case, casesOf, describe } from './cases.js';
import { hasInstruction, runInQemu, tools } from './qemu.js';

/** Cases of each operation; `HARTHOP_FLOAT_CASES` asks for more. */
const COUNT = Number(process.env.HARTHOP_FLOAT_CASES ?? 20_000);
const SEED = Number(process.env.HARTHOP_FLOAT_SEED ?? 1);

/** Integers as QEMU's instructions leave them: sign-extended from their width. */
function asRegister(name: OperationName, bits: bigint): bigint {
  const width = /to i(\d+)/.exec(name)?.[1];
  return width ? BigInt.asUintN(64, BigInt.asIntN(Number(width), bits)) : bits;
}

function compare(cases: readonly Case[]) {
  const expected = runInQemu(cases);
  cases.forEach((each, n) => {
    const { bits, flags } = perform(operationNumber(each.operation) | (each.mode << MODE_SHIFT), ...each.operands);
    const { bits: theirs, flags: theirFlags } = expected[n]!;
    if (asRegister(each.operation, bits) !== theirs || flags !== theirFlags) {
      assert.fail(
        `${describe(each)}: 0x${bits.toString(16)} with flags ${flags}, in QEMU 0x${theirs.toString(16)} with flags ${theirFlags}`,
      );
    }
  });
}

for (const operation of operationNames.filter((name) => hasInstruction(name))) {
  test(`soft-float agrees with QEMU: ${operation}`, needs(...tools), () =>
    compare([...casesOf(operation, COUNT, SEED)]),
  );
}

test('soft-float agrees with QEMU: rounding to odd', needs(...tools), () =>
  compare(
    (['f64 to f32', 'f32 to f16'] as const).flatMap((operation) =>
      [...casesOf(operation, COUNT, SEED)].map((each) => ({ ...each, mode: Rounding.odd })),
    ),
  ),
);
