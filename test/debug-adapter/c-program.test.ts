/** Debugging C programs as a compiler makes them: frames, locals, steps that follow a thread among others. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { needs } from '../tools.js';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

const folder = mkdtempSync(join(tmpdir(), 'harthop-c-'));
after(() => rmSync(folder, { recursive: true }));
const gcc = 'riscv64-linux-gnu-gcc';
const source = `${root}test/debug-adapter/programs/point.c`;

function build(...options: string[]): string {
  const program = join(folder, `point${options.join('')}`);
  execFileSync(gcc, ['-static', '-pthread', '-march=rv64gcv', ...options, '-o', program, source]);
  return program;
}

for (const dwarf of ['-gdwarf-4', '-gdwarf-5'])
  test(`frames and locals of C, ${dwarf}`, { ...needs(gcc), timeout: 60_000 }, async () => {
    const talk = await Talk.launch(build('-O0', dwarf));
    const { breakpoints } = await talk.ask('setBreakpoints', {
      source: { path: source },
      breakpoints: [{ line: 30, condition: 'n == 2' }],
    });
    assert.equal(breakpoints[0].verified, true);
    const stop = await talk.go('configurationDone', 1);
    assert.deepEqual(stop.stack.slice(0, 5), [
      ...Array.from({ length: 4 }, () => 'factorial point.c:30'),
      'main point.c:37',
    ]);
    assert.match(stop.stack.at(-1)!, /^_start/);
    // Each frame has its own n.
    for (const [level, n] of ['2', '3', '4', '5'].entries())
      assert.equal((await talk.scope(1, 'Locals', level)).get('n')?.value, n);
    const locals = await talk.scope(1, 'Locals', 4);
    assert.equal(locals.get('p')?.value, '{x = 3, y = -4, weight = 2.5}');
    const p = await talk.variables(locals.get('p')!.variablesReference);
    assert.equal(p.get('weight')?.value, '2.5');
    await talk.ask('setVariable', { variablesReference: locals.get('p')!.variablesReference, name: 'y', value: '-7' });
    const { stackFrames } = await talk.ask('stackTrace', { threadId: 1 });
    const evaluated = async (expression: string, level: number) =>
      (await talk.ask('evaluate', { expression, frameId: stackFrames[level].id, context: 'watch' })).result;
    assert.equal(await evaluated('p.y * 2', 4), '-14');
    assert.equal(await evaluated('((struct point *)&p)->weight', 4), '2.5');
    assert.equal(await evaluated('data[15]', 4), '15');
    assert.equal(await evaluated('n', 1), '3');
    assert.deepEqual((await talk.go('stepOut', 1)).stack.slice(0, 4), [
      ...Array.from({ length: 3 }, () => 'factorial point.c:30'),
      'main point.c:37',
    ]);
    await talk.ask('setBreakpoints', { source: { path: source }, breakpoints: [] });
    assert.equal((await talk.until('exited', 'continue', { threadId: 1 })).exitCode, 7);
    assert.match(talk.stdout, /worker 2: 22\n[\s\S]*120\n$/);
  });

test('a step into a function ends behind its prologue, a step over one ends on the next line', {
  ...needs(gcc),
  timeout: 60_000,
}, async () => {
  const talk = await Talk.launch(build('-O0', '-g'));
  await talk.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'main' }] });
  assert.equal((await talk.go('configurationDone', 1)).stack[0], 'main point.c:34');
  await talk.ask('setBreakpoints', { source: { path: source }, breakpoints: [{ line: 37 }] });
  assert.equal((await talk.go('continue', 1)).stack[0], 'main point.c:37');
  assert.deepEqual((await talk.go('stepIn', 1)).stack.slice(0, 2), ['factorial point.c:28', 'main point.c:37']);
  assert.equal((await talk.scope(1, 'Locals')).get('n')?.value, '5');
  assert.equal((await talk.go('next', 1)).stack[0], 'factorial point.c:30');
  assert.equal((await talk.go('next', 1)).stack[0], 'factorial point.c:31');
  assert.equal((await talk.go('next', 1)).stack[0], 'main point.c:37');
  assert.equal((await talk.go('next', 1)).stack[0], 'main point.c:39');
  assert.equal((await talk.scope(1, 'Locals')).get('p')?.value, '{x = 120, y = -4, weight = 2.5}');
  await talk.ask('terminate');
});

test('a step follows its own thread, whoever else runs the same lines', {
  ...needs(gcc),
  timeout: 60_000,
}, async () => {
  const talk = await Talk.launch(build('-O0', '-g'), { soc: 'app2-vec2' });
  await talk.ask('setBreakpoints', { source: { path: source }, breakpoints: [{ line: 15, condition: 'arg == 1' }] });
  let stop = await talk.go('configurationDone', 1);
  const task = / task (\d+) /.exec(stop.text)![1];
  await talk.ask('setBreakpoints', { source: { path: source }, breakpoints: [] });
  const lines = [];
  const harts = new Set<number>();
  for (let n = 0; n < 4; n++) {
    stop = await talk.go('next', stop.threadId);
    assert.equal(/ task (\d+) /.exec(stop.text)![1], task, stop.text);
    lines.push(stop.stack[0]);
    harts.add(stop.threadId);
  }
  assert.deepEqual(
    lines,
    [16, 23, 24, 25].map((line) => `worker point.c:${line}`),
  );
  assert.ok(
    [...harts].some((id) => id >= 3),
    `it went to a vector hart: ${[...harts]}`,
  );
  assert.equal((await talk.scope(stop.threadId, 'Locals')).get('out')?.value, '{8, 10, 12, 14}');
  await talk.ask('terminate');
});

test('locals of optimised code: what is there is right, what is not says so', {
  ...needs(gcc),
  timeout: 60_000,
}, async () => {
  const talk = await Talk.launch(build('-O2', '-g'));
  await talk.ask('setBreakpoints', { source: { path: source }, breakpoints: [{ line: 23, condition: '$task >= 2' }] });
  const stop = await talk.go('configurationDone', 1);
  const locals = await talk.scope(stop.threadId, 'Locals');
  assert.match(locals.get('out')!.value, /^\{\d+, \d+, \d+, \d+\}$/);
  for (const { value } of locals.values()) assert.notEqual(value, '');
  await talk.ask('terminate');
});
