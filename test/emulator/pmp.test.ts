import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hart } from '../../emulator/hart/hart.js';
import { permission } from '../../emulator/hart/pmp.js';
import { longs } from '../../emulator/hart/words.js';
import { Machine } from '../../emulator/machine.js';
import { load, soc, TOOLS } from './bare-metal.js';
import { Random } from '../fuzz/random.js';
import { needs } from '../tools.js';

const { read, write, execute } = permission;
const [U, S, M] = [0, 1, 3];

async function hartWith(entries: readonly [setting: number, address: number][]): Promise<Hart> {
  const hart = (await Machine.create(soc())).harts[0]!;
  entries.forEach(([, address], n) => hart.setCsr(`pmpaddr${n}`, BigInt(address)));
  entries.forEach(([setting], n) => hart.pmp.configure(n, setting));
  return hart;
}
const TOR = 0x08;
const NA4 = 0x10;
const NAPOT = 0x18;
const LOCK = 0x80;

test('without entries machine mode may do all, others nothing', async () => {
  const { pmp } = await hartWith([]);
  assert.ok(pmp.allows(0x8000_0000, 8, execute, M));
  assert.ok(!pmp.allows(0x8000_0000, 8, read, S) && !pmp.allows(0x8000_0000, 8, read, U));
});

test('NAPOT, NA4 and TOR cover what the specification says', async () => {
  const { pmp } = await hartWith([
    [NAPOT | read, (0x8000_0000 >>> 2) | 0x1ff], // 4 KiB
    [NA4 | write | read, 0x8000_2000 >>> 2],
    [0, 0x8000_4000 >>> 2],
    [TOR | execute, 0x8000_6000 >>> 2],
  ]);
  assert.ok(pmp.allows(0x8000_0000, 8, read, S) && pmp.allows(0x8000_0ff8, 8, read, S));
  assert.ok(!pmp.allows(0x8000_0000, 8, write, S));
  assert.ok(!pmp.allows(0x8000_0ffc, 8, read, S), 'half of it lies outside');
  assert.ok(pmp.allows(0x8000_2000, 4, write, U) && !pmp.allows(0x8000_2004, 4, write, U));
  assert.ok(pmp.allows(0x8000_4000, 4, execute, U) && pmp.allows(0x8000_5ffc, 4, execute, U));
  assert.ok(!pmp.allows(0x8000_3ffc, 4, execute, U) && !pmp.allows(0x8000_6000, 4, execute, U));
});

test('the first entry that matches decides', async () => {
  const { pmp } = await hartWith([
    [NA4, 0x8000_0010 >>> 2],
    [NAPOT | read | write | execute, 2 ** 53 - 1],
  ]);
  assert.ok(!pmp.allows(0x8000_0010, 4, read, S) && !pmp.allows(0x8000_0010, 8, read, S));
  assert.ok(pmp.allows(0x8000_0018, 8, read, S));
  assert.ok(!pmp.uniform(0x8000_0500) && pmp.uniform(0x8000_1000));
});

test('a locked entry binds machine mode and stays as it is', async () => {
  const hart = await hartWith([
    [0, 0x8000_1000 >>> 2],
    [LOCK | TOR | read, 0x8000_2000 >>> 2],
  ]);
  assert.ok(hart.pmp.allows(0x8000_1000, 4, read, M) && !hart.pmp.allows(0x8000_1000, 4, write, M));
  hart.setCsr('pmpaddr1', 0n);
  hart.setCsr('pmpaddr0', 0n); // the bottom of the locked range
  hart.setCsr('pmpcfg0', 0n);
  assert.equal(hart.csr('pmpaddr1'), BigInt(0x8000_2000 >>> 2));
  assert.equal(hart.csr('pmpaddr0'), BigInt(0x8000_1000 >>> 2));
  assert.equal(hart.csr('pmpcfg0'), BigInt((LOCK | TOR | read) << 8));
});

test('16 entries exist; the others read as zero. W without R is not kept', async () => {
  const hart = await hartWith([]);
  hart.setCsr('pmpaddr15', 5n);
  hart.setCsr('pmpaddr16', 5n);
  assert.equal(hart.csr('pmpaddr15'), 5n);
  assert.equal(hart.csr('pmpaddr16'), 0n);
  hart.setCsr('pmpcfg2', 0x1an << 56n);
  assert.equal(hart.csr('pmpcfg2'), 0x18n << 56n);
});

