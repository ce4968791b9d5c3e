/** A fixed share of the seeds of `npm run chaos`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../tools.js';
import { programs, run } from './run.js';
import { trialOf } from './trial.js';

const [SEEDS, GROUP] = [200, 20];

for (let first = 1; first < SEEDS; first += GROUP) {
  const last = first + GROUP - 1;
  test(
    `every thread returns once with its registers intact: seeds ${first} to ${last}`,
    needs(...programs.trips.tools),
    async () => {
      for (let seed = first; seed <= last; seed++) {
        const { failures } = await run(trialOf(seed));
        assert.deepEqual(failures, [], `npm run chaos -- --seeds ${seed}`);
      }
    },
  );
}
