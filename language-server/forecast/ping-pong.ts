/** Loops in which a thread leaves and comes back each time round. */
import { addressesOf, type Flow } from '../flow/flow.js';
import { ROUND_TRIP_CYCLES } from '../measured/cost.js';
import { functionsWith } from './callers.js';
import type { Finding } from './findings.js';
import type { Forecast } from './forecast.js';
import { type Loop, loopsOf } from './loops.js';

export interface RoundTrips {
  readonly loop: Loop;
  /** Instructions in it for which threads leave, and those for which they come back. */
  readonly leaves: readonly number[];
  readonly returns: readonly number[];
}

/** The innermost loops in which threads both leave and come back, what they call included. */
export function roundTrips(flow: Flow, { leaves, returns }: Forecast): RoundTrips[] {
  const out: RoundTrips[] = [];
  const told = new Set<number>();
  if (!leaves.length || !returns.length) return out;
  const [out_, back] = [leaves, returns].map((list) => new Set(list.map(({ instruction }) => instruction.address))) as [
    Set<number>,
    Set<number>,
  ];
  // A loop that matters lies in a function that leads to both.
  const [leading, leadingBack] = [functionsWith(flow, out_), functionsWith(flow, back)];
  for (const of of flow.functions.values()) {
    if (!of.context || !leading.has(of.entry) || !leadingBack.has(of.entry)) continue;
    const all = loopsOf(of).map((loop) => {
      const called = calledFrom(loop, flow);
      return { loop, leaves: among(out_, loop.body, called), returns: among(back, loop.body, called) };
    });
    const trips = all.filter((each) => each.leaves.length && each.returns.length);
    // An outer loop is told of only where no loop within it says the same.
    const inner = (a: RoundTrips) =>
      trips.some(
        (b) =>
          b !== a && b.loop.head !== a.loop.head && a.loop.body.has(b.loop.head) && b.loop.body.size < a.loop.body.size,
      );
    for (const each of trips) {
      if (inner(each) || told.has(each.loop.head)) continue;
      told.add(each.loop.head);
      out.push(each);
    }
  }
  return out;
}

/** Those of some addresses that are in one of two sets, by rising address. */
function among(some: ReadonlySet<number>, body: ReadonlySet<number>, called: ReadonlySet<number>): number[] {
  const out: number[] = [];
  for (const each of body) if (some.has(each)) out.push(each);
  for (const each of called) if (some.has(each) && !body.has(each)) out.push(each);
  return out.sort((a, b) => a - b);
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
    for (const address of addressesOf(of)) out.add(address);
    todo.push(...[...of.calls.values()].map(({ target }) => target));
  }
  return out;
}

export function pingPong(flow: Flow, known: Forecast): Finding[] {
  return roundTrips(flow, known).flatMap(({ loop, leaves, returns }) => {
    const instruction = flow.code.at(loop.head);
    if (!instruction) return [];
    const trips = Math.min(leaves.length, returns.length);
    // Of code without lines, such as a library's, the function is named by which the loop comes there.
    const where = (points: readonly number[]) => {
      const line = points.map((each) => flow.code.at(each)?.place?.line).find((each) => each !== undefined);
      if (line !== undefined) return `on line ${line}`;
      const leading = functionsWith(flow, new Set(points));
      const called = [...loop.calls].find((each) => leading.has(each));
      return `in ${(called !== undefined && flow.code.nameAt(called)) || `0x${points[0]!.toString(16)}`}`;
    };
    const message =
      `this loop goes out and back each time round: it leaves ${where(leaves)} and comes back ${where(returns)}; ` +
      `about ${trips} round trip${trips > 1 ? 's' : ''}, ${(trips * ROUND_TRIP_CYCLES).toLocaleString('en')} cycles, an iteration`;
    return [{ code: 'ping-pong', severity: 'warning', message, instruction } satisfies Finding];
  });
}
