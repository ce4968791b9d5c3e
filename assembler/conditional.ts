/** Conditional assembly: which statements count. */
import { Mistake, type Place } from './diagnostics.js';
import { Cursor, stringBytes, tokenize } from './lexer.js';
import { splitArguments } from './macro.js';
import { placeOf } from './source.js';
import type { Unit } from './unit.js';

interface Level {
  /** Do statements count here? */
  active: boolean;
  /** Has a branch been taken, or do the surroundings not count? */
  done: boolean;
  /** Has .else come? */
  last: boolean;
  readonly place: Place;
}

const number = (unit: Unit, text: string, at: number) => {
  const cursor = new Cursor(tokenize(text, at), text);
  const value = unit.known(cursor, 'a condition');
  cursor.finish();
  return value;
};
const defined = (unit: Unit, text: string, at: number) => {
  const cursor = new Cursor(tokenize(text, at), text);
  const name = cursor.name('a symbol');
  return unit.symbols.get(name.text)?.meaning !== undefined;
};
const same = (text: string, at: number) => {
  const pair = splitArguments(text.slice(at).replaceAll("'", '"'), 2);
  return (pair[0] ?? '').replace(/,$/, '').trim() === (pair[1] ?? '').replace(/^,/, '').trim();
};
const equalStrings = (text: string, at: number) => {
  const cursor = new Cursor(tokenize(text, at), text);
  const first = stringBytes(cursor.string());
  cursor.expect(',', 'between the strings');
  return String(first) === String(stringBytes(cursor.string()));
};

type Test = (unit: Unit, text: string, at: number) => boolean;

const tests: Readonly<Record<string, Test>> = {
  '.if': (unit, text, at) => number(unit, text, at) !== 0n,
  '.ifne': (unit, text, at) => number(unit, text, at) !== 0n,
  '.ifeq': (unit, text, at) => number(unit, text, at) === 0n,
  '.iflt': (unit, text, at) => number(unit, text, at) < 0n,
  '.ifle': (unit, text, at) => number(unit, text, at) <= 0n,
  '.ifgt': (unit, text, at) => number(unit, text, at) > 0n,
  '.ifge': (unit, text, at) => number(unit, text, at) >= 0n,
  '.ifdef': defined,
  '.ifndef': (unit, text, at) => !defined(unit, text, at),
  '.ifnotdef': (unit, text, at) => !defined(unit, text, at),
  '.ifb': (_, text, at) => text.slice(at).trim() === '',
  '.ifnb': (_, text, at) => text.slice(at).trim() !== '',
  '.ifc': (_, text, at) => same(text, at),
  '.ifnc': (_, text, at) => !same(text, at),
  '.ifeqs': (_, text, at) => equalStrings(text, at),
  '.ifnes': (_, text, at) => !equalStrings(text, at),
};

/** All conditional directives. */
export const conditionalNames = [...Object.keys(tests), '.elseif', '.else', '.endif'];

export class Conditions {
  private readonly levels: Level[] = [];

  get active(): boolean {
    return this.levels.at(-1)?.active ?? true;
  }
  /** Where conditions that are still open began. */
  get open(): Place[] {
    return this.levels.map(({ place }) => place);
  }

  /** Handle a conditional directive. @returns false when it is another one. @throws Mistake */
  directive(unit: Unit, name: string, text: string, at: number, start: number): boolean {
    const test = Object.hasOwn(tests, name) ? tests[name] : undefined;
    if (test) {
      const active = this.active;
      const place = placeOf(unit.statement, start, text.trimEnd().length);
      const level: Level = { active: false, done: true, last: false, place };
      this.levels.push(level);
      // With a wrong condition neither branch counts.
      if (active) level.done = level.active = test(unit, text, at);
      return true;
    }
    if (name !== '.elseif' && name !== '.else' && name !== '.endif') return false;
    const level = this.levels.at(-1);
    const end = start + name.length;
    if (!level) throw new Mistake(`${name} without .if`, start, end);
    if (name === '.endif') this.levels.pop();
    else if (level.last) throw new Mistake(`${name} after .else`, start, end);
    else {
      level.last = name === '.else';
      const before = level.done;
      level.active = false;
      level.done = true;
      if (!before) level.done = level.active = name === '.else' || number(unit, text, at) !== 0n;
    }
    return true;
  }
}
