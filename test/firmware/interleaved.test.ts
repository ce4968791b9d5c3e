/**
 * Firmware where one hart stands still at a chosen instruction while others go on: what the models found (docs/protocol.md), on real code. The
 * supervisors are a few lines without paging; a hart that stands still has no turns.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { assemble, formatDiagnostic } from '../../assembler/assemble.js';
import { boot } from '../../emulator/boot.js';
import { readElf } from '../../emulator/elf.js';
import type { MachineEvent } from '../../emulator/events.js';
import type { Stop } from '../../emulator/driver.js';
import { Machine } from '../../emulator/machine.js';
import { readSoc } from '../../emulator/soc/soc.js';

const MIG = 0x084d4947;
const [MIGRATE, RECALL] = [3, 4];
const [HOME, OTHER, ACCELERATOR] = [0, 1, 2];

/** The other hart begins when this word of memory is not 0. */
const BEGIN = 0x8030_0000;

/** Calls of firmware: `call EXTENSION, FUNCTION`, with the arguments in place. The boot hart registers a ring; thread 7 never comes back by itself. */
const common = `
        .equ    MIG, ${MIG}
        .equ    HSM, 0x48534d
        .equ    SRST, 0x53525354
        .equ    TID, 7
        .macro  call extension, function
        li      a7, \\extension
        li      a6, \\function
        ecall
        .endm
        .macro  migrate                 # a0 becomes the error
        li      a0, 0
        li      a1, 0
        li      a2, TID
        la      a3, frame
        la      a4, area
        li      a5, 0
        call    MIG, ${MIGRATE}
        .endm
        .macro  recall
        li      a0, TID
        call    MIG, ${RECALL}
        .endm
        .macro  wait_for_entry          # of the ring, and take it
        la      t0, ring
        lw      t1, 0(t0)
1:      lw      t2, 4(t0)
        beq     t1, t2, 1b
        addi    t1, t1, 1
        fence
        sw      t1, 0(t0)
        .endm

        .option arch, +v
        .globl  _start
_start:
        la      a0, ring
        li      a1, 16
        call    MIG, 2
        la      t0, thread
        la      t1, frame
        sd      t0, (t1)
        j       main

off:                                    # status s0, 0: success
        li      a0, 0
        snez    a1, s0
        call    SRST, 0
thread:
        vsetivli zero, 2, e64, m1, ta, ma
1:      addi    t0, t0, 1
        j       1b

        .data
        .balign 64
ring:   .zero   64 + 16 * 64
        .balign 16
frame:  .zero   1024
area:   .zero   8192
        .text
main:
`;

type Elf = ReturnType<typeof readElf>;

const program = (text: string): Elf => {
  const { elf, diagnostics } = assemble([{ name: 'supervisor.S', text: common + text }], { base: 0x8020_0000n });
  if (!elf) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return readElf(elf, 'supervisor');
};

interface Stage {
  readonly machine: Machine;
  /** Run until an event; false when so many instructions pass without it. */
  until(what: (event: MachineEvent) => boolean, budgetInstructions?: number): boolean;
  /** Only these harts have turns from now on. */
  only(...harts: number[]): void;
  run(budgetInstructions: number): Stop;
}

async function stage(supervisor: Elf, bootargs: string, mailbox?: { slots: number }): Promise<Stage> {
  const harts = [
    { count: 2, isa: 'rv64gc', role: 'application' },
    { count: 1, isa: 'rv64gcv', vlen: 128, role: 'accelerator' },
  ];
  const machine = await Machine.create(
    readSoc({ name: 'stage', quantum: 1, harts, memoryMiB: 16, ...(mailbox && { mailbox }) }, 'test'),
  );
  let awaited: ((event: MachineEvent) => boolean) | undefined;
  machine.events.on((event) => {
    if (!awaited?.(event)) return;
    awaited = undefined;
    machine.stop();
  });
  boot(machine, { firmware: readElf(readFileSync('images/firmware.elf'), 'firmware'), kernel: supervisor, bootargs });
  return {
    machine,
    until(what, budgetInstructions = 10_000_000) {
      awaited = what;
      machine.run(budgetInstructions);
      const came = !awaited;
      awaited = undefined;
      return came;
    },
    only: (...running) => machine.harts.forEach((_, n) => machine.freeze(n, !running.includes(n))),
    run: (budgetInstructions) => machine.run(budgetInstructions),
  };
}

