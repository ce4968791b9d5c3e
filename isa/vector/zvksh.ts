/** Zvksh: SM3 (vector cryptography, "ShangMi Suite: SM3 Secure Hash"; GB/T 32905-2016). Words are in memory's order, the highest byte first. */
import { reverseBytes } from '../bits.js';
import { sm3 } from '../hashes.js';
import { extension } from '../rows.js';
import type { Value } from '../vocabulary.js';
import { elementGroup } from './rows.js';
import type { ElementGroup, GroupScope } from './shapes.js';

const SM3 = { size: 8, sews: { 32: [] }, scalar: false, apart: ['vs2'] } as const;

/** Words as numbers, and numbers as words. */
const turned = (o: GroupScope, words: readonly Value[]) => words.map((word) => o.keep(reverseBytes(o.keep, word)));

/** Eight words of the message from the sixteen before them (section 5.3.2). */
const expanded: ElementGroup['group'] = (_, a, b, o) => {
  const w = turned(o, [...b, ...a]);
  for (let j = 16; j < 24; j++) {
    const sum = w[j - 16]!.xor(w[j - 9]!).xor(w[j - 3]!.rotl(15));
    w.push(
      o.keep(
        sm3
          .p1(o.keep, sum)
          .xor(w[j - 13]!.rotl(7))
          .xor(w[j - 6]!),
      ),
    );
  }
  return turned(o, w.slice(16));
};

/** The registers A to H. */
type Registers = readonly [Value, Value, Value, Value, Value, Value, Value, Value];

/** Round j of compression (section 5.3.3); `early` says that it is one of the first sixteen. */
function round(
  [a, b, c, d, e, f, g, h]: Registers,
  j: Value,
  early: Value,
  w: Value,
  w4: Value,
  o: GroupScope,
): Registers {
  const constant = early.choose(0x79cc4519, 0x7a879d8a).rotl(j);
  const turnedA = o.keep(a.rotl(12));
  const ss1 = o.keep(turnedA.add(e).add(constant).rotl(7));
  const ff = early.choose(a.xor(b).xor(c), a.and(b).or(a.and(c)).or(b.and(c)));
  const gg = early.choose(e.xor(f).xor(g), e.and(f).or(e.not().and(g)));
  const tt1 = o.keep(ff.add(d).add(ss1.xor(turnedA)).add(w.xor(w4)));
  const tt2 = o.keep(gg.add(h).add(ss1).add(w));
  return [tt1, a, o.keep(b.rotl(9)), c, o.keep(sm3.p0(o.keep, tt2)), e, o.keep(f.rotl(19)), g];
}

/** Two rounds; the immediate is half the number of the first. The new A, C, E and G of both rounds come out. */
const compressed: ElementGroup['group'] = (d, a, b, o) => {
  const j = o.keep(b[0]!.shl(1));
  const early = o.keep(j.ltU(16));
  const [w0, w1, , , w4, w5] = turned(o, a);
  const first = round(turned(o, d) as unknown as Registers, j, early, w0!, w4!, o);
  const second = round(first, j.add(1), early, w1!, w5!, o);
  return turned(
    o,
    [0, 2, 4, 6].flatMap((n) => [second[n]!, first[n]!]),
  );
};

export const Zvksh = extension('Zvksh', 'Vector SM3 hash function.', [
  elementGroup(
    'vsm3me.vv',
    0b100000,
    'vd, vs2, vs1',
    { ...SM3, group: expanded },
    'SM3: the next eight words of the message expansion.',
  ),
  elementGroup(
    'vsm3c.vi',
    0b101011,
    'vd, vs2, uimm5',
    { ...SM3, group: compressed },
    'SM3: two rounds of compression.',
  ),
]);
