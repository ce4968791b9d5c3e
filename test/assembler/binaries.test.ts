/** Code of real programs for riscv64: taken apart, put together again, and compared with what LLVM's objdump reads. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { disassemble } from '../../assembler/disassemble.js';
import { isLong } from '../../isa/decode.js';
import { needs, trixieProgram } from '../tools.js';
import { inLlvmsWords, isKnown } from './differences.js';
import { disassembleFile, llvm } from './other-tools.js';
import { build, hex, sectionOf, textOf } from './ours.js';
import { isOurs } from './samples.js';

interface Code {
  readonly bytes: Uint8Array;
  readonly address: bigint;
}

/** So much of a program's code at most, in pieces from its start to its end. */
const PIECE = 0x1_0000;
const PIECES = 4;

function pieces({ bytes, address }: Code): Code[] {
  const step = Math.max(PIECE, Math.floor((bytes.length - PIECE) / (PIECES - 1)) & ~3);
  const starts = Array.from({ length: PIECES }, (_, n) => n * step).filter((at) => at < bytes.length);
  return starts.map((at) => ({ bytes: bytes.slice(at, at + PIECE), address: address + BigInt(at) }));
}

function textSection(file: string): Code {
  const section = sectionOf(new Uint8Array(readFileSync(file)), '.text');
  assert.ok(section, `${file} has no .text`);
  return section;
}

/** The kernel is an EFI program: its first section, by the PE format's section table. */
function kernelText(file: string): Code {
  const image = readFileSync(file);
  const header = image.readUInt32LE(0x3c);
  const section = header + 24 + image.readUInt16LE(header + 20);
  assert.equal(image.toString('latin1', section, section + 5), '.text');
  const [address, length, from] = [12, 16, 20].map((at) => image.readUInt32LE(section + at)) as [
    number,
    number,
    number,
  ];
  return { bytes: new Uint8Array(image.subarray(from, from + length)), address: BigInt(address) };
}

/** Its instructions by their offsets; our own extension is data here, as code is not its place. */
function read({ bytes, address }: Code): { at: number; length: number; text: string }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: { at: number; length: number; text: string }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const half = view.getUint16(at, true);
    // A piece may end in the middle of an instruction.
    const cut = isLong(half) && at + 2 === bytes.length;
    const word = isLong(half) && !cut ? view.getUint32(at, true) : half;
    const { text, length } = cut
      ? { text: `.2byte ${half}`, length: 2 }
      : disassemble(word, address + BigInt(at), { has: (name) => !isOurs([name]) });
    found.push({ at, length, text });
    at += length;
  }
  return found;
}

function compare(code: Code): void {
  const instructions = read(code);
  let was = 0;
  const lines = instructions.flatMap(({ length, text }) => {
    const option = length === was ? [] : [length === 2 ? '.option rvc' : '.option norvc'];
    was = length;
    return [...option, text];
  });
  const again = textOf(lines.join('\n'), { base: code.address });
  for (const { at, length, text } of instructions) {
    const [found, expected] = [again, code.bytes].map((bytes) => hex(bytes.subarray(at, at + length)));
    assert.equal(found, expected, `${text} at offset ${at}`);
  }

  const halves = Array.from(
    { length: code.bytes.length / 2 },
    (_, n) => code.bytes[2 * n]! | (code.bytes[2 * n + 1]! << 8),
  );
  const elf = build(halves.map((half) => `.2byte ${half}`).join('\n'), { base: code.address, arch: llvm.arch });
  const theirs = disassembleFile(llvm.objdump, llvm.disassemble, elf);
  for (const { at, text } of instructions) {
    if (text.startsWith('.')) continue;
    const other = theirs.get(Number(code.address) + at) ?? '(nothing)';
    if (!isKnown(llvm.name, 'reading', other)) assert.equal(inLlvmsWords(text), other, `${text} at offset ${at}`);
  }
}

for (const [name, codeOf] of [
  ['busybox', textSection],
  ['libc.so.6', textSection],
  ['linux', kernelText],
] as const) {
  const file = trixieProgram(name);
  test(`code of ${name} gives the same bytes again, and reads as in LLVM`, needs(file, ...llvm.tools), () => {
    for (const piece of pieces(codeOf(file))) compare(piece);
  });
}
