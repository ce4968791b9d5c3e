/** `harthop run`: a program on a chip, from power-on to its exit status. */

import { BootError, type BootImages, boot } from '../../emulator/boot.js';
import type { ElfFile } from '../../emulator/elf.js';
import type { LostEvent } from '../../emulator/events.js';
import { type EngineChoice, engineChoices, isEngineChoice } from '../../emulator/engine/choice.js';
import { RecordingError } from '../../emulator/history/recording.js';
import { initrd } from '../../emulator/initrd.js';
import { EnginesDiffer } from '../../emulator/lockstep.js';
import { Machine } from '../../emulator/machine.js';
import { checkProgram, ProgramError } from '../../emulator/program.js';
import { defaultSoc, presetPattern, presets } from '../../emulator/soc/presets.js';
import { MOST_SEED, type Soc, SocError, seeded } from '../../emulator/soc/soc.js';
import { Timeline } from '../../emulator/timeline/timeline.js';
import { causes } from '../../isa/csrs.js';
import { BareProgram, bareSoc } from '../bare.js';
import { type Command, type CommandLine, InputError } from '../command.js';
import {
  elfOf,
  ownImage,
  ownImagePath,
  readElfFile,
  readInput,
  readKernelFile,
  socOf,
  writeOutput,
  writePieces,
} from '../files.js';
import { type Ending, runGuest } from '../guest.js';
import { programOf } from '../program.js';
import { reportOf } from '../report.js';
import { nameOf, nearestSymbol } from '../symbols.js';

/** As timeout(1) ends. */
const LIMIT_REACHED = 124;
/** As a shell says of a command that Ctrl-C ended, or SIGTERM. */
const INTERRUPTED = 130;
const TERMINATED = 143;

/** Options that belong to one way of running only. */
const exclusive: Readonly<Record<string, readonly string[]>> = {
  bare: ['isa', 'harts', 'signature'],
  other: ['firmware', 'kernel', 'initrd'],
};

/** What is wrong with what was given, told in one line. A RangeError: a machine that does not fit. */
const mistakes = [SocError, BootError, ProgramError, RangeError, RecordingError];

export const run: Command = {
  name: 'run',
  operands: 'FILES… [-- ARGS…]',
  doc: 'Run a program: a static riscv64 ELF file, or sources, objects and archives, which are linked first (see asm).',
  options: {
    soc: {
      value: 'NAME|FILE',
      doc: `The chip: ${presets.map(({ name }) => name).join(', ')},\n${presetPattern},\nor a description's .json file. Default: ${defaultSoc.name}.`,
    },
    json: { value: 'FILE', doc: 'Write a report: exit status, instructions, cycles, migrations.' },
    trace: { value: 'FILE', doc: 'Write what happened as a Chrome trace, which opens in Perfetto.' },
    measure: {
      value: 'FILE',
      doc: 'Write how often threads left and came back at each line, and at what cost, for the editor.',
    },
    picture: { doc: 'At the end draw who ran where and why it moved.' },
    'max-instructions': {
      value: 'N',
      doc: `Stop after N instructions of all harts together (status ${LIMIT_REACHED}).`,
    },
    engine: {
      value: 'NAME',
      doc: `How code is executed:\n${Object.entries(engineChoices)
        .map(([name, doc]) => `${name}: ${doc}`)
        .join('\n')}.\nDefault: auto. What it does is the same.`,
    },
    seed: {
      value: 'N',
      doc: "Draw the order and length of harts' turns, to provoke races. The same N gives the same run.",
    },
    append: { value: 'STRING', doc: "More of the kernel's command line: migrate=off, migrate.policy=sticky, …" },
    firmware: { value: 'FILE', doc: "Boot this firmware (ELF) instead of HartHop's own." },
    kernel: { value: 'FILE', doc: "Boot this kernel instead of HartHop's own: ELF, or a Linux Image (.gz too)." },
    debug: {
      value: 'PORT',
      doc: 'Wait for a debugger on 127.0.0.1, port PORT (0: any free one), that attaches by DAP.',
    },
    'debug-continue': { doc: 'With --debug: start at once; a debugger may come later.' },
    initrd: { value: 'FILE', doc: 'Its initial RAM disk, in place of a program.' },
    bare: { doc: 'Run an ELF file in machine mode, without firmware and kernel.' },
    isa: {
      value: 'STRING',
      doc: 'With --bare: what the harts have, as rv64gcv_zba or rva23u64_zvl256b.\n(rva23s64 is without H.) Default: rv64gcv.',
    },
    harts: { value: 'N', doc: 'With --bare: how many. Default: 1.' },
    signature: { value: 'FILE', doc: 'With --bare: write the words from begin_signature to end_signature.' },
  },
  notes: [
    "The program's console is stdin and stdout. Its exit status is the command's, 128 + N when signal N ended it.",
    `Status 2: bad input. ${LIMIT_REACHED}: --max-instructions. ${INTERRUPTED}: Ctrl-C.`,
    'With --bare the program tells through tohost how it ended; status 1 and a message name a failing test.',
  ].join('\n'),

  run: (line) => toldInOneLine(() => chosen(line)),
};

