/**
 * The class predicate: does this instruction need a unit that some harts have and others lack? Derived from the table: a class's rows, and
 * accesses to its control and status registers. (`flw` shares an opcode with vector loads and is no vector instruction.)
 */
import { csrPrivilege, csrs } from './csrs.js';
import { insert, operandNames, operands } from './operands.js';
import { alternatives } from './requires.js';
import { instructions } from './table.js';

/** The classes, by the number that the migration ABI gives them; each is named as its extension is. */
export const classNames = ['V', 'Xhartdot'] as const;
export type ClassName = (typeof classNames)[number];

/** The extensions whose instructions and registers a class's unit has, where they are not just the one of its name: vector extensions begin with Zv. */
const extensionsOf: Readonly<Partial<Record<ClassName, RegExp>>> = { V: /^(V$|Zv)/ };

/** Does one of these entries ask for the class? One with an alternative elsewhere does not: fli.h is there with Zvfh or with Zfh. */
export const belongsTo = (name: ClassName, requires: readonly string[]) =>
  requires.some((entry) => alternatives(entry).every((each) => extensionsOf[name]?.test(each) ?? each === name));

/** A set of words: those that agree with `match` in the bits of `mask`. */
export interface Pattern {
  readonly match: number;
  readonly mask: number;
}

/** The words of a class as patterns, one for each row and for each access to a register that user mode may touch. */
export function patternsOf(name: ClassName): Pattern[] {
  const rows = instructions.filter((row) => belongsTo(name, row.requires));
  if (rows.some((row) => row.length !== 4)) throw new Error(`class ${name} has compressed instructions`);
  const numbers = csrs
    .filter((csr) => csr.requires && belongsTo(name, [csr.requires]) && csrPrivilege(csr.number) === 0)
    .map((csr) => csr.number);
  const field = insert(operands.csr, 0xfff);
  const accesses = instructions
    .filter((row) => operandNames(row).includes('csr'))
    .flatMap(({ match, mask }) =>
      numbers.map((n) => ({ match: (match | insert(operands.csr, n)) >>> 0, mask: (mask | field) >>> 0 })),
    );
  return [...rows.map(({ match, mask }) => ({ match, mask })), ...accesses];
}

/** The same words by fewer patterns: two that differ in the value of one bit become one without that bit. */
export function merged(patterns: readonly Pattern[]): Pattern[] {
  let list = new Map(patterns.map((p) => [key(p), p]));
  for (let changed = true; changed; ) {
    changed = false;
    for (let n = 0; n < 32; n++) {
      const bit = (1 << n) >>> 0;
      const next = new Map<string, Pattern>();
      for (const p of list.values()) {
        const other = { match: (p.match ^ bit) >>> 0, mask: p.mask };
        const meets = (p.mask & bit) !== 0 && list.has(key(other));
        const kept = meets ? { match: (p.match & ~bit) >>> 0, mask: (p.mask & ~bit) >>> 0 } : p;
        changed ||= meets;
        next.set(key(kept), kept);
      }
      list = next;
    }
  }
  const all = [...list.values()];
  return all.filter((p) => !all.some((q) => q !== p && covers(q, p))).sort((a, b) => a.match - b.match);
}

const key = (p: Pattern) => `${p.match}/${p.mask}`;
const covers = (q: Pattern, p: Pattern) => (p.mask & q.mask) >>> 0 === q.mask && (p.match & q.mask) >>> 0 === q.match;

/** Is the word in one of the patterns? */
export const isIn = (patterns: readonly Pattern[], word: number) =>
  patterns.some((p) => (word & p.mask) >>> 0 === p.match);

let classes: readonly { readonly name: ClassName; readonly patterns: readonly Pattern[] }[] | undefined;
/** Made when first asked for. Merging them would take longer than a small program runs. */
const known = () => {
  classes ??= classNames.map((name) => ({ name, patterns: patternsOf(name) }));
  return classes;
};

/** The number of the vectors' class, whose save area has a shape of its own. */
export const VECTOR = classNames.indexOf('V');

/** Why a thread goes out, as reports and the debugger say it: the class whose instruction it met; `unknown` where a kernel has classes of its own. */
export type OutboundReason = 'vector' | Lowercase<Exclude<ClassName, 'V'>> | 'unknown';
export const outboundReason = (name: ClassName | undefined): OutboundReason =>
  name === undefined ? 'unknown' : name === 'V' ? 'vector' : (name.toLowerCase() as Lowercase<typeof name>);

/** All of them. */
export const outboundReasons: readonly OutboundReason[] = [...classNames, undefined].map(outboundReason);

/** The class of a 4-byte instruction word, or undefined when any hart can execute it (or none). */
export function classOf(word: number): ClassName | undefined {
  return known().find(({ patterns }) => isIn(patterns, word))?.name;
}
