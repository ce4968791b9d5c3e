/** A run as a picture in characters: a lane per hart, time from left to right, and why threads moved. */
import { type LeaveReason, type MigrationEvent, moveReasons } from '../emulator/events.js';
import type { Soc } from '../emulator/soc/soc.js';
import type { Actor } from '../emulator/timeline/actors.js';
import type { Mark } from '../emulator/timeline/crossings.js';
import type { Timeline } from '../emulator/timeline/timeline.js';
import type { Stretch, Sums } from '../emulator/timeline/track.js';
import type { Migration, Question } from '../emulator/trip.js';

const WIDTH = 72;
const IDLE = '·';
const KERNEL = 'k';
const FIRMWARE = 'f';
/** A user thread that never migrated. */
const USER = 'u';

/** Marks under a lane: a thread leaves for this reason. */
const leaveMarks: Readonly<Record<LeaveReason, string>> = {
  syscall: 's',
  'page-fault': 'p',
  illegal: 'i',
  breakpoint: 'b',
  misaligned: 'm',
  'access-fault': 'a',
  recall: 'r',
  hint: 'h',
};
/** A class's is the first letter of its name. */
const outboundMarks = Object.fromEntries(moveReasons.map((reason) => [reason, reason[0]!]));
const marks = { ...outboundMarks, ...leaveMarks } as Readonly<Record<NonNullable<MigrationEvent['reason']>, string>>;
/** A thread asks without leaving: the same letter, large. */
const markOf = ({ step, reason }: Mark) =>
  reason === undefined ? '' : step === 'ask' ? marks[reason].toUpperCase() : marks[reason];

const grouped = (n: number) => String(n).replaceAll(/\B(?=(\d{3})+$)/g, ' ');
const times = (count: number, what: string) => `${grouped(count)} ${what}${count === 1 ? '' : 's'}`;

/** The lanes from the first user instruction to the end, each column as much time. */
export function lanesPicture(soc: Soc, timeline: Timeline): string {
  timeline.mark();
  const { list: actors } = timeline.actors;
  const start = firstOf(timeline, ({ kind }) => actors[kind]!.kind === 'thread');
  const end = timeline.now;
  if (!(end > start)) return 'No user program ran.\n';
  const column = (end - start) / WIDTH;
  const digits = taskDigits(timeline);
  const charOf = ({ kind, task }: Actor) => {
    if (kind !== 'thread') return { kernel: KERNEL, firmware: FIRMWARE, idle: IDLE }[kind];
    return task === undefined ? USER : (digits.get(task) ?? USER);
  };
  const label = (text: string) => text.padEnd(Math.max(...soc.harts.map(({ isaString }) => isaString.length)) + 8);
  const lines = [`${label('')}  each column is ${grouped(Math.round(column))} cycles`];
  soc.harts.forEach(({ isaString }, hart) => {
    const lane = Array.from({ length: WIDTH }, (_, n) => {
      const from = start + n * column;
      const sums = timeline.sumUp(hart, from, from + column);
      return mostly(sums, column, (actor) => actors[actor]!, charOf);
    });
    lines.push(`${label(`hart ${hart} ${isaString}`)} │${lane.join('')}│`);
    const under = markLine(timeline, hart, start, column);
    if (under) lines.push(`${label('')}  ${under}`);
  });
  const unnamed = lines.some((line) => new RegExp(`│.*${USER}.*│`).test(line))
    ? [`${USER} a thread that never moved`]
    : [];
  const tasks = [...digits].map(([task, digit]) => `${digit} task ${task}`);
  lines.push(
    '',
    `${[...tasks, ...unnamed, `${KERNEL} kernel`, `${FIRMWARE} firmware`, `${IDLE} waiting`].join('   ')}`,
  );
  const seen = new Map(timeline.crossings.marks.filter(isMarked).map((mark) => [markOf(mark), mark]));
  const why = [...seen].map(([mark, { step, reason }]) => `${mark} ${reason}${step === 'ask' ? ' asked' : ''}`);
  if (why.length) lines.push(`under a lane, a thread leaves for: ${why.join('   ')}   * several`);
  return `${lines.join('\n')}\n`;
}

/** When the first stretch of a kind began; infinite when there is none. */
function firstOf(timeline: Timeline, wanted: (stretch: Stretch) => boolean): number {
  let first = Number.POSITIVE_INFINITY;
  timeline.lanes.forEach((lane, hart) => {
    for (const stretch of lane)
      if (wanted(stretch)) {
        first = Math.min(first, stretch.start);
        return;
      }
    for (const stretch of timeline.unfinished(hart)) if (wanted(stretch)) first = Math.min(first, stretch.start);
  });
  return first;
}

