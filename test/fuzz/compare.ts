/** Run a program in both machines, compare, and shrink what differs. */

import { disassemble } from '../../assembler/disassemble.js';
import { instructions } from '../../isa/table.js';
import type { Instruction } from '../../isa/types.js';
import { Generator, whyLeftOut } from './generate.js';
import { Ours, type Outcome, Qemu } from './machines.js';
import { Paged } from './paged.js';
import { type Program, stateOf } from './program.js';

/** VLENs that QEMU 7.2 supports. */
export const VLENS = [128, 256, 512, 1024];

/**
 * How two outcomes differ. `end`: one did not come to its end; `state`: other results; `both failed`: programs are legal by
 * construction, so that is a fault of the generator or of both.
 */
export interface Difference {
  readonly kind: 'end' | 'state' | 'both failed';
  readonly lines: readonly string[];
}

/** A program that shows a difference, as small as it could be made. */
export interface Failure {
  readonly program: Program;
  readonly difference: Difference;
}

export function differenceOf(ours: Outcome, qemu: Outcome, vlen: number): Difference | undefined {
  if (!ours.output || !qemu.output) {
    const say = ({ output, problem, pc }: Outcome) =>
      output ? 'came to its end' : `${problem}${pc === undefined ? '' : ` at 0x${pc.toString(16)}`}`;
    const kind = ours.output || qemu.output ? 'end' : 'both failed';
    return { kind, lines: [`ours: ${say(ours)}`, `qemu: ${say(qemu)}`] };
  }
  if (Buffer.compare(ours.output, qemu.output) === 0) return undefined;
  const [a, b] = [stateOf(ours.output, vlen), stateOf(qemu.output, vlen)];
  const lines = [...a].flatMap(([name, value]) =>
    value === b.get(name) ? [] : [`${name}: ours ${value}`, `${' '.repeat(name.length)}  qemu ${b.get(name)}`],
  );
  return { kind: 'state', lines };
}

export class Comparison {
  private readonly qemu = new Qemu();
  private readonly machines = new Map<string, Ours | Paged>();
  /** Rows that were part of a program that came to its end. */
  readonly executed = new Map<string, number>();
  programs = 0;
  instructions = 0;
  /** Programs that QEMU did not survive for a known reason. */
  notCompared = 0;

  private async machine(kind: typeof Ours | typeof Paged, vlen: number): Promise<Ours | Paged> {
    const key = `${kind.name} ${vlen}`;
    const machine = this.machines.get(key) ?? (await kind.create(vlen));
    this.machines.set(key, machine);
    return machine;
  }

  private async difference(program: Program): Promise<Difference | 'excused' | undefined> {
    const qemu = this.qemu.run(program);
    if (qemu.excused) return 'excused';
    for (const kind of program.paged ? [Ours, Paged] : [Ours]) {
      const ours = (await this.machine(kind, program.vlen)).run(program);
      const difference = differenceOf(ours, qemu, program.vlen);
      if (difference) return difference;
    }
    return undefined;
  }

  /** The program of a seed; VLEN follows from it, and whether it also runs behind page tables. */
  static program(seed: number, length: number): Program {
    return new Generator(seed, VLENS[seed % 4]!, (seed >> 2) % 2 === 1).program(length);
  }

  /** A program about rows that none was about until now. */
  programOfNever(seed: number, length: number): Program {
    return new Generator(seed, VLENS[seed % 4]!, false, this.never()).program(length);
  }

  /** Rows that should have been executed and were not. */
  never(): Instruction[] {
    return instructions.filter((row) => !whyLeftOut(row.name) && !this.executed.has(row.name));
  }

  /** Run a program. @returns undefined when all machines agree */
  async run(program: Program): Promise<Failure | undefined> {
    this.programs++;
    const difference = await this.difference(program);
    if (difference === 'excused') {
      this.notCompared++;
      return undefined;
    }
    if (!difference) {
      for (const { row, words } of program.atoms) {
        this.executed.set(row, (this.executed.get(row) ?? 0) + 1);
        this.instructions += words.length;
      }
      return undefined;
    }
    return difference.kind === 'both failed' ? { program, difference } : this.shrink(program, difference);
  }

  /** Leave out as much as possible: halves, quarters, … single atoms, as long as a difference of that kind stays. */
  private async shrink(program: Program, difference: Difference): Promise<Failure> {
    let best: Failure = { program, difference };
    for (let size = Math.ceil(program.atoms.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let from = 0; from < best.program.atoms.length; ) {
        const atoms = best.program.atoms.filter((_, n) => n < from || n >= from + size);
        const smaller = { ...best.program, atoms };
        const still = await this.difference(smaller);
        if (still && still !== 'excused' && still.kind === difference.kind)
          best = { program: smaller, difference: still };
        else from += size;
      }
    }
    return best;
  }

  close(): void {
    this.qemu.close();
  }
}

/** A failure to be read: how to get it again, what differs, and the program. */
export function report({ program, difference }: Failure): string {
  const code = program.atoms.flatMap(({ words }) => words.map(({ bits }) => `    ${disassemble(bits, 0n).text}`));
  const some = difference.lines.slice(0, 24);
  if (some.length < difference.lines.length) some.push(`… ${difference.lines.length - some.length} more lines`);
  return [
    `seed ${program.seed}, VLEN ${program.vlen}: npm run fuzz -- --seed ${program.seed} --programs 1`,
    ...some.map((line) => `  ${line}`),
    `  shrunk to ${code.length} instructions:`,
    ...code,
  ].join('\n');
}
