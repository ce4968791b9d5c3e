/** How much memory the emulators need. */
import type { Builder } from './build.js';
import type { Emulator, Guest } from './emulators.js';
import { scalars } from './scalars.js';
import { peakMemory } from './timing.js';

const guests = (builder: Builder): Readonly<Record<string, Guest>> => {
  const user = builder.empty('user');
  return {
    'one bare hart that only exits': { isa: 'rv64gc', elf: { bare: builder.empty('bare') } },
    'the scalar mix': scalars.find(({ name }) => name === 'mix')!.build(builder),
    'app2-vec1, a program that only exits': { isa: '', soc: 'app2-vec1', elf: { user } },
    'app64-vec16, the same': { isa: '', soc: 'app64-vec16', elf: { user }, alone: true },
  };
};

/** Row by row, a figure for each emulator that can run it. */
export async function* memory(builder: Builder, emulators: readonly Emulator[]) {
  for (const [what, guest] of Object.entries(guests(builder))) {
    const figures: string[] = [];
    for (const emulator of emulators) {
      const command = emulator.command(guest);
      const most = command && (await peakMemory(command));
      // What is over at once was not seen.
      figures.push(most ? most.toFixed(0) : '');
    }
    yield { what, figures };
  }
}