function taskDigits({ crossings: { marks } }: Timeline): Map<number, string> {
  const digits = '123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const tasks = [...new Set(marks.map(({ task }) => task).filter((task) => task >= 0))];
  return new Map(tasks.map((task, n) => [task, digits[n] ?? '?']));
}

/** What the hart did in a column: a user thread wherever one ran, since firmware and kernel are only its way; else what it did most. */
function mostly(sums: Sums, column: number, actorOf: (n: number) => Actor, charOf: (actor: Actor) => string): string {
  const share = new Map<string, number>([[IDLE, column]]);
  const users = new Map<string, number>();
  const add = (to: Map<string, number>, what: string, much: number) => to.set(what, (to.get(what) ?? 0) + much);
  sums.kinds.forEach((kind, n) => {
    const actor = actorOf(kind);
    const cycles = sums.cycles[n]!;
    if (actor.kind === 'thread') add(users, charOf(actor), cycles);
    else if (actor.kind !== 'idle') add(share, charOf(actor), cycles);
    if (actor.kind !== 'idle') add(share, IDLE, -cycles);
  });
  return [...(users.size ? users : share)].reduce((most, each) => (each[1] > most[1] ? each : most))[0];
}

/** Where threads left the hart, or asked on it: a migration was asked for, or one came back from here, or a question was asked. */
const isMarked = ({ step, reason }: Mark) =>
  reason !== undefined && (step === 'sbi-migrate' || step === 'leave' || step === 'ask');

function markLine({ crossings: { steps, marks } }: Timeline, hart: number, start: number, column: number): string {
  const line: string[] = [];
  for (const step of steps) {
    const kind = marks[step.kind]!;
    if (kind.hart !== hart || !isMarked(kind)) continue;
    const n = Math.min(WIDTH - 1, Math.max(0, Math.floor((step.start - start) / column)));
    const mark = markOf(kind);
    line[n] = line[n] === undefined || line[n] === mark ? mark : '*';
  }
  return Array.from(line, (each) => each ?? ' ').join('');
}

/** The crossings one a line, in order; the same way back and forth again is folded into one line with its count. */
export function crossingsPicture(crossings: readonly Migration[], nameOf: (pc: bigint) => string, most = 24): string {
  const lines: { text: string; count: number; cycle: number }[] = [];
  for (const { task, from, to, pc, reason, cycle } of crossings) {
    const text = `task ${task}  hart ${from} ──▶ hart ${to}  ${reason.padEnd(12)} at ${nameOf(pc)}`;
    const again = lines.slice(-2).find((line) => line.text === text);
    if (again) again.count++;
    else lines.push({ text, count: 1, cycle });
  }
  const shown = lines.slice(0, most).map(({ text, count, cycle }) => {
    return `${grouped(cycle).padStart(14)}  ${text}${count > 1 ? `  × ${grouped(count)}` : ''}`;
  });
  if (lines.length > most) shown.push(`${' '.repeat(16)}… and ${lines.length - most} more lines`);
  if (!lines.length) return 'No thread moved.\n';
  return `${['         cycle', ...shown].join('\n')}\n`;
}

/** How often a thread crossed or asked for each reason, and how much each hart did. */
export function countsPicture(
  soc: Soc,
  crossings: readonly Migration[],
  questions: readonly Question[],
  instructions: readonly number[],
): string {
  const counted = (list: readonly { reason: Migration['reason'] }[]) => {
    const counts = new Map<string, number>();
    for (const { reason } of list) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return [...counts];
  };
  const list = (counts: readonly (readonly [string, number])[]) =>
    counts.map(([reason, n]) => `${grouped(n)} ${reason}`).join(', ');
  const kinds: Readonly<Record<string, string>> = { hint: 'ahead, by a hint', guest: 'as a guest' };
  const out = counted(crossings.filter(({ way }) => way === 'out'));
  const back = counted(crossings.filter(({ way }) => way === 'back'));
  return [
    `${out.map(([reason, n]) => `${times(n, 'crossing')} ${kinds[reason] ?? `to a ${reason} hart`}`).join(', ') || 'no crossing'}; back: ${list(back) || 'none'}`,
    ...(questions.length ? [`asked without leaving: ${list(counted(questions))}`] : []),
    ...instructions.map((n, hart) => `hart ${hart} ${soc.harts[hart]!.isaString}: ${grouped(n)} instructions`),
    '',
  ].join('\n');
}
