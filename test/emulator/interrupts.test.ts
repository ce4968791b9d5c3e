import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrapEvent } from '../../emulator/events.js';
import { type Bare, load, run, TOOLS } from './bare-metal.js';
import { needs } from '../tools.js';

const CLINT = 0x200_0000;
const UART = 0x1000_0000;
const PLIC = 0xc00_0000;

const POWER_OFF = 'li t5, 0x100000; li t6, 0x5555; sw t6, 0(t5)';

/** Interrupts taken, in order. */
function listen({ machine }: Bare): TrapEvent[] {
  const seen: TrapEvent[] = [];
  machine.events.on((event) => {
    if (event.kind === 'trap' && event.interrupt) seen.push(event);
  });
  return seen;
}

test('the timer interrupt comes in the cycle that mtimecmp names', needs(...TOOLS), async () => {
  const bare = await load(`
    la t0, handler
    csrw mtvec, t0
    li t0, ${CLINT + 0x4000}
    li t1, 25
    sd t1, 0(t0)
    li t1, 0x80
    csrw mie, t1
    csrsi mstatus, 8
  1:j 1b
    .align 2
  handler:
    csrr s2, mcause
    csrr s3, mip
    rdtime s4
    li t1, -1
    sd t1, 0(t0)
    csrr s5, mip
    ${POWER_OFF}
  `);
  const seen = listen(bare);
  assert.equal(bare.machine.run(100_000).reason, 'power');
  assert.equal(seen[0]!.cycle, 2500, '25 ticks of 100 cycles');
  const x = (n: number) => bare.machine.harts[0]!.x(n);
  assert.equal(x(18), (1n << 63n) | 7n);
  assert.equal(x(19), 0x80n);
  assert.equal(x(20), 25n);
  assert.equal(x(21), 0n, 'moving mtimecmp takes it back at once');
});

test(
  'WFI lets time pass to the timer without instructions, and goes on when interrupts are off',
  needs(...TOOLS),
  async () => {
    const bare = await run(`
    li t0, ${CLINT + 0x4000}
    li t1, 1000
    sd t1, 0(t0)
    li t1, 0x80
    csrw mie, t1
    csrr s2, minstret
    wfi
    csrr s3, minstret
    csrr s4, mcycle
  `);
    const x = (n: number) => bare.machine.harts[0]!.x(n);
    assert.equal(x(19) - x(18), 2n);
    assert.equal(x(20), 100_001n);
  },
);

test('a software interrupt wakes another hart at the time it was sent', needs(...TOOLS), async () => {
  const bare = await load(
    `
    la t0, handler
    csrw mtvec, t0
    li t1, 8
    csrw mie, t1
    csrsi mstatus, 8
    bnez a0, wait
    li t2, 20000
  1:addi t2, t2, -1
    bnez t2, 1b
    li t0, ${CLINT}
    li t1, 1
    sw t1, 4(t0)
  2:j 2b
  wait: wfi
    j wait
    .align 2
  handler:
    rdcycle s4
    ${POWER_OFF}
  `,
    { harts: [{ isa: 'rv64gc', count: 2 }] },
  );
  const seen = listen(bare);
  const ipis: number[] = [];
  bare.machine.events.on((event) => void (event.kind === 'ipi' && ipis.push(event.cycle)));
  assert.equal(bare.machine.run(1_000_000).reason, 'power');
  assert.equal(seen[0]!.hart, 1);
  assert.equal(seen[0]!.cause, 3);
  assert.equal(seen[0]!.cycle, ipis[0]);
});

/** Machine mode delegates, sets the bits and goes to S, whose handler keeps what comes and clears what it may. */
const SUPERVISOR = (set: string, body = '') => `
    la t0, shandler
    csrw stvec, t0
    la t0, mhandler
    csrw mtvec, t0
    li t0, -1
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    li t0, 0x10222
    csrw mideleg, t0
    csrw mie, t0
    li t0, 0x1800
    csrc mstatus, t0
    li t0, 0x800
    csrs mstatus, t0
    li t0, ${set}
    csrs mip, t0
    la t0, super
    csrw mepc, t0
    mret
    .align 2
  mhandler: csrr s8, mcause
    ${POWER_OFF}
    .align 2
  shandler:
    csrr t3, scause
    slli t3, t3, 1
    srli t3, t3, 1
    li t4, 1
    sll t4, t4, t3
    csrc sip, t4
    csrr t5, sip
    and t5, t5, t4
    beqz t5, 1f
    csrc sie, t4
  1:sret
  super:
    csrr s2, sip
    ${body}
    csrsi sstatus, 2
    nop
    ${POWER_OFF}
`;

