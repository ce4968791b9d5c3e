/** Neovim's own client, as docs/editors.md sets it up. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fromSources, needs } from '../tools.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('Neovim shows what the server knows, and the server ends with it', {
  ...needs('nvim'),
  timeout: 120_000,
}, async () => {
  const { stdout } = await promisify(execFile)(
    'nvim',
    ['--headless', '-u', 'NONE', '-i', 'NONE', '-c', `luafile ${root}test/language-server/clients/neovim.lua`],
    {
      cwd: root,
      env: {
        ...process.env,
        HARTHOP_SERVER: JSON.stringify([process.execPath, ...fromSources, `${root}cli/main.ts`, 'lsp', '--stdio']),
        HARTHOP_FILE: `${root}test/language-server/documents/mistakes.S`,
      },
      timeout: 100_000,
    },
  );
  assert.deepEqual(stdout.trim().split('\n'), [
    '002 vtype is not set here',
    '004 illegal under e64, m2, ta, ma',
    '008 v8 may be lost',
    '008 vtype may not be set here',
    '009 unknown instruction adi',
    '010 expected an offset and a register in parentheses',
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
