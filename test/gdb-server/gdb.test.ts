/** GDB itself against `harthop gdb`: the whole of what it says, and how the program ends. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, harthop, root, script } from '../cli/harthop.js';
import { needs } from '../tools.js';

const place = folder();

/**
 * Run a GDB script on an example.
 * @param options of the server
 * @returns what GDB printed, what the program wrote, and the command's status
 */
async function session(example: string, commands: string, options: readonly string[] = []) {
  const elf = join(place, 'program.elf');
  assert.equal(harthop(['asm', `examples/${example}`, '-o', elf]).status, 0);
  const server = spawn(process.execPath, [script, 'gdb', '--port', '0', ...options, `examples/${example}`], {
    cwd: root,
  });
  let [stdout, stderr] = ['', ''];
  server.stdout.on('data', (data) => (stdout += data));
  server.stderr.on('data', (data) => (stderr += data));
  const ended = once(server, 'exit');
  const port = async () => {
    for (;;) {
      const [, found] = /127\.0\.0\.1:(\d+)/.exec(stderr) ?? [];
      if (found) return found;
      await Promise.race([once(server.stderr, 'data'), ended]);
      assert.equal(server.exitCode, null, stderr);
    }
  };
  const target = options.includes('--by-kind') ? 'extended-remote' : 'remote';
  const connect = `target ${target} 127.0.0.1:${await port()}`;
  const start = ['set pagination off', 'set confirm off', 'set width 0', connect];
  writeFileSync(join(place, 'script.gdb'), `${[...start, commands.trim()].join('\n')}\n`);
  const words = ['-nx', '-batch', '-x', join(place, 'script.gdb'), elf];
  const gdb = spawn('gdb-multiarch', words, { cwd: root });
  let said = '';
  for (const stream of [gdb.stdout, gdb.stderr]) stream.on('data', (data) => (said += data));
  await once(gdb, 'exit');
  const [status] = await ended;
  return {
    said: said
      .trim()
      .split('\n')
      .map((line) =>
        line
          .trimEnd()
          .replace(/0x0000000080[0-9a-f]{6}/, '0x(firmware)')
          .replace(/0xffffffc080[0-9a-f]{6}/, '0x(kernel)')
          .replaceAll(elf, 'ELF')
          .replace(/127\.0\.0\.1:\d+/, 'PORT'),
      ),
    stdout,
    status,
  };
}

const daxpy = 'daxpy: the sum of y is 2497500\n';

test(
  'a breakpoint on the vector hart, its vector registers, a watched element, and back over the store that changed it',
  needs('gdb-multiarch'),
  async () => {
    const { said, stdout, status } = await session(
      'daxpy.S',
      `
      break daxpy.S:58
      continue
      info registers vl vlenb priv
      print $v8.d
      thread 1
      print $vlenb
      thread 3
      watch *((double *)&y + 1)
      continue
      x/i $pc
      reverse-continue
      x/i $pc
      reverse-stepi
      set $v16.d[1] = 0.5
      print $v16.d[1]
      continue
      delete
      continue
      `,
    );
    assert.deepEqual(said, [
      '_start () at examples/daxpy.S:19',
      '19\t        la      s0, x',
      'Breakpoint 1 at 0x1009c: file examples/daxpy.S, line 58.',
      '[Switching to Thread 3]',
      '',
      'Thread 3 "hart 2 · rv64gcv_zvl256b · U · task 1 daxpy.S" hit Breakpoint 1, daxpy () at examples/daxpy.S:58',
      '58\t        vfmacc.vf v16, fa0, v8',
      'vl             0x10\t16',
      'vlenb          0x20\t32',
      'priv           0x0\tprv:0 [User/Application]',
      '$1 = {0, 1, 2, 3}',
      '[Switching to thread 1 (Thread 1)]',
      '#0  0x(firmware) in ?? ()',
      '$2 = <unavailable>',
      '[Switching to thread 3 (Thread 3)]',
      '#0  daxpy () at examples/daxpy.S:58',
      '58\t        vfmacc.vf v16, fa0, v8',
      'Hardware watchpoint 2: *((double *)&y + 1)',
      '',
      'Thread 3 "hart 2 · rv64gcv_zvl256b · U · task 1 daxpy.S" hit Hardware watchpoint 2: *((double *)&y + 1)',
      '',
      'Old value = 2',
      'New value = 5',
      'daxpy () at examples/daxpy.S:60',
      '60\t        sub     a0, a0, t0',
      '=> 0x100a4 <daxpy+20>:\tsub\ta0,a0,t0',
      '',
      'Thread 3 "hart 2 · rv64gcv_zvl256b · U · task 1 daxpy.S" hit Hardware watchpoint 2: *((double *)&y + 1)',
      '',
      'Old value = 5',
      'New value = 2',
      'daxpy () at examples/daxpy.S:59',
      '59\t        vse64.v v16, (a2)',
      '=> 0x100a0 <daxpy+16>:\tvse64.v\tv16,(a2)',
      '',
      'Thread 3 "hart 2 · rv64gcv_zvl256b · U · task 1 daxpy.S" hit Breakpoint 1, daxpy () at examples/daxpy.S:58',
      '58\t        vfmacc.vf v16, fa0, v8',
      '$3 = 0.5',
      '',
      'Thread 3 "hart 2 · rv64gcv_zvl256b · U · task 1 daxpy.S" hit Hardware watchpoint 2: *((double *)&y + 1)',
      '',
      'Old value = 2',
      'New value = 3.5',
      'daxpy () at examples/daxpy.S:60',
      '60\t        sub     a0, a0, t0',
      '[Inferior 1 (Remote target) exited normally]',
    ]);
    // 0.5 in the place of 2, and 3 × 1 added to it.
    assert.deepEqual([stdout, status], ['daxpy: the sum of y is 2497498\n', 0]);
  },
);

