/** The builder's operations against plain JavaScript arithmetic on bigints, scalars and lanes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Element } from '../../../isa/vocabulary.js';
import { sboxes, sboxNames } from '../../../isa/sbox.js';
import { carryless } from '../../../emulator/engine/products.js';
import { TABLES } from '../../../emulator/layout.js';
import { Module } from '../../../emulator/wasm/module.js';
import { bitsOf, BYTES } from '../../../emulator/wasm/opcodes.js';
import { call, get, i32, load, NoSuchOperation, type Val } from '../../../emulator/wasm/value.js';

type Binary = (a: Val, b: Val) => Val;

/** What an operation means: on the operands as unsigned (u) and signed (s) numbers of `bits` bits. */
const meaning: Record<string, (u: [bigint, bigint], s: [bigint, bigint], bits: bigint) => bigint> = {
  add: ([a, b]) => a + b,
  sub: ([a, b]) => a - b,
  mul: ([a, b]) => a * b,
  and: ([a, b]) => a & b,
  or: ([a, b]) => a | b,
  xor: ([a, b]) => a ^ b,
  shl: ([a, b], _, bits) => a << (b % bits),
  shrS: ([, b], [a], bits) => a >> (b % bits),
  shrU: ([a, b], _, bits) => a >> (b % bits),
  rotl: ([a, b], _, bits) => (a << (b % bits)) | (a >> (bits - (b % bits))),
  rotr: ([a, b], _, bits) => (a >> (b % bits)) | (a << (bits - (b % bits))),
  divU: ([a, b]) => a / (b || 1n),
  remU: ([a, b]) => a % (b || 1n),
  divS: (_, [a, b], bits) => (b === 0n ? a : b === -1n && a === -(1n << (bits - 1n)) ? 0n : a / b),
  remS: (_, [a, b]) => (b === 0n ? 0n : a % b),
  minS: (_, [a, b]) => (a < b ? a : b),
  maxS: (_, [a, b]) => (a > b ? a : b),
  minU: ([a, b]) => (a < b ? a : b),
  maxU: ([a, b]) => (a > b ? a : b),
};
const comparisons: Record<string, (u: [bigint, bigint], s: [bigint, bigint]) => boolean> = {
  eq: ([a, b]) => a === b,
  ne: ([a, b]) => a !== b,
  ltS: (_, [a, b]) => a < b,
  ltU: ([a, b]) => a < b,
  leS: (_, [a, b]) => a <= b,
  leU: ([a, b]) => a <= b,
  gtS: (_, [a, b]) => a > b,
  gtU: ([a, b]) => a > b,
  geS: (_, [a, b]) => a >= b,
  geU: ([a, b]) => a >= b,
};
const unary: Record<string, (u: bigint, s: bigint, bits: number) => bigint> = {
  clz: (u, _, bits) => BigInt(bits - (u === 0n ? 0 : u.toString(2).length)),
  ctz: (u, _, bits) => BigInt(u === 0n ? bits : u.toString(2).length - u.toString(2).lastIndexOf('1') - 1),
  popcount: (u) => BigInt(u.toString(2).replaceAll('0', '').length),
  neg: (_, s) => -s,
  not: (u) => ~u,
};

const INTEGERS: Element[] = ['i8', 'i16', 'i32', 'i64'];

/** A generator of operands: boundaries and random numbers, the same in every run. */
function operandsOf(bits: number): bigint[] {
  const edge = [0n, 1n, 2n, -1n, -2n, 1n << BigInt(bits - 1), (1n << BigInt(bits - 1)) - 1n, 0x5an];
  let state = 1234567n;
  for (let k = 0; k < 8; k++) {
    state = (state * 6364136223846793005n + 1442695040888963407n) % (1n << 64n);
    edge.push(state >> 3n);
  }
  return edge.map((n) => BigInt.asUintN(bits, n));
}

/** A module whose function reads operands at 0 and 16 and writes the result at 32, run on each pair of operands. */
async function run(element: Element, lanes: boolean, build: Binary): Promise<(a: bigint[], b: bigint[]) => bigint[]> {
  const m = new Module();
  const shape = lanes ? (`${element}*` as const) : element;
  const f = m.function('f', [], [], (c) => {
    const value = build(load(shape, i32(0)), load(shape, i32(16)));
    c.store(lanes ? shape : value.shape === 'i64' ? 'i64' : element, i32(32), value);
  });
  m.export('f', f);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(m.encode(), { env: { memory } });
  const view = new DataView(memory.buffer);
  const bytes = BYTES[element];
  const write = (at: number, n: bigint) => {
    for (let k = 0; k < bytes; k++) view.setUint8(at + k, Number((n >> BigInt(8 * k)) & 0xffn));
  };
  const read = (at: number) => {
    let n = 0n;
    for (let k = bytes; k-- > 0; ) n = (n << 8n) | BigInt(view.getUint8(at + k));
    return n;
  };
  return (a, b) => {
    a.forEach((n, k) => write(k * bytes, n));
    b.forEach((n, k) => write(16 + k * bytes, n));
    (instance.exports.f as () => void)();
    return a.map((_, k) => read(32 + k * bytes));
  };
}

