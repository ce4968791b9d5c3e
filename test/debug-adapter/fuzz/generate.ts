/** Random arguments for requests, by the protocol's own description of them: mostly as they should be, often not. */
import { type Protocol, readProtocol } from '../../../scripts/protocol.js';

/** The same numbers for the same seed, so that a failure can be had again. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = (seed * 2654435761 + 1) >>> 0;
  }

  below(n: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * n);
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
  chance(of: number): boolean {
    return this.below(of) === 0;
  }
}

const strings: readonly string[] = [
  ...[
    '',
    'a0',
    '$v8.e32[1]',
    '*(long *)sp',
    'pc = pc + 2',
    'sp = 0',
    '(',
    '1 +',
    '$nothing',
    '$satp',
    '&numbers',
    '&&',
  ],
  ...['0x10000', '0x80000000', '0xffffffffffffffff', '0xffffffc080200000', '0', '18446744073709551616', '-1', '1e9'],
  ...['statement', 'line', 'instruction', 'hex', 'write', 'AAAA', '\0', '\ud800', '{a0}', '{{', '% 0', '>= 5', '5'],
  ...[
    'illegal',
    'arrive',
    'syscall',
    'repl',
    'hover',
    'watch',
    'clipboard',
    '_start',
    'user_trap',
    'kernel/trap.c',
    '/',
  ],
  ...['x'.repeat(5000), '('.repeat(3000), '*'.repeat(200), 'a->b.c[0]', '__proto__', 'constructor', 'toString'],
];
const addresses: readonly string[] = [
  ...[
    '0x10000',
    '0x10002',
    '0x11000',
    '0x80000000',
    '0x80200000',
    '0xffffffc080200000',
    '0x3fffffcea0',
    '0x0',
    '0x2000000',
  ],
];
const expressions: readonly string[] = [
  ...[
    'a0',
    '$v8.e32[1]',
    '*(long *)sp',
    'pc',
    '$mstatus.FS',
    'numbers',
    '$hart + $task',
    'a0 = 3',
    '$priv == U',
    '&numbers',
    'current_task[0]->name',
  ],
];
const numbers: readonly number[] = [
  ...[0, 1, 2, 3, 4, 5, 7, 12, 26, 27, 100, 1000, 1001, 1002, 1005, 1010, 4096, 65536],
  ...[-1, -2, -100, 0.5, -0, 1e9, 2 ** 31, 2 ** 31 - 1, 2 ** 32, 2 ** 52, 2 ** 53, 1e15, 1e300, -1e300],
];
const DEEPEST = 6;

/** Numbers and names that answers gave, by what they are given for. */
export type References = ReadonlyMap<string, readonly (number | string)[]>;

export class Generator {
  private readonly protocol: Protocol = readProtocol();
  readonly commands: readonly string[];

  constructor(
    readonly random: Random,
    /** Paths of sources that exist. */
    private readonly paths: readonly string[],
  ) {
    this.commands = [...this.protocol.requests.keys()];
  }

  /** Arguments of a request. `references`: numbers that answers gave. */
  arguments(command: string, references: References): unknown {
    if (this.random.chance(40)) return this.anything(0);
    const type = this.protocol.requests.get(command);
    return type ? this.value(type, references, 0) : this.random.pick([undefined, {}, { x: 1 }]);
  }

  private value(type: string, references: References, depth: number, name = ''): unknown {
    const { random } = this;
    if (depth > DEEPEST || random.chance(60)) return this.anything(depth);
    const [plain, ...others] = type.split('|').map((each) => each.trim());
    if (others.length) {
      const literals = [plain, ...others].filter((each) => /^'/.test(each));
      if (literals.length && !random.chance(6)) return random.pick(literals).slice(1, -1);
      return this.value(random.pick([plain, ...others]), references, depth, name);
    }
    if (/^'.*'$/.test(plain)) return plain.slice(1, -1);
    if (plain.endsWith('[]')) {
      const count = random.chance(200) ? 20_000 : random.below(4);
      const of = plain.slice(0, -2);
      // One long list of one thing: how long it is matters, not what it holds.
      if (count > 10) return Array<unknown>(count).fill(this.value(of, references, depth + 1));
      return Array.from({ length: count }, () => this.value(of, references, depth + 1));
    }
    if (plain === 'number' || plain === 'integer') return this.number(name, references);
    if (plain === 'string') return this.text(name, references);
    if (plain === 'boolean') return random.chance(2);
    const alias = this.protocol.alias(plain);
    if (alias) return this.value(alias, references, depth, name);
    if (!/^[A-Z]\w*$/.test(plain)) return this.anything(depth);
    let members: readonly { name: string; optional: boolean; type: string }[];
    try {
      members = this.protocol.members(plain);
    } catch {
      return this.anything(depth);
    }
    const chosen = members.filter(({ optional }) => (optional ? random.below(3) === 0 : !random.chance(40)));
    return Object.fromEntries(
      chosen.map((member) => [member.name, this.value(member.type, references, depth + 1, member.name)]),
    );
  }

  private text(name: string, references: References): string {
    const { random } = this;
    if (random.chance(6)) return random.pick(strings);
    if (name === 'path') return random.pick(this.paths);
    if (/^(memory|instruction)Reference$/.test(name)) return random.pick(addresses);
    if (/expression|condition|value|text/i.test(name)) return random.pick(expressions);
    const known = references.get(name);
    return known?.length ? String(random.pick(known)) : random.pick(strings);
  }

  private number(name: string, references: References): number {
    const { random } = this;
    if (name === 'threadId' && !random.chance(8)) return 1 + random.below(3);
    const known = references.get(name);
    if (known?.length && !random.chance(8)) return Number(random.pick(known));
    if (/^(line|column|count|start|levels)/i.test(name) && !random.chance(3)) return random.below(60);
    return random.pick(numbers);
  }

  private anything(depth: number): unknown {
    const { random } = this;
    switch (random.below(depth < 3 ? 9 : 6)) {
      case 0:
        return null;
      case 1:
        return undefined;
      case 2:
        return random.pick(strings);
      case 3:
        return random.pick(numbers);
      case 4:
        return random.chance(2);
      case 5:
        return random.chance(50) ? nested(300) : [];
      case 6:
        return [this.anything(depth + 1), this.anything(depth + 1)];
      default:
        return { [random.pick(strings)]: this.anything(depth + 1), path: this.anything(depth + 1) };
    }
  }
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let n = 0; n < levels; n++) value = [value];
  return value;
}
