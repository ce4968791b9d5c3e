/** The language server's script in a browser's worker, spoken to as VS Code for the Web speaks to it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from 'esbuild';
import { webWorkers } from '../../scripts/build.js';
import { needs } from '../tools.js';
import { openPage } from './host/browser.js';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: never;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

test('the server works in a web worker: diagnostics, hints, hover, and a file that the client reads for it', {
  ...needs('chromium'),
  timeout: 120_000,
}, async (t) => {
  const { outputFiles } = await build({ ...webWorkers, write: false });
  const { browser, page } = await openPage();
  t.after(() => browser.close());
  const worker = await Worker.start(page, outputFiles[0]!.text, {
    '/w/values.h': '#define COUNT 12\n.macro stop\n        li a7, 93\n        ecall\n.endm\n',
  });
  const answer = await worker.ask('initialize', { processId: null, rootUri: null, capabilities: {} });
  assert.ok((answer as { capabilities: { hoverProvider: boolean } }).capabilities.hoverProvider);
  worker.tell('initialized', {});
  const uri = 'vscode-vfs://github/w/main.S';
  const text = `#include "values.h"
        .globl _start
_start: vsetivli zero, COUNT, e32, m1, ta, ma
        vadd.vv v1, v2, v3
        adi a0, a0, 1
        stop
`;
  worker.tell('textDocument/didOpen', { textDocument: { uri, languageId: 'riscv-asm', version: 1, text } });
  // Until the included file is there, it is told to be missing.
  const messages = await worker.diagnostics((list) => !list.some((each) => /can't read/.test(each)));
  assert.deepEqual(messages, ['unknown instruction adi']);
  assert.deepEqual(worker.read, ['/w/values.h']);
  const range = { start: { line: 0, character: 0 }, end: { line: 10, character: 0 } };
  const hints = (await worker.ask('textDocument/inlayHint', { textDocument: { uri }, range })) as { label: string }[];
  assert.deepEqual(
    hints.map(({ label }) => label),
    ['→ leaves for V', '■ the program ends'],
  );
  const position = { line: 3, character: 10 };
  const hover = (await worker.ask('textDocument/hover', { textDocument: { uri }, position })) as {
    contents: { value: string };
  };
  assert.match(hover.contents.value, /e32, m1, ta, ma/);
  // It has changed on the disk.
  worker.files['/w/values.h'] = '#define COUNT 99\n.macro stop\n.endm\n';
  worker.tell('workspace/didChangeWatchedFiles', { changes: [{ uri: 'vscode-vfs://github/w/values.h', type: 2 }] });
  await worker.diagnostics((list) => list.some((each) => /99 is out of range/.test(each)));
  const settings = { harthop: { soc: 'chips/mine.json' } };
  worker.tell('workspace/didChangeConfiguration', { settings });
  assert.match(await worker.shown(), /harthop\.soc: chips\/mine\.json: .*name a preset/);
});

type Page = Awaited<ReturnType<typeof openPage>>['page'];

/** A worker in a page, and what it has said. */
class Worker {
  private readonly answers = new Map<number, (message: Message) => void>();
  private id = 0;
  private listeners: ((message: Message) => void)[] = [];
  readonly read: string[] = [];
  private last: string[] = [];

  private constructor(
    private readonly page: Page,
    readonly files: Record<string, string>,
  ) {}

  static async start(page: Page, script: string, files: Record<string, string>): Promise<Worker> {
    const worker = new Worker(page, files);
    page.on('pageerror', (error) => console.error(error));
    await page.exposeFunction('said', (message: Message) => worker.said(message));
    await page.evaluate(`{
      const worker = new Worker(URL.createObjectURL(new Blob([${JSON.stringify(script)}], { type: 'text/javascript' })));
      worker.onmessage = ({ data }) => said(data);
      worker.onerror = ({ message }) => said({ method: 'error', params: { message } });
      globalThis.post = (message) => worker.postMessage(message);
    }`);
    return worker;
  }

  private said(message: Message): void {
    if (message.method === 'harthop/readFile' && message.id !== undefined) {
      const { path } = message.params as unknown as { path: string };
      this.read.push(path);
      this.post({ id: message.id, result: { text: this.files[path] } });
    } else if (message.method === 'textDocument/publishDiagnostics') {
      const { diagnostics } = message.params as unknown as { diagnostics: { message: string }[] };
      this.last = diagnostics.map((each) => each.message);
    } else if (message.id !== undefined && !message.method) this.answers.get(message.id)?.(message);
    for (const listener of this.listeners) listener(message);
  }

  private post(message: object): void {
    void this.page.evaluate(`post(${JSON.stringify({ jsonrpc: '2.0', ...message })})`);
  }

  tell(method: string, params: object): void {
    this.post({ method, params });
  }

  async ask(method: string, params: object): Promise<unknown> {
    const id = ++this.id;
    const { result, error } = await new Promise<Message>((resolve) => {
      this.answers.set(id, resolve);
      this.post({ id, method, params });
    });
    if (error) throw new Error(error.message);
    return result;
  }

  private until<T>(found: (message: Message) => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const listener = (message: Message) => {
        const value = found(message);
        if (value === undefined) return;
        this.listeners = this.listeners.filter((each) => each !== listener);
        resolve(value);
      };
      this.listeners.push(listener);
    });
  }

  diagnostics(good: (messages: string[]) => boolean): Promise<string[]> {
    return this.until(({ method }) =>
      method === 'textDocument/publishDiagnostics' && good(this.last) ? this.last : undefined,
    );
  }

  shown(): Promise<string> {
    return this.until(({ method, params }) =>
      method === 'window/showMessage' ? (params as unknown as { message: string }).message : undefined,
    );
  }
}
