/**
 * Firmware under a supervisor of our own that calls it in every way it should and should not (test/firmware/payload/): on our machine
 * and, the same image, on QEMU, where harts do not differ and `migrate.accelerators=` names the ones to hide.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { socNamed } from '../../emulator/soc/presets.js';
import { readSoc } from '../../emulator/soc/soc.js';
import { needs } from '../tools.js';
import { folder, type Outcome, onMachine, onQemu } from './payload.js';

const sbi = [
  'base extension',
  'debug console refuses bad memory',
  'timer',
  'hart states',
  'retentive suspend',
  'inter-processor interrupts',
  'remote fences',
  'illegal instruction is handed on',
  'firmware and timer are protected',
  'reset refuses what it does not know',
];
const migration = {
  refusals: ['describe', 'rings that firmware refuses', 'pointers that firmware refuses'],
  state: [
    'a trip to a system call',
    'vector state kept, resident, saved',
    'no register of another thread is seen',
    'a save area of scattered pages',
    'page fault with floating-point and vector state',
    'page fault in the middle of a vector load',
    'vector state stays with its VLEN',
  ],
  exceptions: ['other exceptions', 'misaligned access'],
  unit: [
    'describe a unit',
    "a unit's registers kept over system calls, resident, saved",
    'registers that were not changed are not saved again',
    "no register of another thread's unit is seen",
    "page fault with a unit's registers",
    "recall with a unit's registers",
    'classes keep their instructions apart',
    'one thread, two classes in turn',
  ],
  returns: [
    'recall of a running thread',
    'queue full, recall of queued threads',
    'two returns at once',
    'a full ring loses nothing',
    'a return respects masked interrupts',
    'a return while the home hart is in user mode',
    'six threads go back and forth',
  ],
  asks: [
    'a system call is asked',
    'a page fault is asked',
    'other exceptions are not asked',
    'nonsense for an answer',
    'fences while a thread asks',
    'recall while a thread asks',
    'no room for a question',
    'a frame of scattered pages',
  ],
  guests: [
    'threads spread over the harts',
    'a thread waits where one came first',
    'guests give way to threads of the class',
    'a guest comes home by itself, or recalled',
    'a guest that asks gives way afterwards',
  ],
  hints: ['a hint reserves a hart', 'a hint lets go of registers'],
  hintInstructions: ['hint instructions at home', 'hint instructions away'],
  fences: ['remote fences recall first', 'a fenced page is gone on the accelerator hart'],
  hostile: [
    'memory of a running thread is written to',
    'memory of a queued thread is written to',
    'the ring is written to',
    'address spaces that are none',
  ],
  mailbox: ['mailboxes are protected'],
  homes: ['two home harts at once, with fences'],
};
/** All tests but those of what the machine lacks. */
const all = (...lacking: ('unit' | 'hintInstructions' | 'mailbox')[]) => [
  ...sbi,
  ...Object.entries(migration).flatMap(([group, tests]) => (lacking.some((each) => each === group) ? [] : tests)),
];
const withVectors = all('unit', 'hintInstructions', 'mailbox');
const withBoth = all('hintInstructions', 'mailbox');
const none = ['no class without accelerator harts'];

/** Supervisor extensions that machine mode has a say in. */
const S = 'zicbom_zicboz_zihpm_smstateen_sscofpmf_sstc_svadu_svpbmt';

function passes(run: Outcome, tests: readonly string[]): void {
  assert.deepEqual(run.failed, [], run.console);
  assert.deepEqual(run.passed, tests, run.console);
  assert.equal(run.status, 0);
  // Trying again is for a computer that is busy with other things: our machine's time is its own.
  if ('machine' in run) assert.doesNotMatch(run.console, /payload: (?!1 )\d+ tries/);
}
const says = (run: Outcome, text: string | RegExp) =>
  assert.match(run.console, typeof text === 'string' ? new RegExp(text) : text);

