import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Machine } from '../../emulator/machine.js';
import { load, run, soc, TOOLS } from './bare-metal.js';
import { needs } from '../tools.js';

const FOUR = { harts: [{ isa: 'rv64gc', count: 4 }] };
const OFF = 'li t5, 0x100000; li t6, 0x5555; sw t6, 0(t5)';

/** Every hart adds to one counter in its own way; the last to finish switches off. */
const counting = (add: string) => `
  la s1, counter
  la s2, finished
  li s3, 500
1:${add}
  addi s3, s3, -1
  bnez s3, 1b
  li t0, 1
  amoadd.w t0, t0, (s2)
  li t1, 3
  bne t0, t1, 2f
  ${OFF}
2:wfi
  j 2b
  .align 3
counter: .dword 0
finished: .dword 0
`;

for (const [name, add] of [
  ['amoadd', 'li t0, 1; amoadd.d x0, t0, (s1)'],
  ['lr/sc', '3: lr.d t0, (s1); addi t0, t0, 1; sc.d t1, t0, (s1); bnez t1, 3b'],
  [
    'a lock of lr/sc, released by a plain store',
    `la s4, lock; 3: lr.w t0, (s4); bnez t0, 3b; li t1, 1; sc.w t0, t1, (s4); bnez t0, 3b
     ld t0, 0(s1); addi t0, t0, 1; sd t0, 0(s1); fence rw, w; sw x0, 0(s4); j 4f; .align 3; lock: .dword 0; 4:`,
  ],
] as const)
  for (const quantum of [1, 7, 1000])
    test(`four harts count without losing one: ${name}, quantum ${quantum}`, needs(...TOOLS), async () => {
      const program = counting(add);
      const { word } = await load(program, { ...FOUR, quantum }).then((bare) => {
        assert.equal(bare.machine.run(5_000_000).reason, 'power');
        return bare;
      });
      assert.equal(word('counter'), 2000n);
    });

test(
  "a plain store of another hart breaks a reservation; the hart's own does not; xRET does",
  needs(...TOOLS),
  async () => {
    // Hart 0 reserves and waits for `go`; hart 1 stores and sets it.
    const program = (store: string) => `
    la s1, cell
    la s2, go
    la s4, elsewhere
    sd x0, 8(s4)
    bnez a0, other
    lr.d t0, (s1)
    li t1, 1
    sd t1, 8(s2)
  1:ld t1, 0(s2)
    beqz t1, 1b
    sc.d s3, t1, (s1)
    ${OFF}
  other:
    sd x0, 16(s1)
  1:ld t1, 8(s2)
    beqz t1, 1b
    li t0, 9
    ${store}
    li t1, 1
    sd t1, 0(s2)
  2:j 2b
    .align 3
  cell: .zero 64
  elsewhere: .zero 64
  go: .zero 16
  `;
    const after = async (store: string) => {
      const bare = await load(program(store), { harts: [{ isa: 'rv64gc', count: 2 }], quantum: 10 });
      assert.equal(bare.machine.run(100_000).reason, 'power');
      return bare.machine.harts[0]!.x(19);
    };
    assert.equal(await after('sd t0, 0(s1)'), 1n);
    assert.equal(await after('sb t0, 3(s1)'), 1n);
    assert.equal(await after('amoswap.w t0, t0, 4(s1)'.replace('4(s1)', '(s1)')), 1n);
    assert.equal(await after('sd t0, 0(s4)'), 0n, 'another line of the same page');
    const own = await run('la s1, c; lr.d t0, (s1); sd x0, 0(s1); sc.d s2, t0, (s1); j 1f; .align 3; c: .dword 0; 1:');
    assert.equal(own.machine.harts[0]!.x(18), 0n);
    const trap = await run(
      'la s1, c; la t1, 1f; csrw mepc, t1; li t2, 0x1800; csrs mstatus, t2; lr.d t0, (s1); mret; .align 3; c: .dword 0; 1: sc.d s2, t0, (s1)',
    );
    assert.equal(trap.machine.harts[0]!.x(18), 1n);
  },
);

