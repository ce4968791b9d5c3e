/** Colours as numbers. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Of `#rrggbb`, `#rgb` or `rgb(…)`, as themes have them. */
export function parse(colour: string): Colour {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(colour);
  if (short) return short.slice(1).map((digit) => Number.parseInt(digit + digit, 16)) as unknown as Colour;
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(colour);
  if (long) return long.slice(1).map((digits) => Number.parseInt(digits, 16)) as unknown as Colour;
  const parts = colour.match(/[\d.]+/g)?.map(Number) ?? [];
  return [parts[0] ?? 128, parts[1] ?? 128, parts[2] ?? 128];
}

/** @param share of a */
export const mix = (a: Colour, b: Colour, share: number): Colour =>
  [0, 1, 2].map((n) => Math.round(a[n]! * share + b[n]! * (1 - share))) as unknown as Colour;

export const css = ([red, green, blue]: Colour) => `rgb(${red}, ${green}, ${blue})`;

/** Black or white, whichever is read better on it (WCAG 2, relative luminance). */
export function readable(colour: Colour): string {
  const [red, green, blue] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Colour;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000000' : '#ffffff';
}
