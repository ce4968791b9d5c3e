import { format, parseNumber, type ShowOptions } from '../expressions/format.js';
import { assign } from '../expressions/evaluate.js';
import {
  fieldOf,
  isScalar,
  memberAt,
  numberOf,
  type Place,
  toInteger,
  type Value,
  within,
} from '../expressions/value.js';

/** A line of the Variables view. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  /** What to type into a watch to get it again. */
  readonly evaluateName?: string;
  readonly memoryReference?: string;
  /** The same in hexadecimal, for a client that wants it so. */
  hex?(): string;
  /** The parts that have names. */
  children?(): Variable[];
  /** The value that it shows, where it is one. */
  readonly of?: Value;
  /** The parts that have numbers: made one by one, for there may be many. */
  readonly elements?: Elements;
  /** Set it to what the user typed. @throws ExpressionError */
  set?(text: string): void;
}

/** Numbered parts: as many as `count`, from 0. */
export interface Elements {
  readonly count: number;
  at(index: number): Variable;
}

/** What lies below a line of the Variables view, or is a scope. */
export type Parts = Pick<Variable, 'children' | 'elements'>;

/** Parts from `start` on, `count` of them: of the numbered, of the named, or of all, the numbered first. */
export function partsOf(
  { children, elements }: Parts,
  filter: 'indexed' | 'named' | undefined,
  start: number,
  count: number,
): Variable[] {
  const numbered = filter === 'named' ? 0 : (elements?.count ?? 0);
  const end = start + count;
  const first = Array.from({ length: Math.max(0, Math.min(end, numbered) - start) }, (_, n) => elements!.at(start + n));
  if (filter === 'indexed' || end <= numbered) return first;
  const named = children?.() ?? [];
  return [...first, ...named.slice(Math.max(0, start - numbered), end - numbered)];
}

/** The part of this name. */
export function partNamed({ children, elements }: Parts, name: string): Variable | undefined {
  const index = /^\[(\d{1,9})\]$/.exec(name)?.[1];
  if (index !== undefined && elements && Number(index) < elements.count) return elements.at(Number(index));
  return children?.().find((each) => each.name === name);
}

/** A plain line. */
export const line = (name: string, value: string, more: Partial<Variable> = {}): Variable => ({ name, value, ...more });

/** A value of the expression language as a line, with its parts below it. Never throws: what can't be read says so. */
export function variableOf(
  name: string,
  value: Value,
  options: ShowOptions & { evaluateName?: string } = {},
): Variable {
  const { type, place } = value;
  const { evaluateName, ...rest } = options;
  const text = (more: ShowOptions = {}) => {
    try {
      return format(value, { ...rest, ...more });
    } catch (error) {
      return `<${(error as Error).message}>`;
    }
  };
  const va = type.kind === 'pointer' ? undefined : place?.va;
  return {
    name,
    value: text(),
    hex: () => text({ hex: true }),
    type: type.name,
    of: value,
    ...(evaluateName && { evaluateName }),
    ...(va !== undefined && { memoryReference: `0x${va.toString(16)}` }),
    ...partsOfValue(value, options),
    ...(isScalar(type) && place && { set: (typed: string) => assign(value, parseNumber(type, typed)) }),
  };
}

function partsOfValue(value: Value, options: ShowOptions & { evaluateName?: string }): Parts {
  const { type, place } = value;
  const named = (suffix: string) => ({
    ...options,
    evaluateName: options.evaluateName && options.evaluateName + suffix,
  });
  if (type.kind === 'array' && place) {
    const at = (n: number) =>
      variableOf(`[${n}]`, { type: type.of, place: within(place, n * type.of.size) }, named(`[${n}]`));
    return { elements: { count: type.count, at } };
  }
  if (type.kind === 'struct' && place)
    return {
      children: () =>
        type.members.map((member) =>
          variableOf(
            member.name || '(unnamed)',
            memberAt(place, member),
            // Parts of what has no name of its own, or is a base, are reached as if they were its holder's.
            member.name && member.name !== member.type.name ? named(`.${member.name}`) : options,
          ),
        ),
    };
  if (type.kind === 'pointer' && options.memory) return pointee(value, options.memory, options);
  if (value.fields)
    return {
      children: () =>
        Object.entries(value.fields!).map(([field, [high, low]]) => ({
          ...variableOf(field, fieldOf(value, field)!, { evaluateName: named(`.${field}`).evaluateName }),
          type: high === low ? `bit ${low}` : `bits ${high}:${low}`,
        })),
    };
  return {};
}

/** What a pointer points at: the members of a struct, or the value. Nothing below a null pointer, and below what has no type. */
function pointee(value: Value, memory: (va: bigint) => Place, options: ShowOptions & { evaluateName?: string }): Parts {
  const { type } = value;
  if (type.kind !== 'pointer') return {};
  let va: bigint;
  try {
    va = toInteger(numberOf(value));
  } catch {
    return {};
  }
  const { to } = type;
  if (va === 0n || to.kind === 'void' || to.kind === 'function' || to.size === 0) return {};
  const target: Value = { type: to, place: memory(va) };
  const { evaluateName: name } = options;
  // A reference is written as what it refers to.
  const star = type.reference ? name : name && `*${name}`;
  if (to.kind === 'struct') {
    const parts = partsOfValue(target, { ...options, evaluateName: star && (type.reference ? star : `(${star})`) });
    return { children: () => parts.children?.() ?? [] };
  }
  return { children: () => [variableOf(star ?? '*', target, { ...options, evaluateName: star })] };
}
