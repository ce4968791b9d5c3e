/**
 * `npm run bench:paper [-- --json FILE]`: measures what was published of fast thread migration, on this machine, firmware and kernel;
 * writes docs/measurements.md, and says which aims are met. The same tree gives the same figures, to the cycle.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { verdicts } from './aims.js';
import { chapters } from './chapters.js';
import { documentOf } from './document.js';
import type { Figures } from './figures.js';

const { values } = parseArgs({ options: { json: { type: 'string' }, from: { type: 'string' } } });

/** Measure chapter by chapter, and say what takes how long. */
async function measure(): Promise<Figures> {
  const figures: Record<string, number | undefined> = {};
  for (const chapter of chapters) {
    const start = performance.now();
    const own = await chapter.measure();
    const absent = Object.keys(own).filter((name) => own[name] === undefined);
    console.log(
      `${chapter.name}: ${Object.keys(own).length} figures, ${((performance.now() - start) / 1000).toFixed(0)} s`,
    );
    if (absent.length) console.log(`  skipped, not there: ${absent.join(', ')}`);
    Object.assign(figures, own);
  }
  return figures;
}

// Figures that were written before make the document again without a measurement: after a change of its text.
const figures = values.from ? (JSON.parse(readFileSync(values.from, 'utf8')) as Figures) : await measure();
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
writeFileSync(fileURLToPath(new URL('../../docs/measurements.md', import.meta.url)), documentOf(figures));
for (const { what, limit, measured, verdict } of verdicts(figures)) {
  console.log(`${verdict.padEnd(9)} ${what}: ${limit}${measured && `; measured ${measured}`}`);
}
