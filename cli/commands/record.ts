/** `harthop record`: as `run`, and the run becomes a file. */
import { resolve } from 'node:path';
import { Images } from '../../debug-adapter/images.js';
import { recordedImage } from '../../debug-adapter/ingredients.js';
import { nodeHost } from '../../debug-adapter/node-host.js';
import { Sources } from '../../debug-adapter/sources.js';
import { Image } from '../../debug-adapter/symbols/image.js';
import { boot } from '../../emulator/boot.js';
import { stateFingerprint } from '../../emulator/history/fingerprint.js';
import type { Noted } from '../../emulator/history/history.js';
import { writeRecording } from '../../emulator/history/recording.js';
import { initrd } from '../../emulator/initrd.js';
import { Machine } from '../../emulator/machine.js';
import { checkProgram } from '../../emulator/program.js';
import { defaultSoc } from '../../emulator/soc/presets.js';
import { type Command, type CommandLine, InputError } from '../command.js';
import { elfOf, ownImagePath, readInput, socOf, writeOutput } from '../files.js';
import { type Ending, runGuest } from '../guest.js';
import { programOf } from '../program.js';
import { version } from '../version.js';
import { engine, limit, observed, run, toldInOneLine, withSeed } from './run.js';

const shared = ['soc', 'json', 'trace', 'picture', 'max-instructions', 'engine', 'seed', 'append'] as const;

export const record: Command = {
  name: 'record',
  operands: 'FILES… -o FILE [-- ARGS…]',
  doc: 'Run a program as `run` does, and save the run: as a small file that gives the same run again, to the instruction.',
  options: {
    output: { value: 'FILE', doc: 'Where to save it, for instance run.harthop.' },
    ...Object.fromEntries(shared.map((name) => [name, run.options[name]!])),
    firmware: run.options.firmware!,
    kernel: { value: 'FILE', doc: "Boot this kernel (ELF) instead of HartHop's own." },
  },
  notes: [
    'The file holds the program, the chip, arguments, all input with its place in the run, and the sources that the debug information names.',
    'It is replayed by harthop replay, and debugged by a launch configuration with "recording".',
    'It is written however the run ends: by itself, by --max-instructions or by Ctrl-C.',
  ].join('\n'),
  run: (line) => toldInOneLine(() => recordRun(line)),
};

async function recordRun(line: CommandLine): Promise<number> {
  const [file] = line.operands;
  if (file === undefined) throw new InputError('which FILE? See --help');
  const output = line.text('output');
  if (output === undefined) throw new InputError('where to? Name a file with -o, for instance -o run.harthop');
  const data = await programOf(line.operands);
  const elf = elfOf(data, file);
  checkProgram(elf, file);
  const image = (name: 'firmware' | 'kernel') => {
    const other = line.text(name);
    const path = other ?? ownImagePath(name);
    const bytes = readInput(path);
    return { elf: elfOf(bytes, path), data: bytes, own: other === undefined };
  };
  const [firmware, kernel] = [image('firmware'), image('kernel')];
  const argv = [file, ...line.rest];
  const append = line.text('append');
  const machine = await Machine.create(withSeed(line, socOf(line.text('soc') ?? defaultSoc.name)), engine(line));
  boot(machine, { firmware: firmware.elf, kernel: kernel.elf, bootargs: append, initrd: initrd(data, argv, []) });
  // Before the run rather than after it: a long run should not end in "no such folder".
  writeOutput(output, '');
  const inputs: Noted[] = [];
  const given = (bytes: Uint8Array) => inputs.push({ steps: machine.steps, input: { kind: 'console', bytes } });
  let ending: Ending | undefined;
  const status = await observed(line, machine, machine.soc, elf, async () => {
    ending = await runGuest(machine, { maxInstructions: limit(line), given });
    return ending;
  });
  const path = resolve(file);
  const text = await writeRecording({
    version,
    soc: machine.soc,
    program: { path, data },
    argv,
    envp: [],
    ...(append !== undefined && { append }),
    firmware: recordedImage(firmware),
    kernel: recordedImage(kernel),
    inputs,
    end: {
      steps: machine.steps,
      state: stateFingerprint(machine),
      ...(ending?.kind === 'exit' && { status: ending.status }),
    },
    sources: await sourcesOf(path, data),
  });
  writeOutput(output, text);
  return status;
}

/** The sources that the program's debug information names, as far as they are there. */
async function sourcesOf(path: string, data: Uint8Array): Promise<Record<string, string>> {
  const host = await nodeHost();
  return new Sources(new Images([new Image('program', path, data)], host), host).own();
}
