/** What a program reads: typed in the debug console, or a file; given again on the way forward, and part of a recording. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Talk } from './in-process.js';

const folder = mkdtempSync(join(tmpdir(), 'harthop-input-'));
after(() => rmSync(folder, { recursive: true }));
const written = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** Writes what it reads, until the end of its input. */
const echo = written(
  'echo.S',
  `.globl _start
_start:
 li a7, 63
 li a0, 0
 la a1, bytes
 li a2, 64
 ecall
 blez a0, done
 mv a2, a0
 li a7, 64
 li a0, 1
 la a1, bytes
 ecall
 j _start
done:
 li a7, 93
 ecall
 .data
bytes: .zero 64
`,
);
const READ = 3;
const WAITS = /the program waits for input: type it here/;
const options = { timeout: 60_000 };

const said = (talk: Talk, what: RegExp) => talk.event('output', ({ output }) => what.test(output));
const type = (talk: Talk, expression: string) => talk.ask('evaluate', { expression, context: 'repl' });
async function heard(talk: Talk, text: string): Promise<void> {
  while (!talk.stdout.includes(text)) await talk.heardMore();
}

test(
  'a line of the debug console is input while the program runs; back in time and forward it is given again',
  options,
  async () => {
    const talk = await Talk.launch(echo, { stopOnEntry: true });
    const { threadId } = await talk.until('stopped', 'configurationDone');
    await talk.ask('continue', { threadId });
    await said(talk, WAITS);
    assert.deepEqual(await type(talk, 'a0 + 1'), { result: '', variablesReference: 0 });
    await heard(talk, 'a0 + 1\n');
    await type(talk, 'second');
    await heard(talk, 'second\n');
    await talk.until('stopped', 'pause', { threadId });
    // It stands still: what is typed is evaluated, but for what has the mark.
    assert.equal((await type(talk, '1 + 2')).result, '3');
    await talk.go('reverseContinue', threadId);
    const before = talk.stdout;
    await type(talk, '< third');
    await talk.ask('continue', { threadId });
    await heard(talk, 'third\n');
    assert.equal(talk.stdout, `${before}third\n`);
    assert.equal(talk.stdout, 'a0 + 1\nsecond\nthird\n');

    // A recording has it all.
    await talk.until('stopped', 'pause', { threadId });
    const { content } = await talk.ask('harthop/saveRecording');
    await talk.ask('terminate');
    const again = await Talk.launch(undefined, { recording: written('run.harthop', content) });
    await again.until('stopped', 'configurationDone');
    assert.equal(again.stdout, 'a0 + 1\nsecond\nthird\n');
    await again.ask('terminate');
  },
);

test(
  'a file as input, and its end behind it; another run from where it was changed reads on from there',
  options,
  async () => {
    const stdin = written('lines.txt', 'one\ntwo\nthree');
    const talk = await Talk.launch(echo, { stdin, stopOnExit: true });
    const { description } = await talk.until('stopped', 'configurationDone');
    assert.equal(description, 'The program has ended: exit status 0');
    assert.equal(talk.stdout, 'one\ntwo\nthree');

    await talk.ask('setBreakpoints', { source: { path: echo }, breakpoints: [{ line: READ }] });
    await talk.go('reverseContinue', 1);
    const { threadId } = await talk.go('reverseContinue', 1);
    await talk.ask('setBreakpoints', { source: { path: echo }, breakpoints: [] });
    await talk.ask('evaluate', { expression: 't5 = 7', context: 'repl' });
    talk.stdout = '';
    await talk.until('stopped', 'continue', { threadId });
    assert.equal(talk.stdout, 'three');
    await talk.ask('terminate');
  },
);

test(
  'input that can not be read is told; nobody who reads and nothing that wakes is a deadlock as ever',
  options,
  async () => {
    assert.match(
      await Talk.refused({ program: echo, stdin: join(folder, 'nowhere') }),
      /nowhere can't be read: there is no such file/,
    );
    assert.match(await Talk.refused({ program: echo, stdin: 7 }), /stdin must be/);
    const waits = written(
      'waits.S',
      '.globl _start\n_start:\n li a7, 98\n la a0, word\n li a1, 0\n li a2, 0\n li a3, 0\n ecall\n.data\n.balign 8\nword: .dword 0\n',
    );
    const talk = await Talk.launch(waits);
    const { description } = await talk.until('stopped', 'configurationDone');
    assert.equal(description, 'Deadlock: every hart waits, and nothing will wake one');
    await talk.ask('terminate');
  },
);
