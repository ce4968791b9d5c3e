/**
 * A machine: harts, memory, devices. Harts get their turns in an order (schedule.ts) that makes a run a function of its inputs, to the instruction, however
 * it is cut into slices.
 */

import type { Instruction } from '../isa/types.js';
import { Breakpoints } from './breakpoints.js';
import { Aclint } from './devices/aclint.js';
import { Bus, type Device } from './devices/bus.js';
import { Finisher } from './devices/finisher.js';
import { Mailbox } from './devices/mailbox.js';
import { Plic } from './devices/plic.js';
import { UART_SOURCE, Uart } from './devices/uart.js';
import { engineBytes } from './engine/bytes.js';
import type { EngineChoice } from './engine/choice.js';
import { Driver, type Stop } from './driver.js';
import { DecodeCache } from './engine/decode-cache.js';
import { hasFused } from './engine/fused.js';
import { startEngine } from './engine/start.js';
import { Translator } from './engine/translator/translator.js';
import { EventStream } from './event-stream.js';
import type { MachineEvent, Privilege } from './events.js';
import type { Board } from './hart/board.js';
import { Hart } from './hart/hart.js';
import { Host } from './hart/host.js';
import { type Access, probe } from './hart/translation.js';
import { longs } from './hart/words.js';
import { memoryMap, TOLD, told } from './layout.js';
import { Lockstep } from './lockstep.js';
import { Memory } from './memory.js';
import { MigrationTracker } from './migration.js';
import { Schedule } from './schedule.js';
import type { Soc } from './soc/soc.js';
import { Watchpoints } from './watchpoints.js';

/** Physical address of the first byte of RAM. */
export const RAM_BASE = 0x8000_0000;

/** Instructions between two comparisons of the engines in lockstep. */
const LOCKSTEP_SLICE = 1000;

export interface MachineOptions {
  /** How code is executed; what it does is the same, to the instruction. */
  readonly engine?: EngineChoice;
  /** Use the platform's relaxed multiply-add, which must round once. Default: where a probe finds that it does. The results are the same. */
  readonly fused?: boolean;
}

export class Machine implements Board {
  readonly memory: Memory;
  readonly harts: readonly Hart[];
  readonly bus: Bus;
  readonly events = new EventStream(() => this.retell());
  readonly breakpoints: Breakpoints;
  readonly watchpoints: Watchpoints;
  readonly migrations: MigrationTracker;
  readonly misaligned: 'allow' | 'trap';
  /** What the guest's console gets. What it sends comes as `console` events. */
  readonly console: { write(bytes: Iterable<number>): void };

  private readonly aclint: Aclint;
  private readonly plic: Plic;
  private readonly uart: Uart;
  readonly mailbox: Mailbox | undefined;
  private readonly code: DecodeCache;
  private readonly host: Host;
  private lockstep: Lockstep | undefined;

  private readonly schedule: Schedule;
  private readonly hasAccelerator: boolean;
  private readonly driver: Driver;

  /** Build a machine from a checked description. Call `reset` (or boot.ts) before `run`. @throws RangeError when it does not fit in 4 GiB */
  static async create(soc: Soc, { engine = 'auto', fused = hasFused() }: MachineOptions = {}): Promise<Machine> {
    const machine = new Machine(soc);
    const started = await startEngine(machine.memory.wasm, machine.host, engineBytes(fused));
    machine.driver.engine = started;
    if (engine !== 'interpreter') {
      const whose = {
        has: (hart: number, extension: string) => machine.decodes(hart, extension),
        isa: (hart: number) => soc.harts[hart]!.isa.text,
        chip: (hart: number) => ({
          vlenb: soc.harts[hart]!.isa.vlen / 8,
          has: (extension: string) => machine.decodes(hart, extension),
          fused,
        }),
        marked: (pc: bigint) => machine.breakpoints.marks(pc),
        watched: (row: Instruction, word: number) => machine.watchpoints.registers.written(row, word),
      };
      const patience = engine === 'lockstep' ? 'translator' : engine;
      machine.driver.translator = new Translator(machine.memory.wasm, machine.code, started, whose, patience);
    }
    if (engine === 'lockstep')
      machine.lockstep = new Lockstep(machine, await Machine.create(soc, { engine: 'interpreter', fused }));
    return machine;
  }

