/** `run.ts ELF ISA INSTRUCTIONS`: runs a bare program in short slices, and prints as JSON how many milliseconds of its thread's processor time each took. */
import { openSync, readFileSync, readSync } from 'node:fs';
import { preparePlatform } from '../../debug-adapter/platform.js';
import { loadImage } from '../../emulator/boot.js';
import { readElf } from '../../emulator/elf.js';
import { Machine } from '../../emulator/machine.js';
import { readSoc } from '../../emulator/soc/soc.js';

/** Instructions of a slice: of an interpreter's time a twentieth of a millisecond, about. */
const SLICE = 20_000;

const own = openSync('/proc/thread-self/schedstat', 'r');
const text = Buffer.alloc(100);
const never = new Int32Array(new SharedArrayBuffer(4));

/** Milliseconds that this thread has had of the processor (Linux tells them as of when it last gave way). */
function processorTime(): number {
  Atomics.wait(never, 0, 0, 0.01);
  return Number(text.toString('latin1', 0, readSync(own, text, 0, text.length, 0)).split(' ')[0]) / 1e6;
}

preparePlatform();
const [file, isa, instructions] = process.argv.slice(2) as [string, string, string];
const elf = readElf(readFileSync(file), file);
const machine = await Machine.create(readSoc({ harts: [{ isa }], quantum: 1_000_000 }, file));
loadImage(machine.memory, elf, file);
machine.reset({ pc: elf.entry });
const slices: number[] = [];
for (let done = 0; done < Number(instructions); done += SLICE) {
  const before = processorTime();
  const { reason } = machine.run(SLICE);
  slices.push(processorTime() - before);
  if (reason !== 'budget') break;
}
process.stdout.write(JSON.stringify(slices));