test('a program sees PMP in every access, also in a page that is partly covered', needs(...TOOLS), async () => {
  const bare = await load(
    `
    la t0, handler
    csrw mtvec, t0
    la t0, secret
    srli t0, t0, 2
    csrw pmpaddr0, t0
    li t0, -1
    csrw pmpaddr1, t0
    li t0, 0x1f10
    csrw pmpcfg0, t0
    li t0, 0x1800
    csrc mstatus, t0
    la t0, user
    csrw mepc, t0
    la s1, beside
    la s2, secret
    la s11, seen
    mret
  user:
    lw a0, 0(s1)
    lw a1, 0(s2)
    sw a0, 0(s2)
    ld a2, -4(s2)
    sw a0, 8(s2)
    jr s2
    .align 2
  handler:
    csrr t3, mcause
    csrr t4, mtval
    sd t3, 0(s11)
    sd t4, 8(s11)
    addi s11, s11, 16
    csrr t3, mepc
    beq t3, s2, end
    addi t3, t3, 4
    csrw mepc, t3
    mret
  end:
    li t0, 0x100000
    li t1, 0x5555
    sw t1, 0(t0)
  1:j 1b
    .align 12
  beside: .word 7
  secret: .word 9
    .zero 8
  seen: .zero 200
  `.replaceAll(/^ {4}(lw|sw|ld) /gm, '    .option norvc\n    $1 '),
  );
  assert.equal(bare.machine.run(10_000).reason, 'power');
  const secret = bare.label('secret');
  const seen = [0, 1, 2, 3].map((n) => [bare.word('seen', 2 * n), bare.word('seen', 2 * n + 1)]);
  assert.deepEqual(seen, [
    [5n, secret],
    [7n, secret],
    [5n, secret - 4n],
    [1n, secret],
  ]);
  assert.equal(bare.machine.harts[0]!.x(10), 7n);
});

test('an instruction that reaches into a protected word is not executed', needs(...TOOLS), async () => {
  const bare = await load(`
    la t0, handler
    csrw mtvec, t0
    la t0, secret
    srli t0, t0, 2
    csrw pmpaddr0, t0
    li t0, -1
    csrw pmpaddr1, t0
    li t0, 0x1f10
    csrw pmpcfg0, t0
    li t0, 0x1800
    csrc mstatus, t0
    la t0, user
    csrw mepc, t0
    mret
    .align 2
  handler:
    csrr s2, mcause
    csrr s3, mtval
    csrr s4, mepc
    li t0, 0x100000
    li t1, 0x5555
    sw t1, 0(t0)
  1:j 1b
    .align 12
  user:
    li a0, 1
    li a1, 1
    li a2, 1
  last:
    .half 0x0613
  secret:
    .half 0x0050
    nop
  `);
  assert.equal(bare.machine.run(10_000).reason, 'power');
  const hart = bare.machine.harts[0]!;
  assert.equal(hart.x(18), 1n);
  assert.equal(hart.x(19), bare.label('secret'));
  assert.equal(hart.x(20), bare.label('last'));
  assert.equal(hart.x(12), 1n, 'what lies before was executed');
});

test('what the engine takes for open is memory that PMP allows, page by page', async () => {
  const hart = await hartWith([]);
  const random = new Random(5);
  const { ram, ramBase, ramBytes } = hart.memory.map;
  const [first, end] = [ram / 4096, (ram + ramBytes) / 4096];
  let closed = 0;
  for (let round = 0; round < 300; round++) {
    for (let entry = 0; entry < 4; entry++) {
      const page = ramBase / 4 + random.below(0x1000) * 0x400;
      const size = random.oneIn(2) ? 0x1ff : random.below(0x400);
      hart.setCsr(`pmpaddr${entry}`, BigInt(page + (random.oneIn(3) ? 0 : size)));
      hart.pmp.configure(entry, (random.below(4) << 3) | random.below(8));
    }
    for (const [mode, from, to] of [
      [U, longs.lowerFrom, longs.lowerTo],
      [M, longs.machineFrom, longs.machineTo],
    ] as const) {
      const [open, until] = [Number(hart.long(from)), Number(hart.long(to))];
      assert.ok(first <= open && open <= until && until <= end);
      closed += end - first - (until - open);
      for (let page = open; page < until; page += 1 + random.below(64)) {
        const pa = page * 4096 - ram + ramBase;
        assert.ok(hart.pmp.uniform(pa) && hart.pmp.allows(pa, 4096, read | write, mode), `round ${round}`);
      }
    }
  }
  assert.ok(closed > 0);
});
