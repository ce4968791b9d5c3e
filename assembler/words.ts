/** Operands that are words: rounding modes, fence sets, vtype. Both directions. */

/** Rounding modes by number; 5 and 6 are reserved. */
export const roundingModes: readonly (string | undefined)[] = [
  'rne',
  'rtz',
  'rdn',
  'rup',
  'rmm',
  undefined,
  undefined,
  'dyn',
];

/** A fence set such as `rw`, in the order i, o, r, w; undefined when it is none. */
export function fenceSet(word: string): number | undefined {
  if (!/^i?o?r?w?$/.test(word) || word === '') return undefined;
  return [...'iorw'].reduce((set, letter, bit) => (word.includes(letter) ? set | (8 >> bit) : set), 0);
}

/** Group sizes by vlmul field; 4 is reserved. */
const groups = ['m1', 'm2', 'm4', 'm8', undefined, 'mf8', 'mf4', 'mf2'];
const widths = ['e8', 'e16', 'e32', 'e64'];

/** `e32, m2, ta, ma` as GNU prints it, or undefined for reserved values. */
export function vtypeText(value: number): string | undefined {
  const width = widths[(value >> 3) & 7];
  const group = groups[value & 7];
  if (!width || !group || value > 0xff) return undefined;
  return `${width},${group},${value & 0x40 ? 'ta' : 'tu'},${value & 0x80 ? 'ma' : 'mu'}`;
}

/**
 * The value of vtype words: element width first, then group size, tail and mask policy, each of which may be left out (m1, tu, mu).
 * @returns the value, or the index of the word that is wrong and what could stand there
 */
export function vtypeValue(words: readonly string[]): number | { wrong: number; expected: string } {
  let at = 0;
  const take = (choices: readonly (string | undefined)[]) => {
    const found = choices.indexOf(words[at] ?? '');
    if (found >= 0) at++;
    return found;
  };
  const width = take(widths);
  if (width < 0) return { wrong: 0, expected: 'an element width: e8, e16, e32 or e64' };
  const group = take(groups);
  const tail = take(['tu', 'ta']);
  const mask = take(['mu', 'ma']);
  if (at < words.length) {
    const rest = [
      group < 0 && tail < 0 && mask < 0 && 'a group size (m1, m2, m4, m8, mf2, mf4, mf8)',
      tail < 0 && mask < 0 && 'ta or tu',
      mask < 0 && 'ma or mu',
    ].filter(Boolean);
    return { wrong: at, expected: rest.join(', or ') || 'nothing more' };
  }
  return (width << 3) | Math.max(group, 0) | (Math.max(tail, 0) << 6) | (Math.max(mask, 0) << 7);
}
