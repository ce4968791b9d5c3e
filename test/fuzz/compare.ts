/** Run a program in both machines, compare, and shrink what differs. */

import { disassemble } from '../../assembler/disassemble.js';
import { instructions } from '../../isa/table.js';
import type { Instruction } from '../../isa/types.js';
import { Generator, whyLeftOut } from './generate.js';
import { Ours, type Outcome, Qemu } from './machines.js';
import { Paged } from './paged.js';
import { faulted, OUTPUT, type Program, STOPS, stateOf } from './program.js';

/** Of these four each seed has one. QEMU's vectors have at most 1024 bits. */
export const VLENS = [128, 256, 512, 1024];

/**
 * How two outcomes differ. `end`: one did not come to its end; `state`: other results; `expectation`: both agree, but not on what the generator
 * had in mind: a fault in a program that should have none, or none where one was meant.
 */
export interface Difference {
  readonly kind: 'end' | 'state' | 'expectation';
  readonly lines: readonly string[];
  /** The number of the checkpoint where it shows first. */
  readonly checkpoint?: number;
}

/** A program that shows a difference, as small as it could be made. */
export interface Failure {
  readonly program: Program;
  readonly difference: Difference;
}

const SIZE = OUTPUT.to - OUTPUT.from;

/** How two machines' outcomes of a program differ. */
function differenceOf(ours: Outcome, qemu: Outcome, vlen: number): Difference | undefined {
  if (!ours.output || !qemu.output) {
    const say = ({ output, problem, pc }: Outcome) =>
      output ? 'came to its end' : `${problem}${pc === undefined ? '' : ` at 0x${pc.toString(16)}`}`;
    return { kind: 'end', lines: [`ours: ${say(ours)}`, `qemu: ${say(qemu)}`] };
  }
  if (Buffer.compare(ours.output, qemu.output) === 0) return undefined;
  for (let n = 0; ; n++) {
    const [a, b] = [ours.output, qemu.output].map((output) => output.subarray(n * SIZE, (n + 1) * SIZE));
    if (!a?.length || !b?.length) return { kind: 'end', lines: [`ours or qemu ends after ${n} checkpoints`] };
    if (Buffer.compare(a, b) === 0) continue;
    const states = [stateOf(a, vlen), stateOf(b, vlen)] as const;
    const lines = [...states[0]].flatMap(([name, value]) =>
      value === states[1].get(name)
        ? []
        : [`${name}: ours ${value}`, `${' '.repeat(name.length)}  qemu ${states[1].get(name)}`],
    );
    return { kind: 'state', lines, checkpoint: n };
  }
}

/** The part of a program up to a checkpoint. */
function upTo(program: Program, checkpoint: number | undefined): Program {
  if (checkpoint === undefined) return program;
  const checked = program.atoms.flatMap((atom, n) => (atom.checked ? [n] : []))[checkpoint];
  return checked === undefined ? program : { ...program, atoms: program.atoms.slice(0, checked + 1) };
}

export class Comparison {
  private readonly qemu = new Qemu();
  private readonly machines = new Map<string, Ours | Paged>();
  /** Rows that were part of a program that came to its end. */
  readonly executed = new Map<string, number>();
  programs = 0;
  instructions = 0;

  private async machine(kind: typeof Ours | typeof Paged, { vlen, seed }: Program): Promise<Ours | Paged> {
    const engine = (seed >> 3) % 2 ? 'translator' : 'interpreter';
    const key = `${kind.name} ${vlen} ${engine}`;
    const machine = this.machines.get(key) ?? (await kind.create(vlen, engine));
    this.machines.set(key, machine);
    return machine;
  }

  private async difference(program: Program): Promise<Difference | undefined> {
    const qemu = this.qemu.run(program);
    for (const kind of program.paged ? [Ours, Paged] : [Ours]) {
      const ours = (await this.machine(kind, program)).run(program);
      const difference = differenceOf(ours, qemu, program.vlen);
      if (difference) return difference;
    }
    const output = qemu.output!;
    const meant = program.atoms.at(-1)?.faults;
    const checkpoints = 1 + program.atoms.filter(({ checked }) => checked).length;
    const wrong = output.length / SIZE !== checkpoints || (meant !== 'perhaps' && faulted(output) !== !!meant);
    if (!wrong) return undefined;
    const where = stateOf(output.subarray(-SIZE), program.vlen).get('fault pc');
    return {
      kind: 'expectation',
      lines: [faulted(output) ? `a fault at ${where} was not meant` : 'a fault was meant'],
    };
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
    if (difference) return this.shrink(program, difference);
    const done = program.atoms.filter(({ faults }) => !faults);
    for (const { row, words } of [...done, ...program.atoms.filter(({ row, faults }) => faults && STOPS.has(row))]) {
      this.executed.set(row, (this.executed.get(row) ?? 0) + 1);
      this.instructions += words.length;
    }
    // The end of every program.
    this.executed.set('ecall', this.programs);
    return undefined;
  }

  /** Leave out as much as possible: halves, quarters, … single atoms, as long as a difference of that kind stays. */
  private async shrink(program: Program, difference: Difference): Promise<Failure> {
    let best: Failure = { program, difference };
    const start = upTo(program, difference.checkpoint);
    const same = start === program ? undefined : await this.difference(start);
    if (same?.kind === difference.kind) best = { program: start, difference: same };
    for (let size = Math.ceil(best.program.atoms.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let from = 0; from < best.program.atoms.length; ) {
        const atoms = best.program.atoms.filter((_, n) => n < from || n >= from + size);
        const smaller = { ...best.program, atoms };
        const still = await this.difference(smaller);
        if (still?.kind === difference.kind) best = { program: smaller, difference: still };
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
