/** Random edits never leave the server different from one that is started on the same texts; `npm run fuzz:lsp` does it for longer. */
import { test } from 'node:test';
import { session } from './fuzz/session.js';

for (const seed of [1, 2, 3, 4, 5, 6])
  test(`after random edits the server says what a fresh one says: seed ${seed}`, async () => {
    await session(seed, 100);
  });
