/** A fixed share of the runs of stress.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../tools.js';
import { attempt, crowded } from './stress.js';

const SEEDS = 40;

test(`${SEEDS} runs on random SoCs`, needs(...new Set(crowded.flatMap(({ program }) => program.tools))), async () => {
  for (let seed = 1; seed <= SEEDS; seed++) assert.equal(await attempt(seed), undefined);
});