describe('on our machine', needs('clang-19', 'ld.lld-19'), () => {
  for (const [soc, application, accelerators] of [
    ['app1-vec1', 1, 1],
    ['app2-vec1', 2, 1],
    ['app2-vec2', 2, 2],
    ['mixed-vlen', 2, 2],
  ] as const) {
    test(`${soc}: the harts with vectors are hidden, and threads travel`, async () => {
      const run = await onMachine(socNamed(soc));
      passes(run, withVectors);
      says(run, `${application} harts, ${accelerators} accelerator harts`);
      says(run, 'announced by interrupt 16');
    });
  }

  test('machine mode allows the others what the harts have', async () => {
    const run = await onMachine(
      readSoc(
        { name: 'whole', description: 'with S extensions', harts: [{ isa: `rv64gc_${S}` }, { isa: `rv64gcv_${S}` }] },
        'whole.json',
      ),
    );
    passes(run, withVectors);
    const [application] = run.machine.harts;
    assert.equal(application!.csr('menvcfg'), 0xe000_0000_0000_00f0n);
    assert.equal(application!.csr('mstateen0'), 3n << 62n);
    for (const n of [1, 2, 3]) assert.equal(application!.csr(`mstateen${n}`), 1n << 63n);
    assert.equal(application!.csr('mideleg') & 0x2222n, 0x2222n);
    assert.equal(application!.csr('mcounteren'), 0xffff_ffffn);
  });

  test('a second class has harts of its own, and registers of its own', async () => {
    const run = await onMachine(socNamed('app2-vec1-dot1'));
    passes(run, withBoth);
    says(run, '2 harts, 1 accelerator harts');
  });

  test('a hart may be of both classes', async () => {
    const harts = ['rv64gc', 'rv64gcv_zvl256b_xhartdot'].map((isa) => ({ isa }));
    const run = await onMachine(readSoc({ name: 'both', description: 'one hart of two classes', harts }, 'both.json'));
    passes(run, withBoth);
    says(run, '1 harts, 1 accelerator harts');
  });

  test('every policy and transport', async () => {
    for (const policy of ['fifo', 'least-loaded', 'sticky']) {
      for (const transport of ['fifo', 'mailbox']) {
        const run = await onMachine(socNamed('app2-vec2'), `migrate.policy=${policy} migrate.transport=${transport}`);
        passes(run, withVectors);
        says(run, `depth ${transport === 'mailbox' ? 1 : 8}`);
      }
    }
  });

  test('the mailbox device carries messages where there is one', async () => {
    for (const slots of [1, 2, 16, 64]) {
      for (const soc of ['app1-vec1', 'app2-vec2']) {
        const run = await onMachine({ ...socNamed(soc), mailbox: { slots } });
        passes(run, all('unit', 'hintInstructions'));
        says(run, `depth ${slots}, `);
      }
    }
    const run = await onMachine({ ...socNamed('app2-vec2'), mailbox: { slots: 4 } }, 'migrate.transport=fifo');
    passes(run, all('unit', 'hintInstructions'));
    says(run, 'depth 8, ');
    // Asked for where there is none: the default.
    says(await onMachine(socNamed('app1-vec1'), 'migrate.transport=device'), 'depth 8, ');
  });

  test('hint instructions trap on harts that have them', async () => {
    const harts = ['rv64gc_xharthint', 'rv64gcv_zvl256b_xharthint'].map((isa) => ({ isa }));
    const run = await onMachine(readSoc({ name: 'hints', description: 'harts with hints', harts }, 'hints.json'));
    passes(run, all('unit', 'mailbox'));
  });

  // docs/migration.md, "What the published prototype got wrong": the rows that are firmware's.
  const prototype = {
    'floating-point and vector registers did not travel': 'page fault with floating-point and vector state',
    'two returns close together lose a wake-up': 'two returns at once',
    'a full completion ring loses a wake-up': 'a full ring loses nothing',
    'the return was forced into the kernel whatever it was doing': 'a return respects masked interrupts',
    'a home hart in user mode lost the thread': 'a return while the home hart is in user mode',
    'an enqueue failure was ignored': 'queue full, recall of queued threads',
    'memory had to be locked': 'remote fences recall first',
  };
  describe('what the published prototype got wrong is right', () => {
    let run: Outcome | undefined;
    for (const [fault, name] of Object.entries(prototype)) {
      test(`not so: ${fault}`, async () => {
        run ??= await onMachine(socNamed('app2-vec2'));
        assert.ok(run.passed.includes(name), run.console);
      });
    }
  });

  test('every thread that arrives leaves: no step is missing, on one run or another', async () => {
    const [one, two] = [await onMachine(socNamed('app2-vec1')), await onMachine(socNamed('app2-vec1'))];
    assert.deepEqual(one.steps, two.steps);
    // Threads whose registers their own supervisor damages are not known again.
    const honest = one.steps.filter(({ task }) => task < 2 ** 48);
    const count = (step: string) => honest.filter((each) => each.step === step).length;
    assert.ok(count('arrive') > 300);
    assert.equal(count('arrive'), count('leave'));
  });

  test('64 application and 16 accelerator harts', async () => {
    const harts = Array.from({ length: 80 }, (_, n) => ({ isa: n < 64 ? 'rv64gc' : 'rv64gcv_zvl256b' }));
    const run = await onMachine(
      readSoc({ name: 'large', description: 'as many as there may be', harts }, 'large.json'),
    );
    passes(run, withVectors);
    says(run, '16 accelerator harts');
    const mailbox = readSoc({ name: 'large', description: 'with mailboxes', harts, mailbox: true }, 'large.json');
    passes(await onMachine(mailbox), all('unit', 'hintInstructions'));
  });

  test('misaligned accesses trap alike on both kinds of harts', async () => {
    const run = await onMachine({ ...socNamed('app1-vec1'), misaligned: 'trap' });
    passes(run, withVectors);
    says(run, 'ends by cause 4');
  });

  test('migrate=off hides no hart and has no class', async () => {
    const run = await onMachine(socNamed('app2-vec1'), 'migrate=off');
    passes(run, [...sbi, ...none]);
    says(run, '3 harts, 0 accelerator harts');
  });

  test('harts that are all alike are all application harts', async () => {
    const run = await onMachine(socNamed('all-vector'));
    passes(run, [...sbi, ...none]);
    says(run, '3 harts, 0 accelerator harts');
  });

  test('svinval in an ISA string is not V', async () => {
    const harts = ['rv64gc_svinval', 'rv64gc'].map((isa) => ({ isa }));
    const soc = readSoc({ name: 'svinval', description: 'no vectors', harts }, 'svinval.json');
    const run = await onMachine(soc);
    passes(run, [...sbi, ...none]);
    says(run, '2 harts, 0 accelerator harts');
  });
});