test(
  'delegated interrupts are taken in their order, local 16 last; the supervisor clears SSIP and 16 itself',
  needs(...TOOLS),
  async () => {
    const bare = await load(SUPERVISOR('0x10222'));
    const seen = listen(bare);
    assert.equal(bare.machine.run(100_000).reason, 'power');
    assert.equal(bare.machine.harts[0]!.x(18), 0x10222n);
    assert.deepEqual(
      seen.map(({ cause, to }) => [cause, to]),
      [
        [9, 1],
        [1, 1],
        [5, 1],
        [16, 1],
      ],
    );
    assert.equal(bare.machine.harts[0]!.csr('mip'), 0x220n, 'timer and external are not the supervisor’s to clear');
  },
);

test('local interrupt 16 waits for sstatus.SIE and sie', needs(...TOOLS), async () => {
  const masked = await load(
    SUPERVISOR(
      '0x10000',
      'csrw sie, x0; csrsi sstatus, 2; nop; csrci sstatus, 2; li t0, 0x10000; csrw sie, t0; nop; mark: nop',
    ),
  );
  const seen = listen(masked);
  assert.equal(masked.machine.run(100_000).reason, 'power');
  assert.equal(seen.length, 1);
  assert.ok(seen[0]!.pc > masked.label('mark'));
});

test(
  'an interrupt that is not delegated comes to M through S, whatever mstatus.MIE says',
  needs(...TOOLS),
  async () => {
    const bare = await load(
      SUPERVISOR('0', `li t0, ${CLINT}; li t1, 1; sw t1, 0(t0); nop; nop`).replace(
        'csrw mie, t0',
        'csrw mie, t0; csrsi mie, 8',
      ),
    );
    const seen = listen(bare);
    assert.equal(bare.machine.run(100_000).reason, 'power');
    assert.deepEqual([seen[0]!.cause, seen[0]!.from, seen[0]!.to], [3, 1, 3]);
  },
);

test('vectored handlers are entered by cause for interrupts only', needs(...TOOLS), async () => {
  const bare = await load(
    `
    la t0, table + 1
    csrw mtvec, t0
    ecall
    .align 8
  table:
    j exception
    .align 2
    j fail
    .align 2
    j fail
    .align 2
    j software
  fail: j fail
  exception:
    li s2, 1
    li t0, ${CLINT}
    li t1, 1
    csrsi mie, 8
    csrsi mstatus, 8
    sw t1, 0(t0)
  1:j 1b
  software: li s3, 1
    ${POWER_OFF}
  `
      .replaceAll('j fail', '.option norvc; j fail')
      .replace('j exception', '.option norvc; j exception'),
  );
  assert.equal(bare.machine.run(1000).reason, 'power');
  assert.equal(bare.machine.harts[0]!.x(18), 1n);
  assert.equal(bare.machine.harts[0]!.x(19), 1n);
});

test(
  'console input raises the external interrupt through the PLIC; claim, read, complete',
  needs(...TOOLS),
  async () => {
    const bare = await load(`
    la t0, handler
    csrw mtvec, t0
    li s1, ${PLIC}
    li t1, 3
    sw t1, 40(s1)
    li t2, ${PLIC + 0x2000}
    li t1, 1 << 10
    sw t1, 0(t2)
    li s3, ${PLIC + 0x200000}
    li s4, ${UART}
    li t1, 1
    sb t1, 1(s4)
    li t1, 0x800
    csrw mie, t1
    csrsi mstatus, 8
  1:wfi
    j 1b
    .align 2
  handler:
    lw s5, 4(s3)
    lbu s6, 0(s4)
    sb s6, 0(s4)
    lbu s7, 5(s4)
    sw s5, 4(s3)
    csrr s8, mip
    li t0, 'b'
    beq s6, t0, 2f
    mret
  2:${POWER_OFF}
  `);
    const { machine } = bare;
    let echo = '';
    machine.events.on((event) => {
      if (event.kind === 'console') echo += String.fromCharCode(event.byte);
    });
    const waiting = machine.run(100_000);
    assert.equal(waiting.reason, 'deadlock', 'it waits for input');
    machine.console.write(new TextEncoder().encode('ab'));
    assert.equal(machine.run(100_000).reason, 'power');
    assert.equal(echo, 'ab');
    const x = (n: number) => machine.harts[0]!.x(n);
    assert.equal(x(21), 10n, 'the UART’s source');
    assert.equal(x(23) & 1n, 0n, 'nothing more to read');
    assert.equal(x(24) & 0x800n, 0n);
  },
);

test('an access that no device answers is a fault', needs(...TOOLS), async () => {
  const bare = await load(
    `
    la t0, handler
    csrw mtvec, t0
    li t0, 0x3000000
    lw t1, 0(t0)
    li t0, ${UART}
    lw t1, 0(t0)
    li t0, ${CLINT}
    amoadd.w t1, x0, (t0)
    ${POWER_OFF}
    .align 2
  handler: csrr t2, mcause
    slli s2, s2, 4
    or s2, s2, t2
    csrr t2, mepc
    addi t2, t2, 4
    csrw mepc, t2
    mret
  `.replace('la t0', '.option norvc; la t0'),
  );
  assert.equal(bare.machine.run(1000).reason, 'power');
  assert.equal(bare.machine.harts[0]!.x(18), 0x557n);
});
