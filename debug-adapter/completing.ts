import { csrs } from '../isa/csrs.js';
import { registerNames } from '../isa/registers.js';
import { unitRegisterNames } from '../isa/units.js';
import type { Debuggee } from './debuggee.js';
import { evaluate } from './expressions/evaluate.js';
import type { Value } from './expressions/value.js';
import type { Frame } from './frame.js';
import { elementNames, groupSizes } from './values/vector-register.js';
import { localsScope } from './values/locals.js';

/** Something that could stand where the cursor is. */
export interface Completion {
  readonly name: string;
  readonly kind: 'keyword' | 'variable' | 'function' | 'value' | 'field' | 'property';
}

/** What `$` names beside registers. */
const context = ['pc', 'hart', 'task', 'priv'];

/** The word before the cursor, and, for the part of something, what that is a part of: `list->ne` is `ne` of `list->`. */
export function wordBefore(text: string): { readonly word: string; readonly of?: string } {
  const [word] = /\$?[\w]*$/.exec(text)!;
  const before = text.slice(0, text.length - word.length);
  // Nothing is called or assigned in it: to look must not change anything.
  const [of] = /\$?[A-Za-z_]\w*(?:(?:\.|->)\w+|\[[\w$]*\])*(?:\.|->)$/.exec(before) ?? [];
  return { word, ...(of !== undefined && { of }) };
}

/** The parts of a value that can be named: views, fields of a CSR, members of a struct or of what a pointer points at. */
export function partNames(of: string, frame: Frame | undefined, debuggee: Debuggee): Completion[] {
  // The ways to look at a vector register are known on harts that have none, too.
  if (/^\$?v\d+(?:\.m\d)?\.$/.test(of))
    return [...elementNames, ...groupSizes.map((size) => `m${size}`)].map((name) => ({ name, kind: 'property' }));
  if (!frame) return [];
  let value: Value;
  try {
    value = evaluate(of.replace(/(\.|->)$/, ''), debuggee.context(frame));
  } catch {
    // Nothing is known of it, so nothing is offered.
    return [];
  }
  const { type } = value;
  const whole = type.kind === 'pointer' ? type.to : type;
  return [
    ...Object.keys(value.views ?? {}).map((name): Completion => ({ name, kind: 'property' })),
    ...Object.keys(value.fields ?? {}).map((name): Completion => ({ name, kind: 'field' })),
    ...(whole.kind === 'struct' ? whole.members : []).flatMap(({ name }): Completion[] =>
      name ? [{ name, kind: 'field' }] : [],
    ),
  ];
}

/** Every name of its own: locals first, then what is running where, registers, CSRs, and symbols of all images. */
export function* names(dollar: boolean, frame: Frame | undefined, debuggee: Debuggee): Generator<Completion> {
  const prefix = dollar ? '$' : '';
  if (!dollar && frame) for (const { name } of localsScope(frame, () => undefined)) yield { name, kind: 'variable' };
  for (const name of context) yield { name: `$${name}`, kind: 'keyword' };
  const units = unitRegisterNames.map(({ name }) => name);
  for (const name of [...registerNames(), ...units, ...csrs.map((csr) => csr.name)])
    yield { name: prefix + name, kind: 'variable' };
  if (dollar) return;
  for (const { symbols } of debuggee.images.all)
    for (let n = 0; n < symbols.size; n++) {
      const { name, kind } = symbols.get(n);
      yield { name, kind: kind === 'function' ? 'function' : 'value' };
    }
  yield { name: 'sizeof', kind: 'keyword' };
}
