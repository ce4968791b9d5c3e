/**
 * mcycle, minstret and the programmable counters (privileged specification, "Hardware Performance Monitor" and "Sscofpmf"). A counter is
 * the count of its event plus a base that writing sets; while it stands still the base is the counter. So counting costs nothing.
 */
import { events, fieldOf, interrupts, mhpmevent } from '../../isa/csrs.js';
import type { Hart } from './hart.js';
import { M, S } from './modes.js';
import { longs, words } from './words.js';

/** Numbers of the two fixed counters, and of the programmable ones. */
const CYCLE = 0;
const INSTRET = 2;
const PROGRAMMABLE = 0xffff_fff8 | 0;

/** Events that the host counts as they happen, by their place in `longs.occurred`. */
export const OCCURRING = [events.loadTlbMiss, events.storeTlbMiss, events.exception, events.interrupt] as const;
const known: ReadonlySet<number> = new Set(Object.values(events));

const baseOf = (n: number) => longs.counterBase + 8 * n;
const wrapOf = (n: number) => longs.counterWrap + 8 * n;
const eventOf = (n: number) => longs.counterEvent + 8 * n;

function selected(hart: Hart, n: number): number {
  if (n === CYCLE) return events.cycle;
  return n === INSTRET ? events.instruction : Number(fieldOf(hart.long(eventOf(n)), mhpmevent.event));
}

/** How often the event has happened since reset; while an instruction runs: without it. */
function count(hart: Hart, event: number): number {
  if (event === events.cycle) return hart.time;
  if (event === events.instruction) return hart.instret;
  const place = OCCURRING.indexOf(event as (typeof OCCURRING)[number]);
  return place < 0 ? 0 : hart.double(longs.occurred + 8 * place);
}

/** The same at the end of the instruction that runs: a change that it makes is in force from the next one on. */
function countAfter(hart: Hart, event: number): number {
  const itself = hart.running && (event === events.cycle || event === events.instruction);
  return count(hart, event) + (itself ? 1 : 0);
}

const stands = (hart: Hart, n: number) => ((hart.word(words.stopped) >>> n) & 1) !== 0;

/** The numbers of the bits that are set. */
function* each(mask: number): Generator<number> {
  for (let rest = mask; rest; rest &= rest - 1) yield 31 - Math.clz32(rest & -rest);
}

/** A counter's value now. */
export function readCounter(hart: Hart, n: number): bigint {
  const base = hart.long(baseOf(n));
  return stands(hart, n) ? base : BigInt.asUintN(64, base + BigInt(count(hart, selected(hart, n))));
}

/** Set a counter: the next instruction reads this value. */
export function writeCounter(hart: Hart, n: number, value: bigint): void {
  const since = stands(hart, n) ? 0n : BigInt(countAfter(hart, selected(hart, n)));
  hart.setLong(baseOf(n), BigInt.asUintN(64, value - since));
  arm(hart);
}

/** Does the hart have this counter? */
export const hasCounter = (hart: Hart, n: number) => n === CYCLE || n === INSTRET || hart.has('Zihpm');

/** Write mcountinhibit. */
export function inhibit(hart: Hart, value: number): void {
  const all = (1 << CYCLE) | (1 << INSTRET) | (hart.has('Zihpm') ? PROGRAMMABLE : 0);
  hart.setWord(words.mcountinhibit, value & all);
  settleCounters(hart);
}

/** Write mhpmevent n: an event that the machine does not count is none. The counter keeps its value. */
export function chooseEvent(hart: Hart, n: number, value: bigint): void {
  if (!hart.has('Zihpm')) return;
  const wanted = Number(fieldOf(value, mhpmevent.event));
  const event = known.has(wanted) ? wanted : 0;
  const now = stands(hart, n) ? 0 : countAfter(hart, selected(hart, n));
  const kept = BigInt.asUintN(64, hart.long(baseOf(n)) + BigInt(now));
  const filters = hart.has('Sscofpmf') ? value & FILTERS : 0n;
  hart.setLong(eventOf(n), BigInt(event) | filters);
  const bit = 1 << n;
  const set = (offset: number, on: boolean) =>
    hart.setWord(offset, on ? hart.word(offset) | bit : hart.word(offset) & ~bit);
  set(words.selected, event !== 0);
  set(words.filtered, (filters & ~OVERFLOWED) !== 0n);
  hart.setLong(baseOf(n), BigInt.asUintN(64, kept - (stands(hart, n) ? 0n : BigInt(countAfter(hart, event)))));
  settleCounters(hart);
}
const OVERFLOWED = 1n << 63n;
const FILTERS = 0xfn << 60n;

