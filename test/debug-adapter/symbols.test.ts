/** What the debugger reads of an ELF file, against what the compilers' own tools say of the same file. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { member } from '../../debug-adapter/symbols/declared.js';
import { nodeHost } from '../../debug-adapter/node-host.js';
import { Image } from '../../debug-adapter/symbols/image.js';
import { Names } from '../../debug-adapter/symbols/names.js';
import { SymbolTable } from '../../debug-adapter/symbols/symbol-table.js';
import { needs } from '../tools.js';
import { root } from './conversation.js';

const folder = mkdtempSync(join(tmpdir(), 'harthop-symbols-'));
after(() => rmSync(folder, { recursive: true }));

const header = `
struct inner { char tag; unsigned long value; };
struct task { int tid; char name[16]; struct inner *inner; struct inner pair[2]; unsigned long satp; };
`;
const source = `#include "h.h"
struct task *current_task[8];
struct inner one = { 'a', 7 };
static int twice(int n) {
  int sum = 0;
  for (int i = 0; i < n; i++)
    sum += i * one.value;
  return sum;
}
__attribute__((noinline)) long deeper(long n) {
  volatile long keep[10];
  keep[n & 7] = n;
  return n > 3 ? deeper(n - 1) + keep[0] : keep[1];
}
int work(int n) {
  current_task[n] = 0;
  return twice(n) + deeper(n);
}
`;

const compilers: Record<string, { tool: string; args: string[] }> = {
  'gcc dwarf 4': { tool: 'riscv64-linux-gnu-gcc', args: ['-gdwarf-4'] },
  'gcc dwarf 5': { tool: 'riscv64-linux-gnu-gcc', args: ['-gdwarf-5'] },
  'clang dwarf 4': { tool: 'clang-19', args: ['--target=riscv64-unknown-elf', '-gdwarf-4', '-fuse-ld=lld'] },
  'clang dwarf 5': { tool: 'clang-19', args: ['--target=riscv64-unknown-elf', '-gdwarf-5', '-fuse-ld=lld'] },
  'clang dwarf 5, 64-bit': {
    tool: 'clang-19',
    args: ['--target=riscv64-unknown-elf', '-gdwarf-5', '-gdwarf64', '-fuse-ld=lld'],
  },
};

function build(name: string, text: string, ...more: string[]): string {
  const { tool, args } = compilers[name];
  const file = join(folder, `${name.replaceAll(/\W/g, '-')}${more.join('')}.elf`);
  writeFileSync(join(folder, 'h.h'), header);
  writeFileSync(join(folder, 'a.c'), text);
  execFileSync(
    tool,
    [
      ...args,
      ...more,
      '-nostdlib',
      '-static',
      '-mno-relax',
      '-mcmodel=medany',
      '-Wl,-e,work',
      '-Wl,-Ttext=0x80200000',
      '-o',
      file,
      'a.c',
    ],
    { cwd: folder },
  );
  return file;
}

const load = (file: string) => new Image('kernel', 'test.elf', readFileSync(file));
const hex = (va: bigint) => `0x${va.toString(16)}`;

for (const name of Object.keys(compilers))
  for (const optimise of ['-O0', '-O2']) {
    const tools = needs(compilers[name].tool, 'llvm-symbolizer-19', 'llvm-dwarfdump-19', 'ld.lld-19');

    test(`${name} ${optimise}: every address has the line that llvm-symbolizer gives it`, tools, () => {
      const file = build(name, source, optimise);
      const image = load(file);
      assert.deepEqual(image.warnings, []);
      const { va, data } = image.elf.sections.get('.text')!;
      const addresses = Array.from({ length: data.length / 2 }, (_, n) => va + BigInt(2 * n));
      const output = execFileSync('llvm-symbolizer-19', ['--no-inlines', '-e', file], {
        input: addresses.map(hex).join('\n'),
        encoding: 'utf8',
      });
      const expected = output.trim().split(/\n\n/);
      assert.equal(expected.length, addresses.length);
      addresses.forEach((address, n) => {
        const [where] = expected[n].split('\n').slice(1);
        const place = image.places.at(address);
        const mine = place ? `${place.file}:${place.line}:${place.column}` : '??:0:0';
        // Line 0 in a known file is "no line" to both.
        assert.equal(mine, /:0:\d+$/.test(where) ? '??:0:0' : where, hex(address));
        const owner = expected[n].split('\n')[0];
        if (owner !== '??') assert.equal(image.symbolAt(address)?.symbol.name, owner, hex(address));
      });
    });

    test(`${name} ${optimise}: names are found one by one as in a table of all`, tools, () => {
      sameNames(load(build(name, source, optimise)));
    });

    test(`${name} ${optimise}: structs, globals and call frames are those of llvm-dwarfdump`, tools, () => {
      const file = build(name, source, optimise);
      const image = load(file);
      const task = image.declared.struct('task');
      assert.deepEqual(
        task?.members.map(({ name, offset, type }) => [name, offset, type.name]),
        [
          ['tid', 0, 'int'],
          ['name', 4, 'char[16]'],
          ['inner', 24, 'struct inner *'],
          ['pair', 32, 'struct inner[2]'],
          ['satp', 64, task && member(task, 'satp')!.type.name],
        ],
      );
      const globals = image.declared.globals.get('current_task');
      assert.equal(globals?.type.name, 'struct task *[8]');
      assert.equal(globals?.va, image.symbol('current_task')?.value);

      const dump = execFileSync('llvm-dwarfdump-19', ['--debug-frame', '--eh-frame', file], { encoding: 'utf8' });
      const rows = [...dump.matchAll(/^ {2}0x([0-9a-f]+): CFA=X(\d+)(?:([+-]\d+))?(.*)$/gm)];
      assert.ok(rows.length > 3, dump);
      for (const [, address, register, offset, rest] of rows) {
        const row = image.frames.at(BigInt(`0x${address}`));
        assert.deepEqual(row?.cfa, { register: Number(register), offset: BigInt(offset ?? 0) }, `CFA at ${address}`);
        const saved = [...rest.matchAll(/X(\d+)=\[CFA([+-]\d+)\]/g)].map(([, n, at]) => [Number(n), BigInt(at)]);
        const mine = [...row.rules].flatMap(([n, rule]) => (rule.is === 'offset' ? [[n, rule.offset]] : []));
        const order = (a: (number | bigint)[], b: (number | bigint)[]) => Number(a[0]) - Number(b[0]);
        assert.deepEqual(mine.sort(order), saved.sort(order), `rules at ${address}`);
      }
    });
  }

/** Names that are looked for among all units, without a table of them, are those of the table. */
function sameNames({ info }: Image): void {
  const [table, each] = [new Names(info, Number.POSITIVE_INFINITY), new Names(info, 0)];
  const names = new Set<string>(['nothing_of_that_name', 'x']);
  for (const { root } of info.units) for (const die of root?.children ?? []) if (die.name) names.add(die.name);
  assert.ok(names.size > 5);
  let found = 0;
  for (const name of names)
    for (const kind of ['type', 'variable', 'function'] as const) {
      const offsets = (of: Names) => Array.from(of.find(kind, name), ({ offset }) => offset);
      assert.deepEqual(offsets(each), offsets(table), `${kind} ${name}`);
      found += offsets(each).length;
    }
  assert.ok(found >= names.size / 2, `${found} of ${names.size}`);
}

