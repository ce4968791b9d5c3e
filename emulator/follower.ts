/**
 * Two engines beside each other: the machine runs on translated code, a second one of the same chip does the same on the interpreter, silently and a few
 * instructions behind. Before each slice the second one becomes what the first one is, so that whatever comes in from outside reaches both.
 */
import { engineNotes, STATE } from './history/fingerprint.js';
import { setAsideStores } from './hart/store-shadow.js';
import { fRegister, hart as at, xRegister } from './layout.js';
import { type Difference, differencesOf } from './lockstep.js';
import type { Machine, Stop } from './machine.js';
import { unitBytes } from './units.js';

const PAGE = 4096;

/** The engines do not agree. Both machines stand behind the slice in which they parted. */
export class EnginesDiffer extends Error {
  constructor(
    /** Steps (Machine.steps) between which the engines parted. */
    readonly from: number,
    readonly to: number,
    readonly differences: readonly Difference[],
  ) {
    super(
      `translator and interpreter part between steps ${from} and ${to} (translator | interpreter):\n${differences.map(({ what, machine, twin }) => `  ${what}: ${machine} | ${twin}`).join('\n')}`,
    );
  }
}

export class Follower {
  /** By page of RAM: 1 where the second machine may have other bytes. */
  private readonly stale: Uint8Array;

  constructor(
    private readonly machine: Machine,
    /** On the interpreter; nobody else has it. */
    private readonly second: Machine,
  ) {
    second.heedsBreakpoints = false;
    this.stale = new Uint8Array(machine.memory.written.length).fill(1);
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
   * Run as `run` does, and let the second machine follow.
   * @param slice steps between two comparisons
   * @param run runs the machine so many steps at most; anything but `budget` ends it
   * @throws EnginesDiffer
   */
  run(budget: number, slice: number, run: (most: number) => Stop): Stop {
    for (let left = budget; ; ) {
      const { machine } = this;
      const before = machine.steps;
      const told = this.join();
      const stop = run(Math.min(left, slice));
      const steps = machine.steps - before;
      this.follow(before, steps);
      // Who else wants to know what was written is not to miss what was before.
      for (const page of marked(told)) machine.memory.written[page] = 1;
      left -= steps;
      if (stop.reason !== 'budget' || left <= 0 || steps < slice) return stop;
    }
  }

  /** The second machine becomes what the first one is. @returns which pages had been written until now */
  private join(): Uint8Array {
    const { machine, stale } = this;
    const second = this.second;
    const { memory } = machine;
    const { map } = memory;
    // From here on the first store to each page is told.
    for (const hart of machine.harts) setAsideStores(hart);
    const told = memory.written.slice();
    memory.written.fill(0);
    second.memory.written.fill(0);
    second.memory.u8.set(memory.u8.subarray(0, map.decode));
    for (const page of marked(stale)) {
      const at = map.ram + page * PAGE;
      second.memory.u8.set(memory.u8.subarray(at, at + PAGE), at);
    }
    stale.fill(0);
    // It tells nobody of migrations.
    second.restore({ ...machine.save(), migrations: second.migrations.save() });
    return told;
  }

  private follow(before: number, steps: number): void {
    const { machine, second } = this;
    if (steps > 0) second.run(steps);
    const pages = new Set([...marked(machine.memory.written), ...marked(second.memory.written)]);
    if (!same(machine, second, pages))
      throw new EnginesDiffer(before, before + steps, differencesOf([machine, second]));
  }
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
    for (let offset = 0; offset < STATE; offset += 4)
      if (a[(block + offset) >> 2] !== b[(block + offset) >> 2] && !isNote(offset)) return false;
  }
  if (!alike(map.vectors, map.harts * map.vectorBytes)) return false;
  for (const page of pages) if (!alike(map.ram + page * PAGE, PAGE)) return false;
  return true;
}

const isNote = (offset: number) => engineNotes.some(([first, bytes]) => first <= offset && offset < first + bytes);
