/** Zvksed: SM4 (vector cryptography, "ShangMi Suite: SM4 Block Cipher"; GB/T 32907-2016, sections 6.2 and 7.3). */
import { substituteWord } from '../aes.js';
import { extension } from '../rows.js';
import type { Value } from '../vocabulary.js';
import { elementGroup, vs1Is } from './rows.js';
import type { ElementGroup, GroupScope } from './shapes.js';

/** The linear functions of a round and of the key schedule. */
const ofRound = (x: Value) => x.xor(x.rotl(2)).xor(x.rotl(10)).xor(x.rotl(18)).xor(x.rotl(24));
const ofKey = (x: Value) => x.xor(x.rotl(13)).xor(x.rotl(23));

const SM4 = { size: 4, sews: { 32: [] } } as const;

/** Four steps; each makes a word of the four before it, the last three of them with something added. */
function steps(
  o: GroupScope,
  start: readonly Value[],
  linear: (x: Value) => Value,
  plus: (n: number) => Value,
): Value[] {
  const words = [...start];
  for (let n = 0; n < 4; n++) {
    const sum = words[n + 1]!.xor(words[n + 2]!)
      .xor(words[n + 3]!)
      .xor(plus(n));
    words.push(o.keep(words[n]!.xor(linear(o.keep(substituteWord(o.keep, sum, 'sm4'))))));
  }
  return words.slice(4);
}

/** Word n of a group of the key schedule's constants: their bytes are the multiples of 7, the highest byte of a word first. */
function constant(group: Value, n: number): Value {
  const byte = (k: number) =>
    group
      .mul(16 * 7)
      .add(7 * (4 * n + k))
      .and(0xff)
      .shl(24 - 8 * k);
  return [0, 1, 2, 3].map(byte).reduce((all, next) => all.or(next));
}

const rounds: ElementGroup['group'] = (d, a, _, o) => steps(o, d, ofRound, (n) => a[n]!);
const fourRounds = 'Four rounds of SM4 encryption or decryption.';

export const Zvksed = extension('Zvksed', 'Vector SM4 block cipher.', [
  elementGroup(
    'vsm4k.vi',
    0b100001,
    'vd, vs2, uimm5',
    {
      ...SM4,
      scalar: false,
      apart: [],
      group(_, a, b, o) {
        const group = o.keep(b[0]!.and(7));
        return steps(o, a, ofKey, (n) => constant(group, n));
      },
    },
    'The next four round keys of SM4.',
  ),
  elementGroup(
    'vsm4r.vv',
    0b101000,
    'vd, vs2',
    { ...SM4, scalar: false, apart: [], group: rounds },
    fourRounds,
    vs1Is(0b10000),
  ),
  elementGroup(
    'vsm4r.vs',
    0b101001,
    'vd, vs2',
    { ...SM4, scalar: true, apart: ['vs2'], group: rounds },
    fourRounds,
    vs1Is(0b10000),
  ),
]);
