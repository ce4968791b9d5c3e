/** Floating-point constants as they are written in assembly. */

const special: Readonly<Record<string, number>> = { inf: Infinity, infinity: Infinity, nan: Number.NaN };

/** A hexadecimal number with a binary exponent: `0x1.8p-3`. */
function hexadecimal(text: string): number | undefined {
  const match = /^0x([0-9a-f]*)\.?([0-9a-f]*)p([-+]?\d+)$/.exec(text);
  if (!match) return undefined;
  const [, whole, fraction, exponent] = match as unknown as [string, string, string, string];
  if (!whole && !fraction) return undefined;
  return Number.parseInt(whole + fraction, 16) * 2 ** (Number(exponent) - 4 * fraction.length);
}

/** The number that a floating-point constant is: decimal, hexadecimal with an exponent, inf or nan. */
export function floatValue(text: string): number | undefined {
  const match = /^([-+]?)\s*(?:0[fFdDrReEsS])?(.+)$/.exec(text.trim());
  if (!match) return undefined;
  const [, sign, digits] = match;
  const lower = digits!.toLowerCase();
  const value = Object.hasOwn(special, lower)
    ? special[lower]!
    : /^(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/.test(lower)
      ? Number(lower)
      : hexadecimal(lower);
  return value === undefined ? undefined : sign === '-' ? -value : value;
}
