/** The numbers of fli, in every way to write them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode } from '../../isa/encode.js';
import { fliNumbers, fliText } from '../../isa/fli.js';
import { instructionNamed } from '../../isa/table.js';
import { complaints, hex, textOf } from './ours.js';

const arch = 'rv64gc_zfa';
const bytesOf = (k: number) => hex(new Uint8Array(Uint32Array.of(encode(instructionNamed('fli.d')!, [10, k])).buffer));

/** As GNU's disassembler writes numbers: the significand in hexadecimal, a power of two. */
function hexadecimal(number: number): string {
  const exponent = Math.floor(Math.log2(Math.abs(number)));
  const fraction = (Math.abs(number) / 2 ** exponent - 1) * 16;
  const digits = fraction ? `.${fraction.toString(16)}` : '';
  return `${number < 0 ? '-' : ''}0x1${digits}p${exponent < 0 ? '' : '+'}${exponent}`;
}

test('as they are printed, in hexadecimal, as integers', () => {
  fliNumbers.forEach((number, k) => {
    const ways = [fliText(k)];
    if (typeof number === 'number' && Number.isFinite(number)) {
      ways.push(hexadecimal(number), number.toExponential());
      if (Number.isInteger(number)) ways.push(String(number));
    }
    for (const way of ways) assert.equal(hex(textOf(`fli.d fa0, ${way}`, { arch })), bytesOf(k), way);
  });
  for (const one of ['1', '1.', '1.0', '+1.0', '1e0', '0x1p0', '0x8p-3'])
    assert.equal(hex(textOf(`fli.d fa0, ${one}`, { arch })), bytesOf(16), one);
  assert.equal(hex(textOf('fli.d fa0, .5', { arch })), bytesOf(12));
  assert.deepEqual([0, 1, 2, 9, 16, 29, 30, 31].map(fliText), [
    '-1.0',
    'min',
    '1.52587890625e-05',
    '0.3125',
    '1.0',
    '65536.0',
    'inf',
    'nan',
  ]);
});

test('a number that fli does not know, and what is no number', () => {
  for (const wrong of ['0.1', '-2.0', '5', 'max', 'a0', '-min', '"1.0"']) {
    const [first] = complaints(`fli.d fa0, ${wrong}`, { arch });
    assert.ok(first?.startsWith('a.s:1:12: error: '), `${wrong}: ${first}`);
  }
  assert.match(complaints('fli.d fa0, 0.1', { arch })[0]!, /expected one of the numbers that fli knows/);
  assert.match(complaints('fcvtmod.w.d a0, fa0', { arch })[0]!, /fcvtmod\.w\.d rd, fs1, rtz/);
  assert.match(complaints('fcvtmod.w.d a0, fa0, rne', { arch })[0]!, /expected rtz/);
  // A floating-point number is no integer.
  assert.match(complaints('addi a0, a0, 1.5', { arch })[0]!, /error/);
  assert.match(complaints('.word 1e3', { arch })[0]!, /error/);
  assert.match(complaints('lw a0, 1.5(a0)', { arch })[0]!, /error/);
});
