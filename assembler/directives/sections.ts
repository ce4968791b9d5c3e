/** Switching between sections. */
import { Mistake } from '../diagnostics.js';
import type { Cursor } from '../lexer.js';
import { defaultsOf, type Section, SHF, SHT } from '../section.js';
import type { Unit } from '../unit.js';
import type { Directive, Directives } from './directive.js';

const flagLetters: Readonly<Record<string, number>> = {
  a: SHF.ALLOC,
  w: SHF.WRITE,
  x: SHF.EXECINSTR,
  M: SHF.MERGE,
  S: SHF.STRINGS,
  T: SHF.TLS,
  // A group's name follows.
  G: 0,
  // Link order, retained, excluded: without meaning where everything is linked at once.
  o: 0,
  R: 0,
  e: 0,
  '?': 0,
};

const typeNames: Readonly<Record<string, number>> = {
  progbits: SHT.PROGBITS,
  nobits: SHT.NOBITS,
  note: SHT.NOTE,
  init_array: SHT.INIT_ARRAY,
  fini_array: SHT.FINI_ARRAY,
  preinit_array: SHT.PREINIT_ARRAY,
};

/** A section name: a word, a string, or words joined by dashes (.note.GNU-stack). */
function sectionName(cursor: Cursor): string {
  const first = cursor.token;
  if (first.type === 'string') return cursor.next().text.slice(1, -1);
  cursor.name('a section name');
  let text = first.text;
  let { end } = first;
  while (cursor.token.start === end && !cursor.is(',') && !cursor.atEnd) {
    text += cursor.token.text;
    end = cursor.next().end;
  }
  return text;
}

/** `name [, "flags" [, @type [, entry size …]]]` */
function sectionOperands(unit: Unit, cursor: Cursor): Section {
  const name = sectionName(cursor);
  const defaults = defaultsOf(name);
  let { flags, type } = defaults;
  let entrySize = 0;
  let group: string | undefined;
  let grouped = false;
  if (cursor.accept(',')) {
    if (cursor.token.type === 'string') {
      const token = cursor.next();
      flags = 0;
      for (const letter of token.text.slice(1, -1)) {
        if (!Object.hasOwn(flagLetters, letter))
          throw new Mistake(`unknown section flag ${letter}: expected letters of awxMSTG`, token.start, token.end);
        flags |= flagLetters[letter]!;
      }
      grouped = token.text.includes('G');
      flags |= defaults.flags & SHF.TLS;
    }
    // The type may follow the flags or, as in .section .text.f, @progbits, stand alone.
    if (cursor.is('@') || cursor.is('%') || cursor.accept(',')) {
      if (cursor.is('@') || cursor.is('%')) cursor.next();
      const token = cursor.token.type === 'string' ? cursor.next() : cursor.name('a type such as @progbits or @nobits');
      const wanted = token.text.replaceAll('"', '');
      if (!Object.hasOwn(typeNames, wanted))
        throw new Mistake(`expected @progbits, @nobits or @note`, token.start, token.end);
      type = typeNames[wanted]!;
      if (cursor.accept(',') && cursor.token.type === 'number')
        entrySize = Number(unit.known(cursor, 'the entry size'));
    }
    // A group's name follows, and whether one of its name is enough; or a section that this is linked to.
    const [signature, linkage] = cursor.rest().replace(/^\s*,/, '').split(',');
    if (grouped && signature && linkage?.trim() === 'comdat') group = signature.trim().replaceAll('"', '');
  }
  cursor.finish();
  const fresh = group === undefined && !unit.sectionCalled(name);
  const section = unit.sectionNamed(name, { type, flags }, group);
  if (fresh || section.rigid) section.entrySize ||= entrySize;
  return section;
}

const section: Directive = {
  run(unit, cursor) {
    unit.enter(sectionOperands(unit, cursor));
  },
};

/** `.text`, `.data`, …; a subsection number is accepted and ignored. */
const named = (name: string): Directive => ({
  run(unit, cursor) {
    if (!cursor.atEnd) unit.known(cursor, 'a subsection');
    cursor.finish();
    unit.enter(unit.sectionNamed(name));
  },
});

const push: Directive = {
  run(unit, cursor) {
    if (unit.sectionStack.length >= 1000) unit.mistake('sections are pushed too deeply');
    const { section: current, previous } = unit;
    const next = sectionOperands(unit, cursor);
    unit.sectionStack.push({ section: current, previous });
    unit.enter(next);
  },
};

const pop: Directive = {
  run(unit, cursor) {
    cursor.finish();
    const saved = unit.sectionStack.pop();
    if (!saved) return unit.mistake('.popsection without .pushsection');
    unit.section = saved.section;
    unit.previous = saved.previous;
  },
};

const previous: Directive = {
  run(unit, cursor) {
    cursor.finish();
    unit.enter(unit.previous);
  },
};

export const sections: Directives = {
  '.section': section,
  '.text': named('.text'),
  '.data': named('.data'),
  '.bss': named('.bss'),
  '.rodata': named('.rodata'),
  '.sdata': named('.sdata'),
  '.sbss': named('.sbss'),
  '.pushsection': push,
  '.popsection': pop,
  '.previous': previous,
};
