/** The images that are kept are what their sources build, to the byte. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildImage, images } from '../../scripts/build-images.js';
import { needs } from '../tools.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'harthop-images-'));

describe('images', needs('clang-19', 'ld.lld-19'), () => {
  for (const name of Object.keys(images)) {
    test(`images/${name}.elf is up to date`, () => {
      const built = join(folder, `${name}.elf`);
      buildImage(name, built);
      const same = readFileSync(join(root, 'images', `${name}.elf`)).equals(readFileSync(built));
      assert.ok(same, `images/${name}.elf is not what ${name}/ builds: run \`npm run images\` and commit it`);
    });
  }
});
