/** For which processors a text is assembly: file names don't tell. */
import { formsOf } from '../../assembler/instruction.js';
import { pseudoNamed } from '../../assembler/pseudo.js';
import { statements } from './line.js';

export type Architecture = 'riscv' | 'x86' | 'arm';

/** So many lines are enough to tell. */
const LINES = 500;

/** Registers that only one of them has; x86's with or without a percent sign. */
const marks: Readonly<Record<Architecture, RegExp>> = {
  riscv: /^(zero|ra|gp|tp|a[0-7]|t[0-6]|s1?\d|ft\d+|fa[0-7]|fs\d+|v0\.t|x[12]?\d|x3[01])$/,
  x86: /^([re]?[abcd]x|[abcd][lh]|[re]?[sd]i|[re]?bp|[re]sp|r(8|9|1[0-5])[dwb]?|[xyz]mm\d+|rip)$/,
  arm: /^(w[12]?\d|w30|[wx]zr|r[0-7]|lr|q\d+|v\d+\.\d*[bhsd]|cpsr|nzcv)$/,
};

/** A text's architecture; undefined: there is too little to tell. */
export function recognise(text: string): Architecture | undefined {
  const list = statements(text.split('\n', LINES));
  const own = new Set(list.flatMap(({ head, tokens }) => (head?.text === '.macro' ? [tokens[0]?.text] : [])));
  const found: Record<Architecture, number> = { riscv: 0, x86: 0, arm: 0 };
  let [known, unknown] = [0, 0];
  for (const { head, assigns, tokens } of list) {
    if (!head || assigns || head.text.startsWith('.') || own.has(head.text)) continue;
    const name = head.text.toLowerCase();
    if (formsOf(name) || pseudoNamed(name)) known++;
    else unknown++;
    for (const { type, text: word } of tokens)
      if (type === 'name')
        for (const each of Object.keys(marks) as Architecture[])
          if (marks[each].test(word.toLowerCase())) found[each]++;
  }
  if (!known && !unknown) return undefined;
  const foreign = found.x86 >= found.arm ? 'x86' : 'arm';
  if (known > unknown && found.riscv >= found[foreign]) return 'riscv';
  return found[foreign] > found.riscv || (unknown > known && found[foreign] > 0) ? foreign : undefined;
}

/** Names that editors have for assembly of no architecture in particular. */
const general = ['asm', 'assembly', 'gas', 'plaintext', ''];

/** Is a document, by the language that its editor takes it for and what it holds, ours? */
export function isOurs(language: string, text: string): boolean {
  if (/^risc-?v/i.test(language)) return true;
  const found = recognise(text);
  return found === 'riscv' || (found === undefined && general.includes(language));
}
