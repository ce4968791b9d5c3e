/** Programmable counters (Zihpm), their filters and overflow (Sscofpmf), and who may read them (Sscounterenw). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrapEvent } from '../../emulator/events.js';
import { needs } from '../tools.js';
import { load, run as runBare, TOOLS } from './bare-metal.js';
import {
  csr,
  gives,
  illegal,
  keeps,
  loads,
  prove,
  reads,
  run,
  type Step,
  TABLES,
  value,
  within,
  write,
} from './privileged.js';

const ISA = 'rv64gc_zihpm_sscofpmf';
const CPU = 'rv64,h=false,v=false,sscofpmf=on,pmu-mask=0xfffffff8';
const [CYCLE, INSTRUCTION, LOAD_MISS, STORE_MISS, EXCEPTION, INTERRUPT] = [1, 2, 0x10019, 0x1001b, 0x20001, 0x20002];
const [OF, MINH, SINH, UINH] = [1n << 63n, 1n << 62n, 1n << 61n, 1n << 60n];
const touch = (name: string) => `csrr a0, ${csr(name)}`;

prove('counters keep what is written while they stand still', ISA, CPU, [
  keeps('mcountinhibit', 0xffff_ffff, 0xffff_fffd),
  ...[3, 4, 17, 31].map((n) => keeps(`mhpmcounter${n}`, 0x1234_5678_9abc_def0n)),
  keeps('mhpmcounter3', (1n << 64n) - 1n),
  keeps('mcounteren', 0xffff_ffff),
  keeps('scounteren', 0xffff_ffff),
  keeps('mcounteren', 0),
]);
prove('who may read a counter', ISA, CPU, [
  write('mcountinhibit', 0xffff_ffff),
  write('mhpmcounter5', 77),
  write('mcounteren', 0xffff_ffff ^ 0x20),
  within('S', touch('hpmcounter5'), illegal),
  within('S', touch('hpmcounter6'), value(0)),
  write('mcounteren', 0x20),
  write('scounteren', 0),
  within('S', touch('hpmcounter5'), value(77)),
  within('S', touch('hpmcounter6'), illegal),
  within('U', touch('hpmcounter5'), illegal),
  write('scounteren', 0x20),
  within('U', touch('hpmcounter5'), value(77)),
  within('S', touch('mhpmcounter5'), illegal),
  gives(`csrw ${csr('hpmcounter5')}, x0`, illegal),
  gives(touch('hpmcounter6'), value(0)),
]);
prove('a hart with counters but no overflow', 'rv64gc_zihpm', 'rv64,h=false,v=false,sscofpmf=off', [
  gives(touch('scountovf'), illegal),
  keeps('mie', 1 << 13, 0),
  // QEMU delegates it anyhow.
  { ...keeps('mideleg', 1 << 13, 0), qemu: value(1 << 13) },
]);
prove('a hart without programmable counters has them read-only zero', 'rv64gc', undefined, [
  keeps('mhpmcounter3', 5, 0),
  keeps('mhpmevent3', CYCLE, 0),
  keeps('mcountinhibit', 0xffff_ffff, 5),
  keeps('mcounteren', 0xffff_ffff, 7),
  gives(touch('hpmcounter3'), illegal),
]);
/** QEMU 10 shows nothing in scountovf in machine mode, and has the interrupt neither in mie nor in sip. */
const notOnQemu = (step: Step): Step => ({ ...step, qemu: value(0) });
prove('overflow bits', ISA, CPU, [
  write('mcountinhibit', 0xffff_ffff),
  reads('scountovf', 0),
  keeps('mhpmevent3', OF | BigInt(CYCLE)),
  keeps('mhpmevent5', OF | MINH | BigInt(INSTRUCTION)),
  keeps('mhpmevent6', MINH | BigInt(INSTRUCTION)),
  notOnQemu(reads('scountovf', 0x28)),
  write('mcounteren', 0x20),
  within('S', touch('scountovf'), value(0x20)),
  within('U', touch('scountovf'), illegal),
  notOnQemu(keeps('mie', 1 << 13)),
  keeps('mie', 0),
  keeps('mip', 1 << 13),
  keeps('mip', 0),
  write('mideleg', 1 << 13),
  write('mip', 1 << 13),
  notOnQemu(within('S', touch('sip'), value(1 << 13))),
  within('S', `csrw sip, x0; ${touch('sip')}`, value(0)),
]);
prove('events that nothing counts are none', ISA, undefined, [
  keeps('mhpmevent3', 0x7777, 0),
  keeps('mhpmevent3', MINH | SINH | UINH | 0xfff0n, MINH | SINH | UINH),
  keeps('mhpmevent3', (1n << 58n) | BigInt(CYCLE), CYCLE), // modes of the hypervisor extension
]);

