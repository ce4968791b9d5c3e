import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MachineEvent } from '../../emulator/events.js';
import { END, load, run, TOOLS } from './bare-metal.js';
import { stateFingerprint } from '../../emulator/history/fingerprint.js';
import { needs } from '../tools.js';

/** A handler that keeps cause, value and pc in `seen` (s11 points at it), one record a trap, and goes on at s10 if set, else behind the instruction. */
const HANDLER = `
  la s11, seen
  la t0, handler
  csrw mtvec, t0
  j 9f
  .align 2
handler:
  csrr t3, mcause
  sd t3, 0(s11)
  csrr t3, mtval
  sd t3, 8(s11)
  csrr t3, mepc
  sd t3, 16(s11)
  csrr t4, mstatus
  sd t4, 24(s11)
  addi s11, s11, 32
  lhu t4, 0(t3)
  andi t4, t4, 3
  addi t3, t3, 2
  li t5, 3
  bne t4, t5, 8f
  addi t3, t3, 2
8:csrw mepc, t3
  mret
  .align 3
seen: .zero 1024
9:
`;
const GO_TO = (mode: 'U' | 'S') => `
  li t0, 0x1800
  csrc mstatus, t0
  ${mode === 'S' ? 'li t0, 0x800; csrs mstatus, t0' : ''}
  li t0, -1
  csrw pmpaddr0, t0
  li t0, 0x1f
  csrw pmpcfg0, t0
  la t0, 7f
  csrw mepc, t0
  mret
7:
`;
const traps = (count: number, word: (name: string, n: number) => bigint) =>
  Array.from({ length: count }, (_, n) => ({ cause: word('seen', 4 * n), tval: word('seen', 4 * n + 1) }));

test('an illegal instruction tells its bits, 16 or 32 of them, as they stand in memory', needs(...TOOLS), async () => {
  const { word } = await run(`${HANDLER}
    .word 0xffffffff
    .half 0x0000
    .word 0x0000007b
    csrw mhartid, t0
    csrr t0, 0x7b0
  `);
  assert.deepEqual(traps(5, word), [
    { cause: 2n, tval: 0xffffffffn },
    { cause: 2n, tval: 0n },
    { cause: 2n, tval: 0x7bn },
    { cause: 2n, tval: 0xf1429073n },
    { cause: 2n, tval: 0x7b0022f3n },
  ]);
});

test('instructions of an extension are illegal on a hart that lacks it', needs(...TOOLS), async () => {
  const program = `${HANDLER}
    li t0, 0x6600
    csrs mstatus, t0
    csrr a0, mstatus
    csrr s2, vlenb
    vsetvli a1, x0, e8, m1, ta, ma
    csrr s3, misa
    la t0, out
    sd a0, 0(t0)
    sd s2, 8(t0)
    sd s3, 16(t0)
    j 5f
    .align 3
  out: .zero 24
  5:`;
  const plain = await run(program);
  assert.deepEqual(traps(2, plain.word), [
    { cause: 2n, tval: 0xc2202973n },
    { cause: 2n, tval: 0x0c0075d7n | (0n << 20n) },
  ]);
  assert.equal(plain.word('out') & 0x6600n, 0x6000n, 'FS is on, VS stays 0');
  assert.equal(plain.word('out', 2) & (1n << 21n), 0n);
  const vector = await run(program, { harts: [{ isa: 'rv64gcv_zvl256b' }] });
  assert.equal(vector.word('seen'), 0n, 'no trap');
  assert.equal(vector.word('out', 1), 32n);
  assert.equal(vector.word('out', 2) & (1n << 21n), 1n << 21n);
});

