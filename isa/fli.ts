/** The numbers that fli loads, by the value of its operand, and how they are written (unprivileged specification, "Zfa" chapter). */

/** The smallest positive normal number, which depends on the format, is not a value here. */
export const MINIMUM = 'min';
export type FliNumber = number | typeof MINIMUM;

/** From -1 on as the specification numbers them. */
export const fliNumbers: readonly FliNumber[] = [
  -1,
  MINIMUM,
  2 ** -16,
  2 ** -15,
  2 ** -8,
  2 ** -7,
  2 ** -4,
  2 ** -3,
  ...[2, 4].flatMap((quarters) => [4, 5, 6, 7].map((n) => (n / 16) * (quarters / 2))),
  ...[1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4],
  2 ** 3,
  2 ** 4,
  2 ** 7,
  2 ** 8,
  2 ** 15,
  2 ** 16,
  Number.POSITIVE_INFINITY,
  Number.NaN,
];

/** The text of an operand value: `min`, `inf`, `nan`, or a decimal number with a point, as C's `%.12g` has it. */
export function fliText(index: number): string {
  const number = fliNumbers[index]!;
  if (number === MINIMUM) return MINIMUM;
  if (Number.isNaN(number)) return 'nan';
  if (number === Number.POSITIVE_INFINITY) return 'inf';
  if (Number.isInteger(number)) return number.toFixed(1);
  return Math.abs(number) >= 1e-4 ? String(number) : number.toExponential().replace(/e-(\d)$/, 'e-0$1');
}

/** The operand value of a number or of `min`, `inf`, `nan`; undefined when fli can't load it. */
export function fliIndex(written: number | string): number | undefined {
  const index =
    typeof written === 'number'
      ? fliNumbers.findIndex((each) => Object.is(each, written))
      : fliNumbers.findIndex((_, k) => fliText(k) === written);
  return index < 0 ? undefined : index;
}

/** Bits of a format's fraction, and its largest exponent. */
interface Layout {
  readonly fraction: number;
  readonly largestExponent: number;
}

/** The upper bits of a number in a format, down to the fraction bits that are given; too large ones are infinity. */
export function fliBits(index: number, { fraction, largestExponent }: Layout): number {
  const unit = 2 ** fraction;
  const number = fliNumbers[index]!;
  const infinity = (2 * largestExponent + 1) * unit;
  if (number === MINIMUM) return unit;
  if (Number.isNaN(number)) return infinity + unit / 2;
  const magnitude = Math.abs(number);
  const exponent = Math.max(Math.floor(Math.log2(magnitude)), 1 - largestExponent);
  if (exponent > largestExponent) return infinity;
  // A subnormal has the exponent field 0 and no hidden bit: both are one less.
  const bits = (exponent + largestExponent - 1 + magnitude / 2 ** exponent) * unit;
  return number < 0 ? infinity + unit + bits : bits;
}
