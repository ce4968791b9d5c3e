/**
 * A run as a trace file that Perfetto and chrome://tracing open (Chromium's "Trace Event Format"): the SoC is a process, each hart a
 * thread, each stretch of one actor a slice, each crossing of a task an arrow from hart to hart.
 */
import type { Soc } from '../soc/soc.js';
import { type Actor, IDLE } from './actors.js';
import type { Timeline } from './timeline.js';
import type { Stretch } from './track.js';

const PROCESS = 1;
const categories = { thread: 'user', kernel: 'kernel', firmware: 'firmware', idle: 'idle' } as const;

/** @returns JSON text in pieces, since of a long run it is longer than a string can be; times are microseconds of the SoC's clock */
export function* chromeTrace(soc: Pick<Soc, 'name' | 'clock' | 'harts'>, timeline: Timeline): Generator<string> {
  timeline.mark();
  const { actors, crossings } = timeline;
  const at = (hart: number, cycle: number) => ({ pid: PROCESS, tid: hart, ts: (cycle * 1e6) / soc.clock });

  /** Its two ends: a length, added to the start, would not meet the next one's start exactly. */
  function* slices(hart: number): Generator<object> {
    const told = ({ start, end, kind, steps }: Stretch) => {
      const actor = actors.list[kind]!;
      // Some viewers look for the end by all that the beginning says.
      const both = { cat: categories[actor.kind], name: nameOf(actor), args: { cycles: end - start, steps } };
      return [
        { ...at(hart, start), ph: 'B', ...both },
        { ...at(hart, end), ph: 'E', ...both },
      ];
    };
    // Waiting is where there is nothing.
    for (const stretch of timeline.lanes[hart]!) if (stretch.kind !== IDLE) yield* told(stretch);
    for (const stretch of timeline.unfinished(hart)) if (stretch.kind !== IDLE) yield* told(stretch);
  }

  function* instants(): Generator<object> {
    for (const { start, kind } of crossings.steps) {
      const { hart, step, task, pc, reason } = crossings.marks[kind]!;
      const name = reason && step !== 'illegal' ? `${step} (${reason})` : step;
      const args = { ...(task >= 0 && { task }), pc: `0x${pc.toString(16)}` };
      yield { ...at(hart, start), ph: 'i', s: 't', cat: 'migration', name, args };
    }
  }

  function* arrows(): Generator<object> {
    let id = 0;
    for (const { start, end, kind } of crossings.track) {
      const { way, from, to, reason } = crossings.routes[kind]!;
      if (way === 'ask') continue;
      const arrow = { cat: 'migration', name: reason, id: ++id };
      // A point on a slice's edge belongs to the slice that ends or begins there: an arrow wants to start inside one.
      yield { ...arrow, ph: 's', ...at(from, start - 0.5) };
      yield { ...arrow, ph: 'f', bp: 'e', ...at(to, end + 0.5) };
    }
  }

  const names = [
    { ph: 'M', pid: PROCESS, name: 'process_name', args: { name: soc.name } },
    ...soc.harts.map(({ isaString }, hart) => ({
      ph: 'M',
      pid: PROCESS,
      tid: hart,
      name: 'thread_name',
      args: { name: `hart ${hart} ${isaString}` },
    })),
  ];
  yield '{"displayTimeUnit":"ns","traceEvents":[';
  let separator = '\n';
  for (const events of [names, ...soc.harts.map((_, hart) => slices(hart)), instants(), arrows()]) {
    for (const event of events) {
      yield separator + JSON.stringify(event);
      separator = ',\n';
    }
  }
  yield '\n]}\n';
}

const nameOf = ({ kind, task, name }: Actor) =>
  kind !== 'thread' ? kind : task === undefined ? 'user' : `task ${task}${name ? ` ${name}` : ''}`;
