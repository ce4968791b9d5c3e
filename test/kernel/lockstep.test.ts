/** Examples and C programs, with firmware and kernel, on both engines side by side: to the last instruction the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { socNamed } from '../../emulator/soc/presets.js';
import { needs } from '../tools.js';
import { onMachine } from './boards.js';
import { scenarios } from './scenarios.js';

/** What is no other than these, or takes tens of millions of instructions, is left to one engine at a time. */
const OF_C = ['vector-sum.c', 'pthreads.c', 'signals.c', 'wander.c', 'echo.c', 'a program ends by after-vector'];
const short = scenarios.filter(({ name }) => name.startsWith('examples/') || OF_C.includes(name));

for (const { name, expected, ...run } of short)
  test(`engines in lockstep: ${name}`, needs(...run.program.tools), async () => {
    const soc = { ...socNamed('app2-vec1'), memoryBytes: 2 ** 25 };
    const outcome = await onMachine(soc, run, undefined, { engine: 'lockstep' });
    assert.deepEqual([outcome.console, outcome.status], [expected.console, expected.status]);
  });
