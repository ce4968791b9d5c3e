/** Files for vscode-tmgrammar-test: lines of assembly, and below each what colour its words have to have. */
import { disassemble } from '../../assembler/disassemble.js';
import { aliases } from '../../assembler/aliases.js';
import { registerNamed } from '../../isa/registers.js';
import { csrNamed } from '../../isa/csrs.js';
import { instructions } from '../../isa/table.js';
import { kindOf, scopes } from '../../scripts/generate-grammar.js';

/** A word of a line, from a column on, and the scope that it has. */
interface Expected {
  readonly at: number;
  readonly length: number;
  readonly scope: string;
}

const told = ({ at, length, scope }: Expected, comment: string) =>
  `${comment}${' '.repeat(at - comment.length)}${'^'.repeat(length)} ${scope}\n`;

/** Every instruction of the table, as the disassembler writes it; and every name that the assembler has beside those. */
function lines(): { text: string; scope: string }[] {
  return [
    ...instructions.map((each) => ({
      text: disassemble(each.match, 0n, { aliases: false }).text.replace(/^\.[24]byte.*/, each.name),
      scope: scopes[kindOf(each)]!,
    })),
    ...aliases.map(({ mnemonic, row }) => ({ text: mnemonic, scope: scopes[kindOf(row)]! })),
  ];
}

/** What the words behind a mnemonic are, where that is plain. */
function operands(text: string, from: number): Expected[] {
  const out: Expected[] = [];
  for (const found of text.slice(from).matchAll(/(?<![\w.])(?:[A-Za-z_][\w.]*|\d+(?![\w.]))/g)) {
    const [word] = found;
    const at = from + found.index;
    const scope = registerNamed(word)
      ? 'variable.language.register.riscv-asm'
      : csrNamed(word)
        ? 'support.variable.csr.riscv-asm'
        : /^\d+$/.test(word)
          ? 'constant.numeric.riscv-asm'
          : undefined;
    if (scope) out.push({ at, length: word.length, scope });
  }
  return out;
}

const INDENT = 8;

/** The table in a source file. */
export function tableFile(): string {
  let out = '# SYNTAX TEST "source.riscv-asm" "every instruction"\n';
  for (const { text, scope } of lines()) {
    const mnemonic = /^\S+/.exec(text)![0].length;
    const line = `${' '.repeat(INDENT)}${text}`;
    out += `${line}\n`;
    for (const each of [
      { at: INDENT, length: mnemonic, scope: `${scope}.riscv-asm` },
      ...operands(line, INDENT + mnemonic),
    ])
      out += told(each, '#');
  }
  return out;
}

/** The table in strings of C: each instruction in a string of its own, the first of a statement in one with others. */
export function inlineFile(language: 'c' | 'cpp'): string {
  let out = `// SYNTAX TEST "source.${language}" "every instruction"\n`;
  for (const { text, scope } of lines()) {
    const mnemonic = /^\S+/.exec(text)![0].length;
    const begin = '  asm volatile("\\t';
    const line = `${begin}${text}\\n" : "=r"(a0) : "r"(add));`;
    out += `${line}\n`;
    for (const each of [
      { at: begin.length, length: mnemonic, scope: `${scope}.riscv-asm` },
      ...operands(`${begin}${text}`, begin.length + mnemonic),
    ])
      out += told(each, '//');
  }
  return out;
}
