/** All directives by name. */
import { conditionalNames } from '../conditional.js';
import { control } from './control.js';
import { data } from './data.js';
import { debug } from './debug.js';
import { type Directive, ignored } from './directive.js';
import { frames } from './frames.js';
import { insn } from './insn.js';
import { options } from './options.js';
import { sections } from './sections.js';
import { space } from './space.js';
import { symbols } from './symbols.js';

export const directives: ReadonlyMap<string, Directive> = new Map<string, Directive>([
  ...[sections, symbols, data, space, control, options, debug, frames, insn].flatMap((group) => Object.entries(group)),
  // Handled before all others; listed so that a wrong name can be told which was meant.
  ...conditionalNames.map((name): [string, Directive] => [name, ignored]),
]);
