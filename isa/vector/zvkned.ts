/** Zvkned: AES (vector cryptography, "NIST Suite: Vector AES Block Cipher"). A group is the state, an element one column. */
import { inverseMixColumn, mixColumn, roundConstant, shiftedFrom, substituteWord } from '../aes.js';
import { extension } from '../rows.js';
import type { Instruction } from '../types.js';
import type { Value } from '../vocabulary.js';
import { elementGroup, vs1Is } from './rows.js';
import type { ElementGroup, GroupScope } from './shapes.js';

type State = readonly Value[];

const AES = { size: 4, sews: { 32: [] } } as const;
const each = { scalar: false, apart: [] } as const;
const first = { scalar: true, apart: ['vs2'] } as const;

/** SubBytes and ShiftRows, or their inverses, in one. */
function substituted(o: GroupScope, state: State, inverse: boolean): State {
  return [0, 1, 2, 3].map((column) => {
    const bytes = [0, 1, 2, 3].map((row) => {
      const from = shiftedFrom(4 * column + row, inverse);
      return state[from >> 2]!.shrU(8 * (from % 4))
        .substitute(inverse ? 'aesInverse' : 'aes')
        .shl(8 * row);
    });
    return o.keep(bytes.reduce((all, byte) => all.or(byte)));
  });
}

const added = (state: State, key: State) => state.map((column, n) => column.xor(key[n]!));

/** A round as `.vv`, with a key for each state, and as `.vs`, with one key for all. */
const round = (name: string, which: number, group: ElementGroup['group'], doc: string): Instruction[] => [
  elementGroup(`${name}.vv`, 0b101000, 'vd, vs2', { ...AES, ...each, group }, doc, vs1Is(which)),
  elementGroup(`${name}.vs`, 0b101001, 'vd, vs2', { ...AES, ...first, group }, doc, vs1Is(which)),
];

/** The words of the next key: each is the previous one's sum with that of an earlier key. */
function schedule(start: Value, key: State, o: GroupScope): State {
  let word = start;
  return key.map((old) => {
    word = o.keep(old.xor(word));
    return word;
  });
}

/** Numbers of rounds that there are not stand for others: bit 3 is turned. */
const numbered = (o: GroupScope, immediate: Value, least: number, most: number) => {
  const n = o.keep(immediate.and(15));
  return o.keep(n.ltU(least).or(n.gtU(most)).choose(n.xor(8), n));
};

export const Zvkned = extension('Zvkned', 'Vector AES block cipher.', [
  ...round(
    'vaesdm',
    0b00000,
    (d, a, _, o) => added(substituted(o, d, true), a).map((column) => inverseMixColumn(o.keep, column)),
    'A middle round of AES decryption.',
  ),
  ...round('vaesdf', 0b00001, (d, a, _, o) => added(substituted(o, d, true), a), 'The last round of AES decryption.'),
  ...round(
    'vaesem',
    0b00010,
    (d, a, _, o) =>
      added(
        substituted(o, d, false).map((column) => mixColumn(o.keep, column)),
        a,
      ),
    'A middle round of AES encryption.',
  ),
  ...round('vaesef', 0b00011, (d, a, _, o) => added(substituted(o, d, false), a), 'The last round of AES encryption.'),
  elementGroup(
    'vaesz.vs',
    0b101001,
    'vd, vs2',
    { ...AES, ...first, group: (d, a) => added(d, a) },
    'Round zero of AES: add the key.',
    vs1Is(0b00111),
  ),
  elementGroup(
    'vaeskf1.vi',
    0b100010,
    'vd, vs2, uimm5',
    {
      ...AES,
      ...each,
      group(_, a, b, o) {
        const number = numbered(o, b[0]!, 1, 10);
        const rotated = substituteWord(o.keep, a[3]!.rotr(8), 'aes');
        return schedule(rotated.xor(roundConstant(number.sub(1))), a, o);
      },
    },
    'The next round key of AES-128.',
  ),
  elementGroup(
    'vaeskf2.vi',
    0b101010,
    'vd, vs2, uimm5',
    {
      ...AES,
      ...each,
      group(d, a, b, o) {
        const number = numbered(o, b[0]!, 2, 14);
        const odd = o.keep(number.and(1));
        const start = substituteWord(o.keep, odd.choose(a[3]!, a[3]!.rotr(8)), 'aes');
        const constant = roundConstant(number.shrU(1).sub(1));
        return schedule(start.xor(odd.choose(0, constant)), d, o);
      },
    },
    'The next round key of AES-256, of the key before in vd.',
  ),
]);
