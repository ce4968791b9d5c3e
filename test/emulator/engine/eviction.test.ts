/** Translated code is dropped when there is too much of it, and nothing holds it then. (`npm run bench:blocks` measures large and long runs.) */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Modules } from '../../../bench/blocks/modules.js';
import { Run } from '../../../bench/blocks/run.js';
import { Builder } from '../../../bench/build.js';
import { needs } from '../../tools.js';

/** What `translator` keeps (translator.ts), and the engine itself. */
const MOST_REGIONS = 128;
const ENGINE = 2;

const folder = mkdtempSync(join(tmpdir(), 'harthop-'));
after(() => rmSync(folder, { recursive: true }));

test(
  'of four thousand blocks of ever new code a few are held, no more at the end than half way',
  needs('clang-19'),
  async () => {
    const code = { pages: 50, blocks: 8, loops: 30, generations: 10 };
    const builder = new Builder(folder);
    const expected = await Run.create(builder, code, 'interpreter');
    while (!expected.go(1e6));
    const modules = new Modules();
    try {
      const run = await Run.create(builder, code, 'translator');
      while (run.output.length < 250) run.go(10_000);
      const [half, madeByThen] = [await modules.held(), modules.made];
      while (!run.go(1e6));
      const end = await modules.held();
      assert.equal(run.output, expected.output);
      assert.ok(run.touched >= 4000);
      assert.ok(madeByThen > 1.5 * MOST_REGIONS, `${madeByThen} modules made half way: too few to tell anything`);
      assert.ok(modules.made > 1.8 * madeByThen, `${modules.made} modules made`);
      assert.ok(half.count <= MOST_REGIONS + ENGINE, `${half.count} modules held half way`);
      assert.ok(end.count <= MOST_REGIONS + ENGINE, `${end.count} modules held at the end`);
      assert.ok(end.bytes < 1.5 * half.bytes, `${half.bytes} bytes held half way, ${end.bytes} at the end`);
    } finally {
      modules.close();
    }
  },
);
