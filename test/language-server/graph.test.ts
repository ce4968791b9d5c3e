/** Migration graphs of small programs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { socOf } from '../../cli/files.js';
import { Analysed } from '../../language-server/document.js';
import { graphOf } from '../../language-server/features/migrations.js';
import type { MigrationGraph } from '../../language-server/messages.js';

interface World {
  readonly soc?: string;
  readonly calls?: 'move' | 'ask' | 'auto';
  readonly faults?: 'move' | 'ask';
  readonly files?: Readonly<Record<string, string>>;
}

function graph(text: string, { soc = 'app2-vec1', calls = 'move', faults = 'ask', files = {} }: World = {}) {
  const document = TextDocument.create('file:///src/main.S', 'riscv-asm', 1, text);
  return graphOf(
    new Analysed(document, { chip: socOf(soc), calls, faults, read: (path) => files[path.replace('/src/', '')] }),
  );
}

/** A graph in short lines: `_start 2-3`, `_start -leave-> _start@V 4 leaves…`. */
function told({ nodes, edges }: MigrationGraph): string[] {
  const name = (id: string) => id.replace(/@$/, '');
  return [
    ...nodes.map(({ id, lines, start }) =>
      [
        name(id),
        ...lines.map(([from, to]) => (from === to ? from : `${from}-${to}`)),
        ...(start ? ['start'] : []),
      ].join(' '),
    ),
    ...edges.map(({ from, to, kind, points }) =>
      [
        `${name(from)} -${kind}-> ${name(to)}`,
        ...points.map(
          ({ place, why, always, again, loops }) =>
            `${place?.line} ${why}${again ? ', again' : ''}${always ? '' : '?'}${loops.map((n) => ` loop ${n}`).join('')}`,
        ),
      ].join(' | '),
    ),
  ];
}

test('a thread leaves, comes back for a system call, and does so each time round a loop', () => {
  const found = graph(`        .globl _start
_start: li      s0, 100
1:      vsetivli zero, 4, e32, m1, ta, ma
        li      a7, 178
        ecall
        addi    s0, s0, -1
        bnez    s0, 1b
        li      a7, 93
        ecall
`);
  assert.deepEqual(told(found), [
    '_start 2 6-9 start',
    '_start@V 3-5',
    'end',
    '_start -leave-> _start@V | 3 V loop 0',
    '_start@V -return-> _start | 5 system call loop 0',
    '_start -exit-> end | 9 program',
  ]);
  assert.deepEqual(
    found.loops.map(({ place, trips, cycles }) => [place?.line, trips, cycles]),
    [[3, 1, 1700]],
  );
  assert.deepEqual(found.edges[0]!.points[0]!.instruction, 'vsetivli zero, 4, e32, m1, ta, ma');
});

const called = `        .globl _start
_start: call    work
        call    say
        li      a7, 93
        ecall
work:   vsetivli zero, 4, e32, m1, ta, ma
        ret
say:    li      a7, 64
        ecall
        ret
`;

test('a call goes to the function on the same hart; where that ends elsewhere, the way leads back there', () => {
  assert.deepEqual(told(graph(called)), [
    '_start 2 4-5 start',
    'work',
    'work@V 6-7',
    '_start@V 3',
    'say@V 8-9',
    'say 10',
    'end',
    '_start -call-> work | 2 call',
    'work@V -end-> _start@V | 2 back from call',
    '_start@V -call-> say@V | 3 call',
    'say -end-> _start | 3 back from call',
    '_start -exit-> end | 5 program',
    'work -leave-> work@V | 6 V',
    'say@V -return-> say | 9 system call',
  ]);
});

test('where calls are asked from afar nothing comes back; where the kernel decides it may', () => {
  const edges = (calls: 'ask' | 'auto') =>
    told(graph(called, { calls })).filter((line) => /-(ask|return)->/.test(line));
  assert.deepEqual(edges('ask'), ['say@V -ask-> say@V | 9 system call']);
  assert.deepEqual(edges('auto'), ['say@V -return-> say | 9 system call, or asks']);
});

test('the first touch of a page brings the thread home and sends it out again', () => {
  const text = `        .globl _start
_start: la      a0, data
        vsetivli zero, 4, e32, m1, ta, ma
        vle32.v v8, (a0)
        li      a7, 93
        ecall
        .bss
        .balign 4096
data:   .zero   4096
`;
  assert.deepEqual(told(graph(text, { faults: 'move' })).slice(3), [
    '_start -leave-> _start@V | 3 V | 4 V, again',
    '_start@V -return-> _start | 4 page',
    '_start@V -exit-> end | 6 program',
  ]);
});

test('where threads are made one that ends is not the program; who ends in a loop goes no further', () => {
  const text = `        .globl _start
_start: li      a7, 220
        ecall
1:      vsetivli zero, 4, e32, m1, ta, ma
        call    check
        j       1b
check:  beqz    a0, 2f
        li      a7, 93
        ecall
2:      ret
`;
  const found = graph(text);
  assert.deepEqual(
    told(found).filter((line) => /-(exit|return)->/.test(line)),
    ['check@V -exit-> end | 9 thread'],
  );
  assert.deepEqual(found.loops, []);
});

test('on a chip with two kinds of accelerators a thread goes from one to the other', () => {
  const text = `        .globl _start
        .option arch, +xhartdot
_start: vsetivli zero, 4, e32, m1, ta, ma
        hdot.clear
        li      a7, 93
        ecall
`;
  const lines = told(graph(text, { soc: 'app2-vec1-dot1' })).filter((line) => line.includes('leave'));
  assert.deepEqual(lines, ['_start -leave-> _start@V | 3 V', '_start@V -leave-> _start@Xhartdot | 4 Xhartdot']);
});

test('places in an included file are places there', () => {
  const files = { '/src/work.S': 'work:   vsetivli zero, 4, e32, m1, ta, ma\n        ret\n' };
  const text =
    '        .globl _start\n_start: call    work\n        li a7, 93\n        ecall\n        .include "work.S"\n';
  const include = { ...files, 'work.S': files['/src/work.S'] };
  const leave = graph(text, { files: include }).edges.find(({ kind }) => kind === 'leave');
  assert.deepEqual(leave?.points[0]?.place, { uri: 'file:///src/work.S', line: 1 });
});

test('code that is repeated is told once', () => {
  const text = `        .globl _start
_start: vsetivli zero, 4, e32, m1, ta, ma
        .rept 3
        vadd.vi v8, v8, 1
        vadd.vi v9, v9, 1
        .endr
        li      a7, 93
        ecall
`;
  assert.deepEqual(told(graph(text)).slice(0, 2), ['_start@V 2-8', '_start start']);
});

test('where there is nothing to draw it says why', () => {
  const why = (text: string, soc?: string) => graph(text, soc === undefined ? {} : { soc }).nothing;
  const start = '        .globl _start\n_start: ';
  const end = 'li a7, 93\n        ecall\n';
  assert.equal(why(''), 'There are no instructions here.');
  assert.match(why(start + end)!, /^No instruction here needs V, which the application harts of app2-vec1 lack/);
  assert.match(
    why(`${start}vsetivli t0, 4, e32, m1, ta, ma\n        ${end}`, 'all-vector')!,
    /^On all-vector no thread has to move/,
  );
  assert.match(
    why(`${start}${end}other:  vsetivli t0, 4, e32, m1, ta, ma\n        ret\n`)!,
    /^Nothing that the program's start leads to needs V/,
  );
});
