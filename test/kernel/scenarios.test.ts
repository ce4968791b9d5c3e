/** Every scenario on every board; those that any SoC will do for, on one of ours. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../tools.js';
import { boards } from './boards.js';
import { scenarios } from './scenarios.js';

for (const board of boards)
  for (const { name, expected, anySoc, ...run } of scenarios) {
    if (anySoc && board.variant) continue;
    test(`${board.name}: ${name}`, needs(...board.tools, ...run.program.tools), async () => {
      const outcome = await board.run(run);
      if (expected.console instanceof RegExp) assert.match(outcome.console, expected.console);
      else assert.equal(outcome.console, expected.console);
      assert.equal(outcome.status, expected.status);
    });
  }
