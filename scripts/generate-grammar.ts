/** `npm run grammar`: the grammars in syntaxes/, made from the table, the registers and the assembler's own words. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { aliases } from '../assembler/aliases.js';
import { relocationOperators } from '../assembler/fixup.js';
import { pseudoNames } from '../assembler/pseudo.js';
import { roundingModes, vtypeText } from '../assembler/words.js';
import { belongsTo, type ClassName, classNames, outboundReason } from '../isa/classes.js';
import { csrs } from '../isa/csrs.js';
import { registerNames } from '../isa/registers.js';
import { instructions } from '../isa/table.js';
import type { Instruction } from '../isa/types.js';
import { unitRegisterNames } from '../isa/units.js';

const inSyntaxes = (name: string) => fileURLToPath(new URL(`../syntaxes/${name}.tmLanguage.json`, import.meta.url));
export const grammarPath = inSyntaxes('riscv-asm');
export const inlineGrammarPath = inSyntaxes('inline-riscv-asm');

const language = 'riscv-asm';

/** A regular expression for one of the words; the longer ones first, since the first match wins. */
function anyOf(words: Iterable<string>): string {
  const sorted = [...new Set(words)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return `(?:${sorted.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\%]/g, '\\$&')).join('|')})`;
}

/** What kind of instruction a mnemonic is, as far as colours go. */
export function kindOf(row: Instruction): 'control' | 'system' | 'plain' | ClassName {
  const name = classNames.find((each) => belongsTo(each, row.requires));
  if (name) return name;
  if (row.semantics.kind === 'branch' || row.semantics.kind === 'jump') return 'control';
  return row.requires.includes('Zicsr') || row.requires[0] === 'Privileged' ? 'system' : 'plain';
}

/** Scopes that every colour theme knows; an instruction for which a thread moves looks like a call. */
export const scopes: Readonly<Record<string, string>> = {
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
  for (const name of pseudoNames())
    if (!kinds.has(name))
      kinds.set(name, ['call', 'tail', 'jump'].includes(name) ? 'control' : name.startsWith('v') ? 'V' : 'plain');
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

interface Pattern {
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly [more: string]: unknown;
}

const made = { $comment: 'Made by npm run grammar.' };
const json = (grammar: object) => `${JSON.stringify({ ...made, ...grammar }, null, 2)}\n`;

/** The grammar of source files. */
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
    ...statements(),
    { name: `variable.parameter.macro.${language}`, match: '\\\\[\\w@()]+' },
  ];
  return json({ name: 'RISC-V Assembly', scopeName: `source.${language}`, patterns });
}

/** What follows an escape such as \n in a C string is a word of its own; and a line begins behind it, or with the string. */
const inString = (pattern: Pattern): Pattern => ({
  ...pattern,
  ...(pattern.match !== undefined && {
    match: pattern.match
      .replace('(?<![\\w.$])', '(?:(?<![\\w.$])|(?<=\\\\[nt]))')
      .replace('(?<![\\w.$%])', '(?:(?<![\\w.$%])|(?<=\\\\[nt]))')
      .replace(/^\^\\s\*/, '(?:(?<=")|(?<=\\\\[nt])|(?<=;))\\s*')
      .replace('(?:^|(?<=[;:]))', '(?:(?<=[;:"])|(?<=\\\\[nt]))'),
  }),
});

/** The grammar that is put into those of C and C++: the strings of `asm`, `__asm__ volatile` and the like, up to the first colon. */
export function inlineGrammar(): string {
  const comment = [
    { name: 'comment.block.c', begin: '/\\*', end: '\\*/' },
    { name: 'comment.line.double-slash.c', match: '//.*$' },
  ];
  const operand = {
    name: `variable.parameter.operand.${language}`,
    match: '%(?:%|=|[a-zA-Z]?(?:\\d+|\\[\\w+\\]))',
  };
  const template = [
    // A comment ends with its line of assembly, or with the string.
    { name: `comment.line.${language}`, match: '(?:#|//)(?:(?!\\\\n|")(?:\\\\.|.))*' },
    { name: `constant.character.escape.${language}`, match: '\\\\(?:x[0-9a-fA-F]+|[0-7]{1,3}|.)' },
    operand,
    ...statements().map(inString),
  ];
  // A raw string of C++ has the lines of a source.
  const raw = {
    begin: '(?:u8|[uUL])?R"([^()\\\\\\s]{0,16})\\(',
    beginCaptures: { 0: { name: 'string.quoted.double.raw.cpp punctuation.definition.string.begin.cpp' } },
    end: '\\)\\1"',
    endCaptures: { 0: { name: 'string.quoted.double.raw.cpp punctuation.definition.string.end.cpp' } },
    contentName: `meta.embedded.inline.${language}`,
    patterns: [
      { name: `comment.line.${language}`, match: '(?:#|//).*?(?=\\)[^()\\\\\\s]{0,16}"|$)' },
      operand,
      ...statements(),
    ],
  };
  const asm = {
    name: `meta.asm.${language}`,
    begin:
      '(?<![\\w$])(asm|__asm|__asm__)((?:\\s+|(?:const|volatile|__volatile|__volatile__|goto|inline|__inline|__inline__)\\b)*)\\s*(\\()',
    beginCaptures: {
      1: { name: 'keyword.other.asm.c' },
      2: { name: 'storage.modifier.asm.c' },
      3: { name: 'punctuation.section.parens.begin.asm.c' },
    },
    end: '\\)',
    endCaptures: { 0: { name: 'punctuation.section.parens.end.asm.c' } },
    patterns: [
      ...comment,
      raw,
      {
        begin: '"',
        beginCaptures: { 0: { name: 'string.quoted.double.c punctuation.definition.string.begin.c' } },
        end: '"|$',
        endCaptures: { 0: { name: 'string.quoted.double.c punctuation.definition.string.end.c' } },
        contentName: `meta.embedded.inline.${language}`,
        patterns: template,
      },
      // Operands and clobbers are C's.
      { begin: ':', end: '(?=\\))', patterns: [...comment, { include: '#parentheses' }, { include: 'source.c' }] },
      { include: 'source.c' },
    ],
  };
  const parentheses = {
    begin: '\\(',
    end: '\\)',
    patterns: [{ include: '#parentheses' }, { include: 'source.c' }],
  };
  return json({
    scopeName: `inline.${language}`,
    injectionSelector: ['c', 'cpp', 'c++']
      .map((each) => `L:source.${each} -string -comment -meta.asm.${language}`)
      .join(', '),
    patterns: [asm],
    repository: { parentheses },
  });
}

/** What statements are made of, strings and comments left out. */
function statements(): Pattern[] {
  return [
    { name: `string.quoted.single.${language}`, match: "'(?:\\\\.|[^\\\\'])'?" },
    {
      match: `^\\s*([\\w.$]+)\\s*(:)`,
      captures: { 1: { name: `entity.name.label.${language}` }, 2: { name: `punctuation.separator.${language}` } },
    },
    {
      match: '(?:^|(?<=[;:]))\\s*(\\.(?:globl|global|local|weak|type|size|hidden))\\s+([\\w.$]+)',
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
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(grammarPath, grammar());
  writeFileSync(inlineGrammarPath, inlineGrammar());
}
