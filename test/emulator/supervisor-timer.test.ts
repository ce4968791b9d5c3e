/** The supervisor's own timer (Sstc). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrapEvent } from '../../emulator/events.js';
import { needs } from '../tools.js';
import { load, TOOLS } from './bare-metal.js';
import { csr, gives, illegal, keeps, prove, reads, value, within, write } from './privileged.js';

const CPU = 'rv64,h=false,v=false,sstc=on';
const STCE = 1n << 63n;
const NEVER = (1n << 64n) - 1n;
const STIP = 0x20;
const touch = `csrr a0, ${csr('stimecmp')}`;

prove('who may touch stimecmp', 'rv64gc_sstc', CPU, [
  keeps('stimecmp', 5),
  write('menvcfg', 0),
  write('mcounteren', 2),
  within('S', touch, illegal),
  write('menvcfg', STCE),
  within('S', touch, value(5)),
  within('S', `li t0, 9; csrw ${csr('stimecmp')}, t0; ${touch}`, value(9)),
  within('U', touch, illegal),
  write('mcounteren', 5),
  within('S', touch, illegal),
  gives(touch, value(9)),
]);
prove('stimecmp drives STIP while menvcfg says so', 'rv64gc_sstc', CPU, [
  write('menvcfg', 0),
  keeps('mip', STIP),
  keeps('mip', 0),
  write('stimecmp', NEVER),
  write('menvcfg', STCE),
  keeps('mip', STIP, 0),
  write('stimecmp', 0),
  reads('mip', STIP),
  keeps('mip', 0, STIP),
  gives('csrci mip, 0; csrr a0, sip', value(0)),
  write('mideleg', STIP),
  // QEMU 10 shows a driven STIP in mip only.
  { ...reads('sip', STIP), qemu: value(0) },
  { ...keeps('sip', 0, STIP), qemu: value(0) },
  write('stimecmp', NEVER),
  reads('sip', 0),
  write('stimecmp', 0),
  write('menvcfg', 0),
  // What was driven is not software's; QEMU leaves it there.
  { ...reads('mip', 0), qemu: value(STIP) },
]);
prove('no stimecmp without Sstc', 'rv64gc', 'rv64,h=false,v=false,sstc=off', [
  gives(touch, illegal),
  keeps('menvcfg', STCE, 0),
]);

const SUPERVISOR = (body: string) => `
    la t0, mhandler
    csrw mtvec, t0
    la t0, shandler
    csrw stvec, t0
    li t0, -1
    csrw pmpaddr0, t0
    csrw mcounteren, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    li t0, 0x20
    csrw mideleg, t0
    csrw mie, t0
    li t0, 1
    slli t0, t0, 63
    csrw menvcfg, t0
    li t0, 0x1000
    csrc mstatus, t0
    li t0, 0x802
    csrs mstatus, t0
    la t0, body
    csrw mepc, t0
    mret
    .align 2
  mhandler: j mhandler
    .align 2
  shandler:
    csrr s2, scause
    rdtime s3
    rdcycle s4
    csrr s5, instret
    li t0, 0x100000
    li t1, 0x5555
    sw t1, 0(t0)
  1:j 1b
    .align 2
  body:
    ${body}`;

test("the supervisor's timer interrupt comes in the cycle that stimecmp names", needs(...TOOLS), async () => {
  const bare = await load(SUPERVISOR('li t1, 25; csrw 0x14d, t1; 1: j 1b'), { harts: [{ isa: 'rv64gc_sstc' }] });
  const seen: TrapEvent[] = [];
  bare.machine.events.on((event) => void (event.kind === 'trap' && seen.push(event)));
  assert.equal(bare.machine.run(100_000).reason, 'power');
  assert.deepEqual(
    seen.map(({ cycle, cause, to }) => [cycle, cause, to]),
    [[2500, 5, 1]],
    '25 ticks of 100 cycles',
  );
  assert.equal(bare.machine.harts[0]!.x(19), 25n);
});

test('WFI waits for it, beside another hart that goes on', needs(...TOOLS), async () => {
  const bare = await load(
    `bnez a0, other\n${SUPERVISOR('li t1, 1000; csrw 0x14d, t1; wfi; 1: j 1b')}
  other: addi s7, s7, 1
    j other`,
    { harts: [{ isa: 'rv64gc_sstc', count: 2 }] },
  );
  assert.equal(bare.machine.run(10_000_000).reason, 'power');
  const [hart, other] = bare.machine.harts;
  assert.equal(hart!.x(19), 1000n);
  assert.equal(hart!.x(20), 100_002n, 'the third instruction of the handler');
  assert.ok(hart!.x(21) < 100n, 'nothing was retired meanwhile');
  assert.ok(Math.abs(other!.time - 100_000) < 2 * bare.machine.soc.quantum);
});

test('moving the clock moves the timer', needs(...TOOLS), async () => {
  const bare = await load(
    SUPERVISOR('li t1, 100000; csrw 0x14d, t1; li t0, 0x200bff8; li t1, 99999; sd t1, 0(t0); 1: j 1b'),
    { harts: [{ isa: 'rv64gc_sstc' }] },
  );
  assert.equal(bare.machine.run(10_000).reason, 'power');
  assert.equal(bare.machine.harts[0]!.x(19), 100_000n);
});
