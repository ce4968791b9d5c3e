/** The two machines that run a program: ours, and qemu-riscv64. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Machine } from '../../emulator/machine.js';
import { readSoc } from '../../emulator/soc/soc.js';
import { isaOf, qemuCpu } from '../hart.js';
import { trixie } from '../tools.js';
import { writeElf } from './elf.js';
import { BASE, image, OUTPUT, type Program } from './program.js';
import { isKnownAbort } from './qemu-bugs.js';

/** How a program ended. */
export interface Outcome {
  /** What it wrote: its last state; undefined when it did not get that far. */
  readonly output?: Uint8Array;
  /** Why it did not. */
  readonly problem?: string;
  readonly pc?: bigint;
  /** It did not for a reason that lies in the machine and is known (qemu-bugs.ts). */
  readonly excused?: boolean;
}

/** The QEMU of Debian trixie: its 7.2 knows less than our table. */
export const QEMU = trixie('qemu-riscv64');

const MOST_INSTRUCTIONS = 1_000_000;
/** Cause of an environment call from M-mode: the program has stored its state. */
const ECALL_FROM_M = 11;

/** Our machine: one hart in M-mode, used again for every program. */
export class Ours {
  private trap: { cause: number; tval: bigint; pc: bigint } | undefined;

  private constructor(private readonly machine: Machine) {
    machine.events.on((event) => {
      if (event.kind !== 'trap') return;
      this.trap ??= event;
      machine.stop();
    });
  }

  static async create(vlen: number): Promise<Ours> {
    const soc = { harts: [{ isa: isaOf(vlen) }], memoryMiB: 16, misaligned: 'allow' };
    return new Ours(await Machine.create(readSoc(soc, 'fuzz')));
  }

  run(program: Program): Outcome {
    const machine = this.machine;
    this.trap = undefined;
    machine.memory.write(BASE, image(program));
    machine.reset({ pc: BigInt(BASE) });
    const hart = machine.harts[0]!;
    hart.setCsr('mstatus', hart.csr('mstatus') | (3n << 13n) | (3n << 9n));
    const stop = machine.run(MOST_INSTRUCTIONS);
    const trap = this.trap as { cause: number; tval: bigint; pc: bigint } | undefined;
    if (trap?.cause === ECALL_FROM_M) {
      return { output: machine.memory.read(BASE + OUTPUT.from, OUTPUT.to - OUTPUT.from) };
    }
    if (trap) return { problem: `trap ${trap.cause}, tval 0x${trap.tval.toString(16)}`, pc: trap.pc };
    return { problem: `stopped by ${stop.reason}`, pc: hart.pc };
  }
}

/** QEMU's user mode. */
export class Qemu {
  private readonly folder = mkdtempSync(join(tmpdir(), 'harthop-fuzz-'));

  run(program: Program): Outcome {
    const file = join(this.folder, 'program');
    writeFileSync(file, writeElf(BASE, image(program)), { mode: 0o755 });
    // A program that dies takes QEMU with it; its memory image is of no use.
    const ran = spawnSync('sh', ['-c', 'ulimit -c 0; exec "$0" -cpu "$1" "$2"', QEMU, qemuCpu(program.vlen), file], {
      cwd: this.folder,
      maxBuffer: 2 ** 24,
      timeout: 20_000,
    });
    if (ran.status === 0 && ran.stdout.length === OUTPUT.to - OUTPUT.from) return { output: ran.stdout };
    const problem =
      ran.signal ??
      (ran.status && ran.status > 128 ? `signal ${ran.status - 128}` : `exit ${ran.status}: ${ran.stderr}`);
    return { problem, excused: isKnownAbort(ran.stderr.toString()) };
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}