const signed = (n: bigint, bits: number) => BigInt.asIntN(bits, n);

for (const element of INTEGERS) {
  const bits = bitsOf(element);
  const values = operandsOf(bits);
  const pairs = values.flatMap((a) => values.map((b) => [a, b] as [bigint, bigint]));
  const check = async (name: string, lanes: boolean, build: Binary, expected: (a: bigint, b: bigint) => bigint) => {
    const width = lanes ? 16 / BYTES[element] : 1;
    const f = await run(element, lanes, build);
    for (let k = 0; k < pairs.length; k += width) {
      const some = Array.from({ length: width }, (_, n) => pairs[(k + n) % pairs.length]!);
      const got = f(
        some.map(([a]) => a),
        some.map(([, b]) => b),
      );
      some.forEach(([a, b], n) => {
        assert.equal(
          got[n],
          BigInt.asUintN(bits, expected(a, b)),
          `${name} ${lanes ? 'lane ' : ''}${element} ${a} ${b}`,
        );
      });
    }
  };

  test(`${element}: operations on scalars, and the same on lanes where they exist`, async () => {
    for (const [name, means] of Object.entries(meaning)) {
      const apply: Binary = (a, b) => {
        const operate = (x: Val, y: Val) => (x[name as 'add'] as (y: Val) => Val).call(x, y);
        // Divisions are never given the operands that the platform traps on.
        if (!name.startsWith('div') && !name.startsWith('rem')) return operate(a, b);
        const overflow = b.eq(-1).and(a.eq(1n << BigInt(bits - 1)));
        const zero = b.eq(0);
        if (name === 'divS') return overflow.choose(0, operate(overflow.choose(0, a), zero.choose(1, b)));
        if (name === 'remS') return operate(overflow.choose(0, a), zero.choose(1, b));
        return operate(a, zero.choose(1, b));
      };
      const expected = (a: bigint, b: bigint) => means([a, b], [signed(a, bits), signed(b, bits)], BigInt(bits));
      await check(name, false, apply, expected);
      let lanes = true;
      try {
        apply(load(`${element}*`, i32(0)), load(`${element}*`, i32(16)));
      } catch (e) {
        assert.ok(e instanceof NoSuchOperation, String(e));
        lanes = false;
      }
      if (lanes) await check(name, true, apply, expected);
    }
  });

  test(`${element}: shifts and rotations by a number, on scalars and on lanes`, async () => {
    for (const name of ['shl', 'shrS', 'shrU', 'rotl', 'rotr'] as const) {
      for (const by of [0, 1, bits / 2, bits - 1]) {
        const expected = (a: bigint) => meaning[name]!([a, BigInt(by)], [signed(a, bits), BigInt(by)], BigInt(bits));
        for (const lanes of [false, true]) await check(`${name} by ${by}`, lanes, (a) => a[name](by), expected);
      }
    }
  });

  test(`${element}: comparisons give 0 or 1, and on lanes all ones`, async () => {
    for (const [name, holds] of Object.entries(comparisons)) {
      const apply: Binary = (a, b) => (a[name as 'eq'] as (y: Val) => Val).call(a, b);
      const expected = (a: bigint, b: bigint) => holds([a, b], [signed(a, bits), signed(b, bits)]);
      const scalar: Binary = (a, b) => (element === 'i64' ? apply(a, b).to('i64', false) : apply(a, b));
      await check(name, false, scalar, (a, b) => (expected(a, b) ? 1n : 0n));
      try {
        apply(load(`${element}*`, i32(0)), load(`${element}*`, i32(16)));
      } catch {
        continue; // no unsigned comparison of 64-bit lanes
      }
      await check(name, true, apply, (a, b) => (expected(a, b) ? -1n : 0n));
      await check(
        `${name} choose`,
        true,
        (a, b) => apply(a, b).choose(a, b),
        (a, b) => (expected(a, b) ? a : b),
      );
    }
  });

  test(`${element}: counting, negation, complement and extension`, async () => {
    for (const [name, means] of Object.entries(unary)) {
      const apply: Binary = (a) => (a[name as 'neg'] as () => Val).call(a);
      await check(name, false, apply, (a) => means(a, signed(a, bits), bits));
    }
    for (const to of INTEGERS.filter((e) => bitsOf(e) > bits)) {
      for (const sign of [true, false]) {
        // Through an addition, so that the bits above the element's width are not zero by luck; back by a shift of the top half.
        const widened: Binary = (a, b) => {
          const sum = a.add(b).to(to, sign);
          return sum.shrU(bits).to(element, false);
        };
        await check(`${element} to ${to} ${sign}`, false, widened, (a, b) => {
          const sum = BigInt.asUintN(bits, a + b);
          return (sign ? signed(sum, bits) : sum) >> BigInt(bits);
        });
      }
    }
  });
}

