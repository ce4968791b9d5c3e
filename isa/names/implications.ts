/** What an extension brings with it, in the spelling of ISA strings: what it depends on or contains (each extension's own chapter). */
import { vlenOf } from './vlen.js';

const implied: Readonly<Record<string, readonly string[]>> = {
  g: ['i', 'm', 'a', 'f', 'd', 'zicsr', 'zifencei'],
  m: ['zmmul'],
  a: ['zaamo', 'zalrsc'],
  f: ['zicsr'],
  d: ['f'],
  q: ['d'],
  c: ['zca'],
  b: ['zba', 'zbb', 'zbs'],
  v: ['zve64d', 'zvl128b'],
  h: ['zicsr'],
  zicntr: ['zicsr'],
  zihpm: ['zicsr'],
  zicfilp: ['zicsr'],
  zicfiss: ['zicsr', 'zimop', 'zaamo'],
  zacas: ['zaamo'],
  zabha: ['zaamo'],
  zfh: ['zfhmin'],
  zfhmin: ['f'],
  zfa: ['f'],
  zfbfmin: ['f'],
  zfinx: ['zicsr'],
  zdinx: ['zfinx'],
  zhinxmin: ['zfinx'],
  zhinx: ['zhinxmin'],
  zcb: ['zca'],
  zcd: ['zca', 'd'],
  zcmop: ['zca'],
  zcmp: ['zca'],
  zcmt: ['zca', 'zicsr'],
  zce: ['zcb', 'zcmp', 'zcmt'],
  zk: ['zkn', 'zkr', 'zkt'],
  zkn: ['zbkb', 'zbkc', 'zbkx', 'zkne', 'zknd', 'zknh'],
  zks: ['zbkb', 'zbkc', 'zbkx', 'zksed', 'zksh'],
  zkr: ['zicsr'],
  zve32x: ['zicsr', 'zvl32b'],
  zve32f: ['zve32x', 'f'],
  zve64x: ['zve32x', 'zvl64b'],
  zve64f: ['zve64x', 'zve32f'],
  zve64d: ['zve64f', 'd'],
  zvfhmin: ['zve32f'],
  zvfh: ['zvfhmin', 'zfhmin'],
  zvfbfmin: ['zve32f'],
  zvfbfwma: ['zvfbfmin', 'zfbfmin'],
  zvbb: ['zvkb'],
  zvkb: ['zve32x'],
  zvbc: ['zve64x'],
  zvkg: ['zve32x'],
  zvkned: ['zve32x'],
  zvknha: ['zve32x'],
  // SHA-512 beside all of SHA-256.
  zvknhb: ['zvknha', 'zve64x'],
  zvksed: ['zve32x'],
  zvksh: ['zve32x'],
  zvkn: ['zvkned', 'zvknhb', 'zvkb', 'zvkt'],
  zvknc: ['zvkn', 'zvbc'],
  zvkng: ['zvkn', 'zvkg'],
  zvks: ['zvksed', 'zvksh', 'zvkb', 'zvkt'],
  zvksc: ['zvks', 'zvbc'],
  zvksg: ['zvks', 'zvkg'],
  sha: ['h', 'ssstateen', 'shcounterenw', 'shvstvala', 'shtvala', 'shvstvecd', 'shvsatpa', 'shgatpa'],
  smaia: ['ssaia'],
  smstateen: ['ssstateen'],
  sv48: ['sv39'],
  sv57: ['sv48'],
  svnapot: ['sv39'],
  svpbmt: ['sv39'],
};

/** Extensions that are no more than what they bring: whoever has all of it has them. */
const sums = ['a', 'b', 'zk', 'zkn', 'zks', 'zvkn', 'zvknc', 'zvkng', 'zvks', 'zvksc', 'zvksg'] as const;

/** Pairs that no hart can have, and why. */
export const contradictions: readonly (readonly [string, string, why: string])[] = [
  ['f', 'zfinx', 'one keeps floating-point numbers in f registers, the other in x registers'],
  ['zcd', 'zcmp', 'they share encodings'],
  ['zcd', 'zcmt', 'they share encodings'],
];

/** All names that stand in these lists. */
export const namesImplied: readonly string[] = [
  ...new Set([...Object.keys(implied), ...Object.values(implied).flat()]),
];

/** These extensions, and all that they bring with them. */
export function brought(names: Iterable<string>): Set<string> {
  const all = new Set<string>();
  const add = (name: string) => {
    if (all.has(name)) return;
    all.add(name);
    for (const other of implied[name] ?? []) add(other);
    const bits = vlenOf(name);
    if (bits !== undefined && bits > 32) add(`zvl${bits / 2}b`);
  };
  for (const name of names) add(name);
  all.delete('g');
  return all;
}

/** The same, and what follows from all of them together. */
export function closure(names: Iterable<string>): Set<string> {
  const all = brought(names);
  // The compressed instructions of doubles are part of C where there are doubles ("Zc*" chapter).
  if (all.has('c') && all.has('d')) all.add('zcd');
  if (all.has('zca') && all.has('d') === all.has('zcd')) all.add('c');
  // Twice, since some are parts of others.
  for (const sum of [...sums, ...sums]) if (implied[sum]!.every((part) => all.has(part))) all.add(sum);
  return all;
}
