/** What a seed stands for: a chip with its turns drawn, words for the kernel, and the program with its arguments. */
import { readSoc, type Soc, seeded } from '../../emulator/soc/soc.js';

export interface Trial {
  readonly seed: number;
  /** As a SoC description's JSON. */
  readonly description: object;
  readonly soc: Soc;
  readonly bootargs: string;
  /** Of test/programs. */
  readonly program: 'trips' | 'malice';
  readonly args: readonly string[];
  /** What the program's exit status must be. */
  readonly status: number;
}

/** Numbers from a seed that have nothing to do with those of the turns. */
function picker(seed: number) {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
  const below = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  return { below, pick: <T>(of: readonly T[]): T => of[below(of.length)]! };
}

const application = (count: number) => ({ count, isa: 'rv64gc', role: 'application' });
const vector = (count: number, vlen: number, more = '') => ({
  count,
  isa: `rv64gcv${more}`,
  vlen,
  role: 'accelerator',
});

/** Harts, how many of them the kernel has, and whether a thread may use the dot-product unit. */
const chips = [
  { harts: [application(1), vector(1, 256)], own: 1 },
  { harts: [application(2), vector(1, 256)], own: 2 },
  { harts: [application(2), vector(2, 256)], own: 2 },
  { harts: [application(3), vector(1, 128)], own: 3 },
  { harts: [application(4), vector(2, 256), vector(1, 1024)], own: 4 },
  { harts: [application(2), vector(1, 256), vector(1, 512)], own: 2 },
  {
    harts: [application(2), vector(1, 256), { ...application(1), isa: 'rv64gc_xhartdot', role: 'accelerator' }],
    own: 2,
    unit: true,
  },
  { harts: [application(2), vector(2, 256, '_xhartdot')], own: 2, unit: true },
  { harts: [{ count: 2, isa: 'rv64gcv', vlen: 256 }], own: 2 },
] as const;

/** @param seed a whole number from 0 to 2^32 - 1 */
export function trialOf(seed: number): Trial {
  const { below, pick } = picker(seed);
  const { harts, own, ...more } = pick(chips);
  const device = pick([false, false, true]);
  const description = {
    name: `chaos-${seed}`,
    harts,
    quantum: pick([7, 60, 400, 1000, 3000]),
    clock: pick([1e7, 1e8, 1e9]),
    memoryMiB: 32,
    ...(device && { mailbox: pick([true, { slots: 1 }, { slots: 3 }]) }),
    migration: { policy: pick(['fifo', 'least-loaded', 'sticky']) },
  };
  const words = [
    `migrate.transport=${pick(device ? ['fifo', 'mailbox', 'device', 'device'] : ['fifo', 'mailbox'])}`,
    `migrate.calls=${pick(['move', 'ask', 'auto'])}`,
    `migrate.faults=${pick(['move', 'ask'])}`,
    `migrate.guests=${pick(['on', 'off'])}`,
  ];
  const end = pick([0, 1, 2]);
  const args = [seed, 1 + below(8), 4 + below(10), own, 'unit' in more ? 1 : 0, end];
  return {
    seed,
    description,
    soc: seeded(readSoc(description, `chaos-${seed}.json`), seed),
    bootargs: words.join(' '),
    program: 'trips',
    args: args.map(String),
    status: end === 2 ? 128 + 9 : 0,
  };
}

/** The chip, turns and words of a seed, under malicious programs (test/programs/malice.c); application harts take hints where it is odd. */
export function malicious(seed: number): Trial {
  const trial = trialOf(seed);
  const { harts } = trial.description as { harts: { isa: string; role?: string }[] };
  const hinted = harts.map((hart) => (seed % 2 && hart.role ? { ...hart, isa: `${hart.isa}_xharthint` } : hart));
  const description = { ...trial.description, harts: hinted };
  const soc = seeded(readSoc(description, `malice-${seed}.json`), seed);
  return { ...trial, description, soc, program: 'malice', args: [`${seed}`, '4', '30', trial.args[4]!], status: 0 };
}
