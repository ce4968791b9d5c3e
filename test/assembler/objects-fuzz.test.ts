/** Objects, archives and programs with bytes that are wrong: the readers answer with what is wrong and where, and always end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assemble, type Binary } from '../../assembler/assemble.js';
import { type ElfFile, readElf } from '../../emulator/elf.js';
import { checkProgram, ProgramError } from '../../emulator/program.js';
import { needs } from '../tools.js';
import { cFile, clang, gcc, link, textToObject, toObject } from './compilers.js';
import { build } from './ours.js';
import { randomFrom } from './samples.js';

type Random = (below: number) => number;

/** Numbers that sizes, counts and offsets go wrong with. */
const telling = [0, 1, 2, 7, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** Where the headers of sections lie, which is where a change tells most. */
function headersOf(data: Uint8Array): number {
  if (data[0] !== 0x7f) return 0;
  const at = Number(new DataView(data.buffer, data.byteOffset).getBigUint64(0x28, true));
  return at < data.length ? at : 0;
}

/** A file with some bytes changed, cut off, or moved. */
function spoiled(original: Uint8Array, random: Random): Uint8Array {
  let data = Uint8Array.from(original);
  const headers = headersOf(data);
  for (let changes = 1 + random(6); changes > 0 && data.length > 8; changes--) {
    // Of ten changes three in the header, four in the sections' headers, the others anywhere.
    const where = random(10);
    const from = where < 3 ? 0 : where < 7 ? headers : 0;
    const room = where < 3 ? Math.min(64, data.length) : data.length - from;
    const at = from + random(room);
    switch (random(5)) {
      case 0:
        data[at] = random(256);
        break;
      case 1: {
        const value = telling[random(telling.length)]!;
        for (let i = 0; i < 4 && at + i < data.length; i++) data[(at & ~3) + i] = (value >>> (8 * i)) & 0xff;
        break;
      }
      case 2:
        data[at] = data[at]! ^ (1 << random(8));
        break;
      case 3:
        data.copyWithin(at, random(data.length), Math.min(data.length, at + random(64)));
        break;
      default:
        if (random(4) === 0) data = data.slice(0, at);
    }
  }
  return data;
}

/** An archive as GNU ar writes it, without an index, and with one. */
function archiveOf(objects: readonly Binary[], index: readonly string[]): Uint8Array {
  const parts: string[] = [];
  const member = (name: string, text: string) =>
    parts.push(`${name.padEnd(48)}${String(text.length).padEnd(10)}\`\n${text}${text.length % 2 ? '\n' : ''}`);
  const latin = (data: Uint8Array) => Array.from(data, (byte) => String.fromCharCode(byte)).join('');
  const word = (n: number) => String.fromCharCode(n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);
  const size = 60 + 4 * (index.length + 1) + index.join('\0').length + 1;
  if (index.length)
    member('/', [word(index.length), ...index.map(() => word(8 + size + (size % 2))), index.join('\0'), '\0'].join(''));
  for (const { name, data } of objects) member(`${name}/`, latin(data));
  return Uint8Array.from(`!<arch>\n${parts.join('')}`, (c) => c.charCodeAt(0));
}

/** Each changed input gives a program or says what is wrong: no exception, no message without a file or without words. */
function survives(inputs: readonly Binary[], what: string): void {
  const start = performance.now();
  const { elf, diagnostics } = assemble([...inputs, { name: 'a.s', text: '.globl _start\n_start: call work\n' }]);
  assert.ok(elf !== undefined || diagnostics.some(({ severity }) => severity === 'error'), what);
  for (const { file, message } of diagnostics)
    assert.ok(
      file !== '' && message !== '' && !/undefined$|NaN|\[object|RangeError/.test(message),
      `${what}: ${message}`,
    );
  const took = performance.now() - start;
  assert.ok(took < 10_000, `${what} took ${took} ms`);
}

const tools = needs('riscv64-linux-gnu-gcc', 'clang-19', 'llvm-mc-19');
const text = `
  __thread int t = 3; int common[50]; static const char *const names[] = {"one", "two"}; extern int *missing __attribute__((weak));
  __attribute__((section(".text.other"), aligned(16))) static int other(int n) { return names[n & 1][0] + t; }
  int work(int n) { switch (n) { case 0: return 1; case 1: return other(n); case 2: return common[n]; case 3: return 7; case 4: return !missing; } return n; }`;

const objects = (): Binary[] => [
  textToObject(gcc('-O1', '-g', '-fcommon'), 'work.c', text),
  textToObject(clang('-O1', '-g', '-funwind-tables'), 'work.c', text),
  textToObject(
    clang('-O2', '-xc++', '-mno-relax'),
    'work.c',
    `template <class T> T f(T x) { static T s; return s += x; }
    extern "C" int work(int n) { return f(n) + (int)f(1.0 * n); }`,
  ),
];

test('mutated objects are linked or refused', tools, () => {
  const random = randomFrom(11);
  for (const { name, data } of objects())
    for (let round = 0; round < 400; round++)
      survives([{ name, data: spoiled(data, random) }], `${name}, round ${round}`);
});

test('mutated archives are linked or refused', tools, () => {
  const random = randomFrom(12);
  const [first] = objects() as [Binary];
  for (const index of [[], ['work'], ['work', 'other', 'none']]) {
    const data = archiveOf([first, first], index);
    survives([{ name: 'lib.a', data }], 'as it is');
    for (let round = 0; round < 200; round++)
      survives([{ name: 'lib.a', data: spoiled(data, random) }], `${index.length} names, round ${round}`);
    // Its own headers rather than the members'.
    for (let round = 0; round < 200; round++) {
      const changed = Uint8Array.from(data);
      for (let n = 0; n < 3; n++) changed[random(200)] = random(3) ? 0x30 + random(10) : random(256);
      survives([{ name: 'lib.a', data: changed }], `${index.length} names, header, round ${round}`);
    }
  }
});

test('what an object asks for without measure is refused', tools, () => {
  const { data } = toObject(gcc('-O1'), cFile('sorting'));
  const view = (change: (v: DataView, header: (index: number) => number) => void) => {
    const copy = Uint8Array.from(data);
    const v = new DataView(copy.buffer);
    change(v, (index) => headersOf(copy) + 64 * index);
    return [{ name: 'huge.o', data: copy }];
  };
  const each = (field: number, value: bigint) =>
    view((v, header) => {
      for (let i = 1; i < v.getUint16(0x3c, true); i++) v.setBigUint64(header(i) + field, value, true);
    });
  const [FLAGS, ADDRESS, OFFSET, SIZE, ALIGN, ENTRY] = [8, 0x10, 0x18, 0x20, 0x30, 0x38] as const;
  for (const field of [FLAGS, ADDRESS, OFFSET, SIZE, ALIGN, ENTRY])
    for (const value of [0n, 1n, 3n, 1n << 20n, 1n << 31n, 1n << 40n, (1n << 63n) - 1n, (1n << 64n) - 1n])
      survives(each(field, value), `field ${field}, ${value}`);
});

test('mutated programs are read or refused by the loader', tools, () => {
  const random = randomFrom(13);
  const programs = [
    build('.globl _start\n_start: la a0, x\necall\n.data\nx: .dword 1\n.bss\n.space 100', { entry: '_start' }),
    link([{ name: 'a.s', text: '.globl _start\n_start: call work' }, objects()[0]!]),
  ];
  for (const original of programs) {
    for (let round = 0; round < 1500; round++) {
      const data = spoiled(original, random);
      let elf: ElfFile;
      try {
        elf = readElf(data, 'a.elf');
      } catch (error) {
        assert.match((error as Error).message, /^a\.elf is /);
        continue;
      }
      try {
        checkProgram(elf, 'a.elf');
      } catch (error) {
        if (!(error instanceof ProgramError)) throw error;
        assert.match(error.message, /^a\.elf /);
      }
    }
  }
});
