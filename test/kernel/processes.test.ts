/** Processes: fork, wait, signals among them, with threads that are away. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { MigrationEvent } from '../../emulator/events.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { needs } from '../tools.js';
import { onMachine } from './boards.js';
import { attempt, tools } from './families.js';
import { compiled } from './programs.js';

const tool = needs('riscv64-linux-gnu-gcc');
const soc = socNamed('app2-vec1');
const told = readFileSync('test/programs/expected/processes.txt', 'utf8');
const VECTOR_HART = 2;

test(
  'processes fork, end, wait for and signal each other while their threads are on the vector hart',
  tool,
  async () => {
    const { console, status, events } = await onMachine(soc, { program: compiled('processes') });
    assert.deepEqual({ console, status }, { console: told, status: 3 });
    const steps = events.filter((event): event is MigrationEvent => event.kind === 'migration');
    const away = new Set(steps.filter(({ step }) => step === 'arrive').map(({ task }) => task));
    assert.ok(away.size > 10, `${away.size} tasks were away`);
    const count = (step: MigrationEvent['step']) => steps.filter((event) => event.step === step).length;
    assert.equal(count('arrive'), count('leave'));
  },
);

test('the same without migration, where each process pins itself to the hart that has V', tool, async () => {
  const run = { program: compiled('processes'), args: [String(VECTOR_HART)], bootargs: 'migrate=off' };
  const { console, status } = await onMachine(soc, run);
  assert.deepEqual({ console, status }, { console: told, status: 3 });
});

const FAMILIES = 6;

test(
  `${FAMILIES} families of processes fork, fault, signal and kill at random, and give all memory back`,
  needs(...tools),
  async () => {
    for (let seed = 1; seed <= FAMILIES; seed++) assert.equal(await attempt(seed), undefined);
  },
);
