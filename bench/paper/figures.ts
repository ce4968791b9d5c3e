/** What is measured, by name, and how it is written. */

/** Figures by name, in cycles unless the name says otherwise; undefined: what it would measure is not there. */
export type Figures = Readonly<Record<string, number | undefined>>;

/** A chapter of the measurements: some runs, and the tables that show them. */
export interface Chapter {
  /** What its figures' names begin with. */
  readonly name: string;
  /** Is it over in seconds? Then a test runs it again (test/project/measurements.test.ts). */
  readonly quick: boolean;
  measure(): Promise<Figures>;
  /** Markdown by name, as the template asks for it. */
  tables(figures: Figures): Readonly<Record<string, string>>;
}

/** @throws RangeError of an empty list */
export function median(values: readonly number[]): number {
  if (!values.length) throw new RangeError('the median of nothing');
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
export const mean = (values: readonly number[]): number => Math.round(sum(values) / values.length);

/** 1234567 as 1,234,567, rounded. */
export const count = (n: number | undefined): string =>
  n === undefined ? 'not there' : Math.round(n).toLocaleString('en-US');

/** A quotient, to two digits behind the point. */
export const ratio = (a: number | undefined, b: number | undefined): string =>
  a === undefined || b === undefined ? '' : (a / b).toFixed(2);

/** A part of 1 as a signed percentage. */
export const percent = (part: number): string => `${part < 0 ? '−' : '+'}${Math.abs(100 * part).toFixed(1)} %`;

/** The difference of two figures, where both are there. */
export const minus = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a - b;

/** A table: the first column's cells are to the left, all others to the right where `numbers` says so. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[], numbers = true): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = heads.map((_, n) => (n && numbers ? '---:' : '---'));
  return [heads, rule, ...rows].map(line).join('\n');
}
