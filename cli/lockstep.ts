/** `--engine lockstep`: a run on two engines, and what is told when they come apart. */
import { disassemble } from '../assembler/disassemble.js';
import type { Divergence, Pair } from '../emulator/lockstep.js';
import { Lockstep } from '../emulator/lockstep.js';
import { Machine, type MachineOptions } from '../emulator/machine.js';
import type { Soc } from '../emulator/soc/soc.js';

/** The engine that is watched, and the one that it is held against. */
const ENGINES = ['auto', 'interpreter'] as const satisfies readonly MachineOptions['engine'][];

/** @param boot gets a machine ready for its first instruction */
export async function inLockstep(
  soc: Soc,
  boot: (machine: Machine) => void,
): Promise<{ machine: Machine; lockstep: Lockstep }> {
  const anew = async (): Promise<Pair> => {
    const [machine, twin] = await Promise.all(ENGINES.map((engine) => Machine.create(soc, { engine })));
    for (const each of [machine!, twin!]) boot(each);
    return [machine!, twin!];
  };
  const pair = await anew();
  return { machine: pair[0], lockstep: new Lockstep(pair, anew) };
}

/** Where two engines came apart: the instruction, then what each has. */
export function divergenceText({ agreed, differs, hart, pcs, differences }: Divergence, machine: Machine): string {
  const pc = pcs[hart]!;
  const bytes = machine.readVirtual(hart, pc, 4);
  const word = bytes.length < 2 ? undefined : bytes.reduceRight((all, byte) => all * 256 + byte, 0);
  const text = word === undefined ? 'what can not be read' : disassemble(word, pc).text;
  const where =
    differs - agreed === 1
      ? `step ${differs}: hart ${hart} at 0x${pc.toString(16)}, ${text}`
      : `some step from ${agreed + 1} to ${differs}, which does not happen again in a second run`;
  const width = Math.max(...differences.map(({ what }) => what.length));
  const rows = differences.map(
    ({ what, machine, twin }) => `  ${what.padEnd(width)}  ${ENGINES[0]} ${machine}, ${ENGINES[1]} ${twin}`,
  );
  return [`the engines come apart at ${where}`, ...rows].join('\n');
}