test(
  'an atomic that is misaligned traps; a misaligned load or store is carried out, or traps where the SoC says so',
  needs(...TOOLS),
  async () => {
    const program = `
    la t0, handler
    csrw mtvec, t0
    la s1, cell
    .option norvc
    lw a1, 1(s1)
    sh a1, 3(s1)
    amoadd.w a2, a1, (s2)
    .option rvc
    ${OFF}
    .align 2
  handler:
    csrr t2, mcause
    slli s11, s11, 4
    or s11, s11, t2
    csrr t2, mepc
    addi t2, t2, 4
    csrw mepc, t2
    mret
    .align 3
  cell: .dword 0x0807060504030201, 0
  `
      .replace('(s2)', '(s1)')
      .replace('la s1, cell', 'la s1, cell; addi s1, s1, 2');
    const causes = async (misaligned: string, isa = 'rv64gc') => {
      const bare = await load(program, { misaligned, harts: [{ isa }] });
      assert.equal(bare.machine.run(1000).reason, 'power');
      return [bare.machine.harts[0]!.x(27), bare.machine.harts[0]!.x(11), bare.word('cell')];
    };
    assert.deepEqual(await causes('allow'), [6n, 0x07060504n, 0x0805040504030201n]);
    assert.deepEqual(await causes('trap'), [0x466n, 0n, 0x0807060504030201n]);
    // Zama16b promises them within 16 bytes.
    assert.deepEqual(await causes('trap', 'rv64gc_zama16b'), [0n, 0x07060504n, 0x08050b0b09070201n]);
  },
);

const STORY = counting('li t0, 1; amoadd.d x0, t0, (s1); rdtime t0; rdcycle t1; xor s5, s5, t1');

/** Everything that a run leaves behind, in one text. */
async function trace(slice: (n: number) => number): Promise<string> {
  const { machine } = await load(STORY, FOUR);
  const events: string[] = [];
  machine.events.on((e) => events.push(`${e.kind}@${e.cycle}/${e.hart}`));
  for (let n = 0; ; n++) if (machine.run(slice(n)).reason === 'power') break;
  const harts = machine.harts.map((h) => [h.pc, h.time, h.instret, ...Array.from({ length: 32 }, (_, n) => h.x(n))]);
  return [...events, ...harts.flat()].join(' ');
}

test('the same inputs give the same run, however it is cut into slices', needs(...TOOLS), async () => {
  const whole = await trace(() => 1_000_000);
  assert.equal(await trace(() => 1), whole);
  assert.equal(await trace((n) => 1 + ((n * 7919) % 613)), whole);
});

test('a listener stops the run after the instruction, and nothing is changed by that', needs(...TOOLS), async () => {
  const { machine, label } = await load(
    `la t0, here; csrw mtvec, t0; nop; ecall; .align 2; here: addi a5, a5, 1; ${OFF}`,
  );
  machine.events.on((event) => void (event.kind === 'trap' && machine.stop()));
  assert.deepEqual(machine.run(1000), { reason: 'stopped', hart: 0 });
  assert.equal(machine.harts[0]!.pc, label('here'));
  assert.equal(machine.harts[0]!.x(15), 0n);
  assert.equal(machine.run(1000).reason, 'power');
});

test(
  'a breakpoint stops before its instruction, on whichever hart comes, and the next run passes it',
  needs(...TOOLS),
  async () => {
    const program = `li s1, 3; 1: nop; here: addi s2, s2, 1; addi s1, s1, -1; bnez s1, 1b; amo: bnez a0, amo; ${OFF}`;
    const { machine, label } = await load(program, { harts: [{ isa: 'rv64gc', count: 2 }], quantum: 5 });
    const id = machine.breakpoints.add({ va: label('here') });
    const stops: string[] = [];
    for (;;) {
      const stop = machine.run(1000);
      if (stop.reason === 'power') break;
      assert.equal(stop.breakpoint, id);
      assert.equal(machine.harts[stop.hart]!.pc, label('here'));
      stops.push(`${stop.hart}:${machine.harts[stop.hart]!.x(18)}`);
    }
    assert.deepEqual(
      stops.filter((s) => s[0] === '0'),
      ['0:0', '0:1', '0:2'],
    );
    assert.deepEqual(stops.filter((s) => s[0] === '1').slice(0, 2), ['1:0', '1:1']);
  },
);

