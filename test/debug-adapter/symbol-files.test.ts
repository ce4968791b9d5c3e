/** Symbols from elsewhere: of stripped programs, of foreign kernels, of programs that are loaded where there is room. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Image } from '../../debug-adapter/symbols/image.js';
import { readElf } from '../../emulator/elf.js';
import { needs } from '../tools.js';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

const folder = mkdtempSync(join(tmpdir(), 'harthop-symbol-files-'));
after(() => rmSync(folder, { recursive: true }));
const source = `${root}test/debug-adapter/programs/point.c`;
const gcc = 'riscv64-linux-gnu-gcc';
const objcopy = 'riscv64-linux-gnu-objcopy';

function build(name: string): string {
  const program = join(folder, name);
  execFileSync(gcc, ['-static', '-pthread', '-march=rv64gcv', '-O0', '-g', '-o', program, source]);
  return program;
}

/** Where a launch stops at a breakpoint in factorial(2), and what n is there. */
async function stopped(program: string, more: object = {}): Promise<{ stack: string[]; n?: string; talk: Talk }> {
  const talk = await Talk.launch(program, more);
  const { breakpoints } = await talk.ask('setBreakpoints', {
    source: { path: source },
    breakpoints: [{ line: 30, condition: 'n == 2' }],
  });
  assert.equal(breakpoints[0].verified, true, breakpoints[0].message);
  const { stack } = await talk.go('configurationDone', 1);
  const n = (await talk.scope(1, 'Locals', 3)).get('n')?.value;
  return { stack: stack.slice(0, 5), n, talk };
}
const STACK = [...Array.from({ length: 4 }, () => 'factorial point.c:30'), 'main point.c:37'];

/** Needs no C library: those of cross compilers often have no start-up code for such programs. */
const independent = `
int table[4] = {1, 2, 3, 4};
static int sum(int n) {
  int total = 0;
  for (int i = 0; i < n; i++)
    total += table[i];
  return total;
}
int start(void) { return sum(4); }
asm(".globl _start\\n_start: call start\\n li a7, 93\\n ecall");
`;

test('a position-independent program is known where the kernel loads it', {
  ...needs(gcc),
  timeout: 60_000,
}, async () => {
  const [path, program] = [join(folder, 'pie.c'), join(folder, 'pie')];
  writeFileSync(path, independent);
  execFileSync(gcc, ['-static-pie', '-fPIE', '-nostdlib', '-Wl,--no-dynamic-linker', '-O0', '-g', '-o', program, path]);
  const talk = await Talk.launch(program, { stopOnEntry: true });
  await talk.ask('setBreakpoints', { source: { path }, breakpoints: [{ line: 7 }] });
  assert.match((await talk.go('configurationDone', 1)).stack[0], /^_start/);
  assert.deepEqual((await talk.go('continue', 1)).stack.slice(0, 2), ['sum pie.c:7', 'start pie.c:9']);
  assert.equal((await talk.scope(1, 'Locals')).get('total')?.value, '10');
  const { stackFrames } = await talk.ask('stackTrace', { threadId: 1 });
  assert.match(stackFrames[0].instructionPointerReference, /^0x2aaa/);
  const evaluated = await talk.ask('evaluate', { expression: 'table[3]', frameId: stackFrames[0].id });
  assert.equal(evaluated.result, '4');
  assert.equal((await talk.go('stepOut', 1)).stack[0], 'start pie.c:9');
  await talk.ask('setBreakpoints', { source: { path }, breakpoints: [] });
  assert.equal((await talk.until('exited', 'continue', { threadId: 1 })).exitCode, 10);
});

test('a stripped program has its lines and variables from a file beside it', {
  ...needs(gcc, objcopy),
  timeout: 60_000,
}, async () => {
  const whole = build('whole');
  const stripped = join(folder, 'stripped');
  const debug = join(folder, 'whole.debug');
  execFileSync(objcopy, ['--strip-all', whole, stripped]);
  execFileSync(objcopy, ['--only-keep-debug', whole, debug]);
  for (const path of [whole, debug]) {
    const { stack, n, talk } = await stopped(stripped, { symbolFiles: [{ path, space: 'program' }] });
    assert.deepEqual(stack, STACK);
    assert.equal(n, '5');
    const { modules } = await talk.ask('modules');
    assert.deepEqual(
      modules.map((module: { name: string; symbolStatus: string }) => [module.name, module.symbolStatus]),
      [
        ['program', 'none'],
        ['kernel', 'lines and symbols'],
        ['firmware', 'lines and symbols'],
        ['symbols of program', 'lines and symbols'],
      ],
    );
    await talk.ask('terminate');
  }
});

test('a kernel without symbols has its functions from a System.map', {
  ...needs(gcc, objcopy, 'riscv64-linux-gnu-nm'),
  timeout: 60_000,
}, async () => {
  const [kernel, map] = [join(folder, 'kernel.elf'), join(folder, 'System.map')];
  execFileSync(objcopy, ['--strip-all', `${root}images/kernel.elf`, kernel]);
  writeFileSync(map, execFileSync('riscv64-linux-gnu-nm', ['-n', `${root}images/kernel.elf`]));
  const talk = await Talk.launch(`${root}test/debug-adapter/programs/trip.S`, {
    kernel,
    symbolFiles: [{ path: map, space: 'kernel' }],
  });
  const { breakpoints } = await talk.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'user_trap' }] });
  assert.equal(breakpoints[0].verified, true);
  const { stack } = await talk.go('configurationDone', 1);
  assert.match(stack[0], /^user_trap \[S\]/);
  await talk.ask('terminate');
});

test('compressed debug information is unpacked where it is zlib, and named where it is not', {
  ...needs(gcc, objcopy),
  timeout: 60_000,
}, async () => {
  const whole = build('plain');
  const compressed = join(folder, 'compressed');
  execFileSync(objcopy, ['--compress-debug-sections=zlib', whole, compressed]);
  const { stack, n, talk } = await stopped(compressed);
  assert.deepEqual(stack, STACK);
  assert.equal(n, '5');
  await talk.ask('terminate');

  const bytes = readFileSync(compressed);
  const info = readElf(bytes, compressed).sections.get('.debug_info')!.data;
  bytes[info.byteOffset - bytes.byteOffset] = 2;
  const image = await Image.open('program', 'zstd.elf', bytes);
  assert.deepEqual(image.warnings, [
    "zstd.elf: .debug_info can't be unpacked: it is compressed by zstd, and only zlib is understood",
  ]);
  assert.ok(image.symbol('factorial'));
});

test('symbol files that are none are refused with their names', { timeout: 60_000 }, async () => {
  const program = `${root}test/debug-adapter/programs/trip.S`;
  const text = join(folder, 'note.txt');
  writeFileSync(text, 'hello\n');
  const cases: [object, RegExp][] = [
    [{ path: join(folder, 'nowhere'), space: 'kernel' }, /nowhere can't be read: there is no such file/],
    [{ path: text, space: 'kernel' }, /note\.txt: it is no ELF file and holds no lines such as/],
    [{ path: folder, space: 'kernel' }, /can't be read: it is a folder/],
    [{ path: text, space: 'user' }, /space must be one of program, kernel, firmware, not "user"/],
    [{ path: text, space: 'kernel', base: 'high' }, /base must be an address such as "0x10000", not "high"/],
    [{ path: text, space: 'kernel', base: 0, offset: 0 }, /base and offset say the same/],
    [{ space: 'kernel' }, /each needs a path/],
  ];
  for (const [file, message] of cases)
    await assert.rejects(Talk.launch(program, { symbolFiles: [file] }), message, JSON.stringify(file));
});
