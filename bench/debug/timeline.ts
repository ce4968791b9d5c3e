/** The timeline of a long run: millions of stretches in a lane, looked at from far and near, as its view asks for it; and drawn in a browser. */
import { build } from 'esbuild';
import type { Debuggee } from '../../debug-adapter/debuggee.js';
import type { TimelineBody } from '../../debug-adapter/timeline/model.js';
import { TimelineView } from '../../debug-adapter/timeline/view.js';
import { EventStream } from '../../emulator/event-stream.js';
import type { MachineEvent, MigrationStep, Privilege } from '../../emulator/events.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { type Observed, Timeline } from '../../emulator/timeline/timeline.js';
import { MOST_STRETCHES } from '../../debug-adapter/start.js';
import { openPage } from '../../test/extension/host/browser.js';
import { type Figure, median, worked } from './measure.js';

/** In the lane of hart 0. */
const STRETCHES = 4_000_000;
/** What a wide window has; the view asks for so many when it shows all, for twice as many else, of twice the time. */
const COLUMNS = 1500;
/** Stretches of a thread's way out and back there, and the cycles of such a way, about. */
const WAY = 5;
const CYCLES = 2000;

/** A chip on which nothing happens but what it is told: threads that go from hart 0 to hart 2 and back. */
class Told implements Observed {
  steps = 0;
  readonly events = new EventStream();
  readonly harts = [0, 1, 2].map(() => ({ time: 0, privilege: 0 as Privilege, idle: false, x: () => this.task }));
  private task = 1n;
  private seed = 1;

  satp(): bigint {
    return this.task;
  }

  /** The next thread's way: out for an instruction, back for a system call; of a length that differs. */
  way(): void {
    this.task = 1n + BigInt(Math.floor(this.steps / 1000) % 7);
    const pc = 0x10000n + 4n * BigInt(this.random(64));
    this.trap(0, pc, 0, 1);
    this.move('illegal', 0, pc);
    this.trap(0, pc, 1, 3);
    this.move('sbi-migrate', 0, pc);
    this.harts[2]!.time = Math.max(this.harts[2]!.time, this.harts[0]!.time);
    this.back(2, pc, 3, 0);
    this.move('arrive', 2, pc);
    this.trap(2, pc, 0, 3);
    this.move('leave', 2, pc);
    this.harts[0]!.time = Math.max(this.harts[2]!.time, this.harts[0]!.time);
    this.tell({ kind: 'wait', hart: 0, cycle: this.harts[0]!.time, since: this.harts[0]!.time - 50 } as MachineEvent);
    this.back(0, pc, 3, 1);
    this.back(0, pc, 1, 0);
    this.move('resume', 0, pc);
  }

  private random(below: number): number {
    this.seed = (Math.imul(this.seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.seed / 2 ** 32) * below);
  }
  private tell(event: MachineEvent): void {
    this.steps += 100;
    this.events.emit(event);
  }
  private later(hart: number): number {
    const told = this.harts[hart]!;
    told.time += 50 + this.random(CYCLES / 3);
    return told.time;
  }
  private trap(hart: number, pc: bigint, from: Privilege, to: Privilege): void {
    const cycle = this.later(hart);
    this.tell({ kind: 'trap', hart, cycle, interrupt: false, cause: 2, tval: 0n, pc, from, to });
  }
  private back(hart: number, pc: bigint, from: Privilege, to: Privilege): void {
    const cycle = this.later(hart);
    this.tell({ kind: 'trap-return', hart, cycle, pc, from, to });
  }
  private move(step: MigrationStep, hart: number, pc: bigint): void {
    const { time: cycle } = this.harts[hart]!;
    const reason = step === 'leave' || step === 'resume' ? 'syscall' : 'vector';
    const ends = step === 'leave' || step === 'resume' ? { from: 2, to: 0 } : { from: 0, to: 2 };
    this.tell({ kind: 'migration', step, hart, cycle, pc, task: Number(this.task), satp: this.task, reason, ...ends });
  }
}