  private constructor(readonly soc: Soc) {
    const map = memoryMap({
      harts: soc.harts.length,
      maxVlen: Math.max(...soc.harts.map(({ isa }) => isa.vlen)),
      ramBytes: soc.memoryBytes,
      ramBase: RAM_BASE,
    });
    this.memory = new Memory(new WebAssembly.Memory({ initial: map.pages, maximum: map.pages }), map);
    this.misaligned = soc.misaligned;
    this.hasAccelerator = soc.harts.some(({ role }) => role === 'accelerator');
    this.harts = soc.harts.map(({ isa }, n) => new Hart(n, isa, this));
    this.aclint = new Aclint(this.harts, this.events, soc.clock / soc.timebase);
    this.schedule = new Schedule(this.harts, this.aclint, soc);
    this.plic = new Plic(this.harts, () => this.now());
    this.uart = new Uart(
      (on) => this.plic.raise(UART_SOURCE, on),
      (byte, hart) => {
        if (this.events.active) this.events.emit({ kind: 'console', hart: hart.id, cycle: hart.time, byte });
      },
    );
    const finisher = new Finisher((what, status, hart) => this.power(what, status, hart));
    this.mailbox = soc.mailbox && new Mailbox(this.harts, soc.mailbox.slots, this.events);
    const mailboxes = this.mailbox ? [this.mailbox] : [];
    this.bus = new Bus([finisher, this.aclint, this.plic, this.uart, ...mailboxes]);
    this.console = { write: (bytes) => this.uart.receive(bytes) };
    this.code = new DecodeCache(this.memory.wasm, map, {
      has: (hart, extension) => this.decodes(hart, extension),
      isa: (hart) => soc.harts[hart]!.isa.text,
      marked: (pc) => this.breakpoints.marks(pc),
      watched: (row, word) => this.watchpoints.registers.written(row, word),
    });
    this.breakpoints = new Breakpoints((va) => {
      this.driver.translator?.forget(va);
      this.code.remark(va);
    });
    this.watchpoints = new Watchpoints(
      this.memory,
      () => this.harts,
      () => {
        this.driver.translator?.clear();
        this.code.decodeAnew();
      },
    );
    this.host = new Host(this, this.code, (hart, pc) => this.driver.stopsBefore(hart, pc), this.watchpoints);
    const { memory, harts, schedule, aclint, breakpoints, watchpoints } = this;
    this.driver = new Driver({ memory, harts, schedule, aclint, breakpoints, watchpoints });
    this.memory.onWrite = (pa, bytes) => {
      this.watchpoints.memoryChanged();
      this.lockstep?.changed(pa, bytes);
      for (let page = pa - (pa % 4096); page < pa + bytes; page += 4096) this.code.dropPage(page);
    };
    this.migrations = new MigrationTracker(this.harts);
    this.events.interpret((event) => this.interpreted(event));
    for (const hart of this.harts) hart.reset(0n);
    this.retell();
  }

  /** Everything as after power-on, RAM as it is: every hart starts at pc in M-mode with a0 = its number, a1 and a2 as given. */
  reset({ pc, a1 = 0n, a2 = 0n }: { pc: bigint; a1?: bigint; a2?: bigint }): void {
    this.aclint.reset();
    this.plic.reset();
    this.uart.reset();
    this.mailbox?.reset();
    this.host.access.reservations.reset();
    for (const hart of this.harts) {
      hart.reset(pc);
      hart.setX(10, BigInt(hart.id));
      hart.setX(11, a1);
      hart.setX(12, a2);
      this.code.dropHart(hart.id);
    }
    this.schedule.reset();
    this.driver.reset();
    this.migrations.reset();
    this.watchpoints.reset();
    this.retell();
  }

  private interpreted(event: MachineEvent): readonly MachineEvent[] {
    const { travel } = this.migrations;
    const steps = this.migrations.see(event);
    if (this.migrations.travel !== travel) this.retell();
    else this.retellOf(this.harts[event.hart]!);
    return steps;
  }