/** @throws InputError for mistakes of the user's */
export async function toldInOneLine(command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    if (error instanceof EnginesDiffer) {
      const { divergenceText } = await import('../lockstep.js');
      process.stderr.write(`harthop: ${divergenceText(error)}\n`);
      return 1;
    }
    if (mistakes.some((kind) => error instanceof kind)) throw new InputError((error as Error).message);
    throw error;
  }
}

function chosen(line: CommandLine): Promise<number> {
  const given = (kind: string) => exclusive[kind]!.find((option) => line.has(option));
  const other = given('other');
  if (line.has('bare')) {
    const wrong = other ?? ['soc', 'append', 'debug', 'debug-continue'].find((option) => line.has(option));
    if (wrong) throw new InputError(`--${wrong} does not go with --bare`);
    return runBare(line);
  }
  if (line.has('debug-continue') && !line.has('debug')) throw new InputError('--debug-continue goes with --debug only');
  const needsBare = given('bare');
  if (needsBare) throw new InputError(`--${needsBare} goes with --bare only`);
  return other ? runImages(line) : runProgram(line);
}

async function runProgram(line: CommandLine): Promise<number> {
  const [file] = line.operands;
  if (file === undefined) throw new InputError('which FILE? See --help');
  const program = await programOf(line.operands);
  const elf = elfOf(program, file);
  checkProgram(elf, file);
  const argv = [file, ...line.rest];
  const disk = initrd(program, argv, []);
  return line.has('debug') ? runWithDebugger(line, file, program, disk) : runBooted(line, { initrd: disk }, elf);
}

/** What tells of one run from start to end, and not of one that is gone back in. */
const straight = ['trace', 'measure', 'picture', 'max-instructions', 'initrd'];

async function runWithDebugger(
  line: CommandLine,
  program: string,
  data: Uint8Array,
  disk: Uint8Array,
): Promise<number> {
  const wrong = straight.find((option) => line.has(option));
  if (wrong) throw new InputError(`--${wrong} does not go with --debug`);
  const port = line.integer('debug', 0, 65535)!;
  const { machine, files } = await bootedFor(line, program, data, disk);
  const goOn = line.has('debug-continue');
  const { runDebugged, speakDap } = await import('../debugged.js');
  return observed(line, machine, machine.soc, undefined, () =>
    runDebugged(machine, { port, goOn, program, files, command: 'run', speak: speakDap }),
  );
}

/** A machine that has booted a program, with the files that a debugger reads. */
async function bootedFor(line: CommandLine, program: string, data: Uint8Array, disk: Uint8Array) {
  const read = (role: 'firmware' | 'kernel') => {
    const path = line.text(role) ?? ownImagePath(role);
    return { path, data: readInput(path) };
  };
  const files = { program: { path: program, data }, kernel: read('kernel'), firmware: read('firmware') };
  const machine = await Machine.create(withSeed(line, socOf(line.text('soc') ?? defaultSoc.name)), engine(line));
  const { firmware, kernel } = files;
  boot(machine, {
    firmware: elfOf(firmware.data, firmware.path),
    kernel: elfOf(kernel.data, kernel.path),
    bootargs: line.text('append'),
    initrd: disk,
  });
  return { machine, files };
}

/** What `harthop gdb` runs: a program, its files, in a machine. @throws InputError */
export async function machineFor(line: CommandLine) {
  const [program] = line.operands;
  if (program === undefined) throw new InputError('which FILE? See --help');
  const data = await programOf(line.operands);
  checkProgram(elfOf(data, program), program);
  return { ...(await bootedFor(line, program, data, initrd(data, [program, ...line.rest], []))), program };
}

/** Other firmware or kernel: FILE, where given, goes to the kernel as it does to ours. */
async function runImages(line: CommandLine): Promise<number> {
  const disk = line.text('initrd');
  if (disk && line.operands.length) throw new InputError('--initrd takes the place of a program; give one of the two');
  if (line.has('debug') && !line.operands.length) throw new InputError('--debug needs a program');
  if (!disk && line.operands.length) return runProgram(line);
  return runBooted(line, disk ? { initrd: readInput(disk) } : {}, undefined);
}

