/**
 * `npm run images:record`, after `npm run images`: a recording of an example with the images as they are now, kept in the repository. Whoever runs the tests replays what another
 * computer ran (test/cli/elsewhere.test.ts).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assembleFiles } from '../cli/assembled.js';

const root = fileURLToPath(new URL('..', import.meta.url));
export const RECORDING = 'test/cli/elsewhere.harthop';

/** What is recorded: threads that meet, on a chip of four harts whose turns are drawn. Nothing in it names a place of this computer. */
export function recordElsewhere(): string {
  const folder = mkdtempSync(join(tmpdir(), 'harthop-recording-'));
  try {
    const [program, output] = [join(folder, 'threads'), join(folder, 'threads.harthop')];
    writeFileSync(program, assembleFiles(['examples/threads.S'], { directory: '/' }));
    // From its folder: the program's name is an argument of the program.
    const words = [
      join(root, 'scripts/harthop.mjs'),
      'record',
      'threads',
      '-o',
      output,
      '--soc',
      'app2-vec2',
      '--seed',
      '11',
    ];
    const { status, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`harthop record: ${stderr}`);
    const recording = JSON.parse(readFileSync(output, 'utf8')) as { program: { path: string }; sources?: object };
    recording.program.path = 'threads';
    return `${JSON.stringify(recording, null, 1)}\n`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(root, RECORDING), recordElsewhere());