export async function timelines(rounds: number): Promise<Figure[]> {
  const machine = new Told();
  const timeline = new Timeline(machine, { most: MOST_STRETCHES });
  const made = await worked(async () => {
    while (timeline.lanes[0]!.length < STRETCHES) machine.way();
  });
  const { target, images } = {
    target: { harts: machine.harts, history: {} },
    images: { of: () => {}, symbolize: () => {} },
  };
  const view = new TimelineView(timeline, socNamed('app2-vec1'), {
    target,
    images,
  } as unknown as Debuggee);
  let bytes = 0;
  /** Milliseconds until the answer is ready to be sent. */
  const look = async (window: { from?: number; to?: number }, columns: number) =>
    worked(async () => {
      bytes = Math.max(bytes, JSON.stringify(view.window(window, columns, undefined)).length);
    });
  const whole: number[] = [];
  for (let n = 0; n < rounds; n++) whole.push(await look({}, COLUMNS));
  // In, by a tenth each time, to some places; and there along, by a fifth of the window.
  const { start, end } = view.window({}, COLUMNS, undefined);
  const zooming: number[] = [];
  const moving: number[] = [];
  for (let n = 0; n < rounds; n++) {
    const middle = start + ((end - start) * (n + 1)) / (rounds + 1);
    for (let cycles = end - start; cycles > COLUMNS; cycles *= 0.9)
      zooming.push(await look({ from: Math.round(middle - cycles), to: Math.round(middle + cycles) }, 2 * COLUMNS));
    for (const cycles of [1e8, 1e7, 1e6])
      for (let step = 0; step < 10; step++) {
        const from = Math.round(middle + (step * cycles) / 5);
        moving.push(await look({ from, to: from + 2 * cycles }, 2 * COLUMNS));
      }
  }
  const drawing = await drawn([
    view.window({}, COLUMNS, undefined),
    view.window({ from: Math.round(end / 2), to: Math.round(end / 2) + 3 * 1e6 }, 2 * COLUMNS, undefined),
  ]);
  return [
    { what: 'a timeline with so many stretches and crossings', value: timeline.length / 1e6, unit: 'million' },
    {
      what: `… of hart 0 (the oldest as sums), each event took`,
      value: (made * 1000) / (STRETCHES / WAY) / 12,
      unit: 'µs',
    },
    { what: `the whole run in ${COLUMNS} columns`, value: median(whole), unit: 'ms', aim: ANSWER },
    { what: 'zooming in, each time: the median', value: median(zooming), unit: 'ms', aim: ANSWER },
    { what: '… the slowest', value: Math.max(...zooming), unit: 'ms' },
    { what: 'moving along, each time: the median', value: median(moving), unit: 'ms', aim: ANSWER },
    { what: '… the slowest', value: Math.max(...moving), unit: 'ms' },
    { what: 'the longest answer', value: bytes / 1e6, unit: 'MB' },
    ...drawing.map((value, n) => ({
      what: `drawing it in Chromium: ${n ? 'some of it' : 'all'}`,
      value,
      unit: 'ms' as const,
      aim: FRAME,
    })),
  ];
}

/** Milliseconds of a picture, of 60 a second. */
const FRAME = 1000 / 60;
/** Milliseconds of an answer, meanwhile what was known before is drawn. */
const ANSWER = 100;

/** What the page draws, bundled to be measured in a browser. */
const source = `
import { draw } from './src/timeline/page/drawing.js';
import { Filter } from './src/timeline/page/filter.js';
import { layoutOf, NAMES } from './src/timeline/page/layout.js';
import { Palette } from './src/timeline/page/palette.js';
import { Viewport } from './src/timeline/page/viewport.js';

globalThis.pictures = (body, width, count) => {
  const canvas = document.createElement('canvas');
  const layout = layoutOf(body.harts.length, 400);
  [canvas.width, canvas.height] = [NAMES + width, layout.height];
  document.body.append(canvas);
  const context = canvas.getContext('2d');
  const [filter, palette, view] = [new Filter(), new Palette(), new Viewport(width)];
  view.limit({ from: body.start, to: body.end });
  const { from, to } = body.window;
  // An answer for a part of the run reaches as far again on both sides as what is seen.
  const margin = from > body.start ? (to - from) / 4 : 0;
  for (let n = 0; n < count; n++) {
    const by = (margin * n) / count;
    view.put(from + margin + by, to - margin + by);
    draw(context, { body, view, layout, filter, palette, hit: undefined, selection: undefined, focus: 0, picked: undefined });
    // Until its pixels are there.
    context.getImageData(0, 0, 1, 1);
  }
};
`;

/** Milliseconds of the page's own processor time that a picture of each of these takes. */
async function drawn(bodies: readonly Omit<TimelineBody, 'running'>[]): Promise<number[]> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: '.', loader: 'ts' },
    ...{ bundle: true, write: false, format: 'iife', logLevel: 'error' },
  });
  const { browser, page } = await openPage();
  try {
    await page.addScriptTag({ content: outputFiles[0]!.text });
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const spent = async (body: object, count: number) => {
      const seconds = async () => {
        const { metrics } = await session.send('Performance.getMetrics');
        return metrics.find(({ name }) => name === 'TaskDuration')!.value;
      };
      const before = await seconds();
      await page.evaluate(
        ([one, width, times]) =>
          (globalThis as unknown as { pictures(...args: unknown[]): void }).pictures(one, width, times),
        [body, COLUMNS, count] as const,
      );
      return (await seconds()) - before;
    };
    const times: number[] = [];
    for (const body of bodies) {
      // What it takes to hand the answer over, and the first picture, are not counted.
      const first = await spent(body, PICTURES);
      times.push((((await spent(body, 2 * PICTURES)) - first) * 1000) / PICTURES);
    }
    return times;
  } finally {
    await browser.close();
  }
}

const PICTURES = 30;
