/** The architecture in force: what `.option arch` and `.attribute arch` say. */
import { type Isa, IsaError, parseIsa } from '../isa/isa-string.js';

export interface Arch {
  readonly extensions: ReadonlySet<string>;
  /** How the architecture is named in messages: an ISA string and what was changed since. */
  readonly text: string;
  readonly isa: Isa;
  /** Extensions added (true) or taken away since, in the spelling of ISA strings. */
  readonly changes: ReadonlyMap<string, boolean>;
  /** What changes already made led to: sources switch to and fro. */
  readonly next: Map<string, Arch>;
}

const make = (isa: Isa, extensions: ReadonlySet<string>, changes: ReadonlyMap<string, boolean>): Arch => ({
  extensions,
  isa,
  changes,
  text: [isa.text, ...[...changes].map(([name, added]) => (added ? '+' : '-') + name)].join(', '),
  next: new Map(),
});

export const archOf = (isa: Isa): Arch => make(isa, isa.extensions, new Map());

/** The ISA of a string. @returns the complaint when it is none */
function isaNamed(text: string): Isa | string {
  try {
    return parseIsa(text);
  } catch (error) {
    if (error instanceof IsaError) return error.message;
    throw error;
  }
}

/** An architecture by its ISA string. @returns the complaint when it is none */
export function archNamed(text: string): Arch | string {
  const isa = isaNamed(text);
  return typeof isa === 'string' ? isa : archOf(isa);
}

const spelled = (name: string) => name[0]!.toUpperCase() + name.slice(1);

/** A smallest architecture with an extension; a vector length needs vectors. */
const withOnly = (name: string) => isaNamed(name.startsWith('zvl') ? `rv64iv_${name}` : `rv64i_${name}`);

/** Does `other` go when `gone` goes: the vector ones with v, and whatever can't be without it? */
function goesWith(gone: string, other: string): boolean {
  if (gone === 'V' || gone.startsWith('Zve')) return other === 'V' || other.startsWith('Zv');
  // What C is on a hart is Zca, and every other compressed instruction needs that.
  if (gone === 'C') return goesWith('Zca', other) || other === 'Zca';
  const alone = withOnly(other.toLowerCase());
  return typeof alone !== 'string' && alone.extensions.has(gone);
}

/** `.option arch, +v`, `-c`, or a whole ISA string. @returns the complaint when the change is none */
export function changeArch(arch: Arch, change: string): Arch | string {
  const before = arch.next.get(change);
  if (before) return before;
  if (/^rv\d/i.test(change)) return archNamed(change);
  const match = /^([+-])([a-z]\w*)$/i.exec(change);
  if (!match) return `expected +extension, -extension or an ISA string such as rv64gc, not ${change}`;
  const added = match[1] === '+';
  const name = match[2]!.toLowerCase();
  const wanted = withOnly(name);
  if (typeof wanted === 'string') return `there is no extension ${name}`;
  if (arch.extensions.has(spelled(name)) === added) return arch;
  const changes = new Map(arch.changes);
  changes.delete(name);
  if (arch.isa.extensions.has(spelled(name)) !== added) changes.set(name, added);
  // Back where it started, whatever went with an extension comes again.
  const extensions = changes.size
    ? added
      ? [...arch.extensions, ...wanted.extensions]
      : [...arch.extensions].filter((each) => each !== spelled(name) && !goesWith(spelled(name), each))
    : arch.isa.extensions;
  const made = make(arch.isa, new Set(extensions), changes);
  arch.next.set(change, made);
  // The way back is known too, so that switching makes no longer and longer chain.
  const back = (added ? '-' : '+') + name;
  if (!changes.size || !arch.changes.size) made.next.set(back, arch);
  return made;
}