test('a load of a small integer extends as it loads, with sign and without', async () => {
  const m = new Module();
  for (const [element, name] of [
    ['i8', 'b'],
    ['i16', 'h'],
    ['i32', 'w'],
  ] as const) {
    for (const sign of [true, false]) {
      const f = m.function(name, ['i32'], ['i64'], (c) => load(element, get(0, 'i32')).to('i64', sign).emit(c));
      m.export(`${name}${sign}`, f);
    }
  }
  const memory = new WebAssembly.Memory({ initial: 1 });
  new DataView(memory.buffer).setUint32(0, 0xfedcba98, true);
  const { exports } = (await WebAssembly.instantiate(m.encode(), { env: { memory } })).instance;
  const at = (name: string) => (exports[name] as (a: number) => bigint)(0);
  assert.deepEqual(['btrue', 'bfalse', 'htrue', 'hfalse', 'wtrue', 'wfalse'].map(at), [
    BigInt.asIntN(8, 0x98n),
    0x98n,
    BigInt.asIntN(16, 0xba98n),
    0xba98n,
    BigInt.asIntN(32, 0xfedcba98n),
    0xfedcba98n,
  ]);
});

test('a box gives the byte for the low eight bits, whatever lies above', async () => {
  const m = new Module();
  sboxNames.forEach((name, n) => {
    m.data(TABLES + 256 * n, sboxes[name]);
    m.export(
      `${name} i32`,
      m.function(name, ['i32'], ['i32'], (c) => get(0, 'i32').substitute(name).emit(c)),
    );
    m.export(
      `${name} i64`,
      m.function(name, ['i64'], ['i64'], (c) => get(0, 'i64').substitute(name).emit(c)),
    );
  });
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = (await WebAssembly.instantiate(m.encode(), { env: { memory } })).instance;
  for (const name of sboxNames) {
    const narrow = exports[`${name} i32`] as (n: number) => number;
    const wide = exports[`${name} i64`] as (n: bigint) => bigint;
    for (let byte = 0; byte < 256; byte++) {
      assert.equal(narrow(byte - 0x100), sboxes[name][byte]);
      assert.equal(wide(BigInt(byte) - 0x4500n), BigInt(sboxes[name][byte]!));
    }
  }
});

test('products of polynomials over bits, both halves', async () => {
  const m = new Module();
  m.export('low', carryless(m, 'low'));
  m.export('high', carryless(m, 'high'));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = (await WebAssembly.instantiate(m.encode(), { env: { memory } })).instance;
  const [low, high] = [exports.low, exports.high] as [typeof product, typeof product];
  const product = (a: bigint, b: bigint) => {
    let sum = 0n;
    for (let i = 0n; i < 64n; i++) if ((b >> i) & 1n) sum ^= a << i;
    return sum;
  };
  for (const a of operandsOf(64)) {
    for (const b of operandsOf(64)) {
      assert.equal(BigInt.asUintN(64, low(a, b)), BigInt.asUintN(64, product(a, b)), `${a} ${b}`);
      assert.equal(BigInt.asUintN(64, high(a, b)), product(a, b) >> 64n, `${a} ${b}`);
    }
  }
});

test('functions call each other and through the table', async () => {
  const m = new Module();
  const twice = m.function('twice', ['i32'], ['i32'], (c) => get(0, 'i32').add(get(0, 'i32')).emit(c));
  const next = m.function('next', ['i32'], ['i32'], (c) => get(0, 'i32').add(1).emit(c));
  assert.equal(m.tableEntries(twice, next), 0);
  const both = m.function('both', ['i32'], ['i32'], (c) =>
    call(next, 'i32', call(twice, 'i32', get(0, 'i32'))).emit(c),
  );
  m.export('both', both);
  const { exports } = (
    await WebAssembly.instantiate(m.encode(), { env: { memory: new WebAssembly.Memory({ initial: 1 }) } })
  ).instance;
  assert.equal((exports.both as (n: number) => number)(20), 41);
});