/** mhpmevent n. */
export const eventRegister = (hart: Hart, n: number): bigint => hart.long(eventOf(n));

/** scountovf: which counters have overflowed. */
export function overflowed(hart: Hart): bigint {
  let all = 0n;
  for (const n of each(PROGRAMMABLE)) if (hart.long(eventOf(n)) & OVERFLOWED) all |= 1n << BigInt(n);
  return all;
}

/** Let counters run or stand still as mcountinhibit and their filters want it in the hart's mode. */
export function settleCounters(hart: Hart): void {
  const { privilege } = hart;
  const filter = privilege === M ? mhpmevent.MINH : privilege === S ? mhpmevent.SINH : mhpmevent.UINH;
  let stopped = hart.word(words.mcountinhibit);
  for (const n of each(hart.word(words.filtered))) if (fieldOf(hart.long(eventOf(n)), filter)) stopped |= 1 << n;
  const changed = stopped ^ hart.word(words.stopped);
  for (const n of each(changed)) {
    const now = BigInt(countAfter(hart, selected(hart, n)));
    const base = hart.long(baseOf(n));
    hart.setLong(baseOf(n), BigInt.asUintN(64, (stopped >>> n) & 1 ? base + now : base - now));
  }
  hart.setWord(words.stopped, stopped);
  arm(hart);
}

// Overflow: a counter whose OF bit is clear asks for an interrupt when it goes from all ones to zero.

function arm(hart: Hart): void {
  if (!hart.has('Sscofpmf')) return;
  let armed = 0;
  for (const n of each(hart.word(words.selected) & ~hart.word(words.stopped))) {
    const wrap = BigInt.asUintN(64, -hart.long(baseOf(n)));
    if (hart.long(eventOf(n)) & OVERFLOWED || wrap > MOST) continue;
    if (Number(wrap) <= countAfter(hart, selected(hart, n))) continue;
    hart.setDouble(wrapOf(n), Number(wrap));
    armed |= 1 << n;
  }
  // The grant of this turn was given for what was armed before.
  if (armed !== hart.word(words.armed) && hart.running) hart.endTurn();
  hart.setWord(words.armed, armed);
}
/** No machine counts further. */
const MOST = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * The hart's time, in cycles, before which no counter overflows. Events that the host counts are looked at when they happen.
 * @param waiting the hart retires nothing
 */
export function nextOverflow(hart: Hart, waiting = false): number {
  let least = Number.POSITIVE_INFINITY;
  if (hart.word(words.armed) === 0) return least;
  for (const n of each(hart.word(words.armed))) {
    const event = selected(hart, n);
    const left = hart.double(wrapOf(n)) - count(hart, event);
    const soonest = event === events.cycle || (event === events.instruction && !waiting);
    if (soonest) least = Math.min(least, hart.time + left);
  }
  return least;
}

/** Note the counters that have overflowed. @returns whether there are any */
export function noteOverflows(hart: Hart): boolean {
  let any = false;
  if (hart.word(words.armed) === 0) return any;
  for (const n of each(hart.word(words.armed))) {
    if (count(hart, selected(hart, n)) < hart.double(wrapOf(n))) continue;
    hart.setLong(eventOf(n), hart.long(eventOf(n)) | OVERFLOWED);
    hart.setWord(words.armed, hart.word(words.armed) & ~(1 << n));
    hart.setWord(words.software, hart.word(words.software) | (1 << interrupts.LCOFI));
    any = true;
  }
  return any;
}

/** Something happened that the host counts. */
export function countEvent(hart: Hart, event: (typeof OCCURRING)[number]): void {
  const place = longs.occurred + 8 * OCCURRING.indexOf(event);
  hart.setDouble(place, hart.double(place) + 1);
  if (hart.word(words.armed) && noteOverflows(hart)) hart.endTurn();
}
