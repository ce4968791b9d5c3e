/** Hot programs on both engines side by side, and of one that shows a difference as little as still does. */
import { disassemble } from '../../assembler/disassemble.js';
import { EnginesDiffer, textOf } from '../../emulator/lockstep.js';
import { Machine } from '../../emulator/machine.js';
import { readSoc, type Soc, seeded } from '../../emulator/soc/soc.js';
import { isaOf } from '../hart.js';
import { Bystander } from './bystander.js';
import { type Hot, hot, load, wordsOf } from './hot.js';
import { RAM_MIB } from './program.js';

/** Of each program. */
const INSTRUCTIONS = 4_000_000;

export interface Apart {
  readonly program: Hot;
  readonly error: EnginesDiffer;
}

/** A tick of the timer is an instruction. */
function socOf({ vlen, harts, drawn, seed }: Hot): Soc {
  const description = {
    harts: [{ isa: isaOf(vlen), count: harts }],
    memoryMiB: RAM_MIB,
    misaligned: seed % 2 ? 'allow' : 'trap',
    quantum: 200,
    clock: 1_000_000,
    timebase: 1_000_000,
  };
  const soc = readSoc(description, 'hot');
  return drawn ? seeded(soc, seed % 2 ** 31) : soc;
}

export class Lockstep {
  programs = 0;
  /** Steps of the machines. */
  instructions = 0;
  /** That were part of a program. */
  readonly rows = new Set<string>(['ecall']);

  /** Run the program of a seed. */
  async run(seed: number, most = INSTRUCTIONS): Promise<Apart | undefined> {
    const program = hot(seed);
    const error = await this.difference(program, most);
    this.programs++;
    for (const atom of program.loops.flat()) this.rows.add(atom.row);
    return error && this.shrink({ program, error }, most);
  }

  private async difference(program: Hot, most: number): Promise<EnginesDiffer | undefined> {
    const machine = await Machine.create(socOf(program), { engine: 'lockstep' });
    load(machine, program);
    try {
      if (program.watched) new Bystander(machine, program.seed).run(most);
      else machine.run(most);
    } catch (error) {
      if (error instanceof EnginesDiffer) return error;
      throw error;
    } finally {
      this.instructions += machine.steps;
    }
    return undefined;
  }

  /** Without loops, then without atoms of loops, as long as there is a difference. */
  private async shrink(found: Apart, most: number): Promise<Apart> {
    let best = found;
    const attempt = async (loops: Hot['loops']) => {
      const program = { ...best.program, loops };
      const error = await this.difference(program, most);
      if (error) best = { program, error };
      return error !== undefined;
    };
    for (let n = 0; n < best.program.loops.length; ) {
      const { loops } = best.program;
      if (loops.length === 1 || !(await attempt(loops.filter((_, other) => other !== n)))) n++;
    }
    for (let n = 0; n < best.program.loops.length; n++) {
      for (let k = 0; k < best.program.loops[n]!.length; ) {
        const { loops } = best.program;
        const fewer = loops.map((atoms, other) => (other === n ? atoms.filter((_, each) => each !== k) : atoms));
        if (!(await attempt(fewer))) k++;
      }
    }
    return best;
  }
}

/** To be read: how to get it again, what differs, and the loops. */
export function reportApart({ program, error }: Apart): string {
  const { seed, vlen, harts, drawn, most, memory, watched } = program;
  const { word, pc } = error.divergence;
  const text = textOf(error.divergence, word === undefined ? undefined : disassemble(word, pc).text);
  const loops = wordsOf(program).map((words) =>
    words.map(({ bits }) => `    ${disassemble(bits, 0n).text}`).join('\n'),
  );
  return [
    `seed ${seed}: npm run fuzz -- --lockstep --seed ${seed} --programs 1`,
    `  VLEN ${vlen}, ${harts} hart${harts === 1 ? '' : 's'}${drawn ? ', turns drawn' : ''}, ${memory} memory, up to ${'US?M'[most]}-mode${watched ? ', watched' : ''}`,
    `  ${text.replaceAll('\n', '\n  ')}`,
    `  shrunk to these loops:`,
    loops.join('\n    --\n'),
  ].join('\n');
}
