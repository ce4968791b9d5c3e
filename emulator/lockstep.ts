/**
 * Two engines beside each other: the machine runs on translated code, a second one of the same chip does the same on the interpreter, silently and a few
 * instructions behind. Before each slice the second one becomes what the first one is, so that whatever comes in from outside reaches both. Where they
 * part both go back to the start of the slice, and the first instruction that they do not agree on is looked for by halves.
 */

import { type Difference, differencesOf } from './differences.js';
import { decode } from './engine/decoder.js';
import { setAsideStores } from './hart/store-shadow.js';
import { markEntries } from './hart/watched-entries.js';
import { engineNotes, STATE } from './history/fingerprint.js';
import { fRegister, hart as at, xRegister } from './layout.js';
import type { Stop } from './driver.js';
import type { Machine } from './machine.js';
import { unitBytes } from './units.js';

const PAGE = 4096;
/** Instructions, at most, in which what differs behind them is looked for. */
const LONGEST_BLOCK = 64;

/** Where the engines parted. Steps are those of Machine.steps. */
export interface Divergence {
  /** They agree after so many steps, and no longer after so many: one more, unless it did not happen again. */
  readonly agreed: number;
  readonly differs: number;
  /** The instruction, as far as can be told: which hart's, where it lies, and what lay there, where that can be read. */
  readonly hart: number;
  readonly pc: bigint;
  readonly word?: number | undefined;
  /** The machine is the translator's, its twin the interpreter's. */
  readonly differences: readonly Difference[];
}

/** The engines do not agree. Both machines stand where they do so no longer: behind an instruction, or the block of translated code that it is in. */
export class EnginesDiffer extends Error {
  constructor(readonly divergence: Divergence) {
    super(textOf(divergence));
  }
}

/** @param instruction what it is called; its name alone where nobody knows better */
export function textOf(divergence: Divergence, instruction = nameOf(divergence.word)): string {
  const { agreed, differs, hart, pc, differences } = divergence;
  const where =
    differs === agreed + 1
      ? `by step ${differs}, by hart ${hart} at 0x${pc.toString(16)}, ${instruction}`
      : `between steps ${agreed} and ${differs}, which does not happen again`;
  const width = Math.max(0, ...differences.map(({ what }) => what.length));
  const rows = differences.map(({ what, machine, twin }) => `\n  ${what.padEnd(width)}  ${machine} | ${twin}`);
  return `translator and interpreter part ${where} (translator | interpreter):${rows.join('')}`;
}

function nameOf(word: number | undefined): string {
  if (word === undefined) return 'which can not be read';
  return decode(word, () => true).row?.name ?? 'no instruction';
}

/** What every hart has decoded. */
type Code = ReturnType<Machine['save']>['code'];

/** How the machine is run: so many steps at most; `quietly`: nobody hears of it, and nothing stops it. */
type Run = (most: number, quietly: boolean) => Stop;

export class Lockstep {
  /** By page of RAM: 1 where the second machine may have other bytes. */
  private readonly stale: Uint8Array;
  /** What both were when the slice began: everything in front of decoded code, RAM, and what is not in the linear memory. */
  private readonly head: Uint8Array;
  private readonly ram: Uint8Array;
  private saved!: ReturnType<Machine['save']>;
  /** Pages of RAM that are others now than in `ram`. */
  private readonly changedPages = new Set<number>();

  constructor(
    private readonly machine: Machine,
    /** On the interpreter; nobody else has it. */
    private readonly second: Machine,
  ) {
    const { map, written } = machine.memory;
    second.heedsBreakpoints = false;
    this.stale = new Uint8Array(written.length).fill(1);
    this.head = new Uint8Array(map.decode);
    this.ram = new Uint8Array(map.ramBytes);
  }

  /** These bytes of RAM were written from outside. */
  changed(pa: number, bytes: number): void {
    const first = Math.floor((pa - this.machine.memory.map.ramBase) / PAGE);
    this.stale.fill(1, first, first + Math.ceil(((pa % PAGE) + bytes) / PAGE));
  }

  everythingChanged(): void {
    this.stale.fill(1);
  }

