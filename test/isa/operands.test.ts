import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLong, rowOf } from '../../isa/decode.js';
import { encode } from '../../isa/encode.js';
import { extract, fits, insert, operandNames, operands, range, width } from '../../isa/operands.js';
import { extensions, instructionNamed, instructions } from '../../isa/table.js';
import type { Instruction, OperandKind } from '../../isa/types.js';
import { randomFrom, sampleOperands, sampleValue } from '../assembler/samples.js';

const kinds = Object.entries(operands as Record<string, OperandKind>);

test('every operand comes out of a word as it went in, and touches no other bit', () => {
  const random = randomFrom(1);
  for (const [name, kind] of kinds) {
    const own = insert(kind, kind.extend ? 2 ** kind.extend - 1 : range(kind).min - range(kind).step);
    for (const which of ['low', 'high', ...Array<'random'>(50).fill('random')] as const) {
      const value = sampleValue(kind, which, random);
      assert.ok(fits(kind, value), `${name} ${value}`);
      const word = insert(kind, value);
      assert.equal(extract(kind, word), value, name);
      assert.equal(extract(kind, (word | ~bitsOf(kind)) >>> 0), value, `${name} reads bits that are not its own`);
      assert.equal((word & ~bitsOf(kind)) >>> 0, 0, `${name} writes bits that are not its own`);
    }
    assert.equal((own & ~bitsOf(kind)) >>> 0, 0);
  }
});

const bitsOf = (kind: OperandKind) =>
  kind.pieces.reduce((bits, [high, low]) => bits | ((2 ** (high - low + 1) - 1) << low), 0) >>> 0;

test('an operand refuses what is just outside its range, between its steps, and its excepted values', () => {
  for (const [name, kind] of kinds) {
    const { min, max, step } = range(kind);
    assert.ok(!fits(kind, min - step), name);
    if (!kind.extend) assert.ok(!fits(kind, max + step), name);
    if (step > 1) assert.ok(!fits(kind, min + 1), name);
    for (const value of kind.except ?? []) assert.ok(!fits(kind, value), name);
  }
  assert.ok(fits(operands.cupper6, 0xfffe0) && !fits(operands.cupper6, 0xfffdf) && !fits(operands.cupper6, 0x20));
});

test('pieces of an operand are distinct bits of a word', () => {
  for (const [name, kind] of kinds) {
    let count = 0;
    for (let bits = bitsOf(kind); bits; bits = (bits & (bits - 1)) >>> 0) count++;
    assert.equal(count, width(kind), name);
  }
});

/** Is the row a particular case of another, with more bits fixed? zext.h is packw with x0, and hints lie within rows that change nothing. */
const isCase = (row: Instruction, of: Instruction) =>
  row.length === of.length && (row.mask & of.mask) >>> 0 === of.mask && row.mask !== of.mask;

test('every row: encoded and decoded again it is the same row with the same operands', () => {
  const random = randomFrom(2);
  for (const row of instructions) {
    for (const values of sampleOperands(row, 20, random)) {
      const word = encode(row, values);
      const found = rowOf(word);
      // c.nop is c.addi x0, 0, and c.ebreak lies where c.add and c.jalr would have x0.
      if (found && found !== row && isCase(found, row)) continue;
      if (found !== row)
        assert.fail(`${row.name} ${values} encodes to 0x${word.toString(16)}, which is ${found?.name}`);
      assert.deepEqual(
        operandNames(row).map((name) => extract(operands[name], word)),
        values,
        row.name,
      );
      assert.equal(isLong(word) ? 4 : 2, row.length, row.name);
    }
  }
});

test('names are given once, and what compressed rows stand for exists and takes as many operands', () => {
  assert.equal(new Set(instructions.map(({ name }) => name)).size, instructions.length);
  assert.equal(new Set(extensions.map(({ name }) => name)).size, extensions.length);
  for (const row of instructions) {
    if (row.semantics.kind !== 'expand') continue;
    const to = instructionNamed(row.semantics.to);
    assert.ok(to, `${row.name} stands for ${row.semantics.to}`);
    assert.equal(row.semantics.as.length, operandNames(to).length, row.name);
    for (const each of row.semantics.as)
      if (typeof each === 'string') assert.ok((operandNames(row) as string[]).includes(each), row.name);
  }
});

test('a fence is a fence whatever its mode, rd and rs1 are', () => {
  assert.equal(rowOf(0x0ff0000f)?.name, 'fence');
  assert.equal(rowOf(0x8330000f)?.name, 'fence');
  assert.equal(rowOf(0xfff0858f)?.name, 'fence');
  assert.equal(rowOf(0x1234958f)?.name, 'fence.i');
});

test('reserved compressed encodings are no instructions, hints are', () => {
  const reserved = {
    'c.addi4spn 0': 0x0000,
    'c.addiw x0': 0x2001,
    'c.lui a0, 0': 0x6501,
    'c.addi16sp 0': 0x6101,
    'c.lwsp x0': 0x4002,
    'c.ldsp x0': 0x6002,
    'c.jr x0': 0x8002,
  };
  for (const [name, word] of Object.entries(reserved)) assert.equal(rowOf(word), undefined, name);
  const hints: [number, string][] = [
    [0x0005, 'c.addi'],
    [0x0501, 'c.addi'],
    [0x4005, 'c.li'],
    [0x6005, 'c.lui'],
    [0x0002, 'c.slli'],
    [0x802a, 'c.mv'],
    [0x902a, 'c.add'],
  ];
  for (const [word, name] of hints) assert.equal(rowOf(word)?.name, name);
});
