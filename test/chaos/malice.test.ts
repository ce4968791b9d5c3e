/** Malicious user code on accelerator harts (test/programs/malice.c): a process beside it, the kernel's memory and the machine stay unharmed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../tools.js';
import { programs, run } from './run.js';
import { malicious } from './trial.js';

/** All kinds of chips; and seeds in which the program beside the malicious ones goes to every accelerator hart as a guest. */
const ranges = [
  [1, 12],
  [29, 29],
  [103, 117],
  [127, 127],
] as const;

for (const [first, last] of ranges) {
  test(
    `malicious threads harm nobody but themselves: seeds ${first} to ${last}`,
    needs(...programs.malice.tools),
    async () => {
      let all = 0;
      for (let seed = first; seed <= last; seed++) {
        const { failures, trips } = await run(malicious(seed));
        assert.deepEqual(failures, [], `npm run chaos -- --malice --seeds ${seed}`);
        all += trips;
      }
      assert.ok(all > 50, `${all} arrivals on accelerator harts are too few to mean much`);
    },
  );
}
