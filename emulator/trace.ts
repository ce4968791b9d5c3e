/**
 * A run as a trace file that Perfetto and chrome://tracing open (Chromium's "Trace Event Format"): the SoC is a process, each hart a
 * thread, each stretch in one privilege a slice, each crossing of a task an arrow from hart to hart.
 */
import type { MigrationEvent } from './events.js';
import type { Lanes, Span } from './lanes.js';
import type { Soc } from './soc/soc.js';

const PROCESS = 1;
const privileges = { 0: 'user', 1: 'kernel', 3: 'firmware' } as const;

/** @returns JSON text in pieces, since of a long run it is longer than a string can be; times are microseconds of the SoC's clock */
export function* chromeTrace(soc: Soc, lanes: Lanes): Generator<string> {
  const microseconds = (cycles: number) => (cycles * 1e6) / soc.clock;
  const at = (hart: number, cycle: number) => ({ pid: PROCESS, tid: hart, ts: microseconds(cycle) });

  /** Its two ends: a length, added to the start, would not meet the next one's start exactly. */
  const slice = (span: Span) => {
    const task = lanes.task(span);
    const name = span.privilege === 0 && task !== undefined ? `task ${task}` : privileges[span.privilege];
    const { hart, start, end, instructions } = span;
    // Some viewers look for the end by all that the beginning says.
    const both = { cat: privileges[span.privilege], name, args: { cycles: end - start, instructions } };
    return [
      { ...at(hart, start), ph: 'B', ...both },
      { ...at(hart, end), ph: 'E', ...both },
    ];
  };

  const instant = ({ hart, cycle, step, task, pc, reason }: MigrationEvent) => ({
    ...at(hart, cycle),
    ph: 'i',
    s: 't',
    cat: 'migration',
    name: reason && step !== 'illegal' ? `${step} (${reason})` : step,
    args: { ...(task >= 0 && { task }), pc: `0x${pc.toString(16)}` },
  });

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
  for (const events of [names, pairs(lanes.spans, slice), lanes.steps.map(instant), arrows(lanes.steps, at)]) {
    for (const event of events) {
      yield separator + JSON.stringify(event);
      separator = ',\n';
    }
  }
  yield '\n]}\n';
}

/** A crossing starts where the task asked or left and ends where it arrived or went on. */
const starts = { arrive: 'sbi-migrate', resume: 'leave' } as const;

function arrows(steps: readonly MigrationEvent[], at: (hart: number, cycle: number) => object): object[] {
  const latest = new Map<string, MigrationEvent>();
  const found: object[] = [];
  let id = 0;
  for (const step of steps) {
    latest.set(`${step.step} ${step.task}`, step);
    if (step.step !== 'arrive' && step.step !== 'resume') continue;
    const from = latest.get(`${starts[step.step]} ${step.task}`);
    if (!from) continue;
    const arrow = { cat: 'migration', name: step.reason ?? step.step, id: ++id };
    // A point on a slice's edge belongs to the slice that ends or begins there: an arrow wants to start inside one.
    found.push({ ...arrow, ph: 's', ...at(from.hart, from.cycle - 0.5) });
    found.push({ ...arrow, ph: 'f', bp: 'e', ...at(step.hart, step.cycle + 0.5) });
  }
  return found;
}

/** What is made of a list's items, each when it is wanted. */
function* pairs<T>(list: readonly T[], make: (item: T) => object[]): Generator<object> {
  for (const item of list) yield* make(item);
}
