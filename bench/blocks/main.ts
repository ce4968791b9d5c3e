/**
 * `npm run bench:blocks [-- --minutes N --blocks N]`: what the translator holds of a program that makes ever new code. Tells how much memory the process has more
 * than before the first instruction. Ends with status 1 where that is more than 600 MB, or grows: where it is at most in the last third of the run,
 * and more than a tenth above what it was at most before.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { numberOption } from '../../test/fuzz/options.js';
import { Builder } from '../build.js';
import { Modules } from './modules.js';
import { Run } from './run.js';

const COMMAND = 'npm run bench:blocks';
const blocks = numberOption(COMMAND, '--blocks', 200_000);
const minutes = numberOption(COMMAND, '--minutes', 0);
const MOST_MEGABYTES = 600;
const BLOCKS_A_PAGE = 80;
/** So that `auto` translates every page: a million instructions in each. */
const LOOPS = 5000;
const SLICE = 20_000_000;

const megabytes = () => process.memoryUsage.rss() / 1e6;

const folder = mkdtempSync(join(tmpdir(), 'harthop-blocks-'));
const modules = new Modules();
try {
  const pages = Math.min(4096, Math.ceil(blocks / BLOCKS_A_PAGE));
  const code = { pages, blocks: BLOCKS_A_PAGE, loops: LOOPS, generations: 1_000_000 };
  const run = await Run.create(new Builder(folder), code, 'auto');
  const [start, before] = [Date.now(), megabytes()];
  const seen: number[] = [];
  let told = 0;
  for (const end = start + minutes * 60_000; run.touched < blocks || Date.now() < end; ) {
    run.go(SLICE);
    // As hosts do; and until the end of a job nothing is collected that a WeakRef was made of in it.
    await setImmediate();
    seen.push(megabytes() - before);
    if (Date.now() - told < 10_000) continue;
    told = Date.now();
    console.log(
      `${((told - start) / 1000).toFixed(0)} s: ${run.touched} blocks, ${modules.made} modules made, ${seen.at(-1)!.toFixed(0)} MB`,
    );
  }
  const { count, bytes } = await modules.held();
  const most = Math.max(...seen);
  const third = Math.floor((seen.length * 2) / 3);
  const [early, late] = [Math.max(...seen.slice(0, third)), Math.max(...seen.slice(third))];
  console.log(
    `${run.touched} distinct blocks; ${modules.made} modules made, ${count} held (${(bytes / 1e6).toFixed(1)} MB of WebAssembly); ${most.toFixed(0)} MB more than at the start at most, ${early.toFixed(0)} in the first two thirds, ${late.toFixed(0)} in the last`,
  );
  process.exitCode = most > MOST_MEGABYTES || (minutes > 0 && late > early * 1.1) ? 1 : 0;
} finally {
  modules.close();
  rmSync(folder, { recursive: true, force: true });
}
