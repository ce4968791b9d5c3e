/** The machine in a browser's worker: what a program does there on each engine is what it does in Node, to the last bit of memory. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { build } from 'esbuild';
import { assemble } from '../../assembler/assemble.js';
import { webWorkers } from '../../scripts/build.js';
import { needs } from '../tools.js';
import { onEveryEngine } from './engine/run.js';
import { openPage } from './host/browser.js';

test('a program with vectors, threads and migrations runs on every engine of a browser as it does in Node', {
  ...needs('chromium'),
  timeout: 300_000,
}, async (t) => {
  const text = readFileSync('examples/dgemm.S', 'utf8');
  const program = assemble([{ name: 'dgemm.S', text }]).elf!;
  const image = (name: string) => new Uint8Array(readFileSync(`images/${name}.elf`));
  const files = { firmware: image('firmware'), kernel: image('kernel'), program };
  const { results } = await onEveryEngine(files);
  const { interpreter, ...others } = results;
  assert.equal(interpreter!.console, readFileSync('examples/expected/dgemm.txt', 'utf8'));
  for (const result of Object.values(others)) assert.deepEqual(result, interpreter);

  const { outputFiles } = await build({
    ...webWorkers,
    entryPoints: { worker: 'test/extension/engine/worker.ts' },
    write: false,
  });
  const { browser, page } = await openPage();
  t.after(() => browser.close());
  page.on('pageerror', (error) => console.error(error));
  const script = outputFiles[0]!.text;
  const sent = Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]),
  );
  const answer = (await page.evaluate(`new Promise((resolve) => {
    const worker = new Worker(URL.createObjectURL(new Blob([${JSON.stringify(script)}], { type: 'text/javascript' })));
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve({ error: message });
    const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    worker.postMessage(Object.fromEntries(Object.entries(${JSON.stringify(sent)}).map(([name, text]) => [name, bytes(text)])));
  })`)) as { answer?: Awaited<ReturnType<typeof onEveryEngine>>; error?: string };
  assert.equal(answer.error, undefined);
  assert.deepEqual(answer.answer!.results, results);
  t.diagnostic(`fused multiply-add: ${answer.answer!.fused}`);
});
