import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { instructions } from '../../isa/table.js';
import { grammar, grammarPath, inlineGrammar, inlineGrammarPath } from '../../scripts/generate-grammar.js';

test('the grammars are the ones that the table makes (npm run grammar)', () => {
  assert.equal(readFileSync(grammarPath, 'utf8'), grammar());
  assert.equal(readFileSync(inlineGrammarPath, 'utf8'), inlineGrammar());
});

interface Pattern {
  readonly name?: string;
  readonly match?: string;
}

/** The scope of the first pattern that matches at the word, as an editor would find it. */
function scopeOf(word: string, line = word): string | undefined {
  const { patterns } = JSON.parse(grammar()) as { patterns: Pattern[] };
  const at = line.indexOf(word);
  return patterns.find(({ match }) => {
    if (!match) return false;
    const expression = new RegExp(match.replace('(?i)', ''), match.startsWith('(?i)') ? 'giy' : 'gy');
    expression.lastIndex = at;
    return expression.exec(line)?.[0] === word;
  })?.name;
}

test('every mnemonic of the table is coloured as one', () => {
  for (const { name } of instructions) assert.match(scopeOf(name) ?? '', /mnemonic/, name);
});

test('words get the scope of what they are', () => {
  assert.equal(scopeOf('vadd.vv'), 'entity.name.function.mnemonic.vector.riscv-asm');
  assert.equal(scopeOf('beqz'), 'keyword.control.mnemonic.riscv-asm');
  assert.equal(scopeOf('amoadd.w.aqrl'), 'support.function.mnemonic.riscv-asm');
  assert.equal(scopeOf('ADDI'), 'support.function.mnemonic.riscv-asm');
  assert.equal(scopeOf('a0', 'add a0, a1, a2'), 'variable.language.register.riscv-asm');
  assert.equal(scopeOf('vlenb', 'csrr a0, vlenb'), 'support.variable.csr.riscv-asm');
  assert.equal(scopeOf('m2', 'vsetvli t0, a0, e32, m2, ta, ma'), 'constant.language.riscv-asm');
  assert.equal(scopeOf('v0.t', 'vadd.vv v1, v2, v3, v0.t'), 'variable.parameter.mask.riscv-asm');
  assert.equal(scopeOf('1f', 'j 1f'), 'constant.numeric.local-label.riscv-asm');
  assert.equal(scopeOf('0x1f', 'li a0, 0x1f'), 'constant.numeric.riscv-asm');
  assert.equal(scopeOf('%pcrel_hi', 'auipc a0, %pcrel_hi(x)'), 'keyword.operator.relocation.riscv-asm');
  assert.equal(scopeOf('add', 'add_them'), undefined);
});
