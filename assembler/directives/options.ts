/** What the assembler may use: `.option` and `.attribute`. */
import { archNamed, changeArch } from '../arch.js';
import { Mistake } from '../diagnostics.js';
import type { Unit } from '../unit.js';
import type { Directive, Directives } from './directive.js';

/** Options without an argument; those that concern the linker have no effect: everything is linked as it is assembled. */
const words: Readonly<Record<string, (unit: Unit) => void>> = {
  push(unit) {
    if (unit.optionStack.length >= 1000) unit.mistake('options are pushed too deeply');
    unit.optionStack.push({ arch: unit.arch, pic: unit.pic });
  },
  pop(unit) {
    const saved = unit.optionStack.pop();
    if (!saved) return unit.mistake('.option pop without .option push');
    unit.arch = saved.arch;
    unit.pic = saved.pic;
  },
  rvc: (unit) => change(unit, '+c'),
  norvc: (unit) => change(unit, '-c'),
  pic: (unit) => {
    unit.pic = true;
  },
  nopic: (unit) => {
    unit.pic = false;
  },
  relax: () => {},
  norelax: () => {},
  'csr-check': () => {},
  'no-csr-check': () => {},
};

function change(unit: Unit, text: string): void {
  const arch = changeArch(unit.arch, text);
  if (typeof arch === 'string') unit.mistake(arch);
  unit.arch = arch;
}

const option: Directive = {
  run(unit, cursor) {
    const first = cursor.name('an option');
    // The names with dashes are several tokens.
    const word = cursor.is('-') ? first.text + cursor.rest() : first.text;
    if (word === 'arch') {
      const rest = cursor.accept(',') ? cursor.rest() : '';
      if (!rest) throw new Mistake('expected .option arch, followed by +v, -c or rv64gc', first.start, first.end);
      for (const part of rest.split(',')) change(unit, part.trim());
      return;
    }
    cursor.finish();
    if (!Object.hasOwn(words, word))
      throw new Mistake(
        `unknown option ${word}; there are arch, ${Object.keys(words).join(', ')}`,
        first.start,
        first.end,
      );
    words[word]!(unit);
  },
};

/** `.attribute arch, "rv64gc"` says what may be used; the others describe what the output would say anyway. */
const attribute: Directive = {
  run(unit, cursor) {
    const tag = cursor.next();
    cursor.expect(',', 'between tag and value');
    if (tag.text !== 'arch' && tag.text !== '5') {
      cursor.rest();
      return;
    }
    const value = cursor.string('an ISA string in double quotes');
    cursor.finish();
    const arch = archNamed(value.text.slice(1, -1));
    // It describes what a compiler has made: what is unknown here may not be used at all.
    if (typeof arch === 'string') unit.report('warning', `${arch}; ignored`, value.start, value.end);
    else unit.arch = arch;
  },
};

export const options: Directives = { '.option': option, '.attribute': attribute };
