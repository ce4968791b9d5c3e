/** A machine that runs generator.c, which makes ever new code. */
import { readFileSync } from 'node:fs';
import { loadImage } from '../../emulator/boot.js';
import { readElf } from '../../emulator/elf.js';
import type { EngineChoice } from '../../emulator/engine/choice.js';
import { Machine } from '../../emulator/machine.js';
import { readSoc } from '../../emulator/soc/soc.js';
import type { Builder } from '../build.js';

export interface Code {
  readonly pages: number;
  /** Of a page. */
  readonly blocks: number;
  /** How often each page's code goes round. */
  readonly loops: number;
  readonly generations: number;
}

export class Run {
  output = '';

  private constructor(
    private readonly machine: Machine,
    private readonly blocks: number,
  ) {
    machine.events.on(
      (event) => {
        if (event.kind === 'console') this.output += String.fromCharCode(event.byte);
      },
      ['console'],
    );
  }

  static async create(builder: Builder, code: Code, engine: EngineChoice): Promise<Run> {
    const { pages: PAGES, blocks: BLOCKS, loops: LOOPS, generations: GENERATIONS } = code;
    const elf = builder.compiled('generator', 'bare', {
      files: ['blocks/generator.c'],
      march: 'rv64im_zicsr_zifencei',
      defines: { PAGES, BLOCKS, LOOPS, GENERATIONS },
    });
    const soc = readSoc({ harts: [{ isa: 'rv64gc' }], quantum: 1_000_000, memoryMiB: 64 }, 'blocks');
    const machine = await Machine.create(soc, { engine });
    const file = readElf(readFileSync(elf), 'generator');
    loadImage(machine.memory, file, 'generator');
    machine.reset({ pc: file.entry });
    return new Run(machine, code.blocks);
  }

  /** @returns whether it is over */
  go(instructions: number): boolean {
    return this.machine.run(instructions).reason === 'power';
  }

  /** Distinct blocks that were executed so far. */
  get touched(): number {
    return this.output.split('.').length * this.blocks;
  }
}