test('breakpoints do not change the run, and a removed one is gone', needs(...TOOLS), async () => {
  const { machine, label } = await load(STORY.replace('addi s3', 'here: addi s3'), FOUR);
  const id = machine.breakpoints.add({ va: label('here') });
  for (let n = 0; n < 50; n++) assert.equal(machine.run(100_000).reason, 'breakpoint');
  assert.ok(machine.breakpoints.remove(id));
  assert.ok(!machine.breakpoints.remove(id));
  assert.equal(machine.run(1_000_000).reason, 'power');
  const without = await load(STORY, FOUR);
  without.machine.run(1_000_000);
  assert.deepEqual(
    machine.harts.map((h) => [h.time, h.x(21)]),
    without.machine.harts.map((h) => [h.time, h.x(21)]),
  );
});

test('a breakpoint of an address space does not stop machine mode', needs(...TOOLS), async () => {
  const { machine, label } = await load(`nop; here: nop; ${OFF}`);
  machine.breakpoints.add({ va: label('here'), satp: (8n << 60n) | 0x80400n });
  assert.equal(machine.run(1000).reason, 'power');
  machine.reset({ pc: 0x8000_0000n });
  machine.breakpoints.add({ va: label('here'), satp: 0n });
  assert.equal(machine.run(1000).reason, 'breakpoint');
});

test('a step is one instruction of that hart, others keep their turns', needs(...TOOLS), async () => {
  const { machine } = await load('1: addi s1, s1, 1; j 1b', { ...FOUR, quantum: 10 });
  const stepped = machine.harts[2]!;
  for (let n = 1; n <= 40; n++) {
    assert.deepEqual(machine.stepHart(2), { reason: 'budget', hart: 2 });
    assert.equal(stepped.time, n);
  }
  const times = machine.harts.map((h) => h.time);
  assert.ok(Math.max(...times) - Math.min(...times) <= 10, `${times}`);
});

test(
  'a step over a trapping instruction ends at the handler; at an interrupt it is the entry',
  needs(...TOOLS),
  async () => {
    const { machine, label } = await load(
      `la t0, h; csrw mtvec, t0; ecall; .align 2; h: csrsi mstatus, 8; csrsi mie, 8; nop; ${OFF}`,
    );
    const hart = machine.harts[0]!;
    while (hart.csr('mtvec') === 0n) machine.stepHart(0);
    machine.stepHart(0);
    assert.equal(hart.pc, label('h'));
    machine.stepHart(0);
    machine.stepHart(0);
    hart.drive(3, true, hart.time);
    const time = hart.time;
    machine.stepHart(0);
    assert.equal(hart.pc, label('h'));
    assert.equal(hart.time, time, 'taking an interrupt takes no cycle');
  },
);

test('a frozen hart gets no turns, and does not run after what it missed', needs(...TOOLS), async () => {
  const { machine } = await load('1: addi s1, s1, 1; j 1b', { harts: [{ isa: 'rv64gc', count: 2 }] });
  machine.run(5000);
  const before = machine.harts[1]!.time;
  machine.harts[1]!.frozen = true;
  machine.run(50_000);
  assert.equal(machine.harts[1]!.time, before);
  machine.harts[1]!.frozen = false;
  assert.ok(machine.harts[1]!.time > 50_000);
  const retired = machine.harts[1]!.instret;
  machine.run(10_000);
  assert.ok(machine.harts[1]!.instret - retired <= 6000);
});

test('power-off gives its status and stays; reset starts anew', needs(...TOOLS), async () => {
  const { machine } = await load('li t5, 0x100000; li t6, 0x2a3333; sw t6, 0(t5); 1: j 1b');
  assert.deepEqual(machine.run(100), { reason: 'power', hart: 0, status: 42 });
  assert.equal(machine.run(100).reason, 'power');
  machine.reset({ pc: 0x8000_0000n, a1: 5n });
  assert.equal(machine.harts[0]!.time, 0);
  assert.equal(machine.harts[0]!.x(11), 5n);
  assert.equal(machine.run(2).reason, 'budget');
});

test('code written from outside is executed as it is now; the guest needs fence.i', needs(...TOOLS), async () => {
  const { machine, label } = await load('1: addi s1, s1, 1; here: nop; j 1b');
  machine.run(100);
  machine.memory.write(Number(label('here')), Uint8Array.of(0x05, 0x09)); // c.addi s2, 1
  machine.run(100);
  assert.ok(machine.harts[0]!.x(18) > 30n);
  const guest = await run(`
    la s1, 1f
    li t0, 0x0905
    j 2f
  3:sh t0, 0(s1)
  2:li s3, 0
  1:nop
    bnez s2, 4f
    fence.i
    addi s4, s4, 1
    li t1, 3
    bne s4, t1, 3b
  4:`);
  assert.equal(guest.machine.harts[0]!.x(18), 1n);
});

