/** Loops in which a thread leaves and comes back each time round. */
import type { Flow } from '../flow/flow.js';
import type { Finding } from './findings.js';
import type { Forecast } from './forecast.js';
import { type Loop, loopsOf } from './loops.js';

/** Cycles of a round trip on the chips that HartHop measures itself (docs/measurements.md: out and back, over native). */
export const ROUND_TRIP_CYCLES = 1700;

export interface RoundTrips {
  readonly loop: Loop;
  /** Instructions in it for which threads leave, and those for which they come back. */
  readonly leaves: readonly number[];
  readonly returns: readonly number[];
}

/** The innermost loops in which threads both leave and come back, what they call included. */
export function roundTrips(flow: Flow, { leaves, returns }: Forecast): RoundTrips[] {
  const out: RoundTrips[] = [];
  if (!leaves.length || !returns.length) return out;
  const [out_, back] = [leaves, returns].map((list) => list.map(({ instruction }) => instruction.address)) as [
    number[],
    number[],
  ];
  const points = new Set([...out_, ...back]);
  for (const of of flow.functions.values()) {
    // A loop that matters holds at least one of the places itself, or a call.
    if (!of.context || !(of.calls.size || [...flow.trace(of).keys()].some((address) => points.has(address)))) continue;
    const all = loopsOf(of, flow).map((loop) => {
      const inside = new Set([...loop.body, ...calledFrom(loop, flow)]);
      return {
        loop,
        leaves: out_.filter((each) => inside.has(each)),
        returns: back.filter((each) => inside.has(each)),
      };
    });
    const trips = all.filter((each) => each.leaves.length && each.returns.length);
    // An outer loop is told of only where no loop within it says the same.
    const inner = (a: RoundTrips) =>
      trips.some(
        (b) =>
          b !== a && b.loop.head !== a.loop.head && a.loop.body.has(b.loop.head) && b.loop.body.size < a.loop.body.size,
      );
    for (const each of trips) if (!inner(each) && !out.some(({ loop }) => loop.head === each.loop.head)) out.push(each);
  }
  return out;
}

/** Instructions of functions that a loop calls, and of those that they call. */
function calledFrom(loop: Loop, flow: Flow): Set<number> {
  const out = new Set<number>();
  const seen = new Set<number>();
  const todo = [...loop.calls];
  for (let entry = todo.pop(); entry !== undefined; entry = todo.pop()) {
    if (seen.has(entry)) continue;
    seen.add(entry);
    const of = flow.functions.get(entry);
    if (!of) continue;
    for (const address of flow.trace(of).keys()) out.add(address);
    todo.push(...[...of.calls.values()].map(({ target }) => target));
  }
  return out;
}

export function pingPong(flow: Flow, known: Forecast): Finding[] {
  return roundTrips(flow, known).flatMap(({ loop, leaves, returns }) => {
    const instruction = flow.code.at(loop.head);
    if (!instruction) return [];
    const trips = Math.min(leaves.length, returns.length);
    const line = (address: number) => flow.code.at(address)?.place?.line ?? `0x${address.toString(16)}`;
    const message =
      `this loop goes out and back each time round: it leaves on line ${line(leaves[0]!)} and comes back on line ${line(returns[0]!)}; ` +
      `about ${trips} round trip${trips > 1 ? 's' : ''}, ${(trips * ROUND_TRIP_CYCLES).toLocaleString('en')} cycles, an iteration`;
    return [{ code: 'ping-pong', severity: 'warning', message, instruction } satisfies Finding];
  });
}
