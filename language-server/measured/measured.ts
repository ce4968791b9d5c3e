/** What a run was measured to do at places in sources: told by a client after a debug session, or read from what `harthop run --measure` wrote. */

import { BACK_CYCLES, farFrom, OUT_CYCLES } from './cost.js';

/** What happened at a line, in one way. */
export interface MeasuredPlace {
  /** The source's absolute path. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly way: 'out' | 'back' | 'ask';
  readonly count: number;
  /** How often for which reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Cycles of one crossing, on average. */
  readonly cycles: number;
}

export interface Measured {
  /** When the run ended, in milliseconds since 1970. */
  readonly when: number;
  readonly program: string;
  readonly places: readonly MeasuredPlace[];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** @returns undefined where it is no measurement */
export function measuredFrom(value: unknown): Measured | undefined {
  if (!isRecord(value) || typeof value.when !== 'number' || !Array.isArray(value.places)) return undefined;
  const places = value.places.flatMap((each): MeasuredPlace[] => {
    if (!isRecord(each)) return [];
    const { file, line, way, count, reasons, cycles } = each;
    if (typeof file !== 'string' || !Number.isInteger(line) || !Number.isInteger(count) || typeof cycles !== 'number')
      return [];
    if (way !== 'out' && way !== 'back' && way !== 'ask') return [];
    const counted = Object.entries(isRecord(reasons) ? reasons : {}).filter(([, n]) => Number.isInteger(n));
    return [
      {
        file,
        line: line as number,
        way,
        count: count as number,
        reasons: Object.fromEntries(counted) as Record<string, number>,
        cycles,
      },
    ];
  });
  return { when: value.when, program: String(value.program ?? ''), places };
}

/** A source's part of a measurement. */
export class MeasuredSource {
  private readonly byLine = new Map<number, MeasuredPlace[]>();

  /**
   * @param stale why the source may not be what ran
   * @param moved where a line that ran is now
   */
  constructor(
    places: readonly MeasuredPlace[],
    readonly stale: string | undefined,
    moved: (line: number) => number | undefined = (line) => line,
  ) {
    for (const each of places) {
      const line = moved(each.line);
      if (line !== undefined) this.byLine.set(line, [...(this.byLine.get(line) ?? []), each]);
    }
  }

  get lines(): IterableIterator<number> {
    return this.byLine.keys();
  }

  /** What happened at a line (counted from 1) in one of the ways, as one; undefined: nothing. */
  at(
    line: number,
    ...ways: readonly MeasuredPlace['way'][]
  ): Pick<MeasuredPlace, 'count' | 'cycles' | 'reasons'> | undefined {
    const list = (this.byLine.get(line) ?? []).filter(({ way }) => ways.includes(way));
    if (!list.length) return undefined;
    const count = list.reduce((n, each) => n + each.count, 0);
    const cycles = Math.round(list.reduce((n, each) => n + each.count * each.cycles, 0) / Math.max(count, 1));
    const reasons: Record<string, number> = {};
    for (const each of list)
      for (const [why, n] of Object.entries(each.reasons)) reasons[why] = (reasons[why] ?? 0) + n;
    return { count, cycles, reasons };
  }

  /** `100 × 1,331 cycles`; `measured never`. For hints, which editors cut short (VS Code: after 43 characters). */
  short(line: number, sayStale: boolean, ...ways: readonly MeasuredPlace['way'][]): string {
    const found = this.at(line, ...ways);
    const what = found
      ? `${found.count.toLocaleString('en')} × ${found.cycles.toLocaleString('en')} cycles`
      : 'measured never';
    return `${what}${this.stale && sayStale ? ' (stale)' : ''}`;
  }

  /** How far the cost is from the forecast; undefined: not far, or nothing happened, or the source is another one. */
  farFromForecast(line: number, ...ways: readonly MeasuredPlace['way'][]): string | undefined {
    const found = this.stale ? undefined : this.at(line, ...ways);
    return found && farFrom(ways.includes('out') ? OUT_CYCLES : BACK_CYCLES, found.cycles);
  }

  /** `measured 100 times, 1,331 cycles each`; `measured never`. */
  text(line: number, ...ways: readonly MeasuredPlace['way'][]): string {
    const found = this.at(line, ...ways);
    const stale = this.stale ? ' (stale)' : '';
    if (!found) return `measured never${stale}`;
    const times = found.count === 1 ? 'once' : `${found.count.toLocaleString('en')} times`;
    return `measured ${times}, ${found.cycles.toLocaleString('en')} cycles${found.count === 1 ? '' : ' each'}${stale}`;
  }
}