/** Counts by code in machine mode: 3 cycles, 4 instructions, 5 exceptions, 6 and 7 TLB misses. */
const CHOOSE = [CYCLE, INSTRUCTION, EXCEPTION, LOAD_MISS, STORE_MISS].map((e, n) => write(`mhpmevent${3 + n}`, e));
const stop = 'li t6, -1; csrw mcountinhibit, t6';
prove('events are counted as they happen', ISA, undefined, [
  ...CHOOSE,
  run(stop),
  ...[3, 4, 5, 6, 7].map((n) => write(`mhpmcounter${n}`, 0)),
  // What starts the counters is not counted, what stops them is.
  run(`li t6, -1; csrw mcountinhibit, x0; nop; nop; nop; csrw mcountinhibit, t6`),
  reads('mhpmcounter3', 4),
  reads('mhpmcounter4', 4),
  reads('mhpmcounter5', 0),
  write('mhpmcounter4', 0),
  // An instruction that traps takes its cycle and does not retire.
  run('li t6, -1; csrw mhpmcounter3, x0; li s7, 0; csrw mcountinhibit, x0; .word 0; csrw mcountinhibit, t6'),
  reads('mhpmcounter5', 1),
  gives(`csrr a0, ${csr('mhpmcounter3')}; csrr a1, ${csr('mhpmcounter4')}; sub a0, a0, a1`, value(1)),
]);
const RAM = 0x8000_0000;
prove('TLB misses are the walks of the page tables', ISA, undefined, [
  ...CHOOSE,
  run(`li t0, ${TABLES + 16}; li t1, ${RAM / 4 + 0xcf}; sd t1, 0(t0)`),
  write('satp', (8n << 60n) | BigInt(TABLES / 4096)),
  run('sfence.vma'),
  loads('S', 0x8020_0000, value(0)),
  loads('S', 0x8020_0008, value(0)),
  loads('S', 0x8020_1000, value(0)),
  reads('mhpmcounter6', 2),
  reads('mhpmcounter7', 0),
  run('sfence.vma'),
  loads('S', 0x8020_0008, value(0)),
  reads('mhpmcounter6', 3),
]);
prove('filters say in which modes a counter stands still', ISA, undefined, [
  write('mhpmevent3', MINH | SINH | BigInt(INSTRUCTION)),
  write('mhpmevent4', MINH | UINH | BigInt(INSTRUCTION)),
  write('mhpmevent5', SINH | UINH | BigInt(EXCEPTION)),
  write('mhpmevent6', MINH | UINH | BigInt(CYCLE)),
  ...[3, 4, 5, 6].map((n) => write(`mhpmcounter${n}`, 0)),
  within('U', 'nop; nop; nop', value(0)),
  reads('mhpmcounter3', 3), // the call does not retire, and mret is machine mode's
  within('S', 'nop; nop', value(0)),
  reads('mhpmcounter3', 3),
  reads('mhpmcounter4', 2),
  reads('mhpmcounter6', 3), // the call takes its cycle
  reads('mhpmcounter5', 0),
  run('ecall'),
  reads('mhpmcounter5', 1),
]);

/** A counter that has `left` events to its overflow; then `body`. What the handler saw: cause, scountovf, mip, the counter. */
const overflowing = (event: number | bigint, left: number, body: string) => `
    la t0, handler
    csrw mtvec, t0
    li t0, 0x2000
    csrw mie, t0
    li t0, ${event}
    csrw mhpmevent3, t0
    li t0, -${left}
    csrr s7, mcycle
    csrw mhpmcounter3, t0
    csrsi mstatus, 8
    ${body}
  1:j 1b
    .align 2
  handler:
    csrr s2, mcause
    csrr s3, 0xda0
    csrr s4, mip
    csrr s5, mhpmcounter3
    li t0, 0x2000
    csrc mip, t0
    csrr s6, mip
    li t0, 0x100000
    li t1, 0x5555
    sw t1, 0(t0)
  2:j 2b
`;