test('in many units names are found one by one as in a table of all', async () => {
  const { path, data } = await (await nodeHost(root)).image('kernel');
  sameNames(new Image('kernel', path, data));
});

test('a line without code moves to the next line that has some', needs('clang-19', 'ld.lld-19'), () => {
  const image = load(build('clang dwarf 5', source, '-O0'));
  const found = image.placing.ofLine((file) => file.endsWith('/a.c'), 2);
  assert.equal(found?.line, 4);
  // A function's first line stops behind its prologue.
  assert.equal(image.places.at(found.addresses[0])?.line, 5);
  assert.equal(image.code.at(found.addresses[0])?.name, 'twice');
  assert.equal(
    image.placing.ofLine((file) => file.endsWith('/a.c'), 100),
    undefined,
  );
  assert.equal(
    image.placing.ofLine((file) => file === '/elsewhere.c', 2),
    undefined,
  );
});

test('damaged debug information is a warning, whatever byte is changed', needs('clang-19', 'ld.lld-19'), () => {
  const file = readFileSync(build('clang dwarf 5', source, '-O2'));
  const whole = new Image('kernel', 'whole.elf', file);
  let seed = 12345;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return seed % below;
  };
  let warned = 0;
  for (let round = 0; round < 400; round++) {
    const copy = Uint8Array.from(file);
    for (const [name, { data }] of whole.elf.sections)
      if (name.startsWith('.debug') && data.length)
        for (let n = 0; n < 3; n++) copy[data.byteOffset - file.byteOffset + random(data.length)] = random(256);
    const image = new Image('kernel', 'damaged.elf', copy);
    for (const { address } of whole.places.whole.rows) {
      image.places.at(address);
      image.frames.at(address);
      image.placing.ofFunctions('work');
    }
    for (const name of ['task', 'inner']) image.declared.struct(name)?.members.map(({ type }) => type.name);
    for (const die of new Names(image.info, 0).find('type', 'task')) void die.name;
    if (image.warnings.length) warned++;
  }
  assert.ok(warned > 50, `${warned} of 400 were noticed`);
});

