/** Random edits of assembly, of the kind that people make: typing, half-written lines, pastes, undoing, joined lines, macros left open. */
import type { Random } from '../../fuzz/random.js';

export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Pieces that change what the lines around them mean. */
const pieces: readonly string[] = [
  '.macro twice reg, n=2\n',
  '.endm\n',
  '        twice a0\n',
  '.rept 3\n',
  '.irp each, a0, a1\n',
  '        addi \\each, \\each, 1\n',
  '.endr\n',
  '.if 1\n',
  '.ifdef SIZE\n',
  '.else\n',
  '.endif\n',
  '#if __riscv_xlen == 64\n',
  '#ifdef WIDE\n',
  '#else\n',
  '#endif\n',
  '#define WIDE e64\n',
  '#define vadd vsub\n',
  '#undef WIDE\n',
  '#include "shared.h"\n',
  '        .include "more.s"\n',
  '/*',
  '*/',
  '//',
  '#',
  '"',
  "'",
  '\\',
  '\\\n',
  ';',
  ':',
  ',',
  '(',
  ')',
  '\n',
  '\r\n',
  ' ',
  '\u00e9',
  '\u{1d7d9}',
  '        vsetvli t0, a0, e32, m2, ta, ma\n',
  '        vsetvli zero, a0, e64, m8, tu, mu\n',
  '        vadd.vv v8, v8, v12\n',
  '        vadd.vv v9, v8, v12\n',
  '        vle32.v v8, (a0)\n',
  '        vse32.v v8, (a0), v0.t\n',
  '        la a0, buffer\n',
  '        la a1, 1f\n',
  '        call work\n',
  '        call elsewhere\n',
  '        tail work\n',
  '        j 1b\n',
  '        bnez a0, 1f\n',
  '        jr t1\n',
  '        ret\n',
  '        nop\n',
  '        la t1, work\n        jalr t1\n',
  '        la t2, 1f\n        jr t2\n1:      vadd.vv v8, v8, v8\n',
  '        la a0, buffer\n        vse8.v v8, (a0)\n',
  '        lw a1, 0(a0)\n',
  'elsewhere: ret\n',
  '        ecall\n',
  '        li a7, 93\n',
  '        li a7, 222\n',
  '        li a0, SIZE\n',
  '        .equ SIZE, 8\n',
  '        .set SIZE, SIZE + 1\n',
  '        SIZE = 3\n',
  '1:',
  'work:\n',
  'work2:\n',
  '        .globl work\n',
  '        .data\n',
  '        .text\n',
  '        .bss\n',
  'buffer: .zero 4096\n',
  '        .space work2 - work\n',
  '        .align 4\n',
  '        .option arch, -v\n',
  '        .option push\n        .option norvc\n',
  '        .option pop\n',
  '        .word work, 1b\n',
  '        .string "a\\n"\n',
  '        .end\n',
  '        csrr t0, vlenb\n',
  '        # harthop: ignore\n',
];

/** One edit of a text. @param others what may be pasted from */
export function randomEdit(random: Random, text: string, others: readonly string[]): Edit {
  const at = random.below(text.length + 1);
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const found = text.indexOf('\n', at);
  const lineEnd = found < 0 ? text.length : found;
  switch (random.below(9)) {
    case 0:
      // A character.
      return {
        from: at,
        to: at,
        text: String.fromCharCode(random.oneIn(3) ? 48 + random.below(10) : 97 + random.below(26)),
      };
    case 1:
      return { from: at, to: Math.min(at + 1 + random.below(4), text.length), text: '' };
    case 2:
      // A line less, or several.
      return {
        from: lineStart,
        to: Math.min(lineEnd + 1 + (random.oneIn(3) ? random.below(120) : 0), text.length),
        text: '',
      };
    case 3: {
      const other = random.pick(others);
      const start = random.below(other.length + 1);
      return { from: lineStart, to: lineStart, text: `${other.slice(start, start + random.below(200))}\n` };
    }
    case 4:
      // Two lines become one.
      return { from: lineEnd, to: Math.min(lineEnd + 1, text.length), text: '' };
    case 5:
      // A line is written as far as here.
      return { from: at, to: lineEnd, text: '' };
    case 6:
      return { from: at, to: at, text: random.pick(pieces) };
    default:
      return { from: lineStart, to: lineStart, text: random.pick(pieces) };
  }
}
