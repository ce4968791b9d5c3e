/** What is remembered of a text serves the next one only as far as nothing that it hangs on has changed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { socOf } from '../../cli/files.js';
import { Analysed, Memory } from '../../language-server/document.js';
import { diagnosticsOf } from '../../language-server/features/diagnostics.js';
import { hintsOf } from '../../language-server/features/inlay-hints.js';
import type { State } from '../../language-server/flow/state.js';
import { defaults } from '../../language-server/settings.js';

const view = { chip: socOf(defaults.soc), calls: 'move', read: () => undefined } as const;

function said(text: string, memory?: Memory, name = 'a.S', faults: 'ask' | 'move' = 'ask') {
  const analysed = new Analysed(
    TextDocument.create(`file:///${name}`, 'riscv-asm', 1, text),
    { ...view, faults },
    memory,
  );
  const facts = new Map<number, State>();
  analysed
    .flow()
    .facts()
    .each(({ address }, state) => facts.set(address, state));
  return {
    diagnostics: diagnosticsOf(analysed, defaults),
    hints: hintsOf(analysed, defaults),
    statements: analysed.names().list,
    facts,
  };
}

/** The second text after the first is as the second alone, and not as the first. */
function change(what: string, first: string, second: string, name?: string) {
  test(what, () => {
    for (const faults of ['ask', 'move'] as const) {
      const memory = new Memory();
      const before = said(first, memory, name, faults);
      const after = said(second, memory, name, faults);
      assert.deepEqual(after, said(second, undefined, name, faults));
      assert.notDeepEqual(after, before);
    }
  });
}

const pointer = `        .globl  _start
_start: la      t1, work
        jalr    t1
        vadd.vv v8, v8, v8
        li      a7, 93
        ecall
work:   vsetivli zero, 4, e32, m1, ta, ma
        ret
`;
change('a function behind a pointer moves', pointer, pointer.replace('_start:', 'nop\n_start:'));

const bytes = `        .globl  _start
_start: la      a0, buffer
        add     a0, a0, a5
        vsetivli zero, 4, e32, m1, ta, ma
        vse32.v v8, (a0)
        li      a7, 93
        ecall
        .bss
buffer: .zero   4096
`;
change('data grows over more pages', bytes, bytes.replace('4096', '16384'));

const call = `        .globl  _start
_start: call    elsewhere
        vadd.vv v8, v8, v8
`;
change('a function that was missing is the caller', call, call.replace('call', '\nelsewhere: call'));

change(
  'a register holds another number',
  '_start: li a7, 178\n1: ecall\nvid.v v8\n',
  '_start: li a7, 93\n1: ecall\nvid.v v8\n',
);
change(
  'a macro takes an instruction\u2019s name',
  'add a0, a0, a1\n',
  '.macro add a, b, c\nsub \\a, \\b\n.endm\nadd a0, a0, a1\n',
);
change(
  'a macro takes the name of an instruction with a symbol',
  'la a0, data\ndata: nop\n',
  '.macro la a, b\nauipc \\a, 0\n.endm\nla a0, data\ndata: nop\n',
);
change('a macro of the preprocessor takes it', 'add a0, a0, a1\n', '#define add mad\nadd a0, a0, a1\n');
change('an extension goes', 'vid.v v8\n', '.option arch, -v\nvid.v v8\n');
change('a comment opens', 'addi a0, a0\nvid.v v8\n', '/*\naddi a0, a0\nvid.v v8\n*/\n');
change('a line is joined to the next', 'add a0,\\\na0, a1\nnop\n', 'add a0,\\\nnop\n');
change('the last line is joined to one more', 'nop\nnop \\', 'nop\nnop \\\nbad');
change(
  'a constant has another value',
  '.equ N, 1\nli a0, N\n.if N == 1\n.err\n.endif\n',
  '.equ N, 2\nli a0, N\n.if N == 1\n.err\n.endif\n',
);
change('a line comes before', '_start: vid.v v8\n', '\n_start: vid.v v8\n', 'a.s');
