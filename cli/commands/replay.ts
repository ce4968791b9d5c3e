/** `harthop replay`: the run of a recording once more. */
import { checkOwnImage } from '../../debug-adapter/ingredients.js';
import { boot } from '../../emulator/boot.js';
import type { ElfFile } from '../../emulator/elf.js';
import { readRecording } from '../../emulator/history/recording.js';
import { Rerun } from '../../emulator/history/rerun.js';
import { initrd } from '../../emulator/initrd.js';
import { Machine } from '../../emulator/machine.js';
import type { Command, CommandLine } from '../command.js';
import { elfOf, ownImagePath, readInput } from '../files.js';
import { runGuest } from '../guest.js';
import { version } from '../version.js';
import { engine, observed, run, toldInOneLine } from './run.js';

const shared = ['json', 'trace', 'picture', 'engine'] as const;

export const replay: Command = {
  name: 'replay',
  operands: 'FILE',
  doc: 'Run a recording again: the same run, to the instruction, with the input that it was given then.',
  options: Object.fromEntries(shared.map((name) => [name, run.options[name]!])),
  notes: [
    "What the program writes goes to stdout; stdin is not read. The exit status is the program's, 0 where the recording ends before it does.",
    'At the end the state is compared with the recorded one. Status 2: bad input, or not the run that was recorded.',
  ].join('\n'),
  run: (line) => toldInOneLine(() => replayRun(line)),
};

async function replayRun(line: CommandLine): Promise<number> {
  const file = line.one('FILE');
  const recording = await readRecording(new TextDecoder().decode(readInput(file)), file);
  const image = (name: 'firmware' | 'kernel'): ElfFile => {
    const { data } = recording[name];
    if (data) return elfOf(data, `${name} of ${file}`);
    const own = readInput(ownImagePath(name));
    checkOwnImage(name, recording, own, file, version);
    return elfOf(own, ownImagePath(name));
  };
  const { soc, program, argv, envp, append, end } = recording;
  const machine = await Machine.create(soc, engine(line));
  boot(machine, {
    firmware: image('firmware'),
    kernel: image('kernel'),
    bootargs: append,
    initrd: initrd(program.data, argv, envp),
  });
  const rerun = new Rerun(machine, recording);
  const status = await observed(line, machine, soc, elfOf(program.data, program.path), () =>
    runGuest(machine, {
      run: (budget) => rerun.run(budget),
      poll: () => (rerun.isOver && end.status === undefined ? { kind: 'recorded' } : undefined),
    }),
  );
  rerun.check(file, version);
  return status;
}
