/** Conversations with the language server, compared whole; conversation.ts tells what a script may say. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { replay } from './conversation.js';

for (const file of readdirSync(fileURLToPath(new URL('transcripts', import.meta.url)))) {
  test(`language server: ${file.replace('.txt', '').replaceAll('-', ' ')}`, async () => {
    const { got, recorded } = await replay(file.replace('.txt', ''));
    assert.equal(got, recorded);
  });
}
