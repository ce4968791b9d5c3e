/** Neovim's own client, as docs/editors.md sets it up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../tools.js';
import { editorSays, mistakes } from './clients/editor.js';

test('Neovim shows what the server knows, and the server ends with it', {
  ...needs('nvim'),
  timeout: 120_000,
}, async () => {
  const args = ['--headless', '-u', 'NONE', '-i', 'NONE', '-c', 'luafile CLIENT'];
  assert.deepEqual(await editorSays('nvim', args, 'neovim.lua'), [
    ...mistakes,
    '011 this loop goes out and back each time round',
    'hover: vadd.vv vd, vs2, vs1 [, v0.t]',
    'defined in line 11',
    'hint in line 2: → leaves for V  unset',
    'hint in line 7: ← comes back or asks',
    'hint in line 8: → may leave for V  unset or e64, m2',
    'hint in line 11: → may leave for V',
    'hint in line 13: ← comes back or asks',
    'an edit: 1 less',
    'formatting: edits',
    'the server ended with 0 0',
  ]);
});
