/**
 * Our machine, with the program in user mode behind page tables, few pages of it in memory at a time: pages come in at faults, into
 * any frame, and others go out, at faults and at any other time. Every instruction that touches memory can be interrupted and taken up again, vector ones in their middle.
 */
import type { EngineChoice } from '../../emulator/engine/choice.js';
import type { TrapEvent } from '../../emulator/events.js';
import { type Machine, RAM_BASE } from '../../emulator/machine.js';
import { A, D, PageTables, R, U, W, X } from '../emulator/page-tables.js';
import { createMachine, HANDLER, MOST_INSTRUCTIONS, type Outcome, System } from './machines.js';
import { BASE, bytesOf, image, type Program, word } from './program.js';
import { Random } from './random.js';

const PAGE = 4096;
/** Physical addresses. */
const TABLES = RAM_BASE + 0x10_0000;
const FRAMES = RAM_BASE + 0x40_0000;
/**
 * Few enough that pages keep leaving. The latest four stay: code across two pages and an element of data across two others come
 * in one after another, and then the instruction gets on.
 */
const FRAME_COUNT = 6;
const KEPT = 4;

const PAGE_FAULTS = [12, 13, 15];
/** In menvcfg and senvcfg: cache-block operations are allowed. */
const CACHE_BLOCKS = 0xf0n;

export class Paged {
  /** Called with each trap. */
  private onTrap: (trap: TrapEvent) => void = () => {};

  private constructor(private readonly machine: Machine) {
    machine.events.on((event) => {
      if (event.kind === 'trap') this.onTrap(event);
    });
  }

  static async create(vlen: number, engine: EngineChoice): Promise<Paged> {
    return new Paged(await createMachine(vlen, engine));
  }

  run(program: Program): Outcome {
    const machine = this.machine;
    const hart = machine.harts[0]!;
    const space = new Space(machine, image(program).slice(), new Random(program.seed));
    const system = new System(program, space);
    machine.memory.write(HANDLER, bytesOf([word('sfence.vma', 0, 0), word('mret')]));
    machine.reset({ pc: BigInt(HANDLER) });
    hart.setCsr('pmpaddr0', (1n << 54n) - 1n);
    hart.setCsr('pmpcfg0', 0x1fn);
    hart.setCsr('satp', space.tables.satp);
    hart.setCsr('mtvec', BigInt(HANDLER));
    hart.setCsr('mepc', BigInt(BASE));
    hart.setCsr('mstatus', (3n << 13n) | (3n << 9n));
    hart.setCsr('menvcfg', CACHE_BLOCKS);
    hart.setCsr('senvcfg', CACHE_BLOCKS);

    let over = false;
    this.onTrap = (trap) => {
      if (PAGE_FAULTS.includes(trap.cause) && space.bringIn(trap.tval)) return;
      const next = system.trap(trap, (n) => hart.x(n));
      if (next !== undefined) return hart.setCsr('mepc', next);
      over = true;
      machine.stop();
    };
    for (let left = MOST_INSTRUCTIONS; !over && left > 0; ) {
      const slice = 16 + space.random.below(32);
      machine.run(slice);
      left -= slice;
      space.sendOut();
      hart.flushTlb();
    }
    const { output, problem, pc } = system.outcome(hart.pc);
    return output ? { output } : { problem: `paged: ${problem}`, pc };
  }
}

/** The program's pages: in a frame, or out. */
class Space {
  readonly tables: PageTables;
  /** Page numbers from BASE on, in the order in which they came in, and their frames. */
  private readonly resident = new Map<number, number>();

  constructor(
    private readonly machine: Machine,
    /** All pages as they were when they last went out. */
    private readonly out: Uint8Array,
    readonly random: Random,
  ) {
    machine.memory.write(TABLES, new Uint8Array(16 * PAGE));
    this.tables = new PageTables(machine, TABLES);
  }

  /** Map the page of an address. @returns false where there is none, or where it is mapped */
  bringIn(va: bigint): boolean {
    const page = Math.floor((Number(va) - BASE) / PAGE);
    if (page < 0 || page * PAGE >= this.out.length || this.resident.has(page)) return false;
    while (this.resident.size >= FRAME_COUNT || (this.resident.size > KEPT && this.random.oneIn(2))) {
      this.sendOut(this.resident.size - KEPT);
    }
    const used = new Set(this.resident.values());
    const free = Array.from({ length: FRAME_COUNT }, (_, n) => n).filter((n) => !used.has(n));
    const frame = this.random.pick(free);
    this.machine.memory.write(FRAMES + frame * PAGE, this.out.subarray(page * PAGE, (page + 1) * PAGE));
    // Accessed and dirty are set here, or by the walk.
    const flags = R | W | X | U | (this.random.oneIn(2) ? A | D : 0);
    this.tables.map(BigInt(BASE + page * PAGE), FRAMES + frame * PAGE, flags);
    this.resident.set(page, frame);
    return true;
  }

  /** One of the pages that came in first, or of all. */
  sendOut(first = this.resident.size): void {
    if (first === 0) return;
    const [page, frame] = this.random.pick([...this.resident].slice(0, first));
    this.out.set(this.machine.memory.read(FRAMES + frame * PAGE, PAGE), page * PAGE);
    this.tables.write(this.tables.entryAt(BigInt(BASE + page * PAGE)), 0n);
    this.resident.delete(page);
  }

  /** Change bytes within a page. */
  write(at: number, bytes: Uint8Array): void {
    this.out.set(bytes, at);
    const frame = this.resident.get(Math.floor(at / PAGE));
    if (frame !== undefined) this.machine.memory.write(FRAMES + frame * PAGE + (at % PAGE), bytes);
  }

  /** Bytes from one offset to another. */
  read(from: number, to: number): Uint8Array {
    for (const [page, frame] of this.resident) {
      this.out.set(this.machine.memory.read(FRAMES + frame * PAGE, PAGE), page * PAGE);
    }
    return this.out.slice(from, to);
  }
}
