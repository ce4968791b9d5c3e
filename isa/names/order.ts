/** The canonical order of extensions (unprivileged specification, "ISA Extension Naming Conventions"). */

/** Single letters in their order; Z names are sorted by the letter that follows, by the same order. */
const LETTERS = 'iemafdgqlcbkjtpvnh';

/** Of which kind a name is: single letter, unprivileged, supervisor, hypervisor, machine, vendor. Kinds follow one another in this order. */
function kind(name: string): number {
  if (name.length === 1) return 0;
  if (name[0] === 'z') return 1;
  if (name[0] === 'x') return 5;
  return name.startsWith('sm') ? 4 : name.startsWith('sh') ? 3 : 2;
}

/** A letter's place; letters that are no extension come after those that are, by the alphabet. */
const place = (letter: string) => {
  const at = LETTERS.indexOf(letter);
  return at < 0 ? letter.charCodeAt(0) : at;
};

/** Vector lengths by size, other names by the alphabet. */
const alphabetic = (name: string) => name.replace(/\d+/g, (digits) => digits.padStart(5, '0'));

/** Compare two names, in the spelling of ISA strings, for sorting. */
export function canonical(a: string, b: string): number {
  if (kind(a) !== kind(b)) return kind(a) - kind(b);
  if (kind(a) === 0) return place(a[0]!) - place(b[0]!);
  if (kind(a) === 1 && a[1] !== b[1]) return place(a[1]!) - place(b[1]!);
  const [x, y] = [alphabetic(a), alphabetic(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}
