/** The test payload (test/firmware/payload/): built, and run in the kernel's place on QEMU or on our machine. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { boot } from '../../emulator/boot.js';
import { readElf } from '../../emulator/elf.js';
import type { MigrationEvent } from '../../emulator/events.js';
import { Machine } from '../../emulator/machine.js';
import type { Soc } from '../../emulator/soc/soc.js';
import { build } from '../../scripts/build-images.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const firmware = join(root, 'images/firmware.elf');
export const folder = mkdtempSync(join(tmpdir(), 'harthop-payload-'));
const payload = join(folder, 'payload.elf');

let built = false;
/** Path of the payload, built once a run. */
function payloadElf(): string {
  if (!built) {
    const sources = readdirSync(join(root, 'test/firmware/payload'))
      .filter((file) => /\.[cS]$/.test(file))
      .sort()
      .map((file) => `test/firmware/payload/${file}`);
    build(sources, 'test/firmware/payload/link.ld', payload, [
      '-march=rv64imac_zicsr_zifencei',
      '-Itest/firmware/payload',
    ]);
    built = true;
  }
  return payload;
}

/** What a run said. */
export interface Outcome {
  readonly console: string;
  /** The power-off's status. */
  readonly status: number;
  readonly passed: readonly string[];
  /** Lines that begin with FAIL. */
  readonly failed: readonly string[];
}

function outcome(console: string, status: number): Outcome {
  const lines = console.split(/\r?\n/);
  const after = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  return { console, status, passed: after('PASS'), failed: after('FAIL') };
}

export interface QemuOptions {
  readonly harts: number;
  readonly cpu?: string;
  readonly machine?: string;
  readonly bootargs?: string;
  readonly dtb?: string;
}

/** Run on QEMU's virt machine. @throws Error when it neither ends nor starts */
export function onQemu({ harts, cpu = 'rv64,v=true', machine = 'virt', bootargs, dtb }: QemuOptions): Outcome {
  const given = [...(bootargs ? ['-append', bootargs] : []), ...(dtb ? ['-dtb', dtb] : [])];
  const args = ['-machine', machine, '-cpu', cpu, '-smp', `${harts}`, '-m', '128M', '-nographic', ...given];
  const run = spawnSync('qemu-system-riscv64', [...args, '-bios', firmware, '-kernel', payloadElf()], {
    encoding: 'latin1',
    input: '',
    timeout: 240_000,
  });
  if (run.error || run.status === null) throw new Error(`qemu did not end: ${run.error?.message}\n${run.stdout}`);
  return outcome(run.stdout, run.status);
}

/** Run on our machine, to its end or for a number of instructions. */
export async function onMachine(
  soc: Soc,
  bootargs = '',
  budgetInstructions = 300_000_000,
): Promise<Outcome & { steps: readonly MigrationEvent[]; machine: Machine; instructions: readonly number[] }> {
  const machine = await Machine.create(soc);
  const steps: MigrationEvent[] = [];
  let console = '';
  machine.events.on((event) => {
    if (event.kind === 'console') console += String.fromCharCode(event.byte);
    if (event.kind === 'migration') steps.push(event);
  });
  boot(machine, {
    firmware: readElf(readFileSync(firmware), firmware),
    kernel: readElf(readFileSync(payloadElf()), payload),
    bootargs,
  });
  const stop = machine.run(budgetInstructions);
  if (stop.reason !== 'power') throw new Error(`the payload did not end: ${stop.reason}\n${console}`);
  return { ...outcome(console, stop.status ?? 0), steps, machine, instructions: machine.harts.map(({ time }) => time) };
}
