/** Macros, repetitions, includes, messages: what decides which statements come next. */
import { Mistake } from '../diagnostics.js';
import { stringBytes } from '../lexer.js';
import { instantiate, parseParameters, push, splitArguments, unquoted } from '../macro.js';
import { resolvePath } from '../path.js';
import { type Statement, statementsOf, wholePlace } from '../source.js';
import type { Unit } from '../unit.js';
import type { Directive, Directives } from './directive.js';

function body(unit: Unit, name: string, end: 'endm' | 'endr'): Statement[] {
  const statements = unit.input.collect(end);
  if (!statements) unit.mistake(`${name} has no .${end}`);
  return statements;
}

const macro: Directive = {
  raw: true,
  run(unit, { text }, directive, start) {
    const statements = body(unit, directive, 'endm');
    const match = /^\s*([A-Za-z_.$][\w.$]*)\s*,?/.exec(text);
    const offset = start + directive.length;
    if (!match) throw new Mistake('expected a name for the macro', start, offset);
    const name = match[1]!;
    const parameters = parseParameters(text.slice(match[0].length), offset + match[0].length);
    const earlier = unit.macros.get(name);
    if (earlier)
      unit.mistake(`macro ${name} is defined already on line ${earlier.place.line}; .purgem ${name} removes it`);
    unit.macros.set(name, { name, parameters, body: statements, place: wholePlace(unit.statement) });
  },
};

const purge: Directive = {
  run(unit, cursor) {
    do {
      const name = cursor.name('a macro');
      if (!unit.macros.delete(name.text)) throw new Mistake(`there is no macro ${name.text}`, name.start, name.end);
    } while (cursor.accept(','));
    cursor.finish();
  },
};

/** Repetitions may make so many statements at once. */
const MOST = 1_000_000;

const rept: Directive = {
  run(unit, cursor, name) {
    const statements = body(unit, name, 'endr');
    const { start, end } = cursor.token;
    const count = unit.known(cursor, 'the count');
    cursor.finish();
    if (count < 0n) throw new Mistake(`can't repeat ${count} times`, start, end);
    if (count * BigInt(statements.length) > MOST) throw new Mistake('this makes over a million lines', start, end);
    const all: Statement[] = [];
    for (let i = 0; i < Number(count) && statements.length; i++) {
      all.push(...instantiate(unit, statements, new Map([['+', String(i)]]), unit.statement.expansion));
    }
    push(unit, all);
  },
};

/** `.irp name, values…` and `.irpc name, characters` */
const irp = (characters: boolean): Directive => ({
  raw: true,
  run(unit, { text }, directive, start) {
    const statements = body(unit, directive, 'endr');
    const match = /^\s*([A-Za-z_.$][\w.$]*)\s*,?\s*/.exec(text);
    if (!match) throw new Mistake('expected a name', start, start + directive.length);
    const rest = text.slice(match[0].length);
    const values = characters ? [...unquoted(rest.trim())] : splitArguments(rest).map(unquoted);
    if (!values.length) values.push('');
    if (values.length * statements.length > MOST) unit.mistake('this makes over a million lines');
    const all: Statement[] = [];
    for (const value of values)
      all.push(...instantiate(unit, statements, new Map([[match[1]!, value]]), unit.statement.expansion));
    push(unit, all);
  },
});

const stray: Directive = {
  raw: true,
  run(unit, _, name) {
    unit.mistake(`${name} without ${name === '.endr' ? '.rept, .irp or .irpc' : '.macro'}`);
  },
};

const include: Directive = {
  run(unit, cursor) {
    const token = cursor.string('a file name in double quotes');
    cursor.finish();
    const path = token.text.slice(1, -1);
    const text = unit.include(path, unit.statement.file);
    if (text === undefined) throw new Mistake(`can't read ${path}`, token.start, token.end);
    push(unit, statementsOf(resolvePath(path, unit.statement.file), text));
  },
};

const message = (severity: 'error' | 'warning'): Directive => ({
  run(unit, cursor, name) {
    const text =
      cursor.token.type === 'string' ? new TextDecoder().decode(stringBytes(cursor.next())) : `${name} is here`;
    cursor.finish();
    const { statement } = unit;
    const start = statement.text.length - statement.text.trimStart().length;
    unit.report(severity, text, start, statement.text.trimEnd().length);
  },
});

/** The other macro syntax: names without backslashes, `<text>`, `%expression`, LOCAL. */
const alternate = (on: boolean): Directive => ({
  run(unit, cursor) {
    cursor.finish();
    unit.alternate = on;
  },
});

export const control: Directives = {
  '.macro': macro,
  '.endm': stray,
  '.endmacro': stray,
  '.purgem': purge,
  '.exitm': {
    run(unit, cursor) {
      cursor.finish();
      if (!unit.input.leaveMacro()) unit.mistake('.exitm outside any macro');
    },
  },
  '.rept': rept,
  '.irp': irp(false),
  '.irpc': irp(true),
  '.endr': stray,
  '.include': include,
  '.error': message('error'),
  '.err': message('error'),
  '.warning': message('warning'),
  '.altmacro': alternate(true),
  '.noaltmacro': alternate(false),
  '.print': { raw: true, run: () => {} },
  '.end': {
    raw: true,
    run(unit) {
      unit.input.stop();
    },
  },
};
