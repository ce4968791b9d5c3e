/** A breakpoint on a function, or on its first line, stops every call, with the arguments where the debug information says. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { needs } from '../tools.js';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

const folder = mkdtempSync(join(tmpdir(), 'harthop-prologue-'));
after(() => rmSync(folder, { recursive: true }));
const path = `${root}test/debug-adapter/programs/early.c`;
const lines = readFileSync(path, 'utf8').split('\n');
const lineOf = (text: string) => lines.findIndex((line) => line.includes(text)) + 1;
const compilers = {
  gcc: ['riscv64-linux-gnu-gcc'],
  clang: ['clang-19', '--target=riscv64-linux-gnu', '-fuse-ld=lld'],
};

for (const [name, [tool, ...options]] of Object.entries(compilers))
  for (const optimise of ['-O0', '-O1', '-O2'])
    test(`each call of a function that may return early, ${name} ${optimise}`, {
      ...needs(tool!, 'riscv64-linux-gnu-gcc'),
      timeout: 60_000,
    }, async () => {
      const program = join(folder, `${name}${optimise}`);
      execFileSync(tool!, [...options, optimise, '-g', '-static', '-o', program, path]);
      for (const [command, args] of [
        ['setFunctionBreakpoints', { breakpoints: [{ name: 'deep' }] }],
        ['setBreakpoints', { source: { path }, breakpoints: [{ line: lineOf('int deep') }] }],
      ] as const) {
        const talk = await Talk.launch(program);
        await talk.ask(command, args);
        const arguments_: (string | undefined)[] = [];
        for (const go of ['configurationDone', 'continue']) {
          assert.match((await talk.go(go, 1)).stack[0]!, /^deep /);
          arguments_.push((await talk.scope(1, 'Locals')).get('n')?.value);
        }
        // Of the two calls either may be made first.
        assert.deepEqual(arguments_.sort(), ['1', '5'], command);
        await talk.ask('terminate');
      }
      // A function of one line: its parameter is there where its line's breakpoint stops.
      const talk = await Talk.launch(program);
      const breakpoints = [{ line: lineOf('int single'), condition: 'n == 1' }];
      await talk.ask('setBreakpoints', { source: { path }, breakpoints });
      assert.match((await talk.go('configurationDone', 1)).stack[0]!, /^single early\.c:/);
      await talk.ask('terminate');
    });
