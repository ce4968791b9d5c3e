/** The protocol's models hold in every interleaving, and the checker notices when one is wrong. docs/protocol.md says what they are. */
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { describe, test } from 'node:test';
import { needs } from '../tools.js';
import { fence } from './fence.js';
import { guest } from './guest.js';
import { kernel } from './kernel.js';
import type { Model } from './model.js';
import { search } from './spin.js';
import { trip } from './trip.js';

const all: readonly Model[] = [fence, guest, kernel, trip];

describe('models', { concurrency: availableParallelism() }, () => {
  for (const { name: model, configurations, faults } of all) {
    test(
      `${model}: nothing goes wrong in any state, and each of its lines is executed`,
      needs('spin', 'clang-19'),
      async (t) => {
        const lines = new Set<string>();
        const reached = new Set<string>();
        for (const defines of configurations) {
          const found = await search({ model, defines });
          assert.equal(found.error, undefined, `${model} ${defines.join(' ')}\n${found.trail}`);
          assert.ok(found.complete);
          t.diagnostic(
            `${model} ${defines.join(' ')}: ${found.states} states, depth ${found.depth}, ${found.seconds} s`,
          );
          for (const line of found.lines) lines.add(line);
          for (const line of found.reached) reached.add(line);
        }
        assert.deepEqual(
          [...lines].filter((line) => !reached.has(line)),
          [],
          'lines that no execution reaches',
        );
      },
    );
    for (const { name, configuration = configurations[0], changes, shows } of faults)
      test(`${model}: found when ${name}`, needs('spin', 'clang-19'), async () => {
        const { error, trail } = await search({ model, defines: configuration, changes });
        assert.match(error ?? 'nothing found', shows);
        assert.ok(trail.length > 0, 'no counterexample');
      });
  }
});
