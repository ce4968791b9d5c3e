/**
 * Zvknha and Zvknhb: SHA-256 and SHA-512 (vector cryptography, "NIST Suite: Vector SHA-2 Secure Hash"; FIPS 180-4, sections 6.2.2 and 6.4.2).
 * SEW chooses: words for the one, double-words for the other.
 */
import { sha256, sha512 } from '../hashes.js';
import { extension } from '../rows.js';
import type { Value } from '../vocabulary.js';
import { elementGroup } from './rows.js';
import type { ElementGroup, GroupScope } from './shapes.js';

const SHA2 = { size: 4, sews: { 32: [], 64: ['Zvknhb'] }, scalar: false, apart: ['vs1', 'vs2'] } as const;

const functionsOf = (word: Value) => (word.shape === 'i32' ? sha256 : sha512);

/** The four words of the message schedule that follow; vs2 holds words 4, 9, 10 and 11 of the sixteen before. */
const expanded: ElementGroup['group'] = ([w0, w1, w2, w3], [w4, w9, w10, w11], [w12, , w14, w15], o) => {
  const { sig0, sig1 } = functionsOf(w0!);
  const next = (before2: Value, before7: Value, before15: Value, before16: Value) =>
    o.keep(sig1(o.keep, before2).add(before7).add(sig0(o.keep, before15)).add(before16));
  const w16 = next(w14!, w9!, w1!, w0!);
  const w17 = next(w15!, w10!, w2!, w1!);
  return [w16, w17, next(w16, w11!, w3!, w2!), next(w17, w12!, w4!, w3!)];
};

/** Working variables a to h. */
type Variables = readonly [Value, Value, Value, Value, Value, Value, Value, Value];

const choice = (x: Value, y: Value, z: Value) => x.and(y).xor(x.not().and(z));
const majority = (x: Value, y: Value, z: Value) => x.and(y).xor(x.and(z)).xor(y.and(z));

function round([a, b, c, d, e, f, g, h]: Variables, word: Value, o: GroupScope): Variables {
  const { sum0, sum1 } = functionsOf(a);
  const t1 = o.keep(
    h
      .add(sum1(o.keep, e))
      .add(choice(e, f, g))
      .add(word),
  );
  const t2 = sum0(o.keep, a).add(majority(a, b, c));
  return [o.keep(t1.add(t2)), a, b, c, o.keep(d.add(t1)), e, f, g];
}

/** Two rounds, with two words of the schedule, to which the constants have been added. */
const compressed =
  (first: 0 | 2): ElementGroup['group'] =>
  ([h, g, d, c], [f, e, b, a], words, o) => {
    const before: Variables = [a!, b!, c!, d!, e!, f!, g!, h!];
    const [a2, b2, , , e2, f2] = round(round(before, words[first]!, o), words[first + 1]!, o);
    return [f2, e2, b2, a2];
  };

export const Zvknha = extension('Zvknha', 'Vector SHA-256.', [
  elementGroup(
    'vsha2ms.vv',
    0b101101,
    'vd, vs2, vs1',
    { ...SHA2, group: expanded },
    'SHA-2: the next four words of the message schedule.',
  ),
  elementGroup(
    'vsha2ch.vv',
    0b101110,
    'vd, vs2, vs1',
    { ...SHA2, group: compressed(2) },
    'SHA-2: two rounds of compression, with the two high words of vs1.',
  ),
  elementGroup(
    'vsha2cl.vv',
    0b101111,
    'vd, vs2, vs1',
    { ...SHA2, group: compressed(0) },
    'SHA-2: two rounds of compression, with the two low words of vs1.',
  ),
]);

/** No instructions of its own: those of Zvknha, for another SEW. */
export const Zvknhb = extension('Zvknhb', 'Vector SHA-512, by the instructions of Zvknha.', []);
