/** Every row of the table against GNU as and LLVM's assembler, both ways. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disassemble } from '../../assembler/disassemble.js';
import { encode } from '../../isa/encode.js';
import { instructions } from '../../isa/table.js';
import type { Instruction } from '../../isa/types.js';
import { needs } from '../tools.js';
import { assembleLines, disassembleFile, gnu, llvm, type OtherAssembler } from './other-tools.js';
import { build, hex, textOf } from './ours.js';
import { isOurs, randomFrom, sampleOperands } from './samples.js';

interface Sample {
  readonly row: Instruction;
  readonly word: number;
  readonly text: string;
}

/** A branch target as a distance, which all assemblers understand alike. */
const relative = (text: string) =>
  text.replace(/\b0x([0-9a-f]+)$/, (_, digits) => {
    const distance = BigInt.asIntN(64, BigInt(`0x${digits}`));
    return distance < 0n ? `.-${-distance}` : `.+${distance}`;
  });

const branches = /^(c\.)?(j|jal|beqz|bnez|b(eq|ne|lt|ge|ltu|geu))$/;

const samples: Sample[] = instructions.flatMap((row, n) =>
  sampleOperands(row, 6, randomFrom(n)).map((values) => {
    const word = encode(row, values);
    const { text } = disassemble(word, 0n, { aliases: false });
    return { row, word, text: branches.test(row.name) ? relative(text) : text };
  }),
);

/** Those that other tools know. */
const standard = samples.filter(({ row }) => !isOurs(row.requires));

/** Compressed rows are written as such, long ones must not be compressed. */
const line = ({ row, text }: Sample) => `.option ${row.length === 2 ? 'rvc' : 'norvc'}; ${text}`;

const wordBytes = ({ row, word }: Sample) => Array.from({ length: row.length }, (_, i) => (word >>> (8 * i)) & 0xff);

/** Rows, or texts, that another tool refuses or reads otherwise, and why that is so. */
type Excuses = readonly { readonly when: RegExp; readonly why: string }[];

const excused = (excuses: Excuses, text: string) => excuses.some(({ when }) => when.test(text));

function compareAssembler(other: OtherAssembler, excuses: Excuses): void {
  const tried = standard.filter(({ text }) => !excused(excuses, text));
  const { bytes, refused } = assembleLines(other, ['.text'], tried.map(line));
  assert.deepEqual(
    [...refused].map(([i, message]) => `${tried[i]!.text}: ${message}`),
    [],
  );
  let at = 0;
  for (const sample of tried) {
    const expected = wordBytes(sample);
    const found = bytes.subarray(at, at + expected.length);
    assert.equal(hex(found), hex(Uint8Array.from(expected)), `${other.name}: ${sample.text}`);
    at += expected.length;
  }
  assert.equal(bytes.length, at);
}

const gnuExcuses: Excuses = [
  { when: /^c\.(slli|srli|srai) \w+,0$/, why: 'a hint that GNU as has no syntax for' },
  {
    when: /^fcvt\.(d\.(w|wu|s|h)|s\.(h|bf16)) \w+,\w+,\w+$/,
    why: 'the conversion is exact; GNU as takes no rounding mode (of some of them later versions do, as LLVM does)',
  },
];

/** LLVM leaves the mode of this one dyn, other than those of the other exact conversions. */
const bfloatToSingle = { when: /^fcvt\.s\.bf16 \w+, ?\w+$/, why: 'without a mode it is rne here and in GNU as' };
const llvmExcuses: Excuses = [
  { when: /^c\.(slli|srli|srai) \w+,0$/, why: 'a hint that LLVM has no syntax for' },
  bfloatToSingle,
];

test('our own assembler gives back every word that the disassembler prints', () => {
  const text = textOf(samples.map(line).join('\n'));
  let at = 0;
  for (const sample of samples) {
    const expected = Uint8Array.from(wordBytes(sample));
    assert.equal(hex(text.subarray(at, at + expected.length)), hex(expected), sample.text);
    at += expected.length;
  }
});

/** Words as data in a program, and what another disassembler reads there, assembled again by ours. */
function roundTrip(tool: string, args: readonly string[], excuses: Excuses): void {
  const base = 0x10000;
  const elf = build(standard.map(({ row, word }) => `.${row.length}byte ${word}`).join('\n'), { base: BigInt(base) });
  const texts = disassembleFile(tool, args, elf);
  const wrong: string[] = [];
  const lines: string[] = [];
  let at = base;
  for (const { row, word, text } of standard) {
    const read = texts.get(at) ?? '(nothing)';
    const skipped = excused(excuses, read) || excused(excuses, text);
    // Where a line is left out, the word stands as data, so that what follows keeps its place.
    lines.push(skipped ? `.${row.length}byte ${word}` : `.option ${row.length === 2 ? 'rvc' : 'norvc'}; ${read}`);
    at += row.length;
  }
  const bytes = textOf(lines.join('\n'), { base: BigInt(base) });
  at = 0;
  standard.forEach(({ row, word, text }, i) => {
    const found = bytes.subarray(at, at + row.length);
    const same = hex(found) === hex(Uint8Array.from(wordBytes({ row, word, text })));
    // Of two compressed forms with one meaning, c.addi16sp and c.addi, either will do.
    const again = disassemble(found[0]! | (found[1]! << 8), BigInt(base + at));
    if (!same && !(row.length === 2 && again.text === disassemble(word, BigInt(base + at)).text))
      wrong.push(
        `${hex(wordBytes({ row, word, text }) as unknown as Uint8Array)} (${text}) is read as ${lines[i]}, which is ${hex(found)}`,
      );
    at += row.length;
  });
  assert.deepEqual(wrong, []);
  assert.equal(bytes.length, at);
}

test('with pseudo-instructions too', () => {
  const source = samples.map(({ row, word }) => {
    const written = disassemble(word, 0n).text;
    const branch = /^(j|jal|b\w+) .*\b0x[0-9a-f]+$/.test(written);
    return `.option ${row.length === 2 ? 'rvc' : 'norvc'}; ${branch ? relative(written) : written}`;
  });
  samples.forEach(({ row, word, text }, i) => {
    const found = textOf(source[i]!);
    // A hint's long form is not compressed into the hint again.
    const hint = row.length === 2 && found.length === 4;
    const again = disassemble(found[0]! | (found[1]! << 8) | (found[2]! << 16) | (found[3]! << 24), 0n).text;
    if (row.length === 2) assert.equal(again, disassemble(word, 0n).text, text);
    else assert.equal(hex(found), hex(Uint8Array.from(wordBytes({ row, word, text }))), source[i]);
    assert.ok(!hint || /^c\.(addi|li|lui|slli|srli|srai|mv|add) /.test(text), text);
  });
});

test('GNU as makes the same word of every instruction', needs(...gnu.tools), () => compareAssembler(gnu, gnuExcuses));

test("LLVM's assembler makes the same word of every instruction", needs(...llvm.tools), () =>
  compareAssembler(llvm, llvmExcuses),
);

const objdump = 'riscv64-linux-gnu-objdump';

test("what GNU's objdump prints assembles to the same words", needs(objdump), () => {
  roundTrip(objdump, ['-d', '-z', '-M', 'no-aliases'], []);
  roundTrip(objdump, ['-d', '-z'], []);
});

test("what LLVM's objdump prints assembles to the same words", needs('llvm-objdump-19'), () => {
  roundTrip('llvm-objdump-19', ['-d', '-z', '-M', 'no-aliases'], [bfloatToSingle]);
  roundTrip('llvm-objdump-19', ['-d', '-z'], [bfloatToSingle]);
});