test('units that are off are illegal; what writes them makes them dirty', needs(...TOOLS), async () => {
  const { word } = await run(
    `${HANDLER}
    fmv.d.x f1, x0
    csrr t0, fcsr
    vsetvli a1, x0, e8, m1, ta, ma
    li t0, 0x2200
    csrs mstatus, t0
    csrr s2, mstatus
    fmv.d.x f1, x0
    csrr s3, mstatus
    vsetvli a1, x0, e8, m1, ta, ma
    csrr s4, mstatus
    la t0, out
    sd s2, 0(t0)
    sd s3, 8(t0)
    sd s4, 16(t0)
    j 5f
    .align 3
  out: .zero 24
  5:`,
    { harts: [{ isa: 'rv64gcv' }] },
  );
  assert.deepEqual(
    traps(4, word).map(({ cause }) => cause),
    [2n, 2n, 2n, 0n],
  );
  const [off, float, both] = [0, 1, 2].map((n) => word('out', n));
  const state = (status: bigint) => ({ fs: (status >> 13n) & 3n, vs: (status >> 9n) & 3n, sd: status >> 63n });
  assert.deepEqual(state(off!), { fs: 1n, vs: 1n, sd: 0n });
  assert.deepEqual(state(float!), { fs: 3n, vs: 1n, sd: 1n });
  assert.deepEqual(state(both!), { fs: 3n, vs: 3n, sd: 1n });
});

test('ecall tells the mode it came from, ebreak its address', needs(...TOOLS), async () => {
  const { word, label } = await run(`${HANDLER}
    ecall
  here:
    .option norvc
    ebreak
    .option rvc
    ${GO_TO('S')}
    ecall
  `);
  assert.deepEqual(traps(3, word), [
    { cause: 11n, tval: 0n },
    { cause: 3n, tval: label('here') },
    { cause: 9n, tval: 0n },
  ]);
});

test('a delegated exception of U goes to S, and sret comes back', needs(...TOOLS), async () => {
  const bare = await load(`${HANDLER}
    la t0, shandler
    csrw stvec, t0
    li t0, 0x100
    csrw medeleg, t0
    ${GO_TO('U')}
    ecall
    li a0, 42
    .half 0
    j 6f
    .align 2
  shandler:
    csrr s2, scause
    csrr s3, sstatus
    csrr t3, sepc
    addi t3, t3, 4
    csrw sepc, t3
    sret
  6: li t0, 0x100000
    li t1, 0x5555
    sw t1, 0(t0)
  4: j 4b
  `);
  const seen: MachineEvent[] = [];
  bare.machine.events.on((event) => seen.push(event));
  assert.equal(bare.machine.run(100_000).reason, 'power');
  const hart = bare.machine.harts[0]!;
  assert.equal(hart.x(18), 8n);
  assert.equal(hart.x(19) & 0x100n, 0n, 'SPP says U');
  assert.equal(hart.x(10), 42n);
  assert.deepEqual(traps(1, bare.word), [{ cause: 2n, tval: 0n }], 'illegal was not delegated');
  assert.deepEqual(
    seen.flatMap((e) =>
      e.kind === 'trap' ? [[e.cause, e.from, e.to]] : e.kind === 'trap-return' ? [[e.from, e.to]] : [],
    ),
    [
      [3, 0],
      [8, 0, 1],
      [1, 0],
      [2, 0, 3],
      [3, 0],
    ],
  );
});

test('TVM, TW and TSR catch what a supervisor does', needs(...TOOLS), async () => {
  const { word } = await run(`${HANDLER}
    li t0, 0x700000
    csrs mstatus, t0
    ${GO_TO('S')}
    csrr t0, satp
    sfence.vma
    wfi
    sret
    csrr t0, sstatus
    csrr t0, mstatus
  `);
  assert.deepEqual(
    traps(5, word).map(({ tval }) => tval.toString(16)),
    ['180022f3', '12000073', '10500073', '10200073', '300022f3'],
  );
});

test('counters are read below M only where they are allowed', needs(...TOOLS), async () => {
  const { word } = await run(`${HANDLER}
    li t0, 5
    csrw mcounteren, t0
    li t0, 1
    csrw scounteren, t0
    ${GO_TO('U')}
    rdcycle a0
    rdtime a0
    rdinstret a0
    la t0, seen
  `);
  assert.deepEqual(
    traps(3, word).map(({ tval }) => tval.toString(16)),
    ['c0102573', 'c0202573', '0'],
  );
});