test('of several names of a place the one that programs use is shown', () => {
  const shown = (...lines: string[]) => {
    const table = SymbolTable.ofMap(lines.map((line) => `0000000000010000 ${line}`).join('\n'));
    return table.get(table.upTo(0x10000n) - 1).name;
  };
  assert.equal(shown('T _IO_printf', 'T printf', 'T __printf'), 'printf');
  assert.equal(shown('W snprintf', 'T __snprintf'), 'snprintf');
  assert.equal(shown('t helper', 'T _start'), '_start');
});

test('what is no riscv64 ELF file is named for what it is', () => {
  const x86 = new Uint8Array(64);
  x86.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  x86[16] = 2;
  x86[18] = 62;
  assert.throws(() => new Image('program', 'a.out', x86), /a\.out is a program for x86-64; harthop runs riscv64 ones/);
  assert.throws(
    () => new Image('program', 'note.txt', new TextEncoder().encode('hello')),
    /note\.txt is not an ELF file/,
  );
  x86[18] = 243;
  x86.fill(0xff, 32, 48);
  assert.throws(() => new Image('program', 'cut.elf', x86), /cut\.elf is truncated or damaged/);
});

const inlining = `
static inline __attribute__((always_inline)) int square(int x) { return x * x; }
static inline __attribute__((always_inline)) int sum_of_squares(int a, int b) {
  int first = square(a);
  return first + square(b);
}
extern volatile int sink;
volatile int sink;
__attribute__((noinline)) int shown(int n) {
  int total = 0;
  for (int i = 0; i < n; i++) {
    int twice = 2 * i;
    total += sum_of_squares(twice, n);
    sink = total;
  }
  return total;
}
int work(int n) {
  if (n > 7) sink = shown(n - 1);
  return shown(n) + square(n + sink);
}
`;

for (const name of Object.keys(compilers))
  for (const optimise of ['-O0', '-O1', '-O2']) {
    const tools = needs(compilers[name].tool, 'llvm-symbolizer-19', 'ld.lld-19');
    test(`${name} ${optimise}: the inlined calls at every address are those of llvm-symbolizer`, tools, () => {
      const file = build(name, inlining, optimise);
      const image = load(file);
      const { va, data } = image.elf.sections.get('.text')!;
      const addresses = Array.from({ length: data.length / 2 }, (_, n) => va + BigInt(2 * n));
      const output = execFileSync('llvm-symbolizer-19', ['-e', file], {
        input: addresses.map(hex).join('\n'),
        encoding: 'utf8',
      });
      const expected = output.trim().split(/\n\n/);
      let deepest = 0;
      addresses.forEach((address, n) => {
        const lines = expected[n].split('\n');
        const frames = Array.from({ length: lines.length / 2 }, (_, m) => {
          const [, place, line] = /^(.*):(\d+):\d+$/.exec(lines[2 * m + 1])!;
          return `${lines[2 * m]} ${line === '0' ? '?' : `${place}:${line}`}`;
        });
        const standing = image.code.standingAt(address);
        if (!standing) return assert.match(lines[0], /^\?\?$/, hex(address));
        const names = [standing.function.name, ...standing.inlined.map((call) => call.name)];
        const mine = names.map((each, m) => {
          const place = standing.places[m];
          return `${each} ${place ? `${place.file}:${place.line}` : '?'}`;
        });
        assert.deepEqual(mine.reverse(), frames, hex(address));
        deepest = Math.max(deepest, names.length);
      });
      assert.equal(deepest, 3);
      assert.deepEqual(image.warnings, []);
    });
  }
