/** What the published system announced or did not have: hints, guests, lazy restore by policy, transports. */
import { SocError } from '../../../emulator/soc/soc.js';
import { type Chapter, count, type Figures, median, table } from '../figures.js';
import { type Chip, type Guest, GuestFailed, type Measured, run } from '../guest.js';
import { MOVING, trip } from './trip.js';

const small: Chip = { applications: 1, accelerators: 1 };
const hinting: Chip = { applications: 1, accelerators: 1, extension: 'xharthint' };

/** The run, or undefined where the machine knows no such chip or the kernel no such call. */
async function possible<T>(running: Promise<T>): Promise<T | undefined> {
  try {
    return await running;
  } catch (error) {
    if (error instanceof SocError || error instanceof GuestFailed) return undefined;
    throw error;
  }
}

const ROUNDS = 64;
const WARM_UP = 8;
const soon = {
  none: { what: 'no hint', chip: small, HINT: 0 },
  prctl: { what: '`prctl` before the scalar work', chip: small, HINT: 1 },
  instruction: { what: '`hart.soon` before the scalar work', chip: hinting, HINT: 2 },
};

/** Hints of work ahead: the first vector instruction after 2,000 cycles of other work, and a whole round. */
async function early(): Promise<Figures> {
  const figures: Record<string, number | undefined> = {};
  for (const [name, { chip, HINT }] of Object.entries(soon)) {
    const result = await possible(
      run({ program: 'hints', chip, words: MOVING, constants: { ROUNDS, WORK: 1000, HINT } }),
    );
    const column = (n: number) => median(result!.words.filter((_, i) => i % 2 === n && i >= 2 * WARM_UP));
    const there = result && (name === 'none' || column(0) < figures['beyond.soon.none.first']! / 2);
    figures[`beyond.soon.${name}.first`] = there ? column(0) : undefined;
    figures[`beyond.soon.${name}.round`] = there ? column(1) : undefined;
  }
  return figures;
}

const done = {
  nothing: { what: 'no hint: scalar work goes on on the vector hart', chip: { ...small, applications: 2 }, HOME: 1 },
  prctl: { what: '`prctl` after the vector work', chip: { ...small, applications: 2 }, HOME: 2 },
  instruction: { what: '`hart.done` after the vector work', chip: { ...hinting, applications: 2 }, HOME: 3 },
};

/** Hints of work done: two threads, as much scalar work without system calls as vector work. */
async function freed(): Promise<Figures> {
  const figures: Record<string, number | undefined> = {};
  for (const [name, { chip, HOME }] of Object.entries(done)) {
    const constants = { THREADS: 2, ROUNDS: 16, VECTOR: 5000, SCALAR: 10_000, HOME };
    const result = await possible(run({ program: 'threads', chip, words: MOVING, constants }));
    const there = result && (name === 'nothing' || result.trips > constants.THREADS * constants.ROUNDS - 2);
    figures[`beyond.done.${name}`] = there ? Math.max(...result.words) : undefined;
  }
  return figures;
}

const crowds = {
  general: { what: 'three general threads', constants: { THREADS: 3, PLAIN: 3 } },
  mixed: { what: 'three general threads, one with vectors', constants: { THREADS: 4, PLAIN: 3 } },
};
const guests = ['off', 'on'];

/** As where scaling is measured: several harts run all the time. */
const QUANTUM = 20;

/** General threads on two application harts and an idle vector hart. */
async function visited(): Promise<Figures> {
  const figures: Record<string, number | undefined> = {};
  for (const [name, { constants }] of Object.entries(crowds)) {
    const go = (words: string): Promise<Measured> =>
      run({
        program: 'threads',
        chip: { applications: 2, accelerators: 1, quantum: QUANTUM },
        words,
        constants: { ROUNDS: 40, VECTOR: 50_000, SCALAR: 1000, ...constants },
      });
    for (const on of guests) {
      const { words, trips } = await go(`migrate.guests=${on}`);
      const there = on === 'off' || name !== 'general' || trips > 0;
      const before = `beyond.guests.${name}.${on}`;
      const known = there && (on === 'off' || name === 'general' || figures['beyond.guests.general.on'] !== undefined);
      figures[before] = known ? Math.max(...words) : undefined;
      if (name === 'mixed') figures[`${before}.vector`] = known ? words[0] : undefined;
    }
  }
  return figures;
}

