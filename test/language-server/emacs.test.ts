/** Emacs's own client, Eglot, as docs/editors.md sets it up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../tools.js';
import { editorSays, mistakes } from './clients/editor.js';

test('Emacs shows what the server knows, and the server ends with it', {
  ...needs('emacs'),
  timeout: 120_000,
}, async () => {
  assert.deepEqual(await editorSays('emacs', ['--batch', '-q', '-l', 'CLIENT'], 'emacs.el'), [
    ...mistakes,
    'hover: vadd.vv vd, vs2, vs1 [, v0.t]',
    'defined in line 11',
    'an edit: 1 less',
    'formatting: edits',
    'the server has ended',
  ]);
});
