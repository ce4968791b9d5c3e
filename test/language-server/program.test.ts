/** Several sources of one program, in one folder. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { socOf } from '../../cli/files.js';
import { Analysed } from '../../language-server/document.js';
import { diagnosticsOf } from '../../language-server/features/diagnostics.js';
import { hintsOf } from '../../language-server/features/inlay-hints.js';
import { graphOf } from '../../language-server/features/migrations.js';
import { defaults } from '../../language-server/settings.js';

const main = `        .globl _start
_start: call    work
        li      a7, 178
        ecall
        li      a7, 93
        ecall
`;
const work = `        .globl work
work:   vsetivli zero, 4, e32, m1, ta, ma
        ret
`;

/** What is known of a file, the others beside it. */
function look(file: string, files: Readonly<Record<string, string>>) {
  const document = TextDocument.create(`file:///src/${file}`, 'riscv-asm', 1, files[file]!);
  const analysed = new Analysed(document, {
    ...{ chip: socOf('app2-vec1'), calls: 'move', faults: 'ask' },
    read: (path) => files[path.replace('/src/', '')],
    beside: () => Object.keys(files).map((each) => `/src/${each}`),
  });
  return {
    hints: hintsOf(analysed, { ...defaults, hints: { vtype: false, migrations: true } }).map(
      ({ position, label }) => `${position.line + 1} ${label}`,
    ),
    found: diagnosticsOf(analysed, defaults).map(
      ({ range, code, message }) => `${range.start.line + 1} ${code ?? message}`,
    ),
    graph: graphOf(analysed),
  };
}

test('what another source does is known where its functions are called, and who calls it there', () => {
  const files = { 'main.S': main, 'work.S': work };
  const { hints, found, graph } = look('main.S', files);
  assert.deepEqual(hints, ['4 ← comes back']);
  assert.deepEqual(found, []);
  const leave = graph.edges.find(({ kind }) => kind === 'leave');
  assert.deepEqual(leave?.points[0]?.place, { uri: 'file:///src/work.S', line: 2 });
  assert.deepEqual(look('work.S', files).hints, ['2 → leaves for V']);
  // By itself it may be called from anywhere, and what it calls may do anything.
  assert.deepEqual(look('work.S', { 'work.S': work }).hints, ['2 → may leave for V']);
  assert.deepEqual(look('main.S', { 'main.S': main }).found, ['2 elsewhere']);
});

test('what is wrong with another source is told there alone', () => {
  const files = { 'main.S': main, 'work.S': `${work}        nonsense\n` };
  assert.deepEqual(look('main.S', files).found, []);
  assert.deepEqual(look('work.S', files).found, ['4 unknown instruction nonsense']);
});

test('sources of other programs are left alone', () => {
  // Two programs call it: neither is the one.
  const two = { 'main.S': main, 'other.S': main, 'work.S': work };
  assert.deepEqual(look('work.S', two).hints, ['2 → may leave for V']);
  assert.deepEqual(look('main.S', two).hints, ['4 ← comes back']);
  // One that defines what is defined already; one that has the name to itself; one that only has it in a comment.
  for (const other of [
    work.replace('work:', '_start: nop\nwork:').replace('work', 'work, _start'),
    work.replace('.globl', '# '),
    '# work\n',
  ])
    assert.deepEqual(look('main.S', { 'main.S': main, 'work.S': other }).found, ['2 elsewhere'], other);
});

test('sources that are needed by those that are needed come along', () => {
  const files = { 'main.S': main, 'work.S': work.replace('ret', 'tail more'), 'more.S': '.globl more\nmore: ret\n' };
  assert.deepEqual(look('main.S', files).found, []);
  assert.deepEqual(look('main.S', files).hints, ['4 ← comes back']);
  assert.deepEqual(look('more.S', files).found, []);
});
