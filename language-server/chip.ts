/** The chip that a forecast is for, as far as instructions and migrations go. */
import { type ClassName, classNames } from '../isa/classes.js';
import type { Isa } from '../isa/isa-string.js';
import { satisfied } from '../isa/requires.js';
import type { Surroundings } from './flow/surroundings.js';
import { answersOf, type Asked } from './probe/answers.js';

export interface ChipHart {
  readonly isa: Isa;
  readonly role: 'application' | 'accelerator' | undefined;
}

export interface Chip {
  readonly name: string;
  readonly harts: readonly ChipHart[];
}

const has = ({ isa }: ChipHart, name: string) => isa.extensions.has(name);

/** Harts that the kernel schedules on: threads begin there. Where none is said to be, all are. */
export const homes = ({ harts }: Chip): readonly ChipHart[] => {
  const named = harts.filter(({ role }) => role !== 'accelerator');
  return named.length ? named : harts;
};

/** Harts that have a class. */
export const hartsWith = ({ harts }: Chip, name: ClassName): readonly ChipHart[] =>
  harts.filter((hart) => has(hart, name));

/** Do threads leave for this class: do application harts lack it, and others have it? */
export const lends = (chip: Chip, name: ClassName): boolean =>
  homes(chip).some((hart) => !has(hart, name)) && hartsWith(chip, name).length > 0;

/** Classes that no hart of the chip has. */
export const absent = (chip: Chip): readonly ClassName[] => classNames.filter((name) => !hartsWith(chip, name).length);

/** The same answers, each worked out once. */
function asked(answer: (name: ClassName) => boolean) {
  const known = new Map(classNames.map((name) => [name, answer(name)]));
  return (name: ClassName) => known.get(name)!;
}

/** See Surroundings.lackedAway. */
function lackedAway(chip: Chip): Surroundings['lackedAway'] {
  const near = homes(chip);
  const far = chip.harts.filter((hart) => !near.includes(hart));
  const common = [...(near[0]?.isa.extensions ?? [])].filter((name) => near.every((hart) => has(hart, name)));
  if (common.every((name) => far.every((hart) => has(hart, name)))) return undefined;
  const known = new Map<readonly string[], 'all' | 'some' | 'none'>();
  return (requires) => {
    let answer = known.get(requires);
    if (!answer) {
      const able = (hart: ChipHart) => satisfied(requires, (name) => has(hart, name));
      const unable = near.every(able) ? far.filter((hart) => !able(hart)) : [];
      answer = unable.length === 0 ? 'none' : unable.length === far.length ? 'all' : 'some';
      known.set(requires, answer);
    }
    return answer;
  };
}

/** What decides about threads on a chip; the same object for the same. */
export function surroundingsOf(
  chip: Chip,
  { calls, faults, probe = 'threads' }: Pick<Surroundings, 'calls' | 'faults'> & { readonly probe?: Asked },
): Surroundings {
  const known = surroundings.get(chip) ?? new Map<string, Surroundings>();
  surroundings.set(chip, known);
  const key = `${calls} ${faults} ${probe}`;
  let one = known.get(key);
  if (!one) {
    one = {
      answers: answersOf(chip, probe),
      ...optional(lackedAway(chip)),
      lends: asked((name) => lends(chip, name)),
      calls,
      faults,
      ...vlenbOf(chip),
      mixedVlen: new Set(hartsWith(chip, 'V').map(({ isa }) => isa.vlen)).size > 1,
    };
    known.set(key, one);
  }
  return one;
}
const surroundings = new WeakMap<Chip, Map<string, Surroundings>>();

function vlenbOf({ harts }: Chip): Pick<Surroundings, 'vlenb'> {
  const [vlen, ...others] = new Set(harts.flatMap(({ isa }) => isa.vlen || []));
  return vlen && others.length === 0 ? { vlenb: vlen / 8 } : {};
}

const optional = (lacked: Surroundings['lackedAway']) => (lacked ? { lackedAway: lacked } : {});

/** The chip in a few words: `2 x rv64gc, 1 x rv64gcv_zvl256b`. */
export function describe({ harts }: Chip): string {
  const counts = new Map<string, number>();
  for (const { isa } of harts) counts.set(isa.text, (counts.get(isa.text) ?? 0) + 1);
  return [...counts].map(([text, count]) => `${count} × ${text}`).join(', ');
}
