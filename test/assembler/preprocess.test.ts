/** The part of the C preprocessor that .S files use. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Diagnostics, formatDiagnostic } from '../../assembler/diagnostics.js';
import { preprocess } from '../../assembler/preprocess.js';
import { complaints, hex, textOf } from './ours.js';

const files: Record<string, string> = {
  'regs.h': '#pragma once\n#define COUNT t0\n#define STEP 4\n',
  'deep.h': '#include "deep.h"\n',
};

function lines(text: string): string[] {
  const diagnostics = new Diagnostics();
  const out = preprocess('a.S', text, (path) => files[path], diagnostics);
  return [
    ...out
      .map((s) => `${s.file}:${s.line}: ${s.text.trim().replace(/\s+/g, ' ')}`)
      .filter((line) => !line.endsWith(': ')),
    ...diagnostics.list.map(formatDiagnostic),
  ];
}

test('object-like and function-like macros', () => {
  assert.deepEqual(
    lines(`#define N 10
#define TWICE(x) ((x) * 2)
#define MOVE(to, from) mv to, from
#define LABEL(name) name##_start
#define TEXT(x) .string #x
#define ALL(...) .word __VA_ARGS__
#define STEPS add a0, a0, a1; \\
  sub a0, a0, a2
li a0, TWICE(N + 1)
MOVE(a0, a1)
LABEL(main): nop
TEXT(a "b")
ALL(1, N, 3)
STEPS
.string "N"
#undef N
li a0, N
vle32.v v8, (a0)
`),
    [
      'a.S:9: li a0, ((10 + 1) * 2)',
      'a.S:10: mv a0, a1',
      'a.S:11: main_start: nop',
      'a.S:12: .string "a \\"b\\""',
      'a.S:13: .word 1,10,3',
      'a.S:14: add a0, a0, a1',
      'a.S:14: sub a0, a0, a2',
      'a.S:15: .string "N"',
      'a.S:17: li a0, N',
      'a.S:18: vle32.v v8, (a0)',
    ],
  );
});

test('conditions', () => {
  assert.deepEqual(
    lines(`#define A 2
#if defined(A) && A > 1 && !defined B
one
#elif 1
two
#else
three
#endif
#ifdef B
four
# if bad bad
# endif
#else
five
#endif
#ifndef B
six
#endif
#if __riscv_xlen == 64 && defined(__ASSEMBLER__)
seven
#endif
#if (0x10 | 1) == 17 ? 1 : 0
#endif
`),
    ['a.S:3: one', 'a.S:14: five', 'a.S:17: six', 'a.S:20: seven', 'a.S:22:1: error: unexpected ? in the condition'],
  );
});

test('includes, once and without end', () => {
  assert.deepEqual(lines('#include "regs.h"\n#include "regs.h"\naddi COUNT, COUNT, STEP\n#include "none.h"\n'), [
    'a.S:3: addi t0, t0, 4',
    "a.S:4:1: error: can't read none.h",
  ]);
  assert.match(lines('#include "deep.h"').at(-1)!, /includes are nested over 64 deep/);
});

test('comments of all kinds, and what only looks like one', () => {
  assert.deepEqual(
    lines(`nop // one
nop # two /* not open
nop /* three */ ; ret
/* over
   several lines; ret */ nop
.string "# // /* */ ;" ; nop
li a0, '#'; li a0, ';' # 'x
# just a comment
#define X 1 // value
li a0, X
`),
    [
      'a.S:1: nop',
      'a.S:2: nop',
      'a.S:3: nop',
      'a.S:3: ret',
      'a.S:5: nop',
      'a.S:6: .string "# // /* */ ;"',
      'a.S:6: nop',
      "a.S:7: li a0, '#'",
      "a.S:7: li a0, ';'",
      'a.S:10: li a0, 1',
    ],
  );
  assert.deepEqual(lines('nop\n/* open\nnop'), ['a.S:1: nop', 'a.S:2:1: error: this comment has no end']);
});

test('mistakes', () => {
  assert.match(lines('#define A A B\n#define B B A\nA')[0]!, /^a\.S:3: /);
  const explosion = [
    '#define X0 nop;nop',
    ...Array.from({ length: 40 }, (_, i) => `#define X${i + 1} X${i} X${i}`),
    'X40',
  ];
  assert.ok(lines(explosion.join('\n')).some((line) => /replace each other without end|over 64 KiB/.test(line)));
  assert.deepEqual(lines('#define F(a) a\nF(1'), [
    'a.S:2: F(1',
    'a.S:2:2: error: the call of F has no closing parenthesis',
  ]);
  assert.deepEqual(lines('#if 1\nnop'), ['a.S:2: nop', 'a.S:1:1: error: this condition has no #endif']);
  assert.deepEqual(lines('#error no good'), ['a.S:1:1: error: no good']);
  assert.deepEqual(lines('#else\n#endif'), ['a.S:1:1: error: #else without #if', 'a.S:2:1: error: #endif without #if']);
});

test('columns in diagnostics are those of the source, before replacement', () => {
  assert.deepEqual(complaints('#define R a0, a0\naddi R, 5000\n', {}, 'a.S'), [
    'a.S:2:9: error: 5000 is out of range: it must be from -2048 to 2047',
  ]);
});

test('.s files are not preprocessed', () => {
  assert.equal(hex(textOf('#define nop ret\nnop', {}, 'a.s')), '01 00');
  assert.equal(hex(textOf('#define nop ret\nnop', {}, 'a.S')), '82 80');
});
