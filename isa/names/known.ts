/** Which extensions there are: what harts may have, and what else the specifications name. */
import { extensions } from '../table.js';
import { rowless } from './rowless.js';
import { vlenOf } from './vlen.js';

/** Spelled as the table spells it: `Zba` for `zba`. */
export const spelled = (name: string) => name[0]!.toUpperCase() + name.slice(1);

/** Extensions of the specifications that harts here do not have: an ISA string may name one, a hart may not. */
const absent = new Set(
  `Q H Zicfilp Zicfiss Zalasr Ztso Zfinx Zdinx Zhinx Zhinxmin Zcf Zcmp Zcmt Zce Zclsd Zilsd Zk Zkr
   Sha Shcounterenw Shgatpa Shtvala Shvsatpa Shvstvala Shvstvecd Smaia Ssaia Smcdeleg Smcntrpmf Smcsrind Sscsrind Ssccfg Smctr Ssctr
   Smdbltrp Ssdbltrp Sspm Smrnmi Ssqosid Ssstrict Svvptc`
    .trim()
    .split(/\s+/),
);

/** The one thing in the table that is no extension of an ISA string. */
const PRIVILEGED = 'Privileged';

const docs = new Map<string, string>([
  ...Object.entries(rowless),
  ...extensions.filter(({ name }) => name !== PRIVILEGED).map(({ name, doc }): [string, string] => [name, doc]),
]);

/** Names of the extensions that a hart may have, vector lengths aside. */
export const available: readonly string[] = [...docs.keys()];

/** One line on an extension that a hart may have, or undefined. */
export function docOf(name: string): string | undefined {
  const bits = vlenOf(name.toLowerCase());
  return bits === undefined ? docs.get(name) : `Vector registers have at least ${bits} bits.`;
}

/** May a hart have it? */
export const isAvailable = (name: string) => docOf(name) !== undefined;

/** May an ISA string name it? */
export const isKnown = (name: string) => isAvailable(name) || absent.has(name);
