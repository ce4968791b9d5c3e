/** What is shown, in words: for tooltips, the status line and readers of screens. */
import type { TimelineActor, TimelineBody, TimelineRoute } from '../messages.js';

/** `1 234 567`. */
export const grouped = (n: number) => String(Math.round(n)).replaceAll(/\B(?=(\d{3})+$)/g, '\u202f');

export const cyclesOf = (n: number) => `${grouped(n)} cycle${Math.round(n) === 1 ? '' : 's'}`;

/** `1.25 ms`, of so many cycles. */
export function timeOf(cycles: number, clock: number): string {
  const seconds = cycles / clock;
  for (const [unit, factor] of [
    ['s', 1],
    ['ms', 1e3],
    ['µs', 1e6],
  ] as const)
    if (seconds * factor >= 1) return `${Number((seconds * factor).toPrecision(3))} ${unit}`;
  return `${Number((seconds * 1e9).toPrecision(3))} ns`;
}

export function actorName({ kind, task, name }: TimelineActor): string {
  if (kind === 'idle') return 'waiting';
  if (kind !== 'thread') return kind;
  return task === undefined ? 'a thread' : name ? `task ${task} ${name}` : `task ${task}`;
}

/** What a crossing is: `task 1 goes from hart 0 to hart 2, for vector`. */
export function routeText({ way, task, from, to, reason }: TimelineRoute, count = 1): string {
  const who = `task ${task}`;
  const times = count > 1 ? `, ${grouped(count)} times` : '';
  switch (way) {
    case 'out':
      return `${who} goes from hart ${from} to hart ${to}, for ${reason}${times}`;
    case 'back':
      return `${who} comes back from hart ${from} to hart ${to}, for ${reason}${times}`;
    default:
      return `${who} asks from hart ${from}, for ${reason}${times}`;
  }
}

/** Crossings that are alike: `hart 0 → hart 2, vector`. */
export const crossingName = ({ way, from, to, reason }: TimelineRoute) =>
  way === 'ask' ? `hart ${from} asks, ${reason}` : `hart ${from} → hart ${to}, ${reason}`;

/** The lines of an arrow's tooltip. */
export function arrowLines(arrow: readonly number[], { routes, clock }: TimelineBody): string[] {
  const [start, end, , , route, count, cycles] = arrow as [number, number, number, number, number, number, number];
  const known = routes[route]!;
  const what = routeText(known, count);
  if (count === 1)
    return [what, `at ${known.place}`, `${cyclesOf(cycles)} (${timeOf(cycles, clock)}), from cycle ${grouped(start)}`];
  return [what, `${cyclesOf(cycles / count)} on average`, `from cycle ${grouped(start)} to ${grouped(end)}`];
}

/** The lines of a segment's tooltip. */
export function segmentLines(
  segment: readonly number[],
  hart: number,
  { actors, harts, clock }: TimelineBody,
): string[] {
  const [start, end, , ...parts] = segment as [number, number, number, ...number[]];
  const length = end - start;
  const head = `hart ${hart} · ${harts[hart]!.isa}`;
  const span = `cycle ${grouped(start)} to ${grouped(end)}: ${cyclesOf(length)} (${timeOf(length, clock)})`;
  if (parts.length === 2) return [`${head} · ${actorName(actors[parts[0]!]!)}`, span];
  const shares: string[] = [];
  for (let n = 0; n < parts.length; n += 2)
    shares.push(`${actorName(actors[parts[n]!]!)} ${percent(parts[n + 1]! / length)}`);
  return [head, shares.join(', '), span];
}

/** `12 %`; what is not nothing is not 0 %. */
export function percent(share: number): string {
  const points = share * 100;
  if (points > 0 && points < 1) return '< 1 %';
  return `${Math.round(points)} %`;
}
