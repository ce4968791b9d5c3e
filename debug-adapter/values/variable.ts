import { format, parseNumber } from '../expressions/format.js';
import { assign } from '../expressions/evaluate.js';
import { integerValue, isScalar, numberOf, toInteger, type Value, within } from '../expressions/value.js';

/** A line of the Variables view. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  /** What to type into a watch to get it again. */
  readonly evaluateName?: string;
  readonly memoryReference?: string;
  /** How many children there are, when they are many and numbered. */
  readonly indexed?: number;
  children?(): Variable[];
  /** The value that it shows, where it is one. */
  readonly of?: Value;
  /** Set it to what the user typed. @throws ExpressionError */
  set?(text: string): void;
}

/** A plain line. */
export const line = (name: string, value: string, more: Partial<Variable> = {}): Variable => ({ name, value, ...more });

/** The elements that are shown of an array. */
const MOST_ELEMENTS = 4096;

/** A value of the expression language as a line, with its parts below it. Never throws: what can't be read says so. */
export function variableOf(
  name: string,
  value: Value,
  options: { evaluateName?: string; hex?: boolean; symbolize?: (va: bigint) => string | undefined } = {},
): Variable {
  const { type, place } = value;
  const { evaluateName, ...rest } = options;
  const children = childrenOf(value, options);
  let text: string;
  try {
    text = format(value, rest);
  } catch (error) {
    text = `<${(error as Error).message}>`;
  }
  const va = type.kind === 'pointer' ? undefined : place?.va;
  return {
    name,
    value: text,
    type: type.name,
    of: value,
    ...(evaluateName && { evaluateName }),
    ...(va !== undefined && { memoryReference: `0x${va.toString(16)}` }),
    ...(children && { children }),
    ...(type.kind === 'array' && { indexed: Math.min(type.count, MOST_ELEMENTS) }),
    ...(isScalar(type) && place && { set: (typed: string) => assign(value, parseNumber(type, typed)) }),
  };
}

function childrenOf(value: Value, options: Parameters<typeof variableOf>[2]): (() => Variable[]) | undefined {
  const { type, place } = value;
  const named = (suffix: string) => ({
    ...options,
    evaluateName: options?.evaluateName && options.evaluateName + suffix,
  });
  if (type.kind === 'array' && place)
    return () =>
      Array.from({ length: Math.min(type.count, MOST_ELEMENTS) }, (_, n) =>
        variableOf(`[${n}]`, { type: type.of, place: within(place, n * type.of.size) }, named(`[${n}]`)),
      );
  if (type.kind === 'struct' && place)
    return () =>
      type.members.map((member) =>
        variableOf(
          member.name || '(unnamed)',
          { type: member.type, place: within(place, member.offset) },
          named(`.${member.name}`),
        ),
      );
  if (value.fields)
    return () =>
      Object.keys(value.fields!).map((field) => {
        const [high, low] = value.fields![field];
        const bits =
          (BigInt.asUintN(64, toInteger(numberOf(value))) >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n);
        return line(field, String(bits), {
          type: high === low ? `bit ${low}` : `bits ${high}:${low}`,
          ...(value.place && { of: { ...integerValue(bits), bits: { place: value.place, high, low } } }),
        });
      });
  return undefined;
}
