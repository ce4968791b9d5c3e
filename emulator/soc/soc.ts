/** A SoC's description: harts, memory, turns, migration policy. Read from JSON and checked; an error names the place. */
import { type Isa, IsaError, parseIsa } from '../../isa/isa-string.js';
import { classNames } from '../../isa/classes.js';
import { isAvailable } from '../../isa/names/known.js';
import { MAX_HARTS } from '../layout.js';

/** What a hart is for. Firmware decides by the ISA strings; the role is checked against them. */
export type Role = (typeof ROLES)[number];
const ROLES = ['application', 'accelerator'] as const;

export interface SocHart {
  /** As the description has it, in full: `rv64gcv_zvl256b`. */
  readonly isaString: string;
  readonly isa: Isa;
  readonly role: Role | undefined;
}

export const POLICIES = ['fifo', 'least-loaded', 'sticky'] as const;

export interface Soc {
  readonly name: string;
  readonly description: string;
  /** Hart n is harts[n]. */
  readonly harts: readonly SocHart[];
  readonly memoryBytes: number;
  /** Instructions of a turn. */
  readonly quantum: number;
  /** Turns are drawn from this seed (emulator/turns.ts) rather than given in order. */
  readonly turns?: { readonly seed: number };
  /** Cycles a second, and ticks of mtime a second. */
  readonly clock: number;
  readonly timebase: number;
  /** What a misaligned load or store does: the hart carries it out, or traps. */
  readonly misaligned: 'allow' | 'trap';
  /** The mailbox device, where the chip has one: words that each hart's queue holds. */
  readonly mailbox?: { readonly slots: number };
  /** Passed to firmware in the device tree's boot arguments. */
  readonly migration: { readonly policy: (typeof POLICIES)[number] };
}

export const MOST_SEED = 2 ** 32 - 1;

/** A description that can't be used. The message names file, place, and what was expected. */
export class SocError extends Error {}

/** One level of a description being read: where it is, and what it may hold. */
class Place {
  constructor(
    readonly value: unknown,
    readonly path: string,
    private readonly file: string,
  ) {}

  fail(message: string): never {
    throw new SocError(`${this.file}: ${this.path ? `${this.path}: ` : ''}${message}`);
  }

  private is(expected: string): never {
    this.fail(`${JSON.stringify(this.value) ?? 'nothing'} is not ${expected}`);
  }

  /** The members of an object; any other than those named is an error. */
  members<K extends string>(names: readonly K[]): Record<K, Place> {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) this.is('an object');
    const object = this.value as Record<string, unknown>;
    for (const key of Object.keys(object)) {
      if (!names.includes(key as K)) this.fail(`"${key}" is no member here; known: ${names.join(', ')}`);
    }
    const child = (name: string) => new Place(object[name], this.path ? `${this.path}.${name}` : name, this.file);
    return Object.fromEntries(names.map((name) => [name, child(name)])) as Record<K, Place>;
  }

  items(): Place[] {
    if (!Array.isArray(this.value)) this.is('a list');
    return (this.value as unknown[]).map((item, n) => new Place(item, `${this.path}[${n}]`, this.file));
  }

  text(fallback?: string): string {
    if (this.value === undefined && fallback !== undefined) return fallback;
    if (typeof this.value !== 'string') this.is('a string');
    return this.value as string;
  }

  integer(least: number, most: number, fallback?: number): number {
    if (this.value === undefined && fallback !== undefined) return fallback;
    const n = this.value;
    if (typeof n !== 'number' || !Number.isInteger(n) || n < least || n > most) {
      this.is(`a whole number from ${least} to ${most}`);
    }
    return n as number;
  }

  choice<T extends string>(of: readonly T[], fallback: T): T {
    if (this.value === undefined) return fallback;
    if (!of.includes(this.value as T)) this.is(`one of ${of.map((each) => `"${each}"`).join(', ')}`);
    return this.value as T;
  }
}

/** The most bits of a vector register (vector specification, "Implementation-defined Constant Parameters"). */
const MOST_VLEN = 65536;
/** The same where threads migrate: the save area of a thread for more is too long for firmware. */
const MOST_MIGRATED_VLEN = 4096;

/** A hart's ISA with its VLEN, which may be given apart from the string. */
function readIsa(isa: Place, vlen: Place): { isaString: string; isa: Isa } {
  let isaString = isa.text();
  const read = () => {
    try {
      return parseIsa(isaString);
    } catch (e) {
      if (!(e instanceof IsaError)) throw e;
      return isa.fail(e.message);
    }
  };
  let parsed = read();
  const absent = [...parsed.extensions].find((name) => !isAvailable(name));
  if (absent) isa.fail(`"${isaString}" asks for ${absent}, which is not implemented here${REMARKS[absent] ?? ''}`);
  if (parsed.extensions.has('Zve32x') && !parsed.extensions.has('V'))
    isa.fail(`"${isaString}" asks for a part of V; harts here have V or no vectors: did you mean to add "v"?`);
  if (vlen.value !== undefined) {
    const bits = vlen.integer(128, MOST_VLEN);
    if (bits & (bits - 1)) vlen.fail(`${bits} is not a power of two`);
    if (!parsed.extensions.has('V')) vlen.fail(`"${isaString}" has no vectors, so no VLEN`);
    if (/zvl\d+b/i.test(isaString) && parsed.vlen !== bits) vlen.fail(`"${isaString}" says ${parsed.vlen}`);
    if (parsed.vlen !== bits) {
      isaString = `${isaString}_zvl${bits}b`;
      parsed = read();
    }
  }
  return { isaString, isa: { ...parsed, extensions: new Set([...parsed.extensions, ...given(parsed)]) } };
}