test('instret leaves out what trapped, and written counters go on from there', needs(...TOOLS), async () => {
  const { machine } = await run(`${HANDLER}
    csrw mcycle, x0
    csrr s2, mcycle
    csrw minstret, x0
    csrr s3, minstret
    li t0, 5
    csrw mcountinhibit, t0
    csrr s4, mcycle
    nop
    csrr s5, mcycle
    csrw mcountinhibit, x0
    csrr s6, mcycle
    csrr s7, minstret
    .half 0
    csrr s8, minstret
  `);
  const x = (n: number) => machine.harts[0]!.x(n);
  assert.equal(x(18), 0n);
  assert.equal(x(19), 0n);
  assert.equal(x(20), x(21));
  assert.equal(x(22), x(21));
  const handler = 16n; // the handler's instructions for a 16-bit instruction
  assert.equal(x(24) - x(23), handler + 1n);
});

test('WARL fields keep legal values', needs(...TOOLS), async () => {
  const { machine } = await run(`
    li t0, -1
    csrw satp, t0
    csrr s2, satp
    csrw medeleg, t0
    csrr s3, medeleg
    csrw mideleg, t0
    csrr s4, mideleg
    csrw mie, t0
    csrr s5, mie
    csrw mie, x0
    csrw mtvec, t0
    csrr s6, mtvec
    csrw mepc, t0
    csrr s7, mepc
    li t1, 0x1800
    csrs mstatus, t1
    li t1, 0x800
    csrc mstatus, t1
    csrr s8, mstatus
    csrw sie, t0
    csrr s9, sie
    csrw sie, x0
  `);
  const x = (n: number) => machine.harts[0]!.x(n);
  assert.equal(x(18), 0n, 'an unknown mode leaves satp alone');
  assert.equal(x(19), 0xb3ffn);
  assert.equal(x(20), 0x10222n);
  assert.equal(x(21), 0x3_0aaan, 'with local interrupts 16 and 17');
  assert.equal(x(22), ~2n & 0xffff_ffff_ffff_ffffn);
  assert.equal(x(23), ~1n & 0xffff_ffff_ffff_ffffn);
  assert.equal((x(24) >> 11n) & 3n, 3n, 'MPP 2 does not exist');
  assert.equal(x(25), 0x10222n);
});

/** A supervisor and a user that call machine mode 200 times each, with a lender of its privilege in between. */
const CALLERS = `
    la t0, handler
    csrw mtvec, t0
    li t0, -1
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    li t0, 0x21888
    csrs mstatus, t0
    li t0, 0x1000
    csrc mstatus, t0
    la t0, supervisor
    csrw mepc, t0
    mret
  supervisor:
    li s0, 200
  1:mv a7, s0
    addi a6, s0, 3
    ecall
    addi s0, s0, -1
    bnez s0, 1b
    li t0, 0x100
    csrc sstatus, t0
    la t0, user
    csrw sepc, t0
    sret
  user:
    li s0, 200
  1:lr.d t0, (sp)
    ecall
    sc.d t0, t0, (sp)
    add s4, s4, t0
    addi s0, s0, -1
    bnez s0, 1b
    li a7, -1
    ecall
    .align 2
  handler:
    csrr t0, mepc
    addi t0, t0, 4
    csrw mepc, t0
    csrr t0, mcause
    add s1, s1, t0
    csrr t0, mstatus
    xor s2, s2, t0
    csrr t0, minstret
    xor s3, s3, t0
    bltz a7, over
    mret
  over:
`;

test('calls of machine mode and its returns are the same whether they are told or not', needs(...TOOLS), async () => {
  const states = new Map<string, string>();
  for (const engine of ['interpreter', 'auto', 'translator'] as const)
    for (const kinds of [undefined, ['sbi-return'], ['lost']] as const) {
      const { machine } = await load(`la sp, room\n${CALLERS}${END}.align 3\nroom: .dword 0`, {}, { engine });
      const heard: string[] = [];
      machine.events.on((event) => void heard.push(event.kind), kinds);
      assert.equal(machine.run(100_000).reason, 'power');
      states.set(stateFingerprint(machine), `${engine} ${kinds}`);
      const count = (kind: string) => heard.filter((each) => each === kind).length;
      if (kinds?.[0] !== 'lost') assert.equal(count('sbi-return'), 200);
      if (!kinds) assert.equal(count('trap'), 401);
      assert.equal(machine.harts[0]!.x(20), 200n, 'a trap takes no reservation, a return does');
    }
  assert.equal(states.size, 1, [...states.values()].join(' | '));
});