test(
  'a hart alone, step by step, and back to the start; GDB leaves and the program ends as ever',
  needs('gdb-multiarch'),
  async () => {
    const { said, stdout, status } = await session(
      'daxpy.S',
      `
    set scheduler-locking on
    stepi
    stepi
    reverse-stepi
    print $pc
    break *0x10000
    reverse-continue
    reverse-continue
    monitor migrations
    monitor nothing
    detach
    `,
    );
    assert.deepEqual(said, [
      '_start () at examples/daxpy.S:19',
      '19\t        la      s0, x',
      '0x0000000000010004\t19\t        la      s0, x',
      '20\t        la      s1, y',
      '0x0000000000010004\t19\t        la      s0, x',
      '$1 = (void (*)()) 0x10004 <_start+4>',
      'Breakpoint 1 at 0x10000: file examples/daxpy.S, line 19.',
      '',
      'Thread 1 "hart 0 · rv64gc · U · task 1 daxpy.S" hit Breakpoint 1, _start () at examples/daxpy.S:19',
      '19\t        la      s0, x',
      '',
      'No more reverse-execution history.',
      '0x(firmware) in ?? ()',
      'no thread has migrated',
      'there is no `monitor nothing`; `monitor help` lists what there is',
      '[Inferior 1 (Remote target) detached]',
    ]);
    assert.deepEqual([stdout, status], [daxpy, 0]);
  },
);

test(
  'a breakpoint where the thread leaves stops it there and where it arrives, and steps go on from there',
  needs('gdb-multiarch'),
  async () => {
    const { said, stdout, status } = await session(
      'daxpy.S',
      ['break daxpy', 'continue', 'continue', 'next', 'delete', 'continue'].join('\n'),
    );
    assert.deepEqual(said, [
      '_start () at examples/daxpy.S:19',
      '19\t        la      s0, x',
      'Breakpoint 1 at 0x10090: file examples/daxpy.S, line 55.',
      '',
      'Thread 1 "hart 0 · rv64gc · U · task 1 daxpy.S" hit Breakpoint 1, daxpy () at examples/daxpy.S:55',
      '55\t1:      vsetvli t0, a0, e64, m4, ta, ma',
      '[Switching to Thread 3]',
      '',
      'Thread 3 "hart 2 · rv64gcv_zvl256b · U · task 1 daxpy.S" hit Breakpoint 1, daxpy () at examples/daxpy.S:55',
      '55\t1:      vsetvli t0, a0, e64, m4, ta, ma',
      '56\t        vle64.v v8, (a1)',
      '[Inferior 1 (Remote target) exited normally]',
    ]);
    assert.deepEqual([stdout, status], [daxpy, 0]);
  },
);

test(
  'back line by line, into the vector loop and over it, and to breakpoints before',
  needs('gdb-multiarch'),
  async () => {
    const { said, stdout, status } = await session(
      'daxpy.S',
      `
      break daxpy.S:60
      continue
      reverse-step
      reverse-step
      reverse-next
      next
      break daxpy.S:57
      continue
      reverse-continue
      delete
      tbreak daxpy.S:42
      continue
      reverse-next
      next
      reverse-step
      reverse-finish
      continue
      `,
    );
    assert.deepEqual(said, [
      '_start () at examples/daxpy.S:19',
      '19\t        la      s0, x',
      'Breakpoint 1 at 0x100a4: file examples/daxpy.S, line 60.',
      '[Switching to Thread 3]',
      '',
      'Thread 3 "hart 2 · rv64gcv_zvl256b · U · task 1 daxpy.S" hit Breakpoint 1, daxpy () at examples/daxpy.S:60',
      '60\t        sub     a0, a0, t0',
      '59\t        vse64.v v16, (a2)',
      '58\t        vfmacc.vf v16, fa0, v8',
      '57\t        vle64.v v16, (a2)',
      '58\t        vfmacc.vf v16, fa0, v8',
      'Breakpoint 2 at 0x10098: file examples/daxpy.S, line 57.',
      '',
      'Thread 3 "hart 2 · rv64gcv_zvl256b · U · task 1 daxpy.S" hit Breakpoint 1, daxpy () at examples/daxpy.S:60',
      '60\t        sub     a0, a0, t0',
      '',
      'Thread 3 "hart 2 · rv64gcv_zvl256b · U · task 1 daxpy.S" hit Breakpoint 2, daxpy () at examples/daxpy.S:57',
      '57\t        vle64.v v16, (a2)',
      'Temporary breakpoint 3 at 0x10066: file examples/daxpy.S, line 42.',
      '',
      'Thread 3 "hart 2 · rv64gcv_zvl256b · U · task 1 daxpy.S" hit Temporary breakpoint 3, _start () at examples/daxpy.S:42',
      '42\t        fcvt.l.d s0, fa0',
      '41\t        call    sum',
      '42\t        fcvt.l.d s0, fa0',
      'sum () at examples/daxpy.S:79',
      '79\t        ret',
      '0x0000000000010062 in _start () at examples/daxpy.S:41',
      '41\t        call    sum',
      '[Inferior 1 (Remote target) exited normally]',
    ]);
    assert.deepEqual([stdout, status], [daxpy, 0]);
  },
);

