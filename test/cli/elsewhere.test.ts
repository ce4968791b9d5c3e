/** A run that was recorded on another computer (scripts/record-elsewhere.ts, by whoever built the images last) is the same run here. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RECORDING, recordElsewhere } from '../../scripts/record-elsewhere.js';
import { harthop, root } from './harthop.js';

const remade = 'if firmware, kernel, the assembler or the example has changed: npm run images && npm run images:record';

test('it ends as it ended there, on any engine, with every register and page of memory as they were', () => {
  for (const engine of ['auto', 'interpreter', 'translator']) {
    const said = harthop(['replay', RECORDING, '--engine', engine]);
    const expected = { status: 0, signal: null, stdout: 'threads: 4 threads found a total of 523776\n', stderr: '' };
    assert.deepEqual(said, expected, remade);
  }
});

test('recorded here it is the same file', () => {
  assert.equal(recordElsewhere(), readFileSync(join(root, RECORDING), 'utf8'), remade);
});
