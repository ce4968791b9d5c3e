/** Every row of the table against GNU as and LLVM's assembler, both ways. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disassemble } from '../../assembler/disassemble.js';
import { isLong } from '../../isa/decode.js';
import { encode } from '../../isa/encode.js';
import { satisfied } from '../../isa/requires.js';
import { instructions } from '../../isa/table.js';
import type { Instruction } from '../../isa/types.js';
import { Random } from '../fuzz/random.js';
import { needs } from '../tools.js';
import { inLlvmsWords, isKnown, isKnownToOne } from './differences.js';
import { assembleLines, disassembleFile, gnu, gnu244, llvm, type OtherAssembler } from './other-tools.js';
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

/** Those that another tool knows. */
const knownTo = ({ lacks }: OtherAssembler) =>
  samples.filter(({ row }) => !isOurs(row.requires) && satisfied(row.requires, (name) => !lacks.has(name)));

/** Compressed rows are written as such, long ones must not be compressed. (LLVM forgets parts of C for good at `norvc`.) */
const sized = (length: number, text: string) =>
  length === 2 ? text : `.option push; .option norvc; ${text}; .option pop`;
const line = ({ row, text }: Sample) => sized(row.length, text);

const wordBytes = ({ row, word }: Sample) => Array.from({ length: row.length }, (_, i) => (word >>> (8 * i)) & 0xff);

function compareAssembler(other: OtherAssembler): void {
  const tried = knownTo(other).filter(({ text }) => !isKnown(other.name, 'writing', text));
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
function roundTrip(other: OtherAssembler, options: readonly string[]): void {
  const base = 0x10000;
  const tried = knownTo(other);
  const source = tried.map(({ row, word }) => `.${row.length}byte ${word}`).join('\n');
  const elf = build(source, { base: BigInt(base), arch: other.arch });
  const texts = disassembleFile(other.objdump, [...other.disassemble, ...options], elf);
  const wrong: string[] = [];
  const lines: string[] = [];
  let at = base;
  for (const { row, word, text } of tried) {
    const read = texts.get(at) ?? '(nothing)';
    const skipped = isKnown(other.name, 'reading', read) || isKnown(other.name, 'reading', text);
    // Where a line is left out, the word stands as data, so that what follows keeps its place.
    lines.push(skipped ? `.${row.length}byte ${word}` : sized(row.length, read));
    at += row.length;
  }
  const bytes = textOf(lines.join('\n'), { base: BigInt(base) });
  at = 0;
  tried.forEach(({ row, word, text }, i) => {
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
    return sized(row.length, branch ? relative(written) : written);
  });
  // Each at a multiple of eight, whatever becomes of the others.
  const bytes = textOf(source.map((each) => `.balign 8; ${each}`).join('\n'));
  samples.forEach(({ row, word, text }, i) => {
    const found = bytes.subarray(8 * i, 8 * i + (isLong(bytes[8 * i]!) ? 4 : 2));
    // A hint's long form is not compressed into the hint again.
    const hint = row.length === 2 && found.length === 4;
    const again = disassemble(found[0]! | (found[1]! << 8) | (found[2]! << 16) | (found[3]! << 24), 0n).text;
    if (row.length === 2) assert.equal(again, disassemble(word, 0n).text, text);
    else assert.equal(hex(found), hex(Uint8Array.from(wordBytes({ row, word, text }))), source[i]);
    assert.ok(!hint || /^c\.(addi|li|lui|slli|srli|srai|mv|add) /.test(text), text);
  });
});

for (const other of [gnu, gnu244, llvm]) {
  test(`${other.name} makes the same word of every instruction`, needs(...other.tools), () => compareAssembler(other));

  test(`what objdump of ${other.name} prints assembles to the same words`, needs(...other.tools), () => {
    roundTrip(other, ['-M', 'no-aliases']);
    roundTrip(other, []);
  });
}

test("every word reads as in LLVM's objdump", needs(...llvm.tools), () => {
  const base = 0x10000;
  const tried = knownTo(llvm);
  const source = tried.map(({ row, word }) => `.${row.length}byte ${word}`).join('\n');
  const theirs = disassembleFile(
    llvm.objdump,
    llvm.disassemble,
    build(source, { base: BigInt(base), arch: llvm.arch }),
  );
  let at = base;
  for (const { row, word, text } of tried) {
    const other = theirs.get(at) ?? '(nothing)';
    const ours = inLlvmsWords(disassemble(word, BigInt(at)).text);
    if (!isKnown(llvm.name, 'reading', other)) assert.equal(ours, other, text);
    at += row.length;
  }
});

/** All words of 16 bits, and words of 32 bits next to instructions. */
function neighbours(): number[] {
  const random = new Random(1);
  const long = instructions.filter(({ length }) => length === 4);
  const near = Array.from({ length: 30_000 }, () => {
    const row = random.pick(long);
    const word = row.match | (random.word() & ~row.mask);
    return (word ^ (1 << random.below(32)) ^ (random.oneIn(2) ? 1 << random.below(32) : 0)) >>> 0;
  });
  // Those that end in five ones are longer than 32 bits.
  return [...Array(0x10000).keys()].concat(near).filter((word) => word > 0xffff === isLong(word) && (word & 31) !== 31);
}

test('what is an instruction is one in LLVM, and nothing else', needs(...llvm.tools), () => {
  const base = 0x10000;
  const words = neighbours();
  const source = words.map((word) => `.${isLong(word) ? 4 : 2}byte ${word}`).join('\n');
  const theirs = disassembleFile(
    llvm.objdump,
    llvm.disassemble,
    build(source, { base: BigInt(base), arch: llvm.arch }),
  );
  let at = base;
  const wrong: string[] = [];
  for (const word of words) {
    const { text } = disassemble(word, BigInt(at), { has: (name) => !isOurs([name]) });
    const other = theirs.get(at) ?? '';
    const [known, knownThere] = [!/^\.\dbyte/.test(text), other !== ''];
    if (known !== knownThere && !isKnownToOne(known ? text : other))
      wrong.push(`${word.toString(16)}: ${text} | ${other}`);
    at += isLong(word) ? 4 : 2;
  }
  assert.deepEqual(wrong, []);
});

/** The newest ones together must know the whole table. */
test('every row is known to an assembler that is not ours', () => {
  const unknown = instructions.filter(
    ({ requires }) =>
      !isOurs(requires) && ![gnu244, llvm].some(({ lacks }) => satisfied(requires, (name) => !lacks.has(name))),
  );
  assert.deepEqual(unknown, []);
});