test(
  'each kind of hart is a process with registers of its own, and a thread goes from one to the other',
  needs('gdb-multiarch'),
  async () => {
    const elf = join(place, 'program.elf');
    const { said, stdout, status } = await session(
      'daxpy.S',
      `
      set schedule-multiple on
      add-inferior -exec ${elf}
      inferior 2
      attach 2
      add-inferior -exec ${elf}
      inferior 3
      attach 3
      info threads
      print sizeof($v8)
      break daxpy.S:58
      continue
      print sizeof($v8)
      print $v8.d
      next
      reverse-next
      thread 1.1
      print $v8
      print $fa0.double
      thread 2.1
      reverse-continue
      delete
      detach inferior 3
      continue
      inferior 1
      continue
      `,
      ['--by-kind', '--soc', 'mixed-vlen'],
    );
    assert.deepEqual(said, [
      '_start () at examples/daxpy.S:19',
      '19\t        la      s0, x',
      '[New inferior 2]',
      'Added inferior 2 on connection 1 (extended-remote PORT)',
      '[Switching to inferior 2 [<null>] (ELF)]',
      '0x(firmware) in ?? ()',
      '[New inferior 3]',
      'Added inferior 3 on connection 1 (extended-remote PORT)',
      '[Switching to inferior 3 [<null>] (ELF)]',
      '0x(firmware) in ?? ()',
      '  Id   Target Id                                            Frame',
      '  1.1  Thread 1.1 "hart 0 · rv64gc · U · task 1 daxpy.S" _start () at examples/daxpy.S:19',
      '  1.2  Thread 1.2 "hart 1 · rv64gc · S · idle"           0x(kernel) in ?? ()',
      '  2.1  Thread 2.3 "hart 2 · rv64gcv_zvl256b · M · idle"  0x(firmware) in ?? ()',
      '* 3.1  Thread 3.4 "hart 3 · rv64gcv_zvl1024b · M · idle" 0x(firmware) in ?? ()',
      '$1 = 128',
      'Breakpoint 1 at 0x1009c: daxpy.S:58. (3 locations)',
      '[Switching to Thread 2.3]',
      '',
      'Thread 2.1 "hart 2 · rv64gcv_zvl256b · U · task 1 daxpy.S" hit Breakpoint 1.2, daxpy () at examples/daxpy.S:58',
      '58\t        vfmacc.vf v16, fa0, v8',
      '$2 = 32',
      '$3 = {0, 1, 2, 3}',
      '59\t        vse64.v v16, (a2)',
      '',
      'Thread 2.1 "hart 2 · rv64gcv_zvl256b · U · task 1 daxpy.S" hit Breakpoint 1.2, daxpy () at examples/daxpy.S:58',
      '58\t        vfmacc.vf v16, fa0, v8',
      '[Switching to thread 1.1 (Thread 1.1)]',
      '#0  0x(firmware) in ?? ()',
      // What the hart lacks is not there at all.
      '$4 = void',
      '$5 = 3',
      '[Switching to thread 2.1 (Thread 2.3)]',
      '#0  daxpy () at examples/daxpy.S:58',
      '58\t        vfmacc.vf v16, fa0, v8',
      '',
      'No more reverse-execution history.',
      '0x(firmware) in ?? ()',
      '[Inferior 3 (process 3) detached]',
      '[Inferior 2 (process 2) exited normally]',
      '[Switching to inferior 1 [process 1] (ELF)]',
      '[Switching to thread 1.1 (Thread 1.1)]',
      '#0  0x(firmware) in ?? ()',
      '[Inferior 1 (process 1) exited normally]',
    ]);
    assert.deepEqual([stdout, status], [daxpy, 0]);
  },
);

test('GDB kills the program', needs('gdb-multiarch'), async () => {
  const { stdout, status } = await session('daxpy.S', 'kill');
  assert.deepEqual([stdout, status], ['', 143]);
});