  /**
   * Run, and let the second machine follow.
   * @param slice steps between two comparisons
   * @param run anything but `budget` ends it
   * @throws EnginesDiffer
   */
  run(budget: number, slice: number, run: Run): Stop {
    for (let left = budget; ; ) {
      const { machine } = this;
      const before = machine.steps;
      const told = this.join();
      const stop = run(Math.min(left, slice), false);
      const steps = machine.steps - before;
      if (steps > 0) this.second.run(steps);
      if (stop.reason === 'breakpoint') this.stopAlike(machine.harts[stop.hart]!.pc);
      if (!this.agree()) throw new EnginesDiffer(this.parted(before, steps, run));
      // Who else wants to know what was written is not to miss what was before.
      for (const page of marked(told)) machine.memory.written[page] = 1;
      left -= steps;
      if (stop.reason !== 'budget' || left <= 0 || steps < slice) return stop;
    }
  }

  /** The second machine becomes what the first one is, and that is kept. @returns which pages had been written until now */
  private join(): Uint8Array {
    const { machine, second, stale, changedPages } = this;
    const { memory } = machine;
    const { map } = memory;
    // Entries that were watched no longer are.
    machine.watchpoints.prepare();
    // From here on the first store to each page is told.
    for (const hart of machine.harts) setAsideStores(hart);
    const told = memory.written.slice();
    memory.written.fill(0);
    second.memory.written.fill(0);
    this.head.set(memory.u8.subarray(0, map.decode));
    second.memory.u8.set(this.head);
    for (const page of marked(stale)) {
      const from = map.ram + page * PAGE;
      second.memory.u8.set(memory.u8.subarray(from, from + PAGE), from);
      changedPages.add(page);
    }
    stale.fill(0);
    for (const page of changedPages) {
      const from = map.ram + page * PAGE;
      this.ram.set(memory.u8.subarray(from, from + PAGE), page * PAGE);
    }
    this.changedPages.clear();
    this.saved = machine.save();
    second.restore(this.forSecond());
    // Nothing is watched in the second machine.
    if (machine.watchpoints.active) for (const hart of second.harts) markEntries(hart, () => false);
    return told;
  }

  /** The second machine stops before this instruction too: it has been fetched then, and its turn has begun. */
  private stopAlike(pc: bigint): void {
    const { second } = this;
    const id = second.breakpoints.add({ va: pc });
    second.heedsBreakpoints = true;
    second.run(1);
    second.heedsBreakpoints = false;
    second.breakpoints.remove(id);
  }

  /** The second machine tells nobody of migrations. */
  private forSecond(): ReturnType<Machine['save']> {
    return { ...this.saved, migrations: this.second.migrations.save() };
  }

  /** Is all the same that a guest could tell, of RAM the pages that either has written? */
  private agree(): boolean {
    const { machine, second, changedPages } = this;
    const pages = new Set([...marked(machine.memory.written), ...marked(second.memory.written)]);
    for (const page of pages) changedPages.add(page);
    return same(machine, second, pages);
  }

  /** Both go back to where the slice began, and on by so many steps. @returns whether they agree there */
  private agreeAfter(steps: number, run: Run): boolean {
    const { machine, second, head, ram, changedPages } = this;
    for (const each of [machine, second]) {
      const { u8, map, written } = each.memory;
      u8.set(head);
      for (const page of changedPages) u8.set(ram.subarray(page * PAGE, (page + 1) * PAGE), map.ram + page * PAGE);
      written.fill(0);
    }
    machine.restore(this.saved);
    second.restore(this.forSecond());
    if (machine.watchpoints.active) for (const hart of second.harts) markEntries(hart, () => false);
    for (let left = steps; left > 0; ) {
      const before = machine.steps;
      const { reason } = run(left, true);
      left -= machine.steps - before;
      if (reason === 'power' || reason === 'deadlock') break;
    }
    if (steps > 0) second.run(steps);
    return this.agree();
  }

