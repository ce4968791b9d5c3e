/** Zihintpause and Zihintntl: hints, in encodings that do nothing on harts without them. */
import { compressed } from './c.js';
import { extension, MISC_MEM, OP, plain, row } from './rows.js';

export const Zihintpause = extension('Zihintpause', 'A hint for loops that wait.', [
  row(
    'pause',
    4,
    0x0100_0000 | MISC_MEM,
    '',
    { kind: 'system', handler: 'pause' },
    'Let other harts go on: this one waits.',
  ),
]);

/** The kind of locality, and the register of an addition to x0 that stands for it. */
const localities: readonly [suffix: string, register: number, doc: string][] = [
  ['p1', 2, 'the next access will not be repeated within the innermost private cache'],
  ['pall', 3, 'the next access will not be repeated within any private cache'],
  ['s1', 4, 'the next access will not be repeated within the innermost shared cache'],
  ['all', 5, 'the next access will not be repeated within any cache'],
];

export const Zihintntl = extension('Zihintntl', 'Hints about accesses without temporal locality.', [
  ...localities.map(([suffix, register, doc]) =>
    row(
      `ntl.${suffix}`,
      4,
      OP | (register << 20),
      '',
      plain(() => {}),
      `Hint: ${doc}.`,
    ),
  ),
  ...localities.map(([suffix, register]) =>
    compressed(`c.ntl.${suffix}`, 0x9002 | (register << 2), '', `ntl.${suffix}`, [], ['C|Zca']),
  ),
]);