/** What else there is to say of an extension that harts lack. */
const REMARKS: Readonly<Record<string, string>> = {
  H: ' (and rva23s64 is taken without it)',
  Zk: ' (it has a source of entropy, Zkr; the rest of it is Zkn and Zkt)',
};

/** Every hart here has CSRs and counters: the first came with the privileged architecture, the second was once part of I. */
const ALWAYS = ['Zicsr', 'Zicntr'];
/** What programs see is given by supervisor mode, and what that sees by machine mode; our harts have both. */
const BELOW: readonly (readonly [string, string])[] = [
  ['Supm', 'Ssnpm'],
  ['Ssstateen', 'Smstateen'],
];

/** Extensions that come along with a hart's own. */
const given = ({ extensions }: Isa) => [
  ...ALWAYS,
  ...BELOW.filter(([seen]) => extensions.has(seen)).map(([, needed]) => needed),
];

function readHarts(list: Place): SocHart[] {
  const groups = list.items();
  if (!groups.length) list.fail('a chip needs at least one hart');
  const harts = groups.flatMap((group) => {
    const members = group.members(['isa', 'vlen', 'count', 'role']);
    const hart: SocHart = {
      ...readIsa(members.isa, members.vlen),
      role: members.role.value === undefined ? undefined : members.role.choice(ROLES, 'application'),
    };
    return Array.from({ length: members.count.integer(1, MAX_HARTS, 1) }, () => hart);
  });
  if (harts.length > MAX_HARTS) list.fail(`${harts.length} harts; a machine has at most ${MAX_HARTS}`);
  const common = classNames.filter((name) => harts.every(({ isa }) => isa.extensions.has(name)));
  groups.forEach((group) => {
    const { role, isa, vlen } = group.members(['isa', 'vlen', 'count', 'role']);
    const bits = readIsa(isa, vlen).isa.vlen;
    if (bits > MOST_MIGRATED_VLEN && !common.includes('V')) {
      const place = vlen.value === undefined ? isa : vlen;
      place.fail(`a VLEN of ${bits} is too much for threads that come and go; the most is ${MOST_MIGRATED_VLEN}`);
    }
    if (role.value !== 'accelerator') return;
    const own = parseIsa(isa.text()).extensions;
    if (!classNames.some((name) => own.has(name) && !common.includes(name))) {
      const what = classNames.join(' or ');
      role.fail(`"${isa.text()}" has no ${what} that other harts lack, so firmware would not make it an accelerator`);
    }
  });
  return harts;
}

function readMailbox(place: Place): Soc['mailbox'] {
  const { value } = place;
  if (value === undefined || value === false) return undefined;
  if (value === true) return { slots: MAILBOX_SLOTS };
  if (typeof value !== 'object') place.fail(`${JSON.stringify(value)} is not true, false or an object`);
  return { slots: place.members(['slots']).slots.integer(1, 64, MAILBOX_SLOTS) };
}
const MAILBOX_SLOTS = 16;

/**
 * Read a description.
 * @param file what errors call it
 * @throws SocError
 */
export function readSoc(json: unknown, file: string): Soc {
  const root = new Place(json, '', file);
  const members = root.members([
    '$schema',
    'name',
    'description',
    'harts',
    'memoryMiB',
    'quantum',
    'turns',
    'clock',
    'timebase',
    'misaligned',
    'mailbox',
    'migration',
  ]);
  const clock = members.clock.integer(1, 1e12, 1e9);
  const timebase = members.timebase.integer(1, 1e12, 1e7);
  if (clock % timebase) members.timebase.fail(`${timebase} does not divide the clock, ${clock}`);
  const harts = readHarts(members.harts);
  const misaligned = members.misaligned.choice(['allow', 'trap'], 'allow');
  const promising = harts.find(({ isa }) => isa.extensions.has('Zicclsm'));
  if (misaligned === 'trap' && promising)
    members.misaligned.fail(`"trap" breaks what "${promising.isaString}" promises (Zicclsm: misaligned accesses work)`);
  const turns = members.turns.value === undefined ? undefined : members.turns.members(['seed']);
  const migration = members.migration.value === undefined ? undefined : members.migration.members(['policy']).policy;
  const mailbox = readMailbox(members.mailbox);
  return {
    name: members.name.text(file.replace(/^.*[\\/]|\.json$/g, '')),
    description: members.description.text(''),
    harts,
    memoryBytes: members.memoryMiB.integer(16, 2048, 128) * 2 ** 20,
    quantum: members.quantum.integer(1, 1e6, 1000),
    ...(turns && { turns: { seed: turns.seed.integer(0, MOST_SEED) } }),
    clock,
    timebase,
    misaligned,
    ...(mailbox && { mailbox }),
    migration: { policy: migration?.choice(POLICIES, 'sticky') ?? 'sticky' },
  };
}

/** A description that gives this chip again. */
export function describeSoc(soc: Soc) {
  const { name, description, harts, memoryBytes, quantum, turns, clock, timebase, misaligned, mailbox, migration } =
    soc;
  return {
    name,
    description,
    harts: harts.map(({ isaString, role }) => ({ isa: isaString, ...(role && { role }) })),
    memoryMiB: memoryBytes / 2 ** 20,
    quantum,
    ...(turns && { turns }),
    clock,
    timebase,
    misaligned,
    ...(mailbox && { mailbox }),
    migration,
  };
}

/** The same chip with its turns drawn from a seed. */
export const seeded = (soc: Soc, seed: number): Soc => ({ ...soc, turns: { seed } });

/** Read a description's text. @throws SocError also when it is no JSON */
export function parseSoc(text: string, file: string): Soc {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (e) {
    throw new SocError(`${file}: not JSON: ${(e as Error).message}`);
  }
  return readSoc(json, file);
}
