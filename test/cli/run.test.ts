import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, harthop, root, script } from './harthop.js';

const place = folder();
const source = (name: string, text: string) => {
  writeFileSync(join(place, name), text);
  return join(place, name);
};
const spin = () => source('spin.S', '.globl _start\n_start: j _start\n');

test('the report says where each thread went and why', () => {
  const json = join(place, 'pingpong.json');
  const { status, stdout, stderr } = harthop([
    'run',
    'examples/pingpong.S',
    '--append',
    'migrate.calls=move',
    '--json',
    json,
  ]);
  assert.deepEqual([status, stdout, stderr], [0, 'pingpong: 100 rounds\n', '']);
  const report = JSON.parse(readFileSync(json, 'utf8'));
  assert.deepEqual(Object.keys(report).sort(), ['cycles', 'exit', 'instructions', 'migrations']);
  assert.equal(report.exit, 0);
  assert.equal(report.instructions.length, 3);
  assert.ok(report.instructions.every((n: unknown) => Number.isInteger(n)));
  assert.ok(report.cycles >= Math.max(...report.instructions));
  assert.equal(report.migrations.length, 200);
  report.migrations.forEach((crossing: Record<string, unknown>, n: number) => {
    assert.deepEqual(Object.keys(crossing).sort(), ['cycle', 'from', 'pc', 'reason', 'task', 'to']);
    const out = n % 2 === 0;
    assert.equal(crossing.reason, out ? 'vector' : 'syscall');
    assert.equal(out ? crossing.to : crossing.from, 2);
    assert.match(String(crossing.pc), /^0x[0-9a-f]+$/);
  });
});

test('the reason for going out is the name of the class', () => {
  const json = join(place, 'dotproduct.json');
  harthop([
    ...['run', 'examples/dotproduct.S', '--soc', 'app2-vec1-dot1'],
    ...['--append', 'migrate.calls=move migrate.faults=move', '--json', json],
  ]);
  const { exit, migrations } = JSON.parse(readFileSync(json, 'utf8'));
  assert.equal(exit, 0);
  const ways = new Set(
    migrations.map(({ from, to, reason }: Record<string, unknown>) => `${from} to ${to}: ${reason}`),
  );
  assert.deepEqual(ways, new Set(['0 to 3: xhartdot', '3 to 0: page-fault', '3 to 0: syscall']));
});

test('the same run twice gives the same report, to the cycle', () => {
  const reports = ['a.json', 'b.json'].map((name) => {
    harthop(['run', 'examples/threads.S', '--soc', 'app2-vec2', '--json', join(place, name)]);
    return readFileSync(join(place, name), 'utf8');
  });
  assert.equal(reports[0], reports[1]);
  assert.match(reports[0]!, /"reason": "vector"/);
});

test('the trace has a track per hart, slices in order, and an arrow per crossing', () => {
  const trace = join(place, 'trace.json');
  assert.equal(harthop(['run', 'examples/daxpy.S', '--trace', trace]).status, 0);
  interface Event {
    ph: string;
    tid: number;
    ts: number;
    name: string;
    id: number;
    args: { name: string };
  }
  const events = JSON.parse(readFileSync(trace, 'utf8')).traceEvents as Event[];
  const tracks = events.filter(({ name }) => name === 'thread_name').map(({ args }) => args.name);
  assert.deepEqual(tracks, ['hart 0 rv64gc', 'hart 1 rv64gc', 'hart 2 rv64gcv_zvl256b']);
  for (const hart of [0, 1, 2]) {
    const ends = events.filter(({ ph, tid }) => 'BE'.includes(ph) && tid === hart);
    assert.ok(ends.length > 0 && ends.length % 2 === 0);
    ends.forEach(({ ph, ts, name, args }, n) => {
      assert.equal(ph, 'BE'[n % 2]);
      // To the last bit: viewers nest slices that overlap.
      assert.ok(ts >= (ends[n - 1]?.ts ?? 0), 'slices of a hart do not overlap');
      if (ph === 'E') assert.deepEqual([name, args], [ends[n - 1]!.name, ends[n - 1]!.args]);
    });
  }
  const starts = events.filter(({ ph }) => ph === 's');
  const ends = events.filter(({ ph }) => ph === 'f');
  assert.ok(starts.length >= 1);
  assert.deepEqual(
    starts.map(({ id }) => id),
    ends.map(({ id }) => id),
  );
  starts.forEach((start, n) => assert.ok(start.ts <= ends[n]!.ts, 'an arrow points forward in time'));
  assert.ok(events.some(({ ph, tid, name }) => ph === 'B' && tid === 2 && /^task \d+$/.test(name)));
});

test('the picture shows the lanes, the reasons and the counts', () => {
  const { stdout } = harthop(['run', 'examples/faults.S', '--picture']);
  assert.match(stdout, /hart 2 rv64gcv_zvl256b +│.*1.*│/);
  assert.match(stdout, /hart 2 ──▶ hart 0 {2}page-fault/);
  assert.match(stdout, /\d+ crossings to a vector hart; back: .*\d+ page-fault/);
});

test('the picture of a program that stays where it is explains itself too', () => {
  const { stdout } = harthop(['run', source('stays.S', '.globl _start\n_start: li a7, 93\n ecall\n'), '--picture']);
  assert.match(stdout, /^u a thread that never moved {3}k kernel/m);
  assert.match(stdout, /^No thread moved\.$/m);
});

