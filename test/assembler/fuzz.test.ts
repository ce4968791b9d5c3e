/** Sources that are no sources: the assembler never throws and always ends. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { assemble } from '../../assembler/assemble.js';
import { complaints } from './ours.js';
import { randomFrom } from './samples.js';

const examples = new URL('../../examples/', import.meta.url);
const names = readdirSync(examples).filter((name) => name.endsWith('.S'));
const texts = names.map((name) => readFileSync(new URL(name, examples), 'utf8'));

const include = (path: string) => (names.includes(path) ? texts[names.indexOf(path)] : undefined);

test('the examples assemble without a word', () => {
  assert.ok(names.length >= 5);
  names.forEach((name, i) => {
    const made = assemble([{ name, text: texts[i]! }], { include });
    assert.deepEqual(made.diagnostics, [], name);
    assert.ok(made.elf);
  });
});

/** Pieces that have a meaning of their own. */
const pieces = [
  ...[
    '(',
    ')',
    ',',
    '"',
    "'",
    '\\',
    '#',
    ';',
    ':',
    '%hi(',
    '.',
    '$',
    '@',
    '1b',
    '9f',
    '0x',
    '<<',
    '-',
    '~',
    '/*',
    '*/',
    '//',
    '\n',
    '\0',
  ],
  ...[
    '.macro m x\n',
    '.endm\n',
    '.rept 3\n',
    '.endr\n',
    '.if 1\n',
    '.else\n',
    '.endif\n',
    'm m\n',
    '.irp a, b, c\n',
    '\\x',
    '\\@',
    '\\()',
  ],
  ...[
    '.set a, a + 1\n',
    'a = b\n',
    '.section ',
    '.align 40\n',
    '.org 5\n',
    '.space -1\n',
    '.option pop\n',
    '.option arch, -c\n',
    '.data\n',
    '.bss\n',
  ],
  ...[
    '.include "daxpy.S"\n',
    '#include "daxpy.S"\n',
    '#define a b\n',
    '#define b a\n',
    '#if\n',
    '#endif\n',
    'a0',
    'v0.t',
    'e32',
    '99999999999999999999',
    '.uleb128 a - b\n',
    '.cfi_startproc\n',
    '.cfi_def_cfa_offset ',
    '.cfi_offset ra, -8\n',
    '.cfi_restore_state\n',
    '.cfi_endproc\n',
    '.comm a, 8\n',
    '.incbin "a"\n',
    '.insn cl C0, 2, a0, 31(a1)\n',
    '.section .text.g, "axG", @progbits, g, comdat\n',
    '.option pic\n',
    '.altmacro\n',
    'LOCAL x\n',
    '<a,',
    '!',
    '%x',
    'la a0, ',
  ],
];

test('mutated examples give an executable or diagnostics, never an exception', () => {
  const random = randomFrom(7);
  for (let round = 0; round < 250; round++) {
    const lines = texts[random(texts.length)]!.split('\n');
    // Some hundred lines are enough to go wrong in.
    const from = random(lines.length);
    let text = lines.slice(from, from + 120).join('\n');
    for (let changes = 1 + random(12); changes > 0; changes--) {
      const at = random(text.length + 1);
      const piece = pieces[random(pieces.length)]!;
      const kind = random(4);
      const cut = kind === 0 ? random(8) : 0;
      const put =
        kind === 1
          ? text.slice(random(text.length), random(text.length)).slice(0, 200)
          : kind === 2
            ? String.fromCharCode(random(256))
            : kind === 3
              ? piece
              : '';
      text = text.slice(0, at) + put + text.slice(at + cut);
    }
    const name = random(2) ? 'a.S' : 'a.s';
    const made = assemble([{ name, text }], { include, entry: null });
    assert.ok(made.elf !== undefined || made.diagnostics.some(({ severity }) => severity === 'error'), text);
    for (const { line, column, endColumn, message } of made.diagnostics)
      assert.ok(
        line >= 1 && column >= 1 && endColumn > column && message !== '' && !/undefined$|NaN|\[object/.test(message),
        message,
      );
  }
});

test('what grows without end is stopped', () => {
  const wild = [
    '.macro a\na\na\n.endm\na\n',
    '.macro a\nb\n.endm\n.macro b\na\n.endm\na\n',
    `${'.rept 1000\n'.repeat(5)}nop\n${'.endr\n'.repeat(5)}`,
    '.rept 100000000\nnop\n.endr\n',
    '.fill 1 << 40, 8, 1\n',
    '.space 1 << 62\n',
    '.align 24\nnop\n.align 24\nnop\n.align 24\nnop\n.align 24\nnop\n.align 24\nnop\n',
    `${'('.repeat(100_000)}1`,
    `.word ${'('.repeat(100_000)}1`,
    `.word ${'-'.repeat(100_000)}1`,
    `.word ${'1+'.repeat(50_000)}1`,
    `.word ${'x+'.repeat(50_000)}1`,
    `a = x\n${'a = a + a\n'.repeat(2000)}.word a\n`,
    `${Array.from({ length: 5000 }, (_, i) => `s${i} = s${i + 1}`).join('\n')}\n.word s0\n`,
    `${Array.from({ length: 300 }, (_, i) => `s${i} = s${i + 1} + s${i + 1}`).join('\n')}\n.word s0\nli a0, s0\n`,
    '',
    '\uFEFF\r\n\0\r\n',
    '1: .space 1b - . + 5\n',
    'a: .space b - a\nb:\n',
    '.uleb128 b - a\na: .space 127\nb: .org a + 3\n',
    '#define a a a\n#define b b(b\na b\n',
    `${'#if 1\n'.repeat(10_000)}`,
    `.string "${'\\'.repeat(9999)}"`,
    `${'a'.repeat(1_000_000)}`,
    `${'nop;'.repeat(100_000)}`,
  ];
  for (const text of wild) {
    const start = performance.now();
    complaints(text, {}, text.includes('#') ? 'a.S' : 'a.s');
    assert.ok(performance.now() - start < 20_000, `${text.slice(0, 40)} took ${performance.now() - start} ms`);
  }
});
