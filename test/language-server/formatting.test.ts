/** Formatting: columns, and nothing but blanks is changed, whatever a line holds. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { formatted } from '../../language-server/features/formatting.js';
import { defaults } from '../../language-server/settings.js';
import { Random } from '../fuzz/random.js';

function format(text: string): string {
  const document = TextDocument.create('file:///format.S', 'riscv-asm', 1, text);
  return TextDocument.applyEdits(document, formatted(text, defaults.format, 0, Number.POSITIVE_INFINITY));
}

/** @throws when it changes more than blanks, or again what it has made */
function check(text: string, where: string): void {
  const once = format(text);
  assert.equal(once.replaceAll(/[ \t]/g, ''), text.replaceAll(/[ \t]/g, ''), where);
  assert.equal(format(once), once, where);
}

for (const [text, expected] of Object.entries({
  'a:b: nop': 'a: b:   nop',
  '1:\tli\ta0,1# one': '1:      li      a0, 1                   # one',
  ' .ascii "a , b  c",  "d"': '        .ascii  "a , b  c", "d"',
  " li a0,',' // a comma": "        li      a0, ','                 // a comma",
  '#define A(x,y) x , y': '#define A(x,y) x , y',
  '# at the margin': '# at the margin',
  '  # at the code': '        # at the code',
  'nop;  nop ': 'nop;  nop',
  // A comment between words has its place there.
  ' li a0, /* one */ 1 ': ' li a0, /* one */ 1',
  '/* first */ nop # last': '/* first */ nop # last',
  ' li  a0, 1 /* one */': '        li      a0, 1                   /* one */',
  // Labels that a macro's arguments are part of.
  '\\name: nop': '\\name:  nop',
  '\\name\\()_end:': '\\name\\()_end:',
  ' v\\op\\().vv v8,v9': '        v\\op\\().vv v8, v9',
  'ENTRY(work)': '        ENTRY(work)',
  '.L\\@: li a0,1': '.L\\@:   li      a0, 1',
}))
  test(`${JSON.stringify(text)} is put in columns`, () => {
    assert.equal(format(text), expected);
    check(text, text);
  });

test('nothing but blanks changes in all sources here, and twice is as once', () => {
  const files = execFileSync('git', ['ls-files', '*.S', '*.s'], { encoding: 'utf8' }).trim().split('\n');
  assert.ok(files.length > 50);
  for (const file of files) check(readFileSync(file, 'utf8'), file);
});

test('nothing but blanks changes in lines of any kind', () => {
  const random = new Random(5);
  const parts = [
    'a0',
    ',',
    ' ',
    '\t',
    ':',
    ';',
    '#',
    '//',
    '/*',
    '*/',
    '"',
    "'",
    '\\',
    'x',
    'li',
    '.macro',
    '\\@',
    '(',
    ')',
    '=',
  ];
  for (let n = 0; n < 3000; n++) {
    const text = Array.from({ length: random.below(14) }, () => random.pick(parts)).join('');
    check(text, JSON.stringify(text));
  }
});