for (const [what, event, left, body] of [
  ['cycles', CYCLE, 1000, ''],
  ['instructions', INSTRUCTION, 1000, ''],
  ['cycles that pass in WFI', CYCLE, 50_000, 'wfi'],
] as const)
  test(`the interrupt comes when ${what} overflow`, needs(...TOOLS), async () => {
    const bare = await load(overflowing(event, left, body), { harts: [{ isa: ISA }] });
    const seen: TrapEvent[] = [];
    bare.machine.events.on((e) => void (e.kind === 'trap' && seen.push(e)));
    assert.equal(bare.machine.run(1_000_000).reason, 'power');
    const x = (n: number) => bare.machine.harts[0]!.x(n);
    const [first] = seen;
    assert.equal(first!.cycle, Number(x(23)) + 2 + left, 'that many after the instruction that wrote the counter');
    assert.equal(x(18), (1n << 63n) | 13n);
    assert.equal(x(19), 8n);
    assert.equal(x(20), 0x2000n);
    assert.equal(x(21), 3n, 'the counter goes on from zero: three instructions of the handler');
    assert.equal(x(22), 0n);
    assert.equal(seen.length, 1);
  });

test('an event that the host counts overflows where it happens', needs(...TOOLS), async () => {
  const source = overflowing(EXCEPTION, 1, '').replace('csrsi mstatus, 8', 'csrw mie, x0\n .word 0');
  const bare = await load(source, { harts: [{ isa: ISA }] });
  assert.equal(bare.machine.run(10_000).reason, 'power');
  const x = (n: number) => bare.machine.harts[0]!.x(n);
  assert.deepEqual([x(18), x(19), x(20), x(21)], [2n, 8n, 0x2000n, 0n]);
});

test('a counter whose overflow is noted already asks for nothing', needs(...TOOLS), async () => {
  const { machine } = await runBare(
    `
    li t0, 0x8000000000000001
    csrw mhpmevent3, t0
    li t0, -20
    csrw mhpmcounter3, t0
    li t1, 100
  1:addi t1, t1, -1
    bnez t1, 1b
    csrr s2, mip
    csrr s3, mhpmcounter3
  `,
    { harts: [{ isa: ISA }] },
  );
  assert.equal(machine.harts[0]!.x(18), 0n);
  assert.ok(machine.harts[0]!.x(19) > 100n);
});

test('interrupts taken are counted', needs(...TOOLS), async () => {
  const { machine } = await runBare(
    `
    la t0, 2f
    csrw mtvec, t0
    li t0, ${INTERRUPT}
    csrw mhpmevent9, t0
    li t0, 2
    csrw mideleg, x0
    csrw mie, t0
    csrsi mstatus, 8
    csrsi mip, 2
    nop
    csrsi mip, 2
    nop
    j 3f
    .align 2
  2:csrci mip, 2
    mret
  3:csrr s2, mhpmcounter9
  `,
    { harts: [{ isa: ISA }] },
  );
  assert.equal(machine.harts[0]!.x(18), 2n);
});

test('timers and overflows come in the same cycle however the run is cut into slices', needs(...TOOLS), async () => {
  const source = `
    la t0, handler
    csrw mtvec, t0
    li t0, 0x2020
    csrw mie, t0
    li t0, 1
    slli t0, t0, 63
    csrw menvcfg, t0
    li t0, ${INSTRUCTION}
    csrw mhpmevent3, t0
    li t0, -777
    csrw mhpmcounter3, t0
    li t0, 13
    csrw ${csr('stimecmp')}, t0
    csrsi mstatus, 8
  1:addi s0, s0, 1
    j 1b
    .align 2
  handler:
    csrr t1, mcause
    slli t1, t1, 1
    addi t1, t1, -26
    bnez t1, 2f
    li t0, 0x2000
    csrc mip, t0
    li t0, ${INSTRUCTION}
    csrw mhpmevent3, t0
    li t0, -333
    csrw mhpmcounter3, t0
    mret
  2:rdtime t0
    addi t0, t0, 7
    csrw ${csr('stimecmp')}, t0
    mret
  `;
  const trapsOf = async (slice: number) => {
    const bare = await load(source, { harts: [{ isa: `${ISA}_sstc`, count: 2 }] });
    const seen: string[] = [];
    bare.machine.events.on((e) => void (e.kind === 'trap' && seen.push(`${e.hart} ${e.cycle} ${e.cause}`)));
    for (let done = 0; done < 40_000; done += slice) bare.machine.run(slice);
    return seen;
  };
  const whole = await trapsOf(40_000);
  assert.ok(whole.filter((each) => each.endsWith(' 13')).length > 50);
  assert.ok(whole.filter((each) => each.endsWith(' 5')).length > 40);
  for (const slice of [1, 7, 1000]) {
    const cut = await trapsOf(slice);
    assert.deepEqual(cut.slice(0, whole.length), whole.slice(0, cut.length));
  }
});
