/** ISA strings such as `rv64gcv_zvl256b` or `rva23u64_zvkng` (unprivileged specification, "ISA Extension Naming Conventions"). */
import { closure, contradictions } from './names/implications.js';
import { available, isKnown, spelled } from './names/known.js';
import { canonical } from './names/order.js';
import { profiles } from './names/profiles.js';
import { nearest, nearestVlen } from './names/suggestion.js';
import { vlenOf } from './names/vlen.js';

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

/** One name of the string: where it stands, so that a suggestion can replace it. */
interface Name {
  readonly name: string;
  readonly at: number;
}

const isName = (name: string) => name === 'g' || vlenOf(name) !== undefined || isKnown(spelled(name));

/** A name of several letters without its version. Names end in digits too (`sv39`), so what is a name as it stands has no version. */
function unversioned(text: string): string {
  if (isName(text)) return text;
  const version = /\d+(?:p\d+)?$/;
  for (let end = text.length - 1; end > 1; end--)
    if (version.exec(text.slice(end))?.index === 0 && isName(text.slice(0, end))) return text.slice(0, end);
  return text.replace(version, '');
}

/** Split what follows the base or the profile: single letters, each with an optional version, then names between underscores. */
function split(text: string, from: number): Name[] {
  const names: Name[] = [];
  let at = from;
  for (const part of text.slice(from).split('_')) {
    for (let i = 0; i < part.length; ) {
      const rest = part.slice(i);
      const long = /^[zsx]/.test(rest) && rest.length > 1;
      const taken = long ? rest : /^.(?:\d+(?:p\d+)?)?/.exec(rest)![0];
      names.push({ name: long ? unversioned(rest) : rest[0]!, at: at + i });
      i += taken.length;
    }
    at += part.length + 1;
  }
  return names;
}

/** The string with the unknown name replaced by the known one that is nearest; a lone letter may have been meant as `v`. */
function suggestion(text: string, { name, at }: Name, names: readonly Name[]): string {
  const has = (n: string) => names.some((other) => other.name === n);
  const vlen = /^zvl(\d+)/.exec(name)?.[1];
  const others = available.map((each) => each.toLowerCase()).filter((each) => each.length > 1 && !has(each));
  const meant =
    vlen !== undefined
      ? nearestVlen(Number(vlen))
      : name.length === 1
        ? has('v')
          ? undefined
          : 'v'
        : nearest(name, others);
  return meant ? `; did you mean "${text.slice(0, at)}${meant}${text.slice(at + name.length)}"?` : '';
}

/** What the string begins with: `rv64` and a base, or a profile. @returns the extensions so far, and where the rest begins */
function begin(text: string, lower: string): { base: readonly string[]; rest: number } {
  const first = lower.split('_')[0]!;
  const profile = Object.hasOwn(profiles, first) ? profiles[first] : undefined;
  if (profile) return { base: profile.extensions, rest: first.length };
  const names = Object.keys(profiles);
  if (/^rv[a-z]/.test(lower)) {
    const meant = nearest(first, names) ?? names.find((name) => name.startsWith(first));
    const hint = meant ? `did you mean "${meant}${lower.slice(first.length)}"?` : `there are ${names.join(', ')}`;
    throw new IsaError(`"${text}": there is no profile "${first}"; ${hint}`);
  }
  if (!/^rv\d+/.test(lower)) throw new IsaError(`"${text}" is no ISA string; one looks like "rv64gcv_zvl256b"`);
  if (!lower.startsWith('rv64'))
    throw new IsaError(
      `"${text}": only rv64 harts can be had; did you mean "rv64${lower.replace(/^rv(32|128|\d+)/, '')}"?`,
    );
  if (lower[4] !== 'i' && lower[4] !== 'g')
    throw new IsaError(`"${text}": the base after "rv64" must be "i" or "g"; did you mean "rv64gc"?`);
  return { base: [], rest: 4 };
}

/**
 * Understand an ISA string. Case does not matter, nor does the order of names; versions (`i2p1`) are read and ignored.
 * @throws IsaError when it is no RV64 string, names an unknown extension, or two that exclude one another
 */
export function parseIsa(text: string): Isa {
  const lower = text.toLowerCase();
  const { base, rest } = begin(text, lower);
  const hole = /_(?=_|$)/.exec(text);
  if (hole) throw new IsaError(`"${text}" has an underscore without a name behind it at character ${hole.index + 1}`);
  const names = split(lower, rest);
  for (const one of names)
    if (!isName(one.name))
      throw new IsaError(`"${text}" names no extension "${one.name}"${suggestion(lower, one, names)}`);
  const all = closure([...base, ...names.map(({ name }) => name)]);
  for (const [one, other, why] of contradictions)
    if (all.has(one) && all.has(other))
      throw new IsaError(`"${text}": ${spelled(one)} and ${spelled(other)} exclude one another, since ${why}`);
  if (!all.has('zve32x') && names.some(({ name }) => vlenOf(name) !== undefined))
    throw new IsaError(`"${text}" gives a vector length without vectors; did you mean to add "v"?`);
  const vlen = Math.max(0, ...[...all].map((name) => vlenOf(name) ?? 0));
  return { text, xlen: 64, extensions: new Set([...all].sort(canonical).map(spelled)), vlen };
}

/** What a compiler's architecture string means, as far as its names are known: others' tools may write what we never heard of. */
export function extensionsNamed(text: string): ReadonlySet<string> {
  const lower = text.toLowerCase();
  try {
    const { base, rest } = begin(text, lower);
    const names = split(lower, rest).filter(({ name }) => isName(name));
    return new Set([...closure([...base, ...names.map(({ name }) => name)])].map(spelled));
  } catch (error) {
    if (error instanceof IsaError) return new Set();
    throw error;
  }
}

/** Names of extensions, in the spelling of ISA strings and in canonical order. */
export const canonicalNames = (extensions: Iterable<string>): string[] =>
  [...extensions].map((name) => name.toLowerCase()).sort(canonical);

/** The ISA string of these extensions: all of them, in canonical order. */
export function isaString(extensions: Iterable<string>): string {
  const names = canonicalNames(extensions);
  const letters = names.filter((name) => name.length === 1).join('');
  return [`rv64${letters}`, ...names.filter((name) => name.length > 1)].join('_');
}