const calls = (hart: number, fid: number) => (event: MachineEvent) =>
  event.kind === 'sbi' && event.hart === hart && event.extension === MIG && event.fid === fid;
const answers = (hart: number) => (event: MachineEvent) => event.kind === 'sbi-return' && event.hart === hart;

/** The home hart sends the thread and waits for it; the other recalls it, from when it is told to until firmware knows it. */
const recaller = program(`
        li      a0, ${OTHER}
        la      a1, recaller
        li      a2, 0
        call    HSM, 0
        la      t0, ready
1:      lw      t1, (t0)
        beqz    t1, 1b
        migrate
        mv      s0, a0
        bnez    s0, off
        wait_for_entry
        j       off
recaller:
        la      t0, ready
        li      t1, 1
        sw      t1, (t0)
        li      t0, ${BEGIN}
1:      lw      t1, (t0)
        beqz    t1, 1b
1:      recall
        bnez    a0, 1b
1:      wfi
        j       1b
        .data
ready:  .word   0
        .text
`);

/** The home hart has done so much of its call that sends the thread, and the other hart is about to recall it. */
async function sending(bootargs: string, done: number): Promise<Stage> {
  const it = await stage(recaller, bootargs);
  it.until(calls(HOME, MIGRATE));
  it.only(HOME);
  it.run(done);
  it.only(OTHER);
  it.machine.memory.write(BEGIN, new Uint8Array([1]));
  it.until(calls(OTHER, RECALL));
  return it;
}

/** Firmware knows the thread once the home hart has done so much. */
async function knownAfter(bootargs: string): Promise<number> {
  for (let done = 0; done < 600; done += 10) {
    const { until } = await sending(bootargs, done);
    let known = false;
    until((event) => {
      known ||= event.kind === 'sbi-return' && event.hart === OTHER && event.error === 0n;
      return answers(OTHER)(event);
    }, 5000);
    if (known) return done;
  }
  throw new Error('the thread never becomes known');
}

for (const transport of ['fifo', 'mailbox']) {
  test(`a recall that stands still anywhere while the thread is sent and arrives brings it home (${transport})`, async () => {
    const bootargs = `migrate.transport=${transport}`;
    const sent = await knownAfter(bootargs);
    let overtaken = 0;
    for (let recalled = 1; ; recalled++) {
      const { until, only, run } = await sending(bootargs, sent);
      if (until(answers(OTHER), recalled)) break;
      only(HOME, ACCELERATOR);
      if (until((event) => event.kind === 'migration' && event.step === 'arrive', 5000)) overtaken++;
      only(HOME, OTHER, ACCELERATOR);
      const { reason, status } = run(100_000);
      assert.deepEqual(
        { reason, status },
        { reason: 'power', status: 0 },
        `after ${sent} and ${recalled} instructions`,
      );
    }
    assert.ok(overtaken > 10, `the thread arrived only ${overtaken} times before the recall went on`);
  });
}

/** Sends a thread and takes it back, again and again. */
const sender = program(`
        li      s1, 20
again:
        migrate
        mv      s0, a0
        bnez    s0, off
        recall
        mv      s0, a0
        bnez    s0, off
        wait_for_entry
        addi    s1, s1, -1
        bnez    s1, again
        j       off
`);

test('who finds no thread away is never refused for want of room, though the mailbox is full of words of threads that were taken back', async () => {
  for (const slots of [1, 3]) {
    const { until, only, run } = await stage(sender, 'migrate.transport=device', { slots });
    until(calls(HOME, MIGRATE));
    only(HOME);
    const { reason, status } = run(1_000_000);
    assert.deepEqual({ reason, status }, { reason: 'power', status: 0 }, `${slots} places`);
  }
});
