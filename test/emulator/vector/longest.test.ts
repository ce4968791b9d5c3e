/** VLEN 65536, the longest that there can be: counts that only just fit, the last elements, a reduction over all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../../tools.js';
import { run, TOOLS } from '../bare-metal.js';

test('vectors of 65536 bits, in groups of eight', needs(...TOOLS), async () => {
  const program = `
    li t0, 3 << 9
    csrs mstatus, t0
    la s10, out
    csrr a0, vlenb
    sd a0, 0(s10)
    vsetvli a0, zero, e8, m8, ta, ma
    sd a0, 8(s10)
    li t0, -1
    vsetvli a0, t0, e8, m8, ta, ma
    sd a0, 16(s10)
    vid.v v8
    vadd.vi v16, v8, 1
    li a2, 0x80100000
    vse8.v v16, (a2)
    li t0, 65535
    add t1, a2, t0
    lbu a0, (t1)
    sd a0, 24(s10)
    lbu a0, -1(t1)
    sd a0, 32(s10)
    vsetvli a0, zero, e16, m8, ta, ma
    vid.v v8
    li t2, 32767
    vslidedown.vx v24, v8, t2
    vmv.x.s a0, v24
    sd a0, 40(s10)
    vsetvli t1, zero, e64, m8, ta, ma
    vid.v v8
    vsetvli t1, zero, e64, m1, ta, ma
    vmv.v.i v3, 0
    vsetvli t1, zero, e64, m8, ta, ma
    vredsum.vs v3, v8, v3
    vmv.x.s a0, v3
    sd a0, 48(s10)
    j 5f
    .align 3
  out: .zero 56
  5:`;
  const { word } = await run(program, { harts: [{ isa: 'rv64gcv_zvl65536b' }] });
  const last = BigInt(65536 / 64) * 8n - 1n;
  assert.deepEqual(
    Array.from({ length: 7 }, (_, n) => word('out', n)),
    [8192n, 65536n, 65536n, 0n, 255n, 32767n, (last * (last + 1n)) / 2n],
  );
});
