/** Pieces of code that completion offers as a whole. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how the protocol writes placeholders
import { type CompletionItem, CompletionItemKind, InsertTextFormat, InsertTextMode } from 'vscode-languageserver-types';
import type { FormatSettings } from '../settings.js';

export interface Snippet {
  readonly name: string;
  readonly doc: string;
  /** Lines as `label|mnemonic|operands|comment`, with the protocol's placeholders (`${1:name}`, `${1|one,other|}`) in them. */
  readonly lines: readonly (readonly [label: string, mnemonic?: string, operands?: string, comment?: string])[];
}

/** An element width, which other lines name as $1. */
const WIDTH = '${1|32,8,16,64|}';

export const snippets: readonly Snippet[] = [
  {
    name: 'strip-mine',
    doc: 'A loop over arrays of any length, as many elements at once as the hart has room for. a0: elements, a1: source, a2: destination.',
    lines: [
      ['1:', 'vsetvli', `t0, a0, e${WIDTH}, \${2|m1,m2,m4,m8|}, ta, ma`],
      ['', 'vle$1.v', 'v8, (a1)'],
      ['', '${3:vadd.vi}', '${4:v8, v8, 1}'],
      ['', 'vse$1.v', 'v8, (a2)'],
      ['', 'sub', 'a0, a0, t0'],
      ['', 'slli', 't0, t0, ${5|2,0,1,3|}', '# bytes: elements of $1 bits'],
      ['', 'add', 'a1, a1, t0'],
      ['', 'add', 'a2, a2, t0'],
      ['', 'bnez', 'a0, 1b$0'],
    ],
  },
  {
    name: 'reduce',
    doc: 'The sum of an array, in a loop over as many elements at once as the hart has room for. a0: elements and then the sum, a1: the array.',
    lines: [
      ['', 'vsetivli', `zero, 1, e${WIDTH}, m1, ta, ma`],
      ['', 'vmv.s.x', 'v4, zero'],
      ['1:', 'vsetvli', 't0, a0, e$1, ${2|m1,m2,m4,m8|}, ta, ma'],
      ['', 'vle$1.v', 'v8, (a1)'],
      ['', '${3|vredsum.vs,vredmax.vs,vredmin.vs,vredxor.vs|}', 'v4, v8, v4'],
      ['', 'sub', 'a0, a0, t0'],
      ['', 'slli', 't0, t0, ${4|2,0,1,3|}', '# bytes: elements of $1 bits'],
      ['', 'add', 'a1, a1, t0'],
      ['', 'bnez', 'a0, 1b'],
      ['', 'vmv.x.s', 'a0, v4$0'],
    ],
  },
  {
    name: 'function',
    doc: 'A function that calls others: it keeps ra and s0 on the stack, which stays aligned to 16 bytes.',
    lines: [
      ['', '.globl', '${1:name}'],
      ['', '.type', '$1, @function'],
      ['$1:'],
      ['', 'addi', 'sp, sp, -16'],
      ['', 'sd', 'ra, 8(sp)'],
      ['', 'sd', 's0, 0(sp)'],
      ['', '${2:mv}', '${3:s0, a0}$0'],
      ['', 'ld', 'ra, 8(sp)'],
      ['', 'ld', 's0, 0(sp)'],
      ['', 'addi', 'sp, sp, 16'],
      ['', 'ret'],
      ['', '.size', '$1, . - $1'],
    ],
  },
  {
    name: 'syscall',
    doc: "A system call: its number in a7, arguments in a0 to a5, the result in a0. A thread on an accelerator hart comes home for it, or asks; Linux's ABI lets it discard vector registers.",
    lines: [
      ['', 'li', 'a0, ${1:0}'],
      ['', 'li', 'a7, ${2:178}', '# ${3:gettid}'],
      ['', 'ecall', '$0'],
    ],
  },
  {
    name: 'write',
    doc: 'Writes bytes to standard output.',
    lines: [
      ['', 'li', 'a0, ${1|1,2|}'],
      ['', 'la', 'a1, ${2:message}'],
      ['', 'li', 'a2, ${3:6}', '# bytes'],
      ['', 'li', 'a7, 64', '# write'],
      ['', 'ecall', '$0'],
    ],
  },
  {
    name: 'exit',
    doc: 'Ends the program with a status.',
    lines: [
      ['', 'li', 'a0, ${1:0}'],
      ['', 'li', 'a7, 93', '# exit'],
      ['', 'ecall', '$0'],
    ],
  },
  {
    name: 'program',
    doc: 'A program of its own: where it starts, and its end.',
    lines: [
      ['', '.text'],
      ['', '.globl', '_start'],
      ['_start:'],
      ['', '${1:nop}', '$0'],
      ['', 'li', 'a0, 0'],
      ['', 'li', 'a7, 93', '# exit'],
      ['', 'ecall'],
    ],
  },
  {
    name: 'message',
    doc: 'A text among the constants, and how many bytes it has.',
    lines: [
      ['', '.section', '.rodata'],
      ['${1:message}:', '.ascii', '"${2:hello}\\\\n"'],
      ['', '.equ', '$1_bytes, . - $1'],
      ['', '.text', '$0'],
    ],
  },
  {
    name: 'data',
    doc: 'Numbers that the program may change.',
    lines: [
      ['', '.data'],
      ['', '.balign', '${1|8,4,2,16|}'],
      ['${2:numbers}:', '${3|.dword,.word,.half,.byte,.float,.double|}', '${4:1, 2, 3}'],
      ['', '.text', '$0'],
    ],
  },
  {
    name: 'buffer',
    doc: 'Room that is zero at the start and takes none in the file. Its pages are found when they are first touched.',
    lines: [
      ['', '.bss'],
      ['', '.balign', '${1|16,8,64,4096|}'],
      ['${2:buffer}:', '.zero', '${3:4096}'],
      ['', '.text', '$0'],
    ],
  },
];

