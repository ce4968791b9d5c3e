/** Quick fixes: what a line says once the first one is taken, and what was found of it before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TextEdit } from 'vscode-languageserver-types';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { socOf } from '../../cli/files.js';
import { Analysed } from '../../language-server/document.js';
import { actionsFor } from '../../language-server/features/code-actions.js';
import { diagnosticsOf } from '../../language-server/features/diagnostics.js';
import { defaults } from '../../language-server/settings.js';

const view = { chip: socOf('app2-vec1'), calls: 'auto', faults: 'ask', read: () => undefined } as const;
const uri = 'file:///w/fix.S';

/** The fixes of the findings with a code, each with the text that it leads to. */
function fixes(code: string, source: string, settings = defaults): [title: string, text: string][] {
  const text = `.globl _start\n_start: nop\n${source}\nli a7, 93\necall\n`;
  const document = TextDocument.create(uri, 'riscv-asm', 1, text);
  const analysed = new Analysed(document, view);
  return diagnosticsOf(analysed, settings)
    .filter((each) => each.code === code)
    .flatMap((each) => actionsFor(analysed, each))
    .map(({ title, edit }) => {
      const edited = TextDocument.applyEdits(document, edit!.changes![uri] as TextEdit[]);
      return [title, edited.split('\n').slice(2, -3).join('\n')];
    });
}

test('a mnemonic of an earlier version is replaced by what it is called now', () => {
  const set = 'vsetivli zero, 4, e32, m1, ta, ma\n';
  assert.deepEqual(fixes('deprecated', `${set}vfredsum.vs v8, v9, v10 # all`), [
    ['Change to vfredusum.vs', `${set}vfredusum.vs v8, v9, v10 # all`],
    ['Ignore deprecated here', `${set}vfredsum.vs v8, v9, v10 # all, harthop: ignore deprecated`],
  ]);
  assert.deepEqual(
    ['scall', 'fmv.x.s a0, fa0', 'fmv.s.x fa0, a0'].map((each) => fixes('deprecated', each)[0]?.[1]),
    ['ecall', 'fmv.x.w a0, fa0', 'fmv.w.x fa0, a0'],
  );
  // Behind labels and semicolons, but not within words and comments.
  assert.deepEqual(
    fixes('deprecated', 'nop\n1: x: scall; SBREAK # scall').map(([, text]) => text),
    [
      'nop\n1: x: ecall; SBREAK # scall',
      'nop\n1: x: scall; SBREAK # scall, harthop: ignore deprecated',
      'nop\n1: x: scall; ebreak # scall',
      'nop\n1: x: scall; SBREAK # scall, harthop: ignore deprecated',
    ],
  );
  assert.deepEqual(fixes('deprecated', 'ecall\nbgt a0, a1, _start\nscall_x: nop # scall'), []);
});

test('a register at which no group can start is replaced by one near it', () => {
  const set = 'vsetivli zero, 4, e32, m4, ta, ma\n';
  assert.deepEqual(fixes('illegal-instruction', `${set}vadd.vi v13, v13, 1`), [
    ['Change v13 to v12', `${set}vadd.vi v12, v12, 1`],
    ['Change v13 to v16', `${set}vadd.vi v16, v16, 1`],
    ['Split the group: m1 on line 3', `${set.replace('m4', 'm1')}vadd.vi v13, v13, 1`],
    ['Ignore illegal-instruction here', `${set}vadd.vi v13, v13, 1 # harthop: ignore illegal-instruction`],
  ]);
  assert.deepEqual(
    fixes('illegal-instruction', `${set}vmv.v.i v30, 1`).map(([title]) => title),
    ['Change v30 to v28', 'Split the group: m2 on line 3', 'Ignore illegal-instruction here'],
  );
});

test('a group of too many registers is split, so that nothing illegal is left', () => {
  const code = (lmul: string) =>
    `1: vsetvli t0, a0, e16, ${lmul}, ta, ma # m8\nvwadd.vv v8, v16, v24; sub a0, a0, t0; bnez a0, 1b`;
  const [split, ...others] = fixes('illegal-instruction', code('m8'));
  assert.deepEqual(split, ['Split the group: m4 on line 3', code('m4')]);
  assert.deepEqual(
    others.map(([title]) => title),
    ['Ignore illegal-instruction here'],
  );
  assert.deepEqual(fixes('illegal-instruction', code('m4')), []);
  // Where vtype comes from elsewhere nobody knows what to change.
  assert.deepEqual(
    fixes('illegal-instruction', 'li t1, 11; vsetvl t0, a0, t1; vwadd.vv v8, v16, v24').map(([title]) => title),
    ['Ignore illegal-instruction here'],
  );
});

test('a symbol that others have is shown as settings say, and can be hidden', () => {
  assert.deepEqual(
    fixes('elsewhere', 'call other').map(([title]) => title),
    ['Ignore elsewhere here'],
  );
  assert.deepEqual(fixes('elsewhere', 'call other # harthop: ignore elsewhere'), []);
  assert.deepEqual(fixes('elsewhere', 'call other', { ...defaults, severity: { elsewhere: 'off' } }), []);
});

test('a missing vset instruction is put in front, into a register that nothing else uses', () => {
  assert.deepEqual(fixes('vtype-unset', 'vle16.v v8, (a0)')[0], [
    'Insert vsetvli t0, zero, e16, m1, ta, ma',
    'vsetvli t0, zero, e16, m1, ta, ma\nvle16.v v8, (a0)',
  ]);
  // Behind labels, and as many bits as the instruction has, if it says so.
  assert.deepEqual(fixes('vtype-unset', 'li t0, 1; mv t1, x7\n1: x:   vadd.vi v8, v8, 1')[0], [
    'Insert vsetvli t3, zero, e32, m1, ta, ma',
    'li t0, 1; mv t1, x7\n1: x:   vsetvli t3, zero, e32, m1, ta, ma\n        vadd.vi v8, v8, 1',
  ]);
  const all = 'nop # t0 is told of\nmv t0, t1; mv t2, t3; mv t4, t5; mv t6, t6\nvadd.vi v8, v8, 1';
  assert.match(fixes('vtype-unset', all)[0]![0], /^Insert vsetvli t0, /);
  for (const source of ['vle16.v v8, (a0)', 'vadd.vi v8, v8, 1', '1: x:   vadd.vi v8, v8, 1'])
    assert.deepEqual(fixes('vtype-unset', fixes('vtype-unset', source)[0]![1]), [], source);
});

test('a vset instruction that changes nothing goes, and what else the line has stays', () => {
  const set = 'vsetivli zero, 4, e32, m1, ta, ma';
  const code = (line: string) => `${set}\nvadd.vi v8, v8, 1\n${line}vadd.vi v8, v8, 1`;
  const removed = (line: string) => {
    const [title, text] = fixes('redundant-vset', code(line))[0]!;
    assert.equal(title, 'Remove it');
    return text;
  };
  assert.equal(removed(`${set}\n`), code(''));
  assert.equal(removed(`        ${set}   # again\n`), code(''));
  assert.equal(removed(`1: ${set}\n`), code('1:\n'));
  assert.equal(removed(`nop; ${set}; nop\n`), code('nop; nop\n'));
  assert.equal(removed(`nop; ${set} # why\n`), code('nop # why\n'));
});

test('a comment that hides a finding stands behind the code, whatever characters that has', () => {
  const [, ignored] = fixes('deprecated', "scall; li a0, '#'").at(-1)!;
  assert.equal(ignored, "scall; li a0, '#' # harthop: ignore deprecated");
  assert.deepEqual(fixes('deprecated', ignored), []);
});
