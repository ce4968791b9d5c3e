import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sboxes } from '../../isa/sbox.js';

const entries = (box: Uint8Array, indices: readonly number[]) => indices.map((n) => box[n]);

test("AES: entries of FIPS 197's tables (figures 7 and 14)", () => {
  assert.deepEqual(entries(sboxes.aes, [0x00, 0x01, 0x53, 0x9a, 0xff]), [0x63, 0x7c, 0xed, 0xb8, 0x16]);
  assert.deepEqual(entries(sboxes.aesInverse, [0x00, 0x01, 0x63, 0xed, 0xff]), [0x52, 0x09, 0x00, 0x53, 0x7d]);
});

test("SM4: the first row of the standard's table, and the entry that its text takes as an example", () => {
  assert.deepEqual([...sboxes.sm4.subarray(0, 8)], [0xd6, 0x90, 0xe9, 0xfe, 0xcc, 0xe1, 0x3d, 0xb7]);
  assert.equal(sboxes.sm4[0xef], 0x84);
});

test('each box has every byte once', () => {
  for (const box of Object.values(sboxes)) assert.equal(new Set(box).size, 256);
});
