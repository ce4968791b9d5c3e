/** The two machines that run a program: ours, and qemu-riscv64. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrapEvent } from '../../emulator/events.js';
import type { EngineChoice } from '../../emulator/engine/choice.js';
import { Machine, RAM_BASE } from '../../emulator/machine.js';
import { readSoc } from '../../emulator/soc/soc.js';
import { causes } from '../../isa/csrs.js';
import { isaOf, qemuCpu } from '../hart.js';
import { trixie } from '../tools.js';
import { writeElf } from './elf.js';
import {
  BASE,
  bytesOf,
  calls,
  endOf,
  FAULT_AT,
  faultBytes,
  image,
  layout,
  OUTPUT,
  type Program,
  RAM_MIB,
  SIGNALS,
  word,
} from './program.js';

/** How a program ended. */
export interface Outcome {
  /** What it wrote: its state at each checkpoint and at its end; undefined when it did not get that far. */
  readonly output?: Uint8Array;
  /** Why it did not. */
  readonly problem?: string;
  readonly pc?: bigint;
}

/** The QEMU of Debian trixie: its 7.2 knows less than our table. */
export const QEMU = trixie('qemu-riscv64');

export const MOST_INSTRUCTIONS = 1_000_000;
const ECALLS = [8, 11];

/** Linux's signal for an exception's cause. */
function signalOf(cause: number): number {
  if (cause === causes.illegal) return SIGNALS.ILL;
  if (cause === causes.breakpoint) return SIGNALS.TRAP;
  const misaligned: readonly number[] = [causes.fetchMisaligned, causes.loadMisaligned, causes.storeMisaligned];
  return misaligned.includes(cause) ? SIGNALS.BUS : SIGNALS.SEGV;
}

/** The part of Linux that a program needs: told of each trap, it says where the program goes on, and knows when it is over. */
export class System {
  private readonly written: Uint8Array[] = [];
  private over = false;
  private problem: string | undefined;

  constructor(
    private readonly program: Program,
    private readonly memory: { read(from: number, to: number): Uint8Array; write(at: number, bytes: Uint8Array): void },
  ) {}

  /** @returns the address to go on at, or undefined when the program has ended */
  trap({ cause, tval, pc }: TrapEvent, x: (n: number) => bigint): bigint | undefined {
    if (ECALLS.includes(cause)) {
      const call = Number(x(17));
      if (call === calls.write) this.written.push(this.memory.read(OUTPUT.from, OUTPUT.to));
      this.over = call === calls.exit;
      return this.over ? undefined : pc + 4n;
    }
    const signal = signalOf(cause);
    const address = signal === SIGNALS.BUS || signal === SIGNALS.SEGV ? tval & ~15n : 0n;
    const end = endOf(this.program);
    if (pc >= end && pc < BASE + layout.initial) this.problem = `trap ${cause} at the end, tval 0x${tval.toString(16)}`;
    this.memory.write(FAULT_AT, faultBytes({ pc, signal, address }));
    return this.problem ? undefined : BigInt(end);
  }

  /** @param pc where the machine is */
  outcome(pc: bigint): Outcome {
    if (this.over) return { output: Buffer.concat(this.written) };
    return { problem: this.problem ?? `not at its end after ${MOST_INSTRUCTIONS} instructions`, pc };
  }
}

/** A hart with everything, and misaligned accesses allowed. */
export const createMachine = (vlen: number, engine: EngineChoice) =>
  Machine.create(readSoc({ harts: [{ isa: isaOf(vlen) }], memoryMiB: RAM_MIB, misaligned: 'allow' }, 'fuzz'), {
    engine,
  });

/** Our machine: one hart in M-mode, used again for every program. */
export class Ours {
  private onTrap: (trap: TrapEvent) => void = () => {};

  private constructor(private readonly machine: Machine) {
    machine.events.on((event) => {
      if (event.kind === 'trap') this.onTrap(event);
    });
  }

  static async create(vlen: number, engine: EngineChoice): Promise<Ours> {
    return new Ours(await createMachine(vlen, engine));
  }

  run(program: Program): Outcome {
    const machine = this.machine;
    const hart = machine.harts[0]!;
    const system = new System(program, {
      read: (from, to) => machine.memory.read(BASE + from, to - from),
      write: (at, bytes) => machine.memory.write(BASE + at, bytes),
    });
    machine.memory.write(BASE, image(program));
    machine.memory.write(HANDLER, bytesOf([word('mret')]));
    machine.reset({ pc: BigInt(BASE) });
    hart.setCsr('mtvec', BigInt(HANDLER));
    hart.setCsr('mstatus', hart.csr('mstatus') | (3n << 13n) | (3n << 9n));
    let trapped: TrapEvent | undefined;
    // Between runs, as whatever else comes from outside.
    this.onTrap = (trap) => {
      trapped = trap;
      machine.stop();
    };
    for (const end = machine.steps + MOST_INSTRUCTIONS; machine.steps < end; ) {
      trapped = undefined;
      machine.run(end - machine.steps);
      if (!trapped) break;
      const next = system.trap(trapped, (n) => hart.x(n));
      if (next === undefined) break;
      hart.setCsr('mepc', next);
    }
    return system.outcome(hart.pc);
  }
}

/** Where the trap handler of our machine lies. */
export const HANDLER = RAM_BASE;

/** QEMU's user mode. */
export class Qemu {
  private readonly folder = mkdtempSync(join(tmpdir(), 'harthop-fuzz-'));

  run(program: Program): Outcome {
    const file = join(this.folder, 'program');
    writeFileSync(file, writeElf(BASE, image(program)), { mode: 0o755 });
    // A program that dies takes QEMU with it; its memory image is of no use.
    const command = 'ulimit -c 0; exec "$0" -cpu "$1" "$2"';
    const { status, signal, stdout, stderr } = spawnSync('sh', ['-c', command, QEMU, qemuCpu(program.vlen), file], {
      cwd: this.folder,
      maxBuffer: 2 ** 26,
      timeout: 60_000,
    });
    if (status === 0 && stdout.length) return { output: stdout };
    return { problem: signal ?? (status && status > 128 ? `signal ${status - 128}` : `exit ${status}: ${stderr}`) };
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}
