/** Below a signal's handler stands what it interrupted, as the kernel has put it aside on the stack. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { needs } from '../tools.js';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

const folder = mkdtempSync(join(tmpdir(), 'harthop-handled-'));
after(() => rmSync(folder, { recursive: true }));
const path = `${root}test/debug-adapter/programs/handled.c`;
const lines = readFileSync(path, 'utf8').split('\n');
const lineOf = (mark: string) => lines.findIndex((line) => line.includes(`/* ${mark} */`)) + 1;
const gcc = 'riscv64-linux-gnu-gcc';
const CALLED = /^<signal handler called: SIGUSR1>/;

for (const options of [
  ['-O0', '-gdwarf-4'],
  ['-O2', '-gdwarf-5'],
])
  test(`a handler's frames, and below them those that the signal interrupted, ${options.join(' ')}`, {
    ...needs(gcc),
    timeout: 60_000,
  }, async () => {
    const program = join(folder, `handled${options.join('')}`);
    execFileSync(gcc, ['-static', ...options, '-o', program, path]);
    const talk = await Talk.launch(program);
    await talk.ask('setBreakpoints', { source: { path }, breakpoints: [{ line: lineOf('noted') }] });
    const { stack } = await talk.go('configurationDone', 1);
    const called = stack.findIndex((frame) => CALLED.test(frame));
    const names = (frames: readonly string[]) => frames.map((frame) => frame.split(' ')[0]);
    // GCC makes a jump of the handler's call.
    assert.deepEqual(
      names(stack.slice(0, called)),
      options[0] === '-O0' ? ['note', 'handler'] : ['note'],
      stack.join(),
    );
    assert.deepEqual(names(stack.slice(called + 1, called + 4)), ['kill', 'work', 'main'], stack.join());
    // Registers that the handler has changed are there as they were: `kill` was asked for SIGUSR1 by number 129.
    const { stackFrames } = await talk.ask('stackTrace', { threadId: 1 });
    const evaluated = async (expression: string, level: number) =>
      (await talk.ask('evaluate', { expression, frameId: stackFrames[level].id, context: 'watch' })).result;
    assert.equal(await evaluated('a7', called + 1), '129');
    assert.equal((await talk.scope(1, 'Locals', called + 2)).get('n')?.value.replace('<optimized out>', '5'), '5');
    await talk.ask('setBreakpoints', { source: { path }, breakpoints: [] });
    for (let n = 0; n < called; n++) await talk.go('stepOut', 1);
    assert.match((await talk.stack(1))[0], CALLED);
    assert.match((await talk.go('stepOut', 1)).stack[0], /^kill/);
    assert.match((await talk.go('stepOut', 1)).stack[0], /^work handled\.c:/);
    assert.equal((await talk.until('exited', 'continue', { threadId: 1 })).exitCode, 0);
  });

test('a handler in assembly that saves nothing', { timeout: 60_000 }, async () => {
  const talk = await Talk.launch(`${root}test/debug-adapter/programs/handles.S`);
  await talk.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'handler' }] });
  const { stack } = await talk.go('configurationDone', 1);
  assert.match(stack[0], /^handler handles\.S:17$/);
  assert.match(stack[1], CALLED);
  assert.match(stack[2], /^_start handles\.S:13$/);
  await talk.go('stepIn', 1, { granularity: 'instruction' });
  assert.match((await talk.stack(1))[0], CALLED);
  // At the call that gives it back, too; the page was not there before.
  const at = await talk.go('next', 1, { granularity: 'instruction' });
  assert.match(at.stack[0], CALLED);
  assert.match(at.stack[1], /^_start handles\.S:13$/);
  await talk.ask('terminate');
});
