/** `npm run grammar`: syntaxes/riscv-asm.tmLanguage.json, made from the table, the registers and the assembler's own words. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { aliases } from '../assembler/aliases.js';
import { relocationOperators } from '../assembler/fixup.js';
import { roundingModes, vtypeText } from '../assembler/words.js';
import { belongsTo, type ClassName, classNames, outboundReason } from '../isa/classes.js';
import { csrs } from '../isa/csrs.js';
import { registerNames } from '../isa/registers.js';
import { instructions } from '../isa/table.js';
import type { Instruction } from '../isa/types.js';
import { unitRegisterNames } from '../isa/units.js';

export const grammarPath = fileURLToPath(new URL('../syntaxes/riscv-asm.tmLanguage.json', import.meta.url));

const language = 'riscv-asm';

/** A regular expression for one of the words; the longer ones first, since the first match wins. */
function anyOf(words: Iterable<string>): string {
  const sorted = [...new Set(words)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return `(?:${sorted.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\%]/g, '\\$&')).join('|')})`;
}

/** What kind of instruction a mnemonic is, as far as colours go. */
function kindOf(row: Instruction): 'control' | 'system' | 'plain' | ClassName {
  const name = classNames.find((each) => belongsTo(each, row.requires));
  if (name) return name;
  if (row.semantics.kind === 'branch' || row.semantics.kind === 'jump') return 'control';
  return row.requires.includes('Zicsr') || row.requires[0] === 'Privileged' ? 'system' : 'plain';
}

/** Scopes that every colour theme knows; an instruction for which a thread moves looks like a call. */
const scopes: Readonly<Record<string, string>> = {
  control: 'keyword.control.mnemonic',
  ...Object.fromEntries(
    classNames.map((name) => [name, `entity.name.function.mnemonic.${outboundReason(name)}`] as const),
  ),
  system: 'keyword.other.mnemonic',
  plain: 'support.function.mnemonic',
};

function mnemonics() {
  const kinds = new Map<string, ReturnType<typeof kindOf>>();
  for (const { mnemonic, row } of aliases) kinds.set(mnemonic, kindOf(row));
  // Pseudo-instructions of several instructions have no form of their own.
  for (const name of ['call', 'tail', 'jump']) kinds.set(name, 'control');
  for (const name of ['la', 'lla', 'li']) kinds.set(name, 'plain');
  for (const row of instructions) kinds.set(row.name, kindOf(row));
  return Object.keys(scopes).map((kind) => {
    const names = [...kinds].filter(([, each]) => each === kind).map(([name]) => name);
    const ordering = kind === 'plain' ? '(?:\\.aqrl|\\.aq|\\.rl)?' : '';
    return { name: `${scopes[kind]}.${language}`, match: `(?i)(?<![\\w.$])${anyOf(names)}${ordering}(?![\\w.$:])` };
  });
}

/** Every word that may stand in a vtype: taken from how the assembler prints all of its values. */
const vtypeWords = () => Array.from({ length: 256 }, (_, value) => vtypeText(value)?.split(',') ?? []).flat();

const word = (scope: string, words: Iterable<string>) => ({
  name: `${scope}.${language}`,
  match: `(?<![\\w.$%])${anyOf(words)}(?![\\w.$:])`,
});

export function grammar(): string {
  const patterns = [
    { name: `comment.block.${language}`, begin: '/\\*', end: '\\*/' },
    { name: `comment.line.${language}`, match: '(?:#|//).*$' },
    {
      name: `string.quoted.double.${language}`,
      begin: '"',
      end: '"|$',
      patterns: [{ name: `constant.character.escape.${language}`, match: '\\\\(?:x[0-9a-fA-F]+|[0-7]{1,3}|.)' }],
    },
    { name: `string.quoted.single.${language}`, match: "'(?:\\\\.|[^\\\\'])'?" },
    {
      match: `^\\s*([\\w.$]+)\\s*(:)`,
      captures: { 1: { name: `entity.name.label.${language}` }, 2: { name: `punctuation.separator.${language}` } },
    },
    {
      match: '(\\.(?:globl|global|local|weak|type|size|hidden))\\s+([\\w.$]+)',
      captures: { 1: { name: `keyword.directive.${language}` }, 2: { name: `entity.name.label.${language}` } },
    },
    { name: `keyword.directive.${language}`, match: '(?:^|(?<=[;:]))\\s*\\.[A-Za-z]\\w*' },
    ...mnemonics(),
    word('variable.language.register', [...registerNames(), ...unitRegisterNames.map(({ name }) => name)]),
    word(
      'support.variable.csr',
      csrs.map(({ name }) => name),
    ),
    word('constant.language', [...vtypeWords(), ...roundingModes.filter((each) => each !== undefined)]),
    { name: `variable.parameter.mask.${language}`, match: '\\bv0\\.t\\b' },
    { name: `keyword.operator.relocation.${language}`, match: `%${anyOf(Object.keys(relocationOperators))}(?=\\()` },
    { name: `constant.numeric.local-label.${language}`, match: '\\b\\d+[bf]\\b' },
    {
      name: `constant.numeric.float.${language}`,
      match: '(?<![\\w.$])-?(?:\\d+\\.\\d+(?:[eE][-+]?\\d+)?|0[xX][0-9a-fA-F]+(?:\\.[0-9a-fA-F]*)?[pP][-+]?\\d+)\\b',
    },
    { name: `constant.numeric.${language}`, match: '(?<![\\w.$])-?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|\\d+)\\b' },
    { name: `variable.parameter.macro.${language}`, match: '\\\\[\\w@()]+' },
  ];
  const json = {
    $comment: 'Made by npm run grammar.',
    name: 'RISC-V Assembly',
    scopeName: `source.${language}`,
    patterns,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(grammarPath, grammar());
