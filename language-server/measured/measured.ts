/** What a run was measured to do at places in sources: told by a client after a debug session, or read from what `harthop run --measure` wrote. */

import { BACK_CYCLES, farFrom, OUT_CYCLES } from './cost.js';

/** What happened somewhere, in one way. */
export interface MeasuredCount {
  readonly way: 'out' | 'back' | 'ask';
  readonly count: number;
  /** How often for which reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Cycles of one crossing, on average. */
  readonly cycles: number;
}

/** At a line. */
export interface MeasuredPlace extends MeasuredCount {
  /** The source's absolute path. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** At an instruction that no source is known of, a library's; its address as the program's file has it. */
export interface MeasuredInside extends MeasuredCount {
  readonly address: number;
}

export interface Measured {
  /** When the run ended, in milliseconds since 1970. */
  readonly when: number;
  /** Its absolute path. */
  readonly program: string;
  readonly places: readonly MeasuredPlace[];
  readonly inside?: readonly MeasuredInside[];
}

type Crossed = Pick<MeasuredCount, 'count' | 'cycles' | 'reasons'>;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** @returns undefined where it is no measurement */
export function measuredFrom(value: unknown): Measured | undefined {
  if (!isRecord(value) || typeof value.when !== 'number' || !Array.isArray(value.places)) return undefined;
  const places = value.places.flatMap((each): MeasuredPlace[] => {
    const counted = countFrom(each);
    if (!counted) return [];
    const { file, line } = each as Record<string, unknown>;
    return typeof file === 'string' && Number.isInteger(line) ? [{ file, line: line as number, ...counted }] : [];
  });
  const inside = Array.isArray(value.inside) && {
    inside: value.inside.flatMap((each): MeasuredInside[] => {
      const counted = countFrom(each);
      const address = counted && (each as Record<string, unknown>).address;
      return Number.isInteger(address) ? [{ address: address as number, ...counted! }] : [];
    }),
  };
  return { when: value.when, program: String(value.program ?? ''), places, ...inside };
}

function countFrom(value: unknown): MeasuredCount | undefined {
  if (!isRecord(value)) return undefined;
  const { way, count, reasons, cycles } = value;
  if (!Number.isInteger(count) || typeof cycles !== 'number') return undefined;
  if (way !== 'out' && way !== 'back' && way !== 'ask') return undefined;
  const counted = Object.entries(isRecord(reasons) ? reasons : {}).filter(([, n]) => Number.isInteger(n));
  return { way, count: count as number, reasons: Object.fromEntries(counted) as Record<string, number>, cycles };
}

/** A source's part of a measurement. */
export class MeasuredSource {
  private readonly byLine = new Map<number, MeasuredPlace[]>();

  /**
   * @param stale why the source may not be what ran
   * @param moved where a line that ran is now
   * @param run of which build it was, and what happened in that where no line is known
   */
  constructor(
    places: readonly MeasuredPlace[],
    readonly stale: string | undefined,
    moved: (line: number) => number | undefined = (line) => line,
    private readonly run?: Pick<Measured, 'when' | 'program' | 'inside'>,
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
  at(line: number, ...ways: readonly MeasuredPlace['way'][]): Crossed | undefined {
    return summed((this.byLine.get(line) ?? []).filter(({ way }) => ways.includes(way)));
  }

  /** Was it a run of this build? Then it is known what happened in its libraries. */
  isOf({ path, modified }: { readonly path: string; readonly modified: number }): boolean {
    return this.run?.inside !== undefined && this.run.program === path && this.run.when >= modified;
  }

  /** How often, at any of these addresses of a library, a thread came back or asked. */
  inside(addresses: ReadonlySet<number>): Crossed | undefined {
    return summed((this.run?.inside ?? []).filter(({ address, way }) => way !== 'out' && addresses.has(address)));
  }

  /** `100 × 1,331 cycles`; `measured never`. For hints, which editors cut short (VS Code: after 43 characters). */
  short(found: Crossed | undefined, sayStale: boolean): string {
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
    return this.long(this.at(line, ...ways));
  }

  /** The same of what is summed already. */
  long(found: Crossed | undefined): string {
    const stale = this.stale ? ' (stale)' : '';
    if (!found) return `measured never${stale}`;
    const times = found.count === 1 ? 'once' : `${found.count.toLocaleString('en')} times`;
    return `measured ${times}, ${found.cycles.toLocaleString('en')} cycles${found.count === 1 ? '' : ' each'}${stale}`;
  }
}

/** Several as one; undefined: there are none. */
function summed(list: readonly MeasuredCount[]): Crossed | undefined {
  if (!list.length) return undefined;
  const count = list.reduce((n, each) => n + each.count, 0);
  const cycles = Math.round(list.reduce((n, each) => n + each.count * each.cycles, 0) / Math.max(count, 1));
  const reasons: Record<string, number> = {};
  for (const each of list) for (const [why, n] of Object.entries(each.reasons)) reasons[why] = (reasons[why] ?? 0) + n;
  return { count, cycles, reasons };
}
