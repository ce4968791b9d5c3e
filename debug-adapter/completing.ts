import { csrs } from '../isa/csrs.js';
import { registerNames } from '../isa/registers.js';
import { unitRegisterNames } from '../isa/units.js';
import type { Debuggee } from './debuggee.js';
import { evaluateNode } from './expressions/evaluate.js';
import { assigns, parse } from './expressions/parser.js';
import { memberNames, type Value } from './expressions/value.js';
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

/** The word before the cursor, and, for the part of something, what that is a part of: `list->ne` is `ne` of `list`. */
export function wordBefore(text: string): { readonly word: string; readonly of?: string } {
  const [word] = /\$?[\w]*$/.exec(text)!;
  const before = text.slice(0, text.length - word.length);
  const [dot] = /(?:\.|->)$/.exec(before) ?? [];
  return { word, ...(dot && { of: operandBefore(before.slice(0, -dot.length)) }) };
}

/** What a `.` at the end of a text would belong to: a name or something in parentheses, with members and elements behind it. */
function operandBefore(text: string): string {
  let start = text.length;
  for (;;) {
    const [name] = /(?:\$?[A-Za-z_][\w$]*(?:::[A-Za-z_]\w*)*)$/.exec(text.slice(0, start)) ?? [];
    if (name) start -= name.length;
    else if (/[)\]]/.test(text[start - 1] ?? '')) {
      const wasIndex = text[start - 1] === ']';
      start = openingOf(text, start - 1);
      if (wasIndex && start > 0) continue;
    }
    const [dot] = /(?:\.|->)$/.exec(text.slice(0, start)) ?? [];
    if (!name || !dot) return text.slice(start);
    start -= dot.length;
  }
}

/** Where the bracket begins that ends at an index; 0 when nowhere. */
function openingOf(text: string, end: number): number {
  let open = 0;
  for (let at = end; at > 0; at--) {
    open += /[)\]]/.test(text[at]!) ? 1 : /[([]/.test(text[at]!) ? -1 : 0;
    if (open === 0) return at;
  }
  return 0;
}

/** The parts of a value that can be named: views, fields of a CSR, members of a struct or of what a pointer points at. */
export function partNames(of: string, frame: Frame | undefined, debuggee: Debuggee): Completion[] {
  // The ways to look at a vector register are known on harts that have none, too.
  if (/^\$?v\d+(?:\.m\d)?$/.test(of))
    return [...elementNames, ...groupSizes.map((size) => `m${size}`)].map((name) => ({ name, kind: 'property' }));
  if (!frame) return [];
  let value: Value;
  try {
    const node = parse(of);
    // To look must not change anything.
    if (assigns(node)) return [];
    value = evaluateNode(node, debuggee.context(frame));
  } catch {
    // Nothing is known of it, so nothing is offered.
    return [];
  }
  const { type } = value;
  const whole = type.kind === 'pointer' ? type.to : type;
  return [
    ...Object.keys(value.views ?? {}).map((name): Completion => ({ name, kind: 'property' })),
    ...Object.keys(value.fields ?? {}).map((name): Completion => ({ name, kind: 'field' })),
    ...memberNames(whole).map((name): Completion => ({ name, kind: 'field' })),
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
