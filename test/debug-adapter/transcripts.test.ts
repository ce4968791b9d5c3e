/** Recorded conversations with the debug adapter, over stdio: see conversation.ts. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { replay, root, stdioClient } from './conversation.js';

for (const file of readdirSync(`${root}test/debug-adapter/transcripts`).sort()) {
  const name = file.replace(/\.txt$/, '');
  test(`transcript ${name}`, { timeout: 120_000 }, async () => {
    const { got, recorded } = await replay(name, stdioClient());
    assert.equal(got, recorded);
  });
}
