import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chapters } from '../../bench/paper/chapters.js';

const text = readFileSync(fileURLToPath(new URL('../../docs/measurements.md', import.meta.url)), 'utf8');

for (const chapter of chapters.filter(({ quick }) => quick)) {
  test(`docs/measurements.md: ${chapter.name} is as measured, to the cycle (npm run bench:paper)`, async () => {
    const figures = await chapter.measure();
    for (const table of Object.values(chapter.tables(figures))) assert.ok(text.includes(table), table);
  });
}