  /** Tell the engine which traps somebody wants to hear of. */
  retell(): void {
    for (const hart of this.harts ?? []) this.retellOf(hart);
  }
  private retellOf(hart: Hart): void {
    const { events, migrations } = this;
    const traps = hart.cutAtPrivilege || events.wants('trap');
    const returns = hart.cutAtPrivilege || events.wants('trap-return') || migrations?.heedsReturns(hart.id);
    const accesses = this.watchpoints?.active;
    // Threads go to accelerators and back by way of machine mode.
    const machine = traps || returns || this.hasAccelerator || events.wants('sbi') || events.wants('sbi-return');
    this.memory.i32[(TOLD >> 2) + hart.id] =
      (traps ? told.traps : 0) |
      (returns ? told.returns : 0) |
      (accesses ? told.accesses : 0) |
      (machine ? told.machine : 0) |
      (events.wants('fence') ? told.fences : 0);
  }

  /**
   * Are a hart's words decoded with this extension's instructions? A hart without Zihintpause takes `pause` for a fence; that it gives way
   * there is nothing that a program can see.
   */
  private decodes(hart: number, extension: string): boolean {
    return extension === 'Zihintpause' || this.harts[hart]!.has(extension);
  }

  get devices(): readonly Device[] {
    return this.bus.devices;
  }

  mtime(hart: Hart): bigint {
    return this.aclint.mtime(hart);
  }

  timerChanged(hart: Hart): void {
    this.aclint.timerChanged(hart);
  }

  private get current(): Hart {
    return this.schedule.current;
  }

  /**
   * How far the run has come: instructions attempted and interrupts taken, by all harts together. The same inputs at the same steps give the
   * same run. For a listener of events: without the instruction that the event belongs to.
   */
  get steps(): number {
    return this.driver.steps;
  }

  /** The hart that ran last. */
  get last(): number {
    return this.current.id;
  }

  /** The step at which a hart did something last, an instruction or an interrupt that it took; -1: nothing yet. */
  lastStep(hart: number): number {
    return this.driver.lastStep(hart);
  }

  now(): number {
    return this.current.time;
  }

  woken(): void {
    this.current.endTurn();
  }

  // Running

  /** Run at most so many instructions, of all harts together. (An interrupt that is taken counts as one.) */
  run(budgetInstructions: number): Stop {
    return this.go(budgetInstructions, undefined);
  }

  /**
   * Run until hart n has attempted one instruction or entered an interrupt handler. It gets it when its turn comes: harts that are due before it
   * run first, as they would without stepping, so that stepping does not change what the program does. A hart that waits may
   * not come to its turn within `budgetInstructions` of the others.
   */
  stepHart(n: number, budgetInstructions = 1_000_000): Stop {
    const hart = this.harts[n]!;
    this.driver.pass(hart);
    return this.go(budgetInstructions, hart);
  }

  /**
   * Run until hart n has lived through so many cycles: it stands before the instruction that begins then. Stops for nothing else but the
   * budget, a stop that is asked for, or the machine's end.
   */
  runUntil(n: number, time: number, budgetInstructions: number): Stop {
    return this.go(budgetInstructions, undefined, { hart: this.harts[n]!, time });
  }

  /** Give a hart no turns, or turns again. */
  freeze(hart: number, on: boolean): void {
    this.harts[hart]!.frozen = on;
  }

  /** End the run after the current instruction; for listeners of events. */
  stop(): void {
    this.driver.stop();
  }

  private go(budget: number, stepped: Hart | undefined, end?: { hart: Hart; time: number }): Stop {
    const { driver, lockstep } = this;
    if (!lockstep) return driver.drive(budget, stepped, end);
    return lockstep.run(budget, stepped || end ? budget : LOCKSTEP_SLICE, (most, quietly) =>
      quietly ? this.quietly(() => driver.drive(most, undefined)) : driver.drive(most, stepped, end),
    );
  }

