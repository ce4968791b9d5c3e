/**
 * `npm run bench:paper [-- --json FILE]`: measures what was published of fast thread migration, on this machine, firmware and kernel;
 * writes docs/measurements.md and its plots, and says which aims are met. The same tree gives the same figures, to the cycle. `--json` writes them
 * to a file; `--from FILE [--chapters NAME,…]` takes them from such a file and measures the named chapters only.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { verdicts } from './aims.js';
import { chapters } from './chapters.js';
import { documentOf } from './document.js';
import type { Chapter, Figures } from './figures.js';
import { plots } from './plots.js';
import { toPng } from './png.js';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const { values } = parseArgs({
  options: { json: { type: 'string' }, from: { type: 'string' }, chapters: { type: 'string' } },
});

/** Measure chapter by chapter, and say what takes how long. */
async function measure(wanted: readonly Chapter[]): Promise<Figures> {
  const figures: Record<string, number | undefined> = {};
  for (const chapter of wanted) {
    const start = performance.now();
    const own = await chapter.measure();
    const absent = Object.keys(own).filter((name) => own[name] === undefined);
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    console.log(`${chapter.name}: ${Object.keys(own).length} figures, ${seconds} s`);
    if (absent.length) console.log(`  skipped, not there: ${absent.join(', ')}`);
    Object.assign(figures, own);
  }
  return figures;
}

/** The chapters named by `--chapters`, or all; but none where the figures come from a file and no chapter is named. */
function wanted(): readonly Chapter[] {
  if (values.chapters === undefined) return values.from ? [] : chapters;
  return values.chapters.split(',').map((name) => {
    const chapter = chapters.find((each) => each.name === name);
    if (!chapter)
      throw new Error(`no chapter is named ${name}; there are ${chapters.map((each) => each.name).join(', ')}`);
    return chapter;
  });
}

const before = values.from ? (JSON.parse(readFileSync(values.from, 'utf8')) as Figures) : {};
const figures = { ...before, ...(await measure(wanted())) };
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
writeFileSync(`${docs}measurements.md`, documentOf(figures));
mkdirSync(`${docs}images/measurements`, { recursive: true });
for (const [name, picture] of Object.entries(plots(figures))) {
  writeFileSync(`${docs}images/measurements/${name}.svg`, picture);
}
// VS Code's market place shows no SVG in a README.
if (!toPng(`${docs}images/measurements/calls.svg`, `${docs}images/measured.png`)) {
  console.log('no chromium: docs/images/measured.png, the README’s picture, stays as it was');
}
for (const { what, limit, measured, verdict } of verdicts(figures)) {
  console.log(`${verdict.padEnd(9)} ${what}: ${limit}${measured && `; measured ${measured}`}`);
}
