/** The mailbox device: words from hart to hart, the interrupt that they raise, and announcements to the supervisor. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { MachineEvent } from '../../emulator/events.js';
import { Machine } from '../../emulator/machine.js';
import { readSoc, SocError } from '../../emulator/soc/soc.js';
import { deviceTree } from '../../emulator/soc/tree.js';
import { Random } from '../fuzz/random.js';
import { needs } from '../tools.js';
import { END, load, run, TOOLS } from './bare-metal.js';

const BASE = 0x1010_0000;
const page = (hart: number) => BASE + hart * 0x1000;
const pair = { harts: [{ isa: 'rv64gc', count: 2 }], mailbox: { slots: 2 } };

test(
  'a word wakes the hart that waits for it; words come out in the order in which they went in',
  needs(...TOOLS),
  async () => {
    const bare = await load(
      `
    bnez a0, wait
    li t2, 5000
  1:addi t2, t2, -1
    bnez t2, 1b
    li s1, ${page(1)}
    li t1, 0x123456789abcdef0
    sd t1, 0(s1)
    li t1, 7
    sd t1, 0(s1)
  2:j 2b
  wait:
    la t0, handler
    csrw mtvec, t0
    li t1, 1 << 17
    csrw mie, t1
    csrsi mstatus, 8
    li s1, ${page(1)}
  3:wfi
    j 3b
    .align 2
  handler:
    csrr s2, mcause
    li t2, 5000
  4:addi t2, t2, -1
    bnez t2, 4b
    lw s3, 8(s1)
    csrr s4, mip
    ld s5, 16(s1)
    ld s6, 16(s1)
    csrr s7, mip
    ld s8, 16(s1)
    ld s9, 8(s1)
    ${END}`,
      pair,
    );
    const events: MachineEvent[] = [];
    bare.machine.events.on((event) => void events.push(event));
    assert.equal(bare.machine.run(1_000_000).reason, 'power');
    const x = (n: number) => bare.machine.harts[1]!.x(n);
    assert.equal(x(18), (1n << 63n) | 17n);
    assert.equal(x(19), 2n, 'two wait, there is no room');
    assert.equal(x(20), 1n << 17n);
    assert.deepEqual([x(21), x(22)], [0x123456789abcdef0n, 7n]);
    assert.equal(x(23), 0n, 'no word, no interrupt');
    assert.equal(x(24), 0n, 'nothing more');
    assert.equal(x(25), 2n << 16n);
    const sent = events.filter((event) => event.kind === 'ipi');
    assert.deepEqual(
      sent.map(({ hart, target }) => [hart, target]),
      [
        [0, 1],
        [0, 1],
      ],
    );
    const taken = events.find((event) => event.kind === 'trap');
    assert.equal(taken?.cycle, sent[0]!.cycle, 'it wakes when the word was sent');
  },
);

test('a full queue takes no word, and keeps those that it has', needs(...TOOLS), async () => {
  const bare = await run(
    `
    li s1, ${BASE}
    li t1, 1
    sd t1, 0(s1)
    li t1, 2
    sd t1, 0(s1)
    li t1, 3
    sd t1, 0(s1)
    ld s2, 16(s1)
    ld s3, 16(s1)
    ld s4, 16(s1)`,
    { mailbox: { slots: 2 } },
  );
  const x = (n: number) => bare.machine.harts[0]!.x(n);
  assert.deepEqual([x(18), x(19), x(20)], [1n, 2n, 0n]);
});

test(
  'an announcement reaches the supervisor without machine mode, and is the supervisor’s to clear',
  needs(...TOOLS),
  async () => {
    const bare = await load(
      `
    bnez a0, other
    la t0, handler
    csrw stvec, t0
    li t0, -1
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    li t0, 1 << 16
    csrw mideleg, t0
    csrw sie, t0
    li t0, 0x1800
    csrc mstatus, t0
    li t0, 0x802
    csrs mstatus, t0
    la t0, 1f
    csrw mepc, t0
    mret
  1:wfi
    j 1b
  other:
    li s1, ${BASE}
    li t1, 2
    sd t1, 24(s1)
    li t1, 1
    sd t1, 24(s1)
  2:j 2b
    .align 2
  handler:
    csrr s2, scause
    csrr s3, sip
    li t0, 1 << 16
    csrc sip, t0
    csrr s4, sip
    ${END}`,
      pair,
    );
    const traps: number[] = [];
    bare.machine.events.on((event) => void (event.kind === 'trap' && traps.push(event.to)));
    assert.equal(bare.machine.run(100_000).reason, 'power');
    const x = (n: number) => bare.machine.harts[0]!.x(n);
    assert.deepEqual([x(18), x(19), x(20)], [(1n << 63n) | 16n, 1n << 16n, 0n]);
    assert.deepEqual(traps, [1], 'a word without bit 0 announces nothing; one with it, once');
  },
);

test('whatever is written and read, the queues hold what was sent', async () => {
  const slots = 3;
  const machine = await Machine.create(
    readSoc({ harts: [{ isa: 'rv64gc', count: 3 }], memoryMiB: 16, mailbox: { slots } }, 'mine.json'),
  );
  machine.reset({ pc: 0x8000_0000n });
  const random = new Random(4);
  const queues: bigint[][] = machine.harts.map(() => []);
  for (let n = 0; n < 20_000; n++) {
    const [owner, sender] = [random.below(3), machine.harts[random.below(3)]!];
    const queue = queues[owner]!;
    const bytes = 2 ** random.below(4);
    const offset = random.oneIn(3) ? random.below(0x1010) : 8 * random.below(5);
    const at = page(owner) + offset;
    const word = BigInt(random.below(2 ** 31)) << BigInt(random.below(33));
    const inside = offset < 0x1000 && at % bytes === 0;
    if (random.oneIn(2)) {
      const right = inside && ((offset === 0 && bytes === 8) || (offset === 24 && bytes >= 4));
      const done = machine.bus.write(at, bytes, word, sender);
      // An access past the page lies in the next hart's, or outside.
      if (offset < 0x1000) assert.equal(done, right, `write of ${bytes} bytes at ${offset}`);
      else if (done && owner < 2 && offset === 0x1000 && queues[owner + 1]!.length < slots)
        queues[owner + 1]!.push(word);
      if (done && offset === 0 && queue.length < slots) queue.push(word);
    } else {
      const value = machine.bus.read(at, bytes, sender);
      if (offset >= 0x1000) continue;
      const status = inside && offset === 8 && bytes >= 4;
      const receive = inside && offset === 16 && bytes === 8;
      const expected = status
        ? BigInt(queue.length | ((slots - queue.length) << 16))
        : receive
          ? (queue.shift() ?? 0n)
          : undefined;
      assert.equal(value, expected, `read of ${bytes} bytes at ${offset}`);
    }
    machine.harts.forEach((hart, h) => assert.equal((hart.pending >> 17) & 1, queues[h]!.length ? 1 : 0));
  }
  machine.reset({ pc: 0x8000_0000n });
  assert.equal(machine.bus.read(page(1) + 8, 4, machine.harts[0]!), BigInt(slots << 16), 'empty after reset');
});

test('machine mode alone sees interrupt 17: it can not be delegated, nor set by software', async () => {
  const machine = await Machine.create(readSoc({ harts: [{ isa: 'rv64gc' }], memoryMiB: 16 }, 'mine.json'));
  const [hart] = machine.harts;
  for (const name of ['mideleg', 'mip', 'mie']) hart!.setCsr(name, ~0n);
  assert.equal((hart!.csr('mideleg') >> 17n) & 1n, 0n);
  assert.equal((hart!.csr('mip') >> 17n) & 1n, 0n);
  assert.equal((hart!.csr('mie') >> 17n) & 1n, 1n);
  assert.equal((hart!.csr('sie') >> 17n) & 1n, 0n);
});

test('a description says whether there is a mailbox, and how many words a queue holds', needs('dtc'), async () => {
  const of = (mailbox?: unknown) => readSoc({ harts: [{ isa: 'rv64gc', count: 2 }], mailbox }, 'mine.json');
  assert.equal(of().mailbox, undefined);
  assert.equal(of(false).mailbox, undefined);
  assert.deepEqual(of(true).mailbox, { slots: 16 });
  assert.deepEqual(of({ slots: 64 }).mailbox, { slots: 64 });
  for (const [mailbox, message] of [
    [{ slots: 0 }, /^mine\.json: mailbox\.slots: 0 is not a whole number from 1 to 64$/],
    [{ slots: 65 }, /^mine\.json: mailbox\.slots: 65 is not/],
    [{ depth: 4 }, /^mine\.json: mailbox: "depth" is no member here; known: slots$/],
    [3, /^mine\.json: mailbox: 3 is not true, false or an object$/],
  ] as const)
    assert.throws(
      () => of(mailbox),
      (error) => error instanceof SocError && message.test(error.message),
    );
  const machine = await Machine.create(of(true));
  const tree = deviceTree(machine.soc, machine.devices, { ramBase: 0x8000_0000 });
  const text = execFileSync('dtc', ['-I', 'dtb', '-O', 'dts', '-'], { input: tree, encoding: 'utf8', stdio: 'pipe' });
  const node = text.slice(text.indexOf('mailbox@10100000 {'));
  assert.match(node, /compatible = "harthop,mailbox"/);
  assert.match(node, /reg = <0x00 0x10100000 0x00 0x2000>/);
  assert.match(node, /harthop,slots = <0x10>/);
  const [, wires] = /interrupts-extended = <([^>]*)>/.exec(node)!;
  const controllers = [...text.matchAll(/"riscv,cpu-intc";\s*phandle = <(0x[0-9a-f]+)>/g)].map(
    ([, phandle]) => phandle,
  );
  assert.deepEqual(
    wires!.split(' '),
    controllers.flatMap((controller) => [controller, '0x11']),
  );
});
