/** Both grammars under vscode-tmgrammar-test, over the whole table and over what people write. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { grammarPath, inlineGrammarPath } from '../../scripts/generate-grammar.js';
import { inlineFile, tableFile } from './grammar-files.js';

const runner = fileURLToPath(import.meta.resolve('vscode-tmgrammar-test/dist/unit.js'));
/** The outlines of C's and C++'s own grammars: what the one for strings is put into. */
const host = (language: string) => ({
  scopeName: `source.${language}`,
  patterns: [
    { name: 'comment.line.c', match: '//.*$' },
    { name: 'string.quoted.double.c', begin: '"', end: '"', patterns: [{ name: 'constant.escape.c', match: '\\\\.' }] },
    { name: 'meta.block.c', begin: '\\{', end: '\\}', patterns: [{ include: '$self' }] },
    { name: 'entity.name.function.c', match: '\\b\\w+(?=\\()' },
    { name: 'variable.other.c', match: '\\b[A-Za-z_]\\w*' },
  ],
});

/** What vscode-tmgrammar-test says of a file. */
function check(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'harthop-grammar-'));
  try {
    const file = join(folder, name);
    writeFileSync(file, text);
    const grammars = ['c', 'cpp'].map((each) => {
      writeFileSync(join(folder, `${each}.json`), JSON.stringify(host(each)));
      return { scopeName: `source.${each}`, path: `${each}.json` };
    });
    const own = [
      { scopeName: 'source.riscv-asm', path: relative(folder, grammarPath) },
      {
        scopeName: 'inline.riscv-asm',
        path: relative(folder, inlineGrammarPath),
        injectTo: ['source.c', 'source.cpp'],
      },
    ];
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ contributes: { grammars: [...grammars, ...own] } }));
    const args = [runner, '--compact', '--config', join(folder, 'package.json'), file];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return status === 0 ? '' : stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('every instruction and its operands have their colours', () => {
  assert.equal(check('table.S', tableFile()), '');
});

test('and in strings of C and C++', () => {
  assert.equal(check('inline.c', inlineFile('c')), '');
  assert.equal(check('inline.cpp', inlineFile('cpp')), '');
});

test('what people write around them', () => {
  const text = `# SYNTAX TEST "source.riscv-asm" "a program"
        .globl _start # comment
#       ^^^^^^ keyword.directive.riscv-asm
#              ^^^^^^ entity.name.label.riscv-asm
#                     ^^^^^^^^^ comment.line.riscv-asm
_loop:  vsetvli t0, a0, e32, m2, ta, ma
# <----- entity.name.label.riscv-asm
#       ^^^^^^^ entity.name.function.mnemonic.vector.riscv-asm
#                       ^^^ constant.language.riscv-asm
        lw a0, %pcrel_lo(1b)(a1)
#              ^^^^^^^^^ keyword.operator.relocation.riscv-asm
#                        ^^ constant.numeric.local-label.riscv-asm
        .ascii "add a0\\n"
#               ^^^ string.quoted.double.riscv-asm - support.function.mnemonic.riscv-asm
#                     ^^ constant.character.escape.riscv-asm
        add_them a0
#       ^^^^^^^^ source.riscv-asm - support.function.mnemonic.riscv-asm
        li \\register, 'a'
#          ^^^^^^^^^ variable.parameter.macro.riscv-asm
#                     ^^^ string.quoted.single.riscv-asm
`;
  assert.equal(check('program.S', text), '');
});

test('inline assembly of several strings, with operands, comments and labels; and nothing else of C', () => {
  const text = `// SYNTAX TEST "source.c" "inline assembly"
int f(int add) {
//        ^^^ - support.function.mnemonic.riscv-asm
  __asm__ __volatile__(
// ^^^^^^ keyword.other.asm.c
//        ^^^^^^^^^^^^ storage.modifier.asm.c
    "1:\\n\\tadd %0, %[value], a0 # sum\\n\\t"
//   ^ entity.name.label.riscv-asm
//     ^^^^ constant.character.escape.riscv-asm
//         ^^^ support.function.mnemonic.riscv-asm
//             ^^ variable.parameter.operand.riscv-asm
//                 ^^^^^^^^ variable.parameter.operand.riscv-asm
//                           ^^ variable.language.register.riscv-asm
//                              ^^^^^ comment.line.riscv-asm
//                                   ^^ constant.character.escape.riscv-asm
    // vadd.vv v8
//     ^^^^^^^ comment.line.double-slash.c
    "vadd.vv v8, v8, v9; .word 1\\nbnez t0, 1b"
//   ^^^^^^^ entity.name.function.mnemonic.vector.riscv-asm
//                       ^^^^^ keyword.directive.riscv-asm
//                                ^^^^ keyword.control.mnemonic.riscv-asm
    : [value] "+r"(g(add))
//                 ^ entity.name.function.c
//                   ^^^ variable.other.c - support.function.mnemonic.riscv-asm
    : : "a0", "memory");
//       ^^ string.quoted.double.c - variable.language.register.riscv-asm
  puts("add a0, a0, a1");
//      ^^^ string.quoted.double.c - support.function.mnemonic.riscv-asm
  asm("ret");
//     ^^^ keyword.control.mnemonic.riscv-asm
  return add;
//       ^^^ variable.other.c
}
`;
  assert.equal(check('inline.c', text), '');
});

test('inline assembly in raw strings of C++, over several lines', () => {
  const text = `// SYNTAX TEST "source.cpp" "raw strings"
void f(int add) {
  asm volatile(R"(
//             ^ string.quoted.double.raw.cpp
  again:
//^^^^^ entity.name.label.riscv-asm
    vadd.vv v8, v8, v9, v0.t  # by mask
//  ^^^^^^^ entity.name.function.mnemonic.vector.riscv-asm
//                            ^^^^^^^^^ comment.line.riscv-asm
    add %0, %[value], (a0)
//  ^^^ support.function.mnemonic.riscv-asm
//      ^^ variable.parameter.operand.riscv-asm
//          ^^^^^^^^ variable.parameter.operand.riscv-asm
//                     ^^ variable.language.register.riscv-asm
  )" : "+r"(add));
//   ^ - support.function.mnemonic.riscv-asm
//          ^^^ variable.other.c - support.function.mnemonic.riscv-asm
  asm(R"x(ret)x");
//        ^^^ keyword.control.mnemonic.riscv-asm
  g(R"(ret)");
//     ^^^ - keyword.control.mnemonic.riscv-asm
  return add;
//       ^^^ variable.other.c
}
`;
  assert.equal(check('raw.cpp', text), '');
});

test('a wrong colour is told', () => {
  const text = '# SYNTAX TEST "source.riscv-asm" "wrong"\n        add a0, a0, a1\n#       ^^^ comment\n';
  assert.match(check('wrong.S', text), /Missing required scopes/);
});
