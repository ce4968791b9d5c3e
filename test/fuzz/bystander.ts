/** Somebody with a debugger: between any two instructions breakpoints and watches come and go, and what is stopped at is passed. */
import type { Machine } from '../../emulator/machine.js';
import { longs } from '../../emulator/hart/words.js';
import { BASE, layout } from './program.js';
import { Random } from './random.js';

/** The most instructions between two visits. */
const LONGEST = 4000;

export class Bystander {
  private readonly random: Random;
  private readonly breakpoints: number[] = [];
  private readonly watches: number[] = [];

  constructor(
    readonly machine: Machine,
    seed: number,
  ) {
    this.random = new Random(seed ^ 0xb75);
  }

  /** Run so many instructions. */
  run(instructions: number): void {
    const { machine } = this;
    for (const end = machine.steps + instructions; machine.steps < end; ) {
      const { reason } = machine.run(Math.min(end - machine.steps, 1 + this.random.below(LONGEST)));
      if (reason === 'power' || reason === 'deadlock') return;
      if (reason === 'budget' || this.random.oneIn(8)) this.meddle();
    }
  }

  private meddle(): void {
    const { machine, random } = this;
    const { breakpoints, watchpoints } = machine;
    const hart = random.pick(machine.harts);
    switch (random.below(6)) {
      case 0:
        // Where it is, as likely as not in a loop.
        this.breakpoints.push(breakpoints.add({ va: hart.pc }));
        break;
      case 1:
        for (const id of this.breakpoints.splice(0)) breakpoints.remove(id);
        break;
      case 2: {
        const va = BigInt(BASE + layout.buffer + 8 * (random.below(64) - 32));
        const satp = hart.privilege === 3 ? 0n : hart.long(longs.satp);
        this.watches.push(watchpoints.add({ va, bytes: 8, satp, writes: 'all', reads: random.oneIn(2) }));
        break;
      }
      case 3:
        this.watches.push(watchpoints.addRegister({ file: 'x', number: 1 + random.below(31), offset: 0, bytes: 8 }));
        break;
      case 4:
        for (const id of this.watches.splice(0)) watchpoints.remove(id);
        break;
      default:
        hart.setX(1 + random.below(31), random.long());
    }
  }
}
