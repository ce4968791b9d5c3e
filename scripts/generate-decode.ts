/** `npm run decode`: kernel/generated/classes.h, the class predicate of isa/classes.ts for the kernel. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { classNames, merged, patternsOf } from '../isa/classes.js';

export const classesPath = fileURLToPath(new URL('../kernel/generated/classes.h', import.meta.url));

const hex = (n: number) => `0x${n.toString(16).padStart(8, '0')}`;

/** The header's text. */
export function classesHeader(): string {
  const patterns = classNames.flatMap((name, number) => merged(patternsOf(name)).map((p) => ({ ...p, name, number })));
  const lines = patterns.map(
    ({ match, mask, name, number }) => `    {${hex(match)}, ${hex(mask)}, ${number}}, /* ${name} */`,
  );
  return `/* Made by \`npm run decode\` from isa/: do not edit. */
#pragma once
#include <stdint.h>

/** The class (of the migration ABI) that a 4-byte instruction word belongs to, or -1 when it belongs to none. */
static inline int class_of(uint32_t insn) {
  static const struct {
    uint32_t match, mask;
    int class;
  } patterns[] = {
${lines.join('\n')}
  };
  for (unsigned i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
    if ((insn & patterns[i].mask) == patterns[i].match) return patterns[i].class;
  return -1;
}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(dirname(classesPath), { recursive: true });
  writeFileSync(classesPath, classesHeader());
}
