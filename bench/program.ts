/** A program that is measured. */
import type { Builder, Sources } from './build.js';
import type { Guest } from './emulators.js';

export interface Program {
  readonly name: string;
  readonly what: string;
  /** @returns what the emulators are given */
  build(builder: Builder): Guest;
  /** More options of `harthop run`. */
  readonly options?: readonly string[];
  /** Measured only where it is asked for by name, or everything is. */
  readonly rare?: boolean;
}

const MARCH = 'rv64gc';

/** The same sources for bare hardware and for Linux. @param guest what the hardware is */
export function compiled(
  program: Omit<Program, 'build'>,
  sources: Omit<Sources, 'march'> & Partial<Sources>,
  { homes = ['bare', 'user'], ...guest }: Partial<Guest> & { readonly homes?: readonly ('bare' | 'user')[] } = {},
): Program {
  const all = { march: MARCH, ...sources };
  return {
    ...program,
    build: (builder) => ({
      isa: all.march,
      ...guest,
      elf: Object.fromEntries(
        homes.filter((home) => builder.builds(home)).map((home) => [home, builder.compiled(program.name, home, all)]),
      ),
    }),
  };
}