test('a breakpoint shows no code that the guest has not fenced', needs(...TOOLS), async () => {
  for (const engine of ['interpreter', 'translator'] as const) {
    const { machine, label } = await load(
      `la s1, 1f
       li t0, 0x0905
       sw zero, -8(sp)
     2:nop
     1:nop
       bnez s3, 3f
       li s3, 1
       sh t0, 0(s1)
     here: j 2b
     3: wfi`,
      {},
      { engine },
    );
    machine.harts[0]!.setX(2, 0x8010_0000n);
    const id = machine.breakpoints.add({ va: label('here') });
    assert.equal(machine.run(100).reason, 'breakpoint');
    machine.breakpoints.remove(id);
    machine.breakpoints.add({ va: label('here') + 2n });
    machine.run(5);
    assert.deepEqual([machine.harts[0]!.x(19), machine.harts[0]!.x(18)], [1n, 0n], engine);
  }
});

test('a SoC with 80 harts runs', needs(...TOOLS), async () => {
  const { machine, word } = await load(counting('li t0, 1; amoadd.d x0, t0, (s1)').replace('li t1, 3', 'li t1, 79'), {
    harts: [
      { isa: 'rv64gc', count: 64 },
      { isa: 'rv64gcv_zvl4096b', count: 16 },
    ],
  });
  assert.equal(machine.run(5_000_000).reason, 'power');
  assert.equal(word('counter'), 40_000n);
});

test('registers are reached by name and number', async () => {
  const machine = await Machine.create(soc({ harts: [{ isa: 'rv64gcv_zvl1024b' }, { isa: 'rv64gc' }] }));
  const [vector, plain] = machine.harts as [Machine['harts'][0], Machine['harts'][0]];
  vector.setX(0, 5n);
  assert.equal(vector.x(0), 0n);
  vector.setF(31, 7n);
  assert.equal(vector.f(31), 7n);
  assert.equal(vector.x(31), 0n);
  assert.equal(vector.vectorBytes(31).length, 128);
  vector.vectorBytes(31).fill(1);
  assert.ok(machine.harts[1]!.vectorBytes(0).length === 0);
  vector.setCsr('fcsr', 0xe1n);
  assert.deepEqual([vector.csr('frm'), vector.csr('fflags'), vector.csr(0x003)], [7n, 1n, 0xe1n]);
  assert.throws(() => plain.csr('vlenb'), /hart 1 \(rv64gc\) has no CSR vlenb/);
  assert.throws(() => plain.csr('nope'), /no CSR "nope"/);
  assert.throws(() => plain.setCsr('mhartid', 3n), /mhartid is read-only/);
});

test('fence.i shows new code also when it was written, run, and written back', needs(...TOOLS), async () => {
  // s2 counts in ones and in hundreds by the instruction that stands at `site` while it is called.
  const { machine } = await run(`
    la s1, site
    la s5, one
    la s6, hundred
    lw s7, 0(s5)
    lw s8, 0(s6)
    call site
    sw s8, 0(s1)
    fence.i
    call site
    sw s7, 0(s1)
    fence.i
    call site
    fence.i
    call site
    j 5f
    .option norvc
    .align 2
  one: addi s2, s2, 1
  hundred: addi s2, s2, 100
  site: addi s2, s2, 1
    ret
  5:`);
  assert.equal(machine.harts[0]!.x(18), 103n);
});

test(
  'a hart that has stopped at its breakpoint does not stop there again while another is stepped',
  needs(...TOOLS),
  async () => {
    const { machine, label } = await load('bnez a0, other; nop; here: nop; 1: j 1b; other: addi s1, s1, 1; j other', {
      harts: [{ isa: 'rv64gc', count: 2 }],
      quantum: 3,
    });
    machine.breakpoints.add({ va: label('here') });
    assert.deepEqual(machine.run(100), { reason: 'breakpoint', hart: 0, breakpoint: 1 });
    for (let n = 0; n < 10; n++) assert.deepEqual(machine.stepHart(1), { reason: 'budget', hart: 1 });
    assert.ok(machine.harts[0]!.pc > label('here'), 'it went on in its turns');
  },
);