async function runBooted(line: CommandLine, images: Partial<BootImages>, elf: ElfFile | undefined): Promise<number> {
  const image = (name: 'firmware' | 'kernel') => {
    const path = line.text(name);
    if (path === undefined) return ownImage(name);
    return name === 'kernel' ? readKernelFile(path) : readElfFile(path);
  };
  const soc = withSeed(line, socOf(line.text('soc') ?? defaultSoc.name));
  const parts = { firmware: image('firmware'), kernel: image('kernel'), bootargs: line.text('append'), ...images };
  const machine = await Machine.create(soc, engine(line));
  boot(machine, parts);
  return observed(line, machine, soc, elf, () => runGuest(machine, { maxInstructions: limit(line) }));
}

async function runBare(line: CommandLine): Promise<number> {
  const file = line.one('ELF');
  const elf = readElfFile(file);
  const soc = bareSoc(line.text('isa') ?? 'rv64gcv', line.integer('harts', 1, 64) ?? 1);
  const machine = await Machine.create(withSeed(line, soc), engine(line));
  const program = new BareProgram(machine, elf, file);
  const signatureFile = line.text('signature');
  if (signatureFile && program.signature() === undefined) {
    throw new InputError(`${file} has no begin_signature and end_signature`);
  }
  const status = await observed(line, machine, machine.soc, elf, () =>
    runGuest(machine, { maxInstructions: limit(line), poll: program.poll }),
  );
  if (program.lost) process.stderr.write(`harthop: ${file}: ${lostMessage(program.lost)}\n`);
  if (program.failure) process.stderr.write(`harthop: ${file}: test ${program.failure} failed\n`);
  if (signatureFile) writeOutput(signatureFile, program.signature()!);
  return status;
}

function lostMessage({ hart, pc, cause, interrupt, tval }: LostEvent): string {
  const name = Object.entries(causes).find(([, number]) => number === cause)?.[0];
  const words = name?.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const what = interrupt ? `interrupt ${cause}` : (words ?? `exception ${cause}`);
  const hex = (n: bigint) => `0x${n.toString(16)}`;
  return `hart ${hart} trapped at ${hex(pc)} (${what}, value ${hex(tval)}) and has no trap handler: mtvec is 0`;
}

export function engine(line: CommandLine): { engine: EngineChoice } {
  const name = line.text('engine') ?? 'auto';
  if (!isEngineChoice(name)) {
    throw new InputError(
      `--engine: there is no ${JSON.stringify(name)}; there are ${Object.keys(engineChoices).join(', ')}`,
    );
  }
  return { engine: name };
}

export function withSeed(line: CommandLine, soc: Soc): Soc {
  const seed = line.integer('seed', 0, MOST_SEED);
  return seed === undefined ? soc : seeded(soc, seed);
}

export const limit = (line: CommandLine) => line.integer('max-instructions', 1, Number.MAX_SAFE_INTEGER);

/** Run, then write what was asked for about the run. @returns the exit status */
export async function observed(
  line: CommandLine,
  machine: Machine,
  soc: Soc,
  elf: ElfFile | undefined,
  go: () => Promise<Ending>,
): Promise<number> {
  const [json, trace, measure] = [line.text('json'), line.text('trace'), line.text('measure')];
  // Before the run rather than after it: a long run should not end in "no such folder".
  for (const path of [json, trace, measure]) if (path) writeOutput(path, '');
  const timeline = trace || measure || line.has('picture') ? new Timeline(machine) : undefined;
  const ending = await go();
  const report = reportOf(machine, ending.kind === 'exit' ? ending.status : null);
  if (json) writeOutput(json, `${JSON.stringify(report, null, 2)}\n`);
  if (trace) {
    const { chromeTrace } = await import('../../emulator/timeline/trace.js');
    writePieces(trace, chromeTrace(soc, timeline!));
  }
  if (measure) {
    const { measuredOf } = await import('../measured.js');
    writeOutput(measure, `${JSON.stringify(await measuredOf(timeline!, elf, line.operands[0]!), null, 2)}\n`);
  }
  if (line.has('picture')) {
    const { countsPicture, crossingsPicture, lanesPicture } = await import('../picture.js');
    const crossings = machine.migrations.list;
    const nearest = nearestSymbol(elf);
    process.stdout.write(
      `\n${lanesPicture(soc, timeline!)}\n${crossingsPicture(crossings, (pc) => nameOf(nearest, pc))}\n`,
    );
    process.stdout.write(countsPicture(soc, crossings, machine.migrations.questions, report.instructions));
  }
  return statusOf(ending, line);
}

export function statusOf(ending: Ending, line: CommandLine): number {
  switch (ending.kind) {
    case 'exit':
      return ending.status;
    case 'interrupted':
      return INTERRUPTED;
    case 'terminated':
      return TERMINATED;
    case 'limit':
      process.stderr.write(`harthop: stopped after ${line.text('max-instructions')} instructions\n`);
      return LIMIT_REACHED;
    case 'recorded':
      process.stderr.write('harthop: the recording ends here\n');
      return 0;
    case 'deadlock':
      process.stderr.write('harthop: every hart waits and nothing will wake one\n');
      return 1;
  }
}
