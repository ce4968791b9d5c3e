/** How often, why and at what cost threads left and came back, by instruction of the program. */
import type { Route } from '../../emulator/timeline/crossings.js';
import type { Timeline } from '../../emulator/timeline/timeline.js';
import type { Cycles } from './model.js';

/** What happened at an instruction, in numbers. */
export interface PlaceNumbers {
  readonly pc: bigint;
  readonly way: 'out' | 'back' | 'ask';
  readonly count: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly cycles: Cycles;
  readonly away?: Cycles;
}

class Count {
  count = 0;
  most = 0;
  private cycles = 0;
  readonly reasons: Record<string, number> = {};

  add({ reason }: Route, count: number, cycles: number, most: number): void {
    this.count += count;
    this.cycles += cycles;
    this.most = Math.max(this.most, most);
    this.reasons[reason] = (this.reasons[reason] ?? 0) + count;
  }

  get summary(): Cycles {
    return { mean: Math.round(this.cycles / this.count), most: this.most };
  }
}

/** The most frequent first. */
export function placesOf({ crossings: { track, trips, routes } }: Timeline): PlaceNumbers[] {
  const counts = new Map<string, Count & { first?: Route }>();
  for (const sums of [track.total(), trips.total()])
    sums.kinds.forEach((kind, n) => {
      if (!sums.counts[n]) return;
      const route = routes[kind]!;
      const key = `${route.way} ${route.pc}`;
      const known: Count & { first?: Route } = counts.get(key) ?? new Count();
      known.first ??= route;
      known.add(route, sums.counts[n]!, sums.cycles[n]!, sums.most[n]!);
      counts.set(key, known);
    });
  const found: PlaceNumbers[] = [];
  for (const { first, count, reasons, summary } of counts.values()) {
    const { way, pc } = first!;
    if (way === 'away') continue;
    const away = way === 'out' ? counts.get(`away ${pc}`)?.summary : undefined;
    found.push({ pc, way, count, reasons, cycles: summary, ...(away && { away }) });
  }
  return found.sort((a, b) => b.count - a.count || Number(a.pc - b.pc));
}