describe('on QEMU', needs('clang-19', 'ld.lld-19', 'qemu-system-riscv64'), () => {
  test('two accelerator harts, announced by the software interrupt', () => {
    const run = onQemu({ harts: 4, bootargs: 'migrate.accelerators=2,3' });
    passes(run, withVectors);
    says(run, '2 harts, 2 accelerator harts');
    says(run, 'announced by interrupt 1\\b');
  });

  test('hart 0 is an accelerator, VLEN 512, an ACLINT instead of a CLINT', () => {
    const run = onQemu({
      harts: 3,
      cpu: 'rv64,v=true,vlen=512',
      machine: 'virt,aclint=on',
      bootargs: 'migrate.accelerators=0 migrate.transport=mailbox',
    });
    passes(run, withVectors);
    says(run, 'payload: hart 1, ');
    says(run, 'depth 1, vlenb 64');
  });

  test('accelerator harts are found by the ISA strings of the tree', needs('dtc'), () => {
    // QEMU's harts are alike; the tree says that they are not.
    const [dtb, dts, changed] = ['virt.dtb', 'virt.dts', 'changed.dtb'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const machine = ['-machine', `virt,dumpdtb=${dtb}`, '-cpu', 'rv64,v=true', '-smp', '4', '-m', '128M', '-nographic'];
    spawnSync('qemu-system-riscv64', machine, { input: '' });
    spawnSync('dtc', ['-q', '-I', 'dtb', '-O', 'dts', '-o', dts, dtb]);
    // dtc lists the harts from the highest number down.
    const isas = ['rv64gcv_sstc', 'rv64gc_svinval', 'rv64gc_svinval', 'rv64gc_svinval'];
    let cpu = 0;
    const text = readFileSync(dts, 'utf8').replace(/riscv,isa = "[^"]*"/g, () => `riscv,isa = "${isas[cpu++]}"`);
    assert.equal(cpu, isas.length);
    writeFileSync(dts, text);
    spawnSync('dtc', ['-q', '-I', 'dts', '-O', 'dtb', '-o', changed, dts]);
    const run = onQemu({ harts: 4, dtb: changed });
    passes(run, withVectors);
    says(run, '3 harts, 1 accelerator harts');
  });

  test('no hart differs: no class', () => {
    const run = onQemu({ harts: 2, cpu: 'rv64,svinval=true' });
    passes(run, [...sbi, ...none]);
    says(run, '2 harts, 0 accelerator harts');
  });
});