/** A supervisor and its user that load from and store to 100 pages each, which the handler maps when they are met. */
const FAULTERS = `
    la t0, over
    csrw mtvec, t0
    la t0, handler
    csrw stvec, t0
    li t0, -1
    csrw pmpaddr0, t0
    csrw mcounteren, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    li t0, 1 << 13 | 1 << 15
    csrw medeleg, t0
    la a0, root
    li t0, (0x80000000 >> 2) | 0xcf
    sd t0, 16(a0)
    la a1, middle
    srli t0, a1, 2
    ori t0, t0, 1
    sd t0, 24(a0)
    la a2, last
    srli t0, a2, 2
    ori t0, t0, 1
    sd t0, (a1)
    la t0, user
    srli t0, t0, 2
    ori t0, t0, 0x5b
    sd t0, (a2)
    srli t0, a0, 12
    li t1, 8 << 60
    or t0, t0, t1
    csrw satp, t0
    li a3, 0xc0001000
    li a4, 4096
    la a5, frame
    srli a5, a5, 2
    li t0, 0x1800
    csrc mstatus, t0
    li t0, 0x802
    csrs mstatus, t0
    la t0, supervisor
    csrw mepc, t0
    mret
  supervisor:
    li s0, 50
  1:ld t0, (a3)
    add a3, a3, a4
    sd t0, 8(a3)
    add a3, a3, a4
    add s4, s4, t0
    addi s0, s0, -1
    bnez s0, 1b
    li t0, 0x120
    csrc sstatus, t0
    li t0, 0xc0000000
    csrw sepc, t0
    sret
    .align 2
  handler:
    csrr t3, stval
    slli t4, t3, 32
    srli t4, t4, 44
    slli t4, t4, 3
    li t5, 0x600000
    sub t4, t4, t5
    add t4, t4, a2
    csrr t6, sstatus
    xor s2, s2, t6
    andi t6, t6, 0x100
    xori t6, t6, 0x100
    srli t6, t6, 4
    ori t6, t6, 0xc7
    or t6, t6, a5
    sd t6, (t4)
    andi t5, s0, 7
    bnez t5, 2f
    sfence.vma a5, x0
    sfence.vma
    j 3f
  2:sfence.vma t3, x0
  3:csrr t5, scause
    add s1, s1, t5
    rdinstret t5
    xor s3, s3, t5
    sret
    .align 12
  user:
    li s0, 50
  1:ld t0, (a3)
    add a3, a3, a4
    sd t0, 8(a3)
    add a3, a3, a4
    addi s0, s0, -1
    bnez s0, 1b
    ecall
    .align 12
  root: .skip 4096
  middle: .skip 4096
  last: .skip 4096
  frame: .skip 4096
    .align 2
  over:
    csrw satp, x0
`;

test(
  'pages that are not there, and fences for one page, are the same whether they are told or not',
  needs(...TOOLS),
  async () => {
    const states = new Map<string, string>();
    for (const engine of ['interpreter', 'auto', 'translator'] as const)
      for (const kinds of [undefined, ['trap'], ['fence'], ['lost']] as const) {
        const { machine } = await load(`${FAULTERS}${END}`, {}, { engine });
        const heard: string[] = [];
        machine.events.on((event) => void heard.push(event.kind), kinds);
        assert.equal(machine.run(100_000).reason, 'power');
        states.set(stateFingerprint(machine), `${engine} ${kinds}`);
        const count = (kind: string) => heard.filter((each) => each === kind).length;
        if (!kinds || kinds[0] === 'trap') assert.equal(count('trap'), 201);
        if (!kinds || kinds[0] === 'fence') assert.equal(count('fence'), 200 + 2 * 12);
        assert.equal(machine.harts[0]!.x(9), 100n * (13n + 15n));
      }
    assert.equal(states.size, 1, [...states.values()].join(' | '));
  },
);
