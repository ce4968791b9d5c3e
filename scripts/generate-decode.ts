/** `npm run decode`: kernel/generated/, here classes.h, the class predicate of isa/classes.ts for the kernel. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ClassName, classNames, merged, type Pattern, patternsOf } from '../isa/classes.js';
import type { Bits } from '../isa/types.js';
import { extensionsHeader, extensionsPath } from './generate-extensions.js';

export const classesPath = fileURLToPath(new URL('../kernel/generated/classes.h', import.meta.url));

const hex = (n: number) => `0x${n.toString(16)}`;

/** What is asked one after the other where words differ in it: opcode, funct3, funct6. What then stays is compared. */
const fields: readonly Bits[] = [
  [6, 0],
  [14, 12],
  [31, 26],
];

/** The words of each class among those that agree in the fields asked so far. */
type Words = ReadonlyMap<ClassName, readonly Pattern[]>;

const placed = ([, low]: Bits, value: number) => (value * 2 ** low) >>> 0;
const widest = ([high, low]: Bits) => 2 ** (high - low + 1) - 1;

/** Those words whose field has the value; the field's bits are no longer part of their patterns. */
function having(words: Words, field: Bits, value: number): Words {
  const mask = placed(field, widest(field));
  const is = placed(field, value);
  const rest = [...words].map(([name, patterns]) => {
    const agreeing = patterns.filter((p) => ((p.match ^ is) & p.mask & mask) === 0);
    const shorter = agreeing.map((p) => ({ match: (p.match & ~mask) >>> 0, mask: (p.mask & ~mask) >>> 0 }));
    return [name, merged(shorter)] as const;
  });
  return new Map(rest.filter(([, patterns]) => patterns.length));
}

/** C that returns the class of a word that is one of these, and otherwise goes on behind. */
function compared(words: Words): string[] {
  return [...words].flatMap(([name, patterns]) => {
    const found = `return ${classNames.indexOf(name)}; /* ${name} */`;
    if (patterns.some(({ mask }) => mask === 0)) return [found];
    const tests = patterns.map(({ match, mask }) => `(insn & ${hex(mask)}) == ${hex(match)}`);
    return [`if (${tests.join(' || ')}) ${found}`];
  });
}

/** Labels of a switch, where several follow each other as a range. */
function labelled(values: readonly number[]): string {
  const starts = values.filter((value) => !values.includes(value - 1));
  const ends = values.filter((value) => !values.includes(value + 1));
  return starts.map((first, n) => `case ${hex(first)}${first < ends[n]! ? ` ... ${hex(ends[n]!)}` : ''}:`).join(' ');
}

/** The same, by asking for the fields first. Values of a field that lead to the same code share it. */
function decided(words: Words, asked = 0): string[] {
  const field = fields[asked];
  if (!field || !words.size) return compared(words);
  const byCode = new Map<string, number[]>();
  for (let value = 0; value <= widest(field); value++) {
    const code = decided(having(words, field, value), asked + 1).join('\n');
    byCode.set(code, [...(byCode.get(code) ?? []), value]);
  }
  const cases = [...byCode].map(([code, values]) => ({ code: code.split('\n'), values }));
  if (cases.length === 1) return cases[0]!.code;
  const value = field[1] ? `insn >> ${field[1]} & ${hex(widest(field))}` : `insn & ${hex(widest(field))}`;
  return [
    `switch (${value}) {`,
    ...cases
      .filter(({ code }) => code[0])
      .flatMap(({ values, code }) => [
        labelled(values),
        ...code.map((line) => `  ${line}`),
        ...(code[0]!.startsWith('return') ? [] : ['  break;']),
      ]),
    '}',
  ];
}

/** The header's text. */
export function classesHeader(): string {
  const words = new Map(classNames.map((name) => [name, patternsOf(name)]));
  return `/* Made by \`npm run decode\` from isa/: do not edit. */
#pragma once
#include <stdint.h>

/** The class (of the migration ABI) that a 4-byte instruction word belongs to, or -1 when it belongs to none. */
static inline int class_of(uint32_t insn) {
${decided(words)
  .map((line) => `  ${line}`)
  .join('\n')}
  return -1;
}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(dirname(classesPath), { recursive: true });
  writeFileSync(classesPath, classesHeader());
  writeFileSync(extensionsPath, extensionsHeader());
}
