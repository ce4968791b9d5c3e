/** Macros and repetitions: text with arguments put in (GNU as manual, ".macro", ".irp"). */
import { Mistake, type Place } from './diagnostics.js';
import { alternateValue, splitAlternate, substituteAlternate, takeLocals } from './macro-alternate.js';
import { expanded } from './input.js';
import { type Expansion, skipQuoted, type Statement } from './source.js';
import type { Unit } from './unit.js';

export interface Parameter {
  readonly name: string;
  readonly default?: string;
  readonly required?: boolean;
  /** Takes all that is left, commas and all. */
  readonly rest?: boolean;
}

export interface Macro {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
  readonly place: Place;
}

/** A line that grew beyond this came from a macro that feeds on itself. */
const LINE_LIMIT = 65_536;

/**
 * Split macro arguments: at commas, and at blanks that don't stand beside an operator (`a0 a1` are two, `x + 1` is one). Quotes
 * around an argument are taken off.
 * @param most the last of so many takes the rest as it is; default no limit
 */
export function splitArguments(text: string, most = Number.POSITIVE_INFINITY): string[] {
  const out: string[] = [];
  let depth = 0;
  let start = 0;
  let at = 0;
  const take = (end: number) => out.push(text.slice(start, end).trim());
  text = text.trim();
  if (!text) return [];
  while (at < text.length) {
    if (out.length + 1 >= most) break;
    const c = text[at]!;
    if (c === '"' || c === "'") {
      at = skipQuoted(text, at);
      continue;
    }
    if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (c === ',' && depth <= 0) {
      take(at);
      start = ++at;
      continue;
    } else if (/\s/.test(c) && depth <= 0) {
      let next = at;
      while (/\s/.test(text[next] ?? '')) next++;
      const before = text[at - 1] ?? ',';
      const after = text[next] ?? ',';
      if (!/[-+*/&|^~!<>=,(%]/.test(before) && !/[-+*/&|^!<>=,()]/.test(after)) {
        take(at);
        start = next;
      }
      at = next;
      continue;
    }
    at++;
  }
  take(text.length);
  return out;
}

/** A quoted argument without its quotes. */
export const unquoted = (text: string) => (/^"(?:[^"\\]|\\.)*"$/.test(text) ? text.slice(1, -1) : text);

/** Put arguments into a line: `\name`, `\()` which separates, `\@` which counts calls. */
export function substitute(text: string, values: ReadonlyMap<string, string>, call: number): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:([A-Za-z_.$][\w.$]*)|(\(\))|(@))/g, (whole, name?: string, nothing?: string) => {
    if (nothing) return '';
    if (name === undefined) return String(call);
    // The longest parameter name that the text starts with.
    for (let end = name.length; end > 0; end--) {
      const value = values.get(name.slice(0, end));
      if (value !== undefined) return value + name.slice(end);
    }
    return whole;
  });
}

/** The arguments of a call by parameter name. @throws Mistake */
function bind(unit: Unit, macro: Macro, text: string): Map<string, string> {
  const { parameters } = macro;
  const values = new Map<string, string>();
  const rest = parameters.at(-1)?.rest ? parameters.length : Number.POSITIVE_INFINITY;
  let position = 0;
  const list = unit.alternate
    ? splitAlternate(text).map((each) => alternateValue(unit, each))
    : splitArguments(text, rest);
  for (const argument of list) {
    const keyword = /^([A-Za-z_.$][\w.$]*)\s*=(?!=)\s*(.*)$/s.exec(argument);
    const named = keyword && parameters.find(({ name }) => name === keyword[1]);
    if (named) {
      values.set(named.name, unquoted(keyword[2]!));
      continue;
    }
    const parameter = parameters[position++];
    if (!parameter) {
      const count = parameters.length;
      unit.mistake(
        `macro ${macro.name} takes ${count === 0 ? 'no arguments' : count === 1 ? 'one argument' : `at most ${count} arguments`}`,
      );
    }
    if (argument !== '') values.set(parameter.name, parameter.rest ? argument : unquoted(argument));
  }
  for (const parameter of parameters) {
    if (values.has(parameter.name)) continue;
    if (parameter.required) unit.mistake(`macro ${macro.name} needs a value for ${parameter.name}`);
    values.set(parameter.name, parameter.default ?? '');
  }
  return values;
}

/** A body with arguments put in. @throws Mistake when a line grows beyond all measure */
export function instantiate(
  unit: Unit,
  body: readonly Statement[],
  values: ReadonlyMap<string, string>,
  expansion: Expansion | undefined,
): Statement[] {
  const call = unit.macroCalls;
  if (unit.alternate) {
    values = new Map(values);
    body = body.filter((statement) => !takeLocals(unit, statement.text, values as Map<string, string>));
  }
  return body.map((statement) => {
    const text = unit.alternate
      ? substituteAlternate(substitute(statement.text, values, call), values)
      : substitute(statement.text, values, call);
    if (text.length > LINE_LIMIT) unit.mistake('a line of this expansion is over 64 KiB long');
    return expansion
      ? expanded(statement, text, expansion)
      : text === statement.text
        ? statement
        : { ...statement, text };
  });
}

/** Call a macro: its body comes next. @throws Mistake */
export function expandMacro(unit: Unit, macro: Macro, text: string, place: Place): void {
  const outer = unit.statement.expansion;
  const expansion: Expansion = {
    macro: outer ? outer.macro : macro.name,
    place: outer ? outer.place : place,
    depth: (outer?.depth ?? 0) + 1,
  };
  const body = instantiate(unit, macro.body, bind(unit, macro, text), expansion);
  unit.macroCalls++;
  push(unit, body, true);
}

/** Put statements in front of the rest. @throws Mistake when there are too many */
export function push(unit: Unit, statements: readonly Statement[], macro = false): void {
  if (unit.input.push(statements, macro)) return;
  unit.input.stop();
  unit.mistake(
    'macros, repetitions or includes are nested too deeply, or make over a million lines; nothing after this was read',
  );
}

/** `name`, `name:req`, `name:vararg`, `name=default`, separated by commas or blanks. @throws Mistake */
export function parseParameters(text: string, start: number): Parameter[] {
  const list: Parameter[] = [];
  const pattern = /\s*,?\s*([A-Za-z_.$][\w.$]*)(?:\s*:\s*(\w+))?(?:\s*=\s*((?:"(?:[^"\\]|\\.)*"|[^\s,"])*))?/y;
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match) throw new Mistake('expected a parameter name', start + at, start + end);
    const [, name, qualifier, value] = match;
    if (qualifier && !/^(req|vararg)$/.test(qualifier))
      throw new Mistake(`expected :req or :vararg after ${name}`, start + at, start + end);
    if (list.some((other) => other.name === name))
      throw new Mistake(`there are two parameters ${name}`, start + at, start + end);
    list.push({
      name: name!,
      default: value === undefined ? undefined : unquoted(value),
      required: qualifier === 'req',
      rest: qualifier === 'vararg',
    });
  }
  return list;
}