/** The text of a snippet, its columns as the formatter has them; the first line begins where it is put. */
export function bodyOf({ lines }: Snippet, { mnemonicColumn, operandColumn, commentColumn }: FormatSettings): string {
  const values = valuesIn(lines.flat().join('\n'));
  // Up to a column, or a blank further; placeholders count as what they stand for at first.
  const padded = (text: string, column: number) => {
    const { length } = filled(text, values);
    return text + ' '.repeat(length ? Math.max(column - length, 1) : column);
  };
  const text = lines.map(([label, mnemonic = '', operands = '', comment = '']) => {
    let line = mnemonic ? padded(label, mnemonicColumn) + mnemonic : label;
    if (operands === '$0') line += operands;
    else if (operands) line = padded(line, operandColumn) + operands;
    return comment ? padded(line, commentColumn) + comment : line;
  });
  return text.join('\n').trimStart();
}

const placeholder = /\$\{(\d+)(?::([^}]*)|\|([^,|]*)[^|]*\|)\}/g;

/** What placeholders stand for at first, by number. */
const valuesIn = (body: string) =>
  new Map([...body.matchAll(placeholder)].map(([, n, value, choice]) => [n!, value ?? choice!]));

const filled = (text: string, values: ReadonlyMap<string, string>) =>
  text
    .replace(placeholder, (_, n: string) => values.get(n)!)
    .replace(/\$(\d+)/g, (_, n: string) => values.get(n) ?? '')
    .replaceAll('\\\\', '\\');

/** What is there before anything is filled in, for clients that know no placeholders. */
export const plain = (body: string): string => filled(body, valuesIn(body));

/** @param placeholders does the client know them? */
export const snippetItems = (format: FormatSettings, placeholders: boolean): CompletionItem[] =>
  snippets.map((snippet) => {
    const body = bodyOf(snippet, format);
    const shown = plain(body);
    return {
      label: snippet.name,
      kind: CompletionItemKind.Snippet,
      detail: snippet.doc,
      documentation: { kind: 'markdown', value: `\`\`\`riscv-asm\n${shown}\n\`\`\`` },
      insertText: placeholders ? body : shown,
      insertTextFormat: placeholders ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
      insertTextMode: InsertTextMode.asIs,
    };
  });