const policies = ['sticky', 'least-loaded', 'fifo'];

/** Lazy restore: a thread that keeps its vectors over system calls, on a chip with two vector harts, by policy; and without keeping. */
async function restored(): Promise<Figures> {
  const figures: Record<string, number | undefined> = {};
  const chip = { applications: 1, accelerators: 2 };
  const put = async (name: string, guest: Omit<Guest, 'program' | 'chip'>) => {
    const { out, call } = await trip({ chip, ...guest });
    figures[`beyond.restore.${name}.out`] = out;
    figures[`beyond.restore.${name}.call`] = call;
  };
  await put('discarded', { words: `${MOVING} migrate.policy=sticky` });
  for (const policy of policies)
    await put(policy, { words: `${MOVING} migrate.policy=${policy}`, constants: { KEEP: 1 } });
  return figures;
}

const transports = { fifo: small, mailbox: small, device: { ...small, mailbox: true } };

/** A trip by each transport. */
async function sent(): Promise<Figures> {
  const figures: Record<string, number | undefined> = {};
  for (const [name, chip] of Object.entries(transports)) {
    const result = await possible(trip({ chip, words: `${MOVING} migrate.transport=${name}` }));
    const before = 'beyond.transport';
    const same = result?.out === figures[`${before}.fifo.out`] && result?.call === figures[`${before}.fifo.call`];
    // Firmware that has no driver for the device goes on with the queue.
    const there = result && !(name === 'device' && same);
    figures[`${before}.${name}.out`] = there ? result.out : undefined;
    figures[`${before}.${name}.call`] = there ? result.call : undefined;
    figures[`${before}.${name}.over`] = there ? result.out + result.call - result.back - result.first : undefined;
  }
  return figures;
}

export const beyondChapter: Chapter = {
  name: 'beyond',
  quick: false,
  async measure() {
    return { ...(await early()), ...(await freed()), ...(await visited()), ...(await restored()), ...(await sent()) };
  },
  tables(figures) {
    const cell = (name: string) => count(figures[`beyond.${name}`]);
    return {
      soon: table(
        ['', 'first vector instruction', 'a whole round'],
        Object.entries(soon).map(([name, { what }]) => [what, cell(`soon.${name}.first`), cell(`soon.${name}.round`)]),
      ),
      done: table(
        ['two threads, two application harts, one vector hart', 'run time'],
        Object.entries(done).map(([name, { what }]) => [what, cell(`done.${name}`)]),
      ),
      guests: table(
        [
          'two application harts, one vector hart',
          'run time, guests off',
          'on',
          'the vector thread ends, guests off',
          'on',
        ],
        Object.entries(crowds).map(([name, { what }]) => [
          what,
          ...guests.map((on) => cell(`guests.${name}.${on}`)),
          ...guests.map((on) => (name === 'general' ? '' : cell(`guests.${name}.${on}.vector`))),
        ]),
      ),
      restore: table(
        ['one thread, two vector harts', 'out', '`getpid`, and home'],
        [
          ['discarded at the system call (the default)', 'discarded'],
          ...policies.map((policy) => [`kept over the system call, \`migrate.policy=${policy}\``, policy]),
        ].map(([what, name]) => [what!, cell(`restore.${name}.out`), cell(`restore.${name}.call`)]),
      ),
      transports: table(
        ['', 'out', '`getpid`, and home', 'out and back, over native'],
        Object.keys(transports).map((name) => [
          `\`migrate.transport=${name}\``,
          ...['out', 'call', 'over'].map((each) => cell(`transport.${name}.${each}`)),
        ]),
      ),
    };
  },
};
