/** VLEN 4096, which QEMU does not have: groups of 4096 bytes, against plain arrays. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../fuzz/random.js';
import { needs } from '../../tools.js';
import { run, TOOLS } from '../bare-metal.js';

const VLMAX = 4096;
const random = new Random(4096);
const bytes = () => Uint8Array.from({ length: VLMAX }, () => random.word());
const [a, b] = [bytes(), bytes()];
const mask = bytes();
const bit = (from: Uint8Array, n: number) => (from[n >> 3]! >> (n & 7)) & 1;
const indices = Uint16Array.from({ length: VLMAX }, () => random.below(2 * VLMAX));
const data = (label: string, list: Uint8Array | Uint16Array) =>
  `.balign 8\n${label}: .${list instanceof Uint8Array ? 'byte' : 'half'} ${[...list].join(',')}`;

/** Run instructions on the groups v8 (a), v16 (b) and mask v0; gives what is in v24 to v31. */
async function group(body: string): Promise<Uint8Array> {
  const bare = await run(
    `
    li t0, 0x2200
    csrs mstatus, t0
    li t0, -1
    vsetvli t3, t0, e8, m8, ta, ma
    la a0, a
    vle8.v v8, (a0)
    la a0, b
    vle8.v v16, (a0)
    la a0, mask
    vlm.v v0, (a0)
    vmv.v.i v24, 0
    ${body}
    j end
    ${data('a', a)}
    ${data('b', b)}
    ${data('mask', mask)}
    ${data('indices', indices)}
    .option norvc
    .balign 8
  end:
  `,
    { harts: [{ isa: 'rv64gcv_zvl4096b' }] },
  );
  const hart = bare.machine.harts[0]!;
  assert.equal(hart.x(28), BigInt(VLMAX));
  return Uint8Array.from(Array.from({ length: 8 }, (_, n) => [...hart.vectorBytes(24 + n)]).flat());
}
const expected = (element: (n: number) => number) => Uint8Array.from({ length: VLMAX }, (_, n) => element(n));

const cases: readonly [name: string, body: string, Uint8Array][] = [
  ['add', 'vadd.vv v24, v8, v16', expected((n) => a[n]! + b[n]!)],
  ['add under a mask', 'vadd.vv v24, v8, v16, v0.t', expected((n) => (bit(mask, n) ? a[n]! + b[n]! : 0))],
  ['slide down', 'li t0, 3000\n vslidedown.vx v24, v8, t0', expected((n) => a[n + 3000] ?? 0)],
  ['slide up', 'li t0, 3000\n vslideup.vx v24, v8, t0', expected((n) => (n < 3000 ? 0 : a[n - 3000]!))],
  ['gather', 'vrgather.vv v24, v8, v16', expected((n) => a[b[n]!]!)],
  [
    'compress',
    'vcompress.vm v24, v8, v0',
    Uint8Array.from({ ...[...a].filter((_, n) => bit(mask, n)), length: VLMAX } as ArrayLike<number>),
  ],
  [
    'gather by 16 bits, half a group',
    'vsetvli t0, x0, e8, m4, ta, ma\n la a0, indices\n vle16.v v16, (a0)\n vrgatherei16.vv v24, v8, v16',
    expected((n) => (n < VLMAX / 2 && indices[n]! < VLMAX / 2 ? a[indices[n]!]! : 0)),
  ],
];
for (const [name, body, want] of cases) {
  test(`VLEN 4096: ${name}`, needs(...TOOLS), async () => assert.deepEqual(await group(body), want));
}
