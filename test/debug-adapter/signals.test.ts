/** A signal says why, in the user's words: at its stop, and when it ended the program. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

interface Death {
  readonly code: string;
  readonly soc?: string;
  readonly append?: string;
  /** Set in the debugger before the last line. */
  readonly set?: readonly [expression: string, value: string];
  readonly signal: string;
  readonly why: RegExp;
}

const deaths: Readonly<Record<string, Death>> = {
  'a vector instruction without migration': {
    code: 'vsetivli zero, 4, e64, m1, ta, ma',
    append: 'migrate=off',
    signal: 'SIGILL',
    why: /`vsetivli zero,4,e64,m1,ta,ma` at dies\.S:3, which hart 0 \(rv64gc\) lacks: it needs V\. hart 2 has it, but migration is off$/,
  },
  'a vector instruction that no hart has': {
    code: 'vsetivli zero, 4, e64, m1, ta, ma',
    soc: 'app2-vec0',
    signal: 'SIGILL',
    why: /lacks: it needs V, and no hart of the chip has that$/,
  },
  'an illegal vtype': {
    code: 'vsetivli zero, 4, e16, m8, ta, ma\n vwadd.vv v0, v8, v16',
    soc: 'all-vector',
    signal: 'SIGILL',
    why: /`vwadd\.vv v0,v8,v16` at dies\.S:4, which hart \d \(rv64gcv_zvl256b\) refuses: vd would be 16 registers, .*, under vtype e16, m8, ta, ma$/,
  },
  'an illegal vtype on an accelerator hart': {
    code: 'vsetivli zero, 4, e16, m8, ta, ma\n vwadd.vv v0, v8, v16',
    signal: 'SIGILL',
    why: /which hart 2 \(rv64gcv_zvl256b\) refuses: vd would be 16 registers, .*, under vtype e16, m8, ta, ma$/,
  },
  'EMUL 16': {
    code: 'la a0, _start\n vsetivli zero, 4, e8, m8, ta, ma\n vle16.v v8, (a0)',
    signal: 'SIGILL',
    why: /`vle16\.v v8,\(a0\)` at dies\.S:5, which hart 2 \(rv64gcv_zvl256b\) refuses: vd would be 16 registers, elements of 16 bits \(EMUL is 1\/8 to 8\), under vtype e8, m8, ta, ma$/,
  },
  'the vector unit is off': {
    code: 'vsetivli zero, 4, e8, m8, ta, ma\n vadd.vv v8, v8, v16',
    set: ['$mstatus.VS', '0'],
    signal: 'SIGILL',
    why: /`vadd\.vv v8,v8,v16` at dies\.S:4, which hart 2 \(rv64gcv_zvl256b\) refuses: the vector unit is off \(mstatus\.VS is 0\), under vtype e8, m8, ta, ma$/,
  },
  'no vtype': {
    code: 'vadd.vv v0, v8, v16',
    signal: 'SIGILL',
    why: /which hart 2 \(.*\) refuses: vtype is not set \(vill\)$/,
  },
  'no instruction': {
    code: '.word 0',
    signal: 'SIGILL',
    why: /which hart 0 \(rv64gc\) does not know: it is no instruction$/,
  },
  'a null pointer': {
    code: 'li t0, 8\n ld a0, (t0)',
    signal: 'SIGSEGV',
    why: /`ld a0,0\(t0\)` at dies\.S:4 reads from 0x8: nothing is mapped near 0: a null pointer, most likely$/,
  },
  'a store to code': {
    code: 'la t0, _start\n sd a0, (t0)',
    signal: 'SIGSEGV',
    why: /writes to 0x10000: it is mapped, as part of the program, but may not be written to$/,
  },
  'an address that nothing is at': {
    code: 'la t0, _start\n li t1, 0x9000\n add t0, t0, t1\n ld a0, (t0)',
    signal: 'SIGSEGV',
    why: /reads from 0x19000: nothing is mapped there; what is below ends at 0x1[0-9a-f]000, \d+ bytes away$/,
  },
  'a jump to nowhere': {
    code: 'li t0, 0x40000000\n jr t0',
    signal: 'SIGSEGV',
    why: /execution went to 0x40000000: nothing is mapped there, nor near it$/,
  },
  'an ebreak': { code: 'ebreak', signal: 'SIGTRAP', why: /`ebreak` at dies\.S:3 asks for a debugger$/ },
  'a misaligned atomic': {
    code: 'addi t0, sp, 1\n lr.d a0, (t0)',
    signal: 'SIGBUS',
    why: /`lr\.d a0,\(t0\)` at dies\.S:4 reads from 0x[0-9a-f]+1, which is misaligned$/,
  },
  'its own kill': {
    code: 'li a7, 129\n li a0, 1\n li a1, 6\n ecall',
    signal: 'SIGABRT',
    why: /dies by SIGABRT: process 1 sent it$/,
  },
};

for (const [name, { code, set, signal, why, ...chip }] of Object.entries(deaths))
  test(`${signal}: ${name}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'harthop-'));
    try {
      const program = join(folder, 'dies.S');
      writeFileSync(program, `.globl _start\n_start:\n ${code}\n li a7, 93\n li a0, 0\n ecall\n`);
      const talk = await Talk.launch(program, chip);
      let [begin, thread] = ['configurationDone', 1];
      if (set) {
        const line = code.split('\n').length + 2;
        await talk.ask('setBreakpoints', { source: { path: program }, breakpoints: [{ line }] });
        ({ threadId: thread } = await talk.until('stopped', begin));
        begin = 'continue';
        const { stackFrames } = await talk.ask('stackTrace', { threadId: thread });
        const [expression, value] = set;
        await talk.ask('setExpression', { expression, value, frameId: stackFrames[0].id });
      }
      await talk.ask('setExceptionBreakpoints', {
        filters: [],
        filterOptions: [{ filterId: 'signal', condition: `$fatal && $signal == ${signal}` }],
      });
      const stop = await talk.until('stopped', begin, { threadId: thread });
      assert.equal(stop.reason, 'exception');
      const info = await talk.ask('exceptionInfo', { threadId: stop.threadId });
      assert.match(info.description, why);
      assert.match(info.description, new RegExp(`task 1 dies by ${signal}: `));
      assert.equal(info.exceptionId, 'signal');
      talk.events.length = 0;
      const exited = await talk.until('exited', 'continue', { threadId: stop.threadId });
      assert.ok(exited.exitCode > 128);
      const said = talk.events
        .filter(({ event }) => event === 'output')
        .map(({ body }) => body.output)
        .join('');
      assert.match(said, new RegExp(`ended by signal ${exited.exitCode - 128} \\(${signal}\\)`));
      assert.ok(said.includes(info.description), said);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

test('a signal with a handler stops before the handler runs, and the program goes on', async () => {
  const talk = await Talk.launch(`${root}test/debug-adapter/programs/handles.S`);
  await talk.ask('setExceptionBreakpoints', { filters: ['signal'] });
  const stop = await talk.until('stopped', 'configurationDone');
  const info = await talk.ask('exceptionInfo', { threadId: stop.threadId });
  assert.equal(info.description, 'task 1 gets SIGUSR1: process 1 sent it');
  const exited = await talk.until('exited', 'continue', { threadId: stop.threadId });
  assert.equal(exited.exitCode, 0);
});