  /** Where in the slice, as exactly as can be. */
  private parted(before: number, steps: number, run: Run): Divergence {
    const asSeen = this.divergence(before, before + steps);
    // What was decoded and translated meanwhile is to be there from the start.
    const { code } = this.machine.save();
    if (isMore(code, this.saved.code)) this.saved = { ...this.saved, code };
    if (this.agreeAfter(steps, run)) return asSeen;
    let [least, most] = [0, steps];
    while (most - least > 1) {
      const middle = (least + most) >> 1;
      if (this.agreeAfter(middle, run)) least = middle;
      else most = middle;
    }
    this.agreeAfter(most, run);
    return this.blamed(this.divergence(before + least, before + most), most, run);
  }

  /**
   * Translated code is executed in blocks: that an instruction went wrong shows where its block ends. It is one that changed, last on the interpreter,
   * something that is different now, and of these the earliest.
   */
  private blamed(found: Divergence, most: number, run: Run): Divergence {
    const { second } = this;
    const things = found.differences.map(({ read }) => ({ read, changed: most - 1 }));
    const from = Math.max(0, most - LONGEST_BLOCK);
    const stood: Pick<Divergence, 'hart' | 'pc' | 'word'>[] = [];
    this.agreeAfter(from, run);
    for (let step = from; step < most; step++) {
      const before = things.map(({ read }) => read(second));
      const words = second.harts.map(({ id, pc }) => ({ hart: id, pc, word: wordAt(second, id, pc) }));
      second.run(1);
      stood[step] = words[second.last]!;
      things.forEach((thing, n) => {
        if (thing.read(second) !== before[n]) thing.changed = step;
      });
    }
    const step = Math.min(...things.map(({ changed }) => changed));
    this.agreeAfter(most, run);
    return { ...found, ...stood[step] };
  }

  private divergence(agreed: number, differs: number): Divergence {
    const { machine, second } = this;
    const hart = machine.last;
    return { agreed, differs, hart, pc: machine.harts[hart]!.pc, differences: differencesOf(machine, second) };
  }
}

/** Does a hart decode the same code in all that it had decoded before, and in the same places? */
function isMore(now: Code, before: Code): boolean {
  return before.every(({ list, fences }, hart) => {
    const own = now[hart]!;
    return (
      own.fences === fences &&
      list.every(({ page, key, code }, n) => {
        const slot = own.list[n];
        return page < 0 || (slot?.page === page && slot.key === key && slot.code === code);
      })
    );
  });
}

function wordAt(machine: Machine, hart: number, pc: bigint): number | undefined {
  const bytes = machine.readVirtual(hart, pc, 4);
  return bytes.length < 2 ? undefined : bytes.reduceRight((all, byte) => all * 256 + byte, 0);
}

function marked(pages: Uint8Array): number[] {
  const found: number[] = [];
  for (let page = pages.indexOf(1); page >= 0; page = pages.indexOf(1, page + 1)) found.push(page);
  return found;
}

/** All that a guest could tell, of RAM these pages. */
function same(one: Machine, other: Machine, pages: Iterable<number>): boolean {
  const [a, b] = [one.memory.i32, other.memory.i32];
  const alike = (start: number, bytes: number) => {
    for (let n = start >> 2; n < (start + bytes) >> 2; n++) if (a[n] !== b[n]) return false;
    return true;
  };
  const { map } = one.memory;
  for (const [n, { block, time }] of one.harts.entries()) {
    if (time !== other.harts[n]!.time) return false;
    // Not what was written to x0, which lies between the others.
    for (const registers of [xRegister(n, 0), fRegister(n, 0)]) if (!alike(registers, 32 * 8)) return false;
    if (!alike(block + at.units, unitBytes)) return false;
    for (let offset = 0; offset < STATE; offset += 4) {
      if (a[(block + offset) >> 2] !== b[(block + offset) >> 2] && !isNote(offset)) return false;
    }
  }
  if (!alike(map.vectors, map.harts * map.vectorBytes)) return false;
  for (const page of pages) if (!alike(map.ram + page * PAGE, PAGE)) return false;
  return true;
}

const isNote = (offset: number) => engineNotes.some(([first, bytes]) => first <= offset && offset < first + bytes);
