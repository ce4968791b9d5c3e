import { RequestError } from './protocol.js';

/** A member of what a client sent, which may be anything. */
type Anything = Readonly<Record<string, unknown>> | undefined | null;

const show = (value: unknown) => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

/** An integer within bounds. @throws RequestError that names it and what was expected */
export function integer(
  args: object | undefined,
  name: string,
  least: number,
  most: number,
  otherwise?: number,
): number {
  const value = (args as Anything)?.[name];
  if (value === undefined && otherwise !== undefined) return otherwise;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
    throw new RequestError(`${name} must be an integer from ${least} to ${most}, not ${show(value)}`);
  return value;
}

export function text(args: object | undefined, name: string): string {
  const value = (args as Anything)?.[name];
  if (typeof value !== 'string') throw new RequestError(`${name} must be a string, not ${show(value)}`);
  return value;
}

export function optionalText(args: object | undefined, name: string): string | undefined {
  return (args as Anything)?.[name] === undefined ? undefined : text(args, name);
}

/** A list of objects; missing is empty. */
export function objects<T>(args: object | undefined, name: string, most = 10_000): readonly T[] {
  const value = (args as Anything)?.[name] ?? [];
  if (!Array.isArray(value) || value.some((each) => typeof each !== 'object' || each === null))
    throw new RequestError(`${name} must be a list of objects, not ${show(value)}`);
  if (value.length > most) throw new RequestError(`${name} has ${value.length} entries; at most ${most} are taken`);
  return value as T[];
}

/** A list of strings; missing is empty. */
export function texts(args: object | undefined, name: string, most = 10_000): readonly string[] {
  const value = (args as Anything)?.[name] ?? [];
  if (!Array.isArray(value) || value.some((each) => typeof each !== 'string'))
    throw new RequestError(`${name} must be a list of strings, not ${show(value)}`);
  if (value.length > most) throw new RequestError(`${name} has ${value.length} entries; at most ${most} are taken`);
  return value as string[];
}

/** A list of integers within bounds; missing is empty. */
export function integers(args: object | undefined, name: string, least: number, most: number): readonly number[] {
  const value = (args as Anything)?.[name] ?? [];
  const good = (each: unknown) => typeof each === 'number' && Number.isInteger(each) && each >= least && each <= most;
  if (!Array.isArray(value) || !value.every(good))
    throw new RequestError(`${name} must be a list of integers from ${least} to ${most}, not ${show(value)}`);
  return value as number[];
}

/** The texts of a breakpoint. */
export function when(breakpoint: object) {
  return {
    condition: optionalText(breakpoint, 'condition') || undefined,
    hitCondition: optionalText(breakpoint, 'hitCondition') || undefined,
    logMessage: optionalText(breakpoint, 'logMessage') || undefined,
  };
}

/** An address as this debugger hands them out: `0x10078`. @throws RequestError */
export function address(args: object, name: string): bigint {
  const value = text(args, name);
  const va = /^(0[xX][0-9a-fA-F]{1,16}|\d{1,20})$/.test(value) ? BigInt(value) : -1n;
  if (va < 0n || va >> 64n) throw new RequestError(`${name} must be an address such as 0x10000, not ${show(value)}`);
  return va;
}

/** An address and a distance from it in bytes, wherever they lead in 64 bits. @throws RequestError */
export function moved(base: bigint, args: object): bigint {
  return BigInt.asUintN(64, base + BigInt(integer(args, 'offset', -(2 ** 52), 2 ** 52, 0)));
}
