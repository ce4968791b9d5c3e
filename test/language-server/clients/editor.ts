/** An editor with its own client, without a window, on a document with mistakes. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fromSources } from '../../tools.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What an editor says in whose arguments `CLIENT` is the path of a script beside this file. */
export async function editorSays(editor: string, args: readonly string[], script: string): Promise<string[]> {
  const client = `${root}test/language-server/clients/${script}`;
  const { stdout } = await promisify(execFile)(
    editor,
    args.map((each) => each.replace('CLIENT', client)),
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
  return stdout.trim().split('\n');
}

/** What every editor shows of the mistakes. */
export const mistakes = [
  '002 vtype is not set here',
  '004 illegal under e64, m2, ta, ma',
  '008 v8 may be lost',
  '008 vtype may not be set here',
  '009 unknown instruction adi',
  '010 expected an offset and a register in parentheses',
];
