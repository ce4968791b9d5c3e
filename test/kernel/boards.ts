/** Where the kernel runs in tests: on HartHop's machine, and on QEMU under two firmwares. The same scenarios run on all of them. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boot } from '../../emulator/boot.js';
import { readElf } from '../../emulator/elf.js';
import type { MachineEvent } from '../../emulator/events.js';
import { initrd } from '../../emulator/initrd.js';
import { Machine, type MachineOptions } from '../../emulator/machine.js';
import { presets, socNamed } from '../../emulator/soc/presets.js';
import type { Soc } from '../../emulator/soc/soc.js';
import type { Program } from './programs.js';

export interface Run {
  readonly program: Program;
  readonly args?: readonly string[];
  /** Words for the kernel's command line. */
  readonly bootargs?: string;
  /** Typed when the program has said `ready`. */
  readonly input?: string;
}

export interface Outcome {
  readonly console: string;
  readonly status: number;
}

export interface Board {
  readonly name: string;
  readonly tools: readonly string[];
  /** The same machine and images as the board before, with other harts. */
  readonly variant?: boolean;
  run(run: Run): Promise<Outcome>;
}

const firmware = 'images/firmware.elf';
const kernel = 'images/kernel.elf';
const archive = ({ program, args = [] }: Run) => initrd(program.elf(), [program.name, ...args], ['LANG=C']);
const prompt = /^ready$/m;

/** More than any test takes; a program that hangs ends here. */
const MOST_INSTRUCTIONS = 400_000_000;
const SLICE = 1_000_000;

/** Run on a machine of ours, with all that it reports. @throws Error when the guest hangs */
export async function onMachine(
  soc: Soc,
  run: Run,
  bios = firmware,
  options: MachineOptions = {},
): Promise<Outcome & { events: MachineEvent[]; machine: Machine }> {
  const machine = await Machine.create(soc, options);
  const events: MachineEvent[] = [];
  let [console, typed] = ['', false];
  machine.events.on((event) => {
    if (event.kind === 'console') console += String.fromCharCode(event.byte);
    events.push(event);
  });
  boot(machine, {
    firmware: readElf(readFileSync(bios), bios),
    kernel: readElf(readFileSync(kernel), kernel),
    initrd: archive(run),
    bootargs: run.bootargs ?? '',
  });
  for (let left = MOST_INSTRUCTIONS; left > 0; left -= SLICE) {
    const stop = machine.run(SLICE);
    if (stop.reason === 'power') return { console, status: stop.status!, events, machine };
    if (run.input && !typed && prompt.test(console)) {
      typed = true;
      machine.console.write(Buffer.from(run.input));
    } else if (stop.reason === 'deadlock') {
      throw new Error(`every hart waits for ever; the console says: ${console}`);
    }
  }
  throw new Error(`still running after ${MOST_INSTRUCTIONS} instructions; the console says: ${console}`);
}

const hartHop = (soc: Soc, number: number): Board => ({
  name: `HartHop ${soc.name}`,
  tools: [],
  variant: number > 0,
  run: async (run) => {
    const { console, status } = await onMachine(soc, run);
    return { console, status };
  },
});

/** OpenSBI's end of its banner. */
const openSbiBanner = /^.*Boot HART MEDELEG[^\n]*\n/s;
/** Where the opensbi package of Debian puts the image that jumps to where our kernel lies. */
const openSbi = '/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.elf';

/** Ours with the firmware that others use: no migration, and harts that all have V. */
const hartHopOpenSbi: Board = {
  name: 'HartHop, OpenSBI',
  tools: [],
  run: async (run) => {
    const { console, status } = await onMachine(socNamed('all-vector'), run, openSbi);
    return { console: console.replace(openSbiBanner, ''), status };
  },
};

/**
 * QEMU's virt board with three harts that all have V.
 * @param bios its firmware; what that prints is cut off up to the end of `banner`
 * @param words for the kernel's command line: with ours, hart 2 is made an accelerator
 */
function qemu(name: string, bios: string, banner: RegExp, words: string): Board {
  const tool = 'qemu-system-riscv64';
  return {
    name,
    tools: [tool],
    run: async (run) => {
      const folder = mkdtempSync(join(tmpdir(), 'harthop-qemu-'));
      try {
        const initrdFile = join(folder, 'initrd.cpio');
        writeFileSync(initrdFile, archive(run));
        const hardware = ['-machine', 'virt', '-cpu', 'rv64,v=true,vlen=256', '-smp', '3', '-m', '128M'];
        const wires = ['-display', 'none', '-monitor', 'none', '-serial', 'stdio'];
        const append = `${words} ${run.bootargs ?? ''}`.trim();
        const images = ['-bios', bios, '-kernel', kernel, '-initrd', initrdFile, '-append', append];
        const child = spawn(tool, [...hardware, ...wires, ...images], { stdio: ['pipe', 'pipe', 'ignore'] });
        const timer = setTimeout(() => child.kill('SIGKILL'), 120_000);
        let [console, typed] = ['', false];
        child.stdout.on('data', (bytes: Buffer) => {
          console += bytes.toString('latin1');
          if (run.input && !typed && prompt.test(console)) {
            typed = true;
            child.stdin.write(run.input);
          }
        });
        const status = await new Promise<number>((done, failed) => {
          child.on('error', failed);
          child.on('close', (code, signal) => (code === null ? failed(new Error(`${tool}: ${signal}`)) : done(code)));
        });
        clearTimeout(timer);
        return { console: console.replace(banner, ''), status };
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  };
}

export const boards: readonly Board[] = [
  ...presets.map(hartHop),
  ...(existsSync(openSbi) || process.env.HARTHOP_REQUIRE_TOOLS ? [hartHopOpenSbi] : []),
  qemu('QEMU, our firmware', firmware, /^$/, 'migrate.accelerators=2'),
  qemu('QEMU, OpenSBI', 'default', openSbiBanner, ''),
];