test("the program gets its arguments and its input, and its exit status is the command's", () => {
  // Reads one byte and exits with it plus the number of arguments.
  const program = source(
    'echo.S',
    `.globl _start
_start: ld s0, 0(sp)
  addi sp, sp, -16
  li a0, 0
  mv a1, sp
  li a2, 1
  li a7, 63
  ecall
  lbu t0, 0(sp)
  add a0, t0, s0
  li a7, 93
  ecall
`,
  );
  assert.equal(harthop(['run', program, '--', 'x', '--y'], { input: '!' }).status, '!'.charCodeAt(0) + 3);
});

test('the end of the input is the end of what the program reads', () => {
  // Counts the bytes until a read gives none, then makes sure that the next one gives none either.
  const program = source(
    'count.S',
    `.globl _start
_start: addi sp, sp, -16
  li s0, 0
1: mv s1, a0
  li a0, 0
  mv a1, sp
  li a2, 8
  li a7, 63
  ecall
  add s0, s0, a0
  bnez a0, 1b
  li a0, 0
  mv a1, sp
  li a2, 8
  ecall
  add a0, a0, s0
  li a7, 93
  ecall
`,
  );
  assert.equal(harthop(['run', program], { input: 'twenty-one characters' }).status, 21);
  assert.equal(harthop(['run', program], { input: '' }).status, 0);
  // More than a console's buffer holds, in lines and without: nothing is lost. (Statuses have eight bits.)
  assert.equal(harthop(['run', program], { input: 'a line of text\n'.repeat(2000) }).status, (15 * 2000) & 255);
  // The same as two engines that must agree, which are given the same input.
  assert.equal(harthop(['run', '--engine', 'lockstep', program], { input: 'as one' }).status, 6);
  const long = harthop(['run', program], { input: 'x'.repeat(5001) });
  assert.deepEqual([long.status, long.stderr], [5001 & 255, '']);
  // A file of more bytes than a function takes arguments.
  const file = openSync(source('long.txt', 'some words in a line\n'.repeat(12_001)), 'r');
  const whole = harthop(['run', program], { stdio: [file, 'pipe', 'pipe'] });
  closeSync(file);
  assert.deepEqual([whole.status, whole.stderr], [(21 * 12_001) & 255, '']);
});

test('a program that a signal ends gives 128 and the signal', () => {
  const illegal = source('illegal.S', '.globl _start\n_start: .word 0\n');
  assert.equal(harthop(['run', illegal]).status, 128 + 4);
  const fault = source('fault.S', '.globl _start\n_start: ld a0, 0(zero)\n');
  assert.equal(harthop(['run', fault]).status, 128 + 11);
});

test('without migration a vector instruction on a hart without vectors is an illegal one', () => {
  assert.equal(harthop(['run', 'examples/daxpy.S', '--append', 'migrate=off', '--soc', 'app2-vec1']).status, 128 + 4);
});

test('--max-instructions ends a program that does not end', () => {
  const { status, stderr } = harthop(['run', spin(), '--max-instructions', '5000000']);
  assert.equal(status, 124);
  assert.equal(stderr, 'harthop: stopped after 5000000 instructions\n');
});

test('--seed makes another run, each seed its own, the same every time', () => {
  const report = (name: string, ...more: string[]) => {
    const json = join(place, `${name}.json`);
    const { status, stdout } = harthop(['run', 'examples/pingpong.S', '--json', json, ...more]);
    assert.deepEqual([status, stdout], [0, 'pingpong: 100 rounds\n']);
    return readFileSync(json, 'utf8');
  };
  const seven = report('seven', '--seed', '7');
  assert.equal(report('again', '--seed', '7'), seven);
  assert.notEqual(report('eight', '--seed', '8'), seven);
  assert.notEqual(report('none'), seven);
});

test('Ctrl-C ends a run with 130', async () => {
  const child = spawn(process.execPath, [script, 'run', spin()], { cwd: root, stdio: 'ignore' });
  const ended = once(child, 'exit');
  const timer = setInterval(() => child.kill('SIGINT'), 3000);
  const [status, signal] = await ended;
  clearInterval(timer);
  assert.ok(status === 130 || signal === 'SIGINT', `${status} ${signal}`);
});

test('assembled by harthop asm, a program runs the same and disassembles', () => {
  const elf = join(place, 'daxpy.elf');
  assert.equal(harthop(['asm', 'examples/daxpy.S', '-o', elf]).status, 0);
  assert.equal(harthop(['run', elf]).stdout, harthop(['run', 'examples/daxpy.S']).stdout);
  const { stdout, status } = harthop(['disasm', elf]);
  assert.equal(status, 0);
  assert.match(stdout, /<_start>:\n/);
  assert.match(stdout, /vfmacc\.vf/);
});

test('help is there for every command', () => {
  for (const args of [
    ['--help'],
    ['help', 'run'],
    ...['run', 'asm', 'disasm', 'dap'].map((name) => [name, '--help']),
  ]) {
    const { status, stdout } = harthop(args);
    assert.equal(status, 0);
    assert.match(stdout, /^harthop /);
  }
});
