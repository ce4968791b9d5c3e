/** Numbers of 16 bits: in f registers, in vector registers, as C types. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format } from '../../debug-adapter/expressions/format.js';
import { arrayOf, basic, decode, encode, type Place } from '../../debug-adapter/expressions/value.js';
import type { TargetHart } from '../../debug-adapter/target.js';
import { fValue } from '../../debug-adapter/values/registers.js';
import { elementTypes, lanesOf, vectorTypeOf } from '../../debug-adapter/values/vector-register.js';

/** A hart with one f register. */
function hartWith(bits: bigint, ...extensions: string[]) {
  let f0 = bits;
  const hart = {
    id: 0,
    isa: { text: 'test', extensions: new Set(['F', 'D', ...extensions]) },
    f: () => f0,
    setF: (_: number, value: bigint) => {
      f0 = BigInt.asUintN(64, value);
    },
  };
  return { value: () => fValue(hart as unknown as TargetHart, 0), bits: () => f0 };
}
const bytesAt = (bytes: Uint8Array): Place => ({
  read: (offset, length) => bytes.slice(offset, offset + length),
  write: (offset, data) => bytes.set(data, offset),
});

test('a boxed half is shown as one where the hart has them', () => {
  const half = hartWith(0xffffffff_ffff3e00n, 'Zfhmin');
  assert.equal(format(half.value()), '1.5');
  assert.deepEqual(Object.keys(half.value().views!), ['f16', 'f32', 'f64', 'bits']);
  assert.equal(format(hartWith(0xffffffff_ffff3e00n).value()), 'NaN');
  assert.equal(format(hartWith(0xffffffff_3fc00000n, 'Zfhmin').value()), '1.5');
  assert.equal(format(hartWith(0x3ff80000_00000000n, 'Zfhmin').value()), '1.5');
});

test('setting a half or a BF16 number boxes it', () => {
  const hart = hartWith(0n, 'Zfhmin', 'Zfbfmin');
  const { f16, bf16 } = hart.value().views!;
  f16!().place!.write(0, encode(f16!().type, -2));
  assert.equal(hart.bits(), 0xffffffff_ffffc000n);
  bf16!().place!.write(0, encode(bf16!().type, -2));
  assert.equal(hart.bits(), 0xffffffff_ffffc000n);
  bf16!().place!.write(0, encode(bf16!().type, 3e38));
  assert.equal(format(bf16!()), '3e+38');
});

test('numbers of 16 bits are rounded to what they hold, and shown by as many digits as tell them apart', () => {
  const { _Float16: half, __bf16: bfloat } = basic as Record<string, typeof basic.float>;
  const shown = (type: typeof half, number: number) =>
    format({ type: type!, number: decode(type!, encode(type!, number)) });
  assert.equal(shown(half, 0.1), '0.1');
  assert.equal(shown(half, 65519), '65500');
  assert.equal(shown(half, 65520), 'Infinity');
  assert.equal(shown(half, 2 ** -24), '6e-8');
  assert.equal(shown(bfloat, 0.1), '0.1');
  assert.equal(shown(bfloat, 1 / 3), '0.334');
  assert.equal(shown(half, Number.NaN), 'NaN');
});

test('lanes of a floating-point instruction at SEW 16 are halves', () => {
  const place = bytesAt(Uint8Array.of(0x00, 0x3c, 0x00, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  const type = vectorTypeOf(8n);
  assert.deepEqual(lanesOf(place, 16, type, true), { view: 'f16', lanes: 8 });
  assert.deepEqual(lanesOf(place, 16, type), { view: 'e16', lanes: 8 });
  assert.equal(format({ type: arrayOf(elementTypes.f16!, 2), place }), '{1, -2}');
  assert.equal(format({ type: arrayOf(elementTypes.bf16!, 2), place }), '{0.0078, -2}');
});
