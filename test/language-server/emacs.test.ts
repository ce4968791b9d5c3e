/** Emacs's own client, Eglot, as docs/editors.md sets it up. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { needs } from '../tools.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('Emacs shows what the server knows, and the server ends with it', {
  ...needs('emacs'),
  timeout: 120_000,
}, async () => {
  const { stdout } = await promisify(execFile)(
    'emacs',
    ['--batch', '-q', '-l', `${root}test/language-server/clients/emacs.el`],
    {
      cwd: root,
      env: {
        ...process.env,
        HARTHOP_SERVER: JSON.stringify([process.execPath, '--import', 'tsx', `${root}cli/main.ts`, 'lsp', '--stdio']),
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
    'hover: vadd.vv vd, vs2, vs1 [, v0.t]',
    'defined in line 11',
    'an edit: 1 less',
    'formatting: edits',
    'the server has ended',
  ]);
});
