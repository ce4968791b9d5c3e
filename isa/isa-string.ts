/** ISA strings such as `rv64gcv_zvl256b` (unprivileged specification, "ISA Extension Naming Conventions"). */

export interface Isa {
  /** As it was written. */
  readonly text: string;
  readonly xlen: 64;
  /** All extensions, implied ones too, spelled as the table spells them: `I`, `V`, `Zicsr`, `Zvl256b`. */
  readonly extensions: ReadonlySet<string>;
  /** Bits of a vector register; 0 without vectors. */
  readonly vlen: number;
}

/** An ISA string that can't be understood; the message quotes it and says what was expected. */
export class IsaError extends Error {}

/** What each extension brings with it. Whatever stands here, on either side, is a name that ISA strings may use. */
const implied: Readonly<Record<string, readonly string[]>> = {
  i: [],
  m: [],
  a: [],
  f: ['zicsr'],
  d: ['f'],
  q: ['d'],
  c: [],
  b: ['zba', 'zbb', 'zbs'],
  h: [],
  v: ['d', 'zve64d', 'zvl128b'],
  g: ['i', 'm', 'a', 'f', 'd', 'zicsr', 'zifencei'],
  zicsr: [],
  zifencei: [],
  zicntr: ['zicsr'],
  zihpm: ['zicsr'],
  zicbom: [],
  zicbop: [],
  zicboz: [],
  zicond: [],
  zihintpause: [],
  zihintntl: [],
  zawrs: [],
  zaamo: [],
  zalrsc: [],
  zmmul: [],
  zfh: ['zfhmin'],
  zfhmin: ['f'],
  zfa: ['f'],
  zba: [],
  zbb: [],
  zbc: [],
  zbs: [],
  zca: [],
  zcb: ['zca'],
  zcd: ['zca', 'd'],
  zkt: [],
  zve32x: ['zicsr', 'zvl32b'],
  zve32f: ['zve32x', 'f'],
  zve64x: ['zve32x', 'zvl64b'],
  zve64f: ['zve64x', 'zve32f'],
  zve64d: ['zve64f', 'd'],
  zvfh: ['zvfhmin', 'zve32f'],
  zvfhmin: ['zve32f'],
  zvbb: ['zvkb'],
  zvbc: ['zve64x'],
  zvkb: ['zve32x'],
  smaia: ['ssaia'],
  ssaia: [],
  smepmp: [],
  smstateen: ['ssstateen'],
  ssstateen: [],
  sscofpmf: [],
  sstc: [],
  svade: [],
  svadu: [],
  svinval: [],
  svnapot: [],
  svpbmt: [],
};

const zvl = /^zvl(\d+)b$/;
/** VLEN of a zvl name, or undefined when it is no power of two from 32 to 65536. */
function vlenOf(name: string): number | undefined {
  const bits = Number(zvl.exec(name)?.[1]);
  return bits >= 32 && bits <= 65536 && Number.isInteger(Math.log2(bits)) ? bits : undefined;
}
const known = (name: string) => name in implied || vlenOf(name) !== undefined;

/** Spelled as the table spells it. */
const spelled = (name: string) => name[0]!.toUpperCase() + name.slice(1);

/** One name of the string: where it stands, so that a suggestion can replace it. */
interface Name {
  readonly name: string;
  readonly at: number;
}

/** Split after `rv64`: single letters, each with an optional version, then names between underscores. */
function split(text: string): Name[] {
  const names: Name[] = [];
  let at = 4;
  for (const part of text.slice(4).split('_')) {
    let i = 0;
    while (i < part.length) {
      const rest = part.slice(i);
      const long = /^[zsx]/.test(rest);
      const match = (long ? /^([a-z0-9]*?[a-z])(?:\d+(?:p\d+)?)?$/ : /^([^0-9])(?:\d+(?:p\d+)?)?/).exec(rest);
      names.push({ name: match?.[1] ?? rest, at: at + i });
      i += match?.[0].length ?? rest.length;
    }
    at += part.length + 1;
  }
  return names;
}

/** Edit distance, for suggestions. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/** The string with the unknown name replaced by the known one that is nearest; a lone letter may have been meant as `v`. */
function suggestion(text: string, { name, at }: Name, names: readonly Name[]): string {
  const has = (n: string) => names.some((other) => other.name === n);
  const vlen = /^zvl(\d+)/.exec(name)?.[1];
  const nearest =
    vlen !== undefined
      ? `zvl${2 ** Math.min(16, Math.max(5, Math.round(Math.log2(Number(vlen) || 1))))}b`
      : name.length === 1
        ? has('v')
          ? undefined
          : 'v'
        : Object.keys(implied)
            .filter((other) => other.length > 1 && !has(other) && distance(name, other) <= 2)
            .sort((a, b) => distance(name, a) - distance(name, b))[0];
  return nearest ? `; did you mean "${text.slice(0, at)}${nearest}${text.slice(at + name.length)}"?` : '';
}

/**
 * Understand an ISA string. Case does not matter; versions (`i2p1`) are read and ignored.
 * @throws IsaError when it is no RV64 string or names an unknown extension
 */
export function parseIsa(text: string): Isa {
  const lower = text.toLowerCase();
  if (!/^rv\d+/.test(lower)) throw new IsaError(`"${text}" is no ISA string; one looks like "rv64gcv_zvl256b"`);
  if (!lower.startsWith('rv64'))
    throw new IsaError(
      `"${text}": only rv64 harts can be had; did you mean "rv64${lower.replace(/^rv(32|128|\d+)/, '')}"?`,
    );
  const names = split(lower);
  if (lower[4] !== 'i' && lower[4] !== 'g')
    throw new IsaError(`"${text}": the base after "rv64" must be "i" or "g"; did you mean "rv64gc"?`);
  const extensions = new Set<string>();
  const add = (name: string) => {
    if (extensions.has(spelled(name))) return;
    if (name !== 'g') extensions.add(spelled(name));
    for (const other of implied[name] ?? []) add(other);
    const bits = vlenOf(name);
    if (bits !== undefined && bits > 32) add(`zvl${bits / 2}b`);
  };
  for (const one of names) {
    if (!known(one.name))
      throw new IsaError(`"${text}" names no extension "${one.name}"${suggestion(lower, one, names)}`);
    add(one.name);
  }
  if (extensions.has('Zve32x') === false && names.some(({ name }) => zvl.test(name)))
    throw new IsaError(`"${text}" gives a vector length without vectors; did you mean to add "v"?`);
  const vlen = Math.max(0, ...[...extensions].map((name) => vlenOf(name.toLowerCase()) ?? 0));
  return { text, xlen: 64, extensions, vlen };
}