  /** Do breakpoints stop it? Not on the way to where it has been. */
  get heedsBreakpoints(): boolean {
    return this.driver.heedsBreakpoints;
  }
  set heedsBreakpoints(heeds: boolean) {
    this.driver.heedsBreakpoints = heeds;
  }

  /** Run something that nobody hears of, and that no breakpoint stops. */
  private quietly<T>(run: () => T): T {
    const { heedsBreakpoints } = this;
    this.heedsBreakpoints = false;
    try {
      return this.events.aside(undefined, run);
    } finally {
      this.heedsBreakpoints = heedsBreakpoints;
    }
  }

  private power(what: 'off' | 'reset', status: number, hart: Hart): void {
    this.driver.power(status, hart);
    if (this.events.active) this.events.emit({ kind: 'power', hart: hart.id, cycle: hart.time, what, status });
  }

  // Going back: all that is beside the linear memory. (emulator/history/ keeps the memory.)

  save() {
    return {
      ...this.driver.save(),
      ...this.schedule.save(),
      turnOver: this.harts.map(({ turnOver }) => turnOver),
      devices: this.devices.map((device) => device.save()),
      reservations: this.host.access.reservations.save(),
      code: this.code.save(),
      migrations: this.migrations.save(),
    };
  }

  /** Put back what `save` gave, after the linear memory was. */
  restore(saved: ReturnType<Machine['save']>): void {
    this.lockstep?.everythingChanged();
    this.driver.restore(saved);
    this.schedule.restore(saved);
    this.devices.forEach((device, n) => device.restore(saved.devices[n]));
    this.host.access.reservations.restore(saved.reservations);
    this.code.restore(saved.code);
    this.migrations.restore(saved.migrations);
    this.harts.forEach((hart, n) => {
      hart.turnOver = saved.turnOver[n]!;
      hart.pmp.reload();
    });
    this.watchpoints.reset();
    this.retell();
  }

  /** Be told of every store of a hart to these bytes of RAM, in the middle of the instruction, before they change. */
  watchStores(pa: number, bytes: number, told: () => void): void {
    this.host.access.watch.add(pa, bytes, told);
    for (const hart of this.harts) hart.flushTlb(true);
  }

  // Looking in from outside. Nothing here changes the guest unless it is asked to write.

  /** Where a virtual address lies for a hart as it is now; without `access` no permission is asked. */
  translate(hart: number, va: bigint, access?: Access, privilege?: Privilege): { pa: number } | undefined {
    const pa = probe(this.harts[hart]!, va, access, privilege);
    return pa < 0 ? undefined : { pa };
  }

  /** As many bytes as are mapped to RAM, at most `length`. @param satp another address space than the hart's own */
  readVirtual(hart: number, va: bigint, length: number, satp?: bigint): Uint8Array {
    const bytes = new Uint8Array(length);
    const count = this.pieces(hart, va, length, satp, (pa, offset, size) =>
      bytes.set(this.memory.read(pa, size), offset),
    );
    return bytes.subarray(0, count);
  }

  /** Write as many bytes as are mapped to RAM. @returns how many that were */
  writeVirtual(hart: number, va: bigint, bytes: Uint8Array, satp?: bigint): number {
    return this.pieces(hart, va, bytes.length, satp, (pa, offset, size) =>
      this.memory.write(pa, bytes.subarray(offset, offset + size)),
    );
  }

  /** Page by page, until one is not mapped. @returns bytes done */
  private pieces(
    hart: number,
    va: bigint,
    length: number,
    satp: bigint | undefined,
    use: (pa: number, offset: number, size: number) => void,
  ): number {
    let done = 0;
    while (done < length) {
      const at = BigInt.asUintN(64, va + BigInt(done));
      const size = Math.min(length - done, 4096 - Number(at & 0xfffn));
      const pa = probe(this.harts[hart]!, at, undefined, undefined, satp);
      if (pa < 0 || !this.memory.inRam(pa, size)) break;
      use(pa, done, size);
      done += size;
    }
    return done;
  }

  /** The address space of a hart, as satp has it (whether or not its privilege uses it now). */
  satp(hart: number): bigint {
    return this.harts[hart]!.long(longs.satp);
  }
}
