import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../../tools.js';
import { run, TOOLS } from '../bare-metal.js';

const VECTOR = { harts: [{ isa: 'rv64gcv_zvl256b' }] };
const VILL = 1n << 63n;

/** Run set-up instructions; results go to the labels of `out`, one double-word each. */
async function results(count: number, body: string): Promise<bigint[]> {
  const bare = await run(
    `
    li t0, 0x2200
    csrs mstatus, t0
    la s0, out
    ${body}
    j end
    .balign 8
  out: .space ${8 * count}
  end:
  `,
    VECTOR,
  );
  return Array.from({ length: count }, (_, n) => bare.word('out', n));
}
const keep = (register: string, n: number) => `sd ${register}, ${8 * n}(s0)\n`;

test('vset gives as many elements as were asked for and fit', needs(...TOOLS), async () => {
  const body =
    `li a0, 5\n vsetvli a1, a0, e32, m1, ta, ma\n${keep('a1', 0)}` +
    `li a0, 100\n vsetvli a1, a0, e32, m1, ta, ma\n${keep('a1', 1)}` +
    `vsetvli a1, x0, e8, m8, ta, ma\n${keep('a1', 2)}` +
    `vsetvli a1, x0, e8, mf8, ta, ma\n${keep('a1', 3)}` +
    `vsetivli a1, 31, e64, m2, ta, ma\n${keep('a1', 4)}` +
    `li a0, -1\n li a2, 0x18\n vsetvl a1, a0, a2\n${keep('a1', 5)} csrr a1, vtype\n${keep('a1', 6)}`;
  assert.deepEqual(await results(7, body), [5n, 8n, 256n, 4n, 8n, 4n, 0x18n]);
});

test('with x0 twice vl stays, and with x0 as AVL it is the most', needs(...TOOLS), async () => {
  const body =
    `vsetivli x0, 3, e32, m1, ta, ma\n vsetvli x0, x0, e16, mf2, ta, ma\n csrr a1, vl\n${keep('a1', 0)}` +
    `csrr a1, vtype\n${keep('a1', 1)} vsetvli a1, x0, e16, mf2, ta, ma\n${keep('a1', 2)}`;
  assert.deepEqual(await results(3, body), [3n, 0xcfn, 8n]);
});

test('a vtype that is not supported sets vill, and vl is 0', needs(...TOOLS), async () => {
  const attempts = [0x20, 0x0d | 0x08, 0x04, 0x100, 0x18 | 5].map(
    (vtype, n) =>
      `li a0, 1\n li a2, ${vtype}\n vsetvl a1, a0, a2\n csrr a3, vtype\n ${keep('a3', 2 * n)}${keep('a1', 2 * n + 1)}`,
  );
  const body = `${attempts.join('')} li a2, ${VILL}\n vsetvl a1, a0, a2\n csrr a3, vtype\n ${keep('a3', 10)}${keep('a1', 11)}`;
  assert.deepEqual(await results(12, body), Array.from({ length: 6 }, () => [VILL, 0n]).flat());
});

test('an instruction that writes vector state makes VS dirty and vstart 0', needs(...TOOLS), async () => {
  const clean = 'li t0, 0x600\n csrc mstatus, t0\n li t0, 0x400\n csrs mstatus, t0\n';
  const status = (n: number) => `csrr a1, mstatus\n srli a1, a1, 9\n andi a1, a1, 3\n ${keep('a1', n)}`;
  const body =
    `${clean} vsetivli x0, 4, e32, m1, ta, ma\n${status(0)}` +
    `${clean} vadd.vi v1, v1, 1\n${status(1)}` +
    `csrwi vstart, 2\n vadd.vi v1, v1, 1\n csrr a1, vstart\n ${keep('a1', 2)}` +
    `csrwi vstart, 3\n vsetivli x0, 4, e32, m1, ta, ma\n csrr a1, vstart\n ${keep('a1', 3)}` +
    `vsetivli x0, 4, e32, m1, ta, ma\n vmv.v.i v8, 0\n csrwi vstart, 2\n vmv.v.i v8, 1\n addi s0, s0, 32\n vse32.v v8, (s0)\n`;
  const [vset, vadd, after, configured, low, high] = await results(6, body);
  assert.deepEqual([vset, vadd, after, configured], [3n, 3n, 0n, 0n]);
  assert.deepEqual([low, high], [0n, 0x1_0000_0001n], 'elements before vstart stay');
});

test('with VS off every vector instruction is illegal, with its bits in mtval', needs(...TOOLS), async () => {
  const body = `
    la t0, handler
    csrw mtvec, t0
    li t0, 0x600
    csrc mstatus, t0
    vsetvli a1, a0, e32, m1, ta, ma
    .balign 4
  handler:
    csrr a1, mcause
    ${keep('a1', 0)}
    csrr a1, mtval
    ${keep('a1', 1)}`;
  assert.deepEqual(await results(2, body), [2n, 0x0d0575d7n]);
});
