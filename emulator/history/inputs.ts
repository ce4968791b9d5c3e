/**
 * Everything that comes into a machine from outside while it runs: what is typed, and what a debugger's user changes. A run is a function of
 * these, each given at its step. What an input is stands here once; recordings (recording.ts) are written and read by it.
 */
import type { Machine } from '../machine.js';

/** What a member of an input may be: a hart's number, a count, an address or a register's bits, bytes, a yes or no, a name. */
export interface Members {
  hart: number;
  count: number;
  long: bigint;
  bytes: ArrayLike<number>;
  flag: boolean;
  name: string;
}

export const inputShapes = {
  console: { bytes: 'bytes' },
  freeze: { hart: 'hart', on: 'flag' },
  /** Physical memory, and memory as a hart's translation has it then. */
  memory: { pa: 'count', bytes: 'bytes' },
  virtual: { hart: 'hart', satp: 'long', va: 'long', bytes: 'bytes' },
  /** Registers by number. */
  x: { hart: 'hart', n: 'count', value: 'long' },
  f: { hart: 'hart', n: 'count', value: 'long' },
  pc: { hart: 'hart', value: 'long' },
  csr: { hart: 'hart', n: 'count', value: 'long' },
  /** Bytes of the vector registers, which lie one after the other. */
  vector: { hart: 'hart', offset: 'count', bytes: 'bytes' },
  /** A register of an extension's unit. */
  unit: { hart: 'hart', unit: 'name', n: 'count', value: 'long' },
} as const satisfies Record<string, Record<string, keyof Members>>;

type Shapes = typeof inputShapes;
type Of<K extends keyof Shapes> = { readonly kind: K } & {
  readonly [M in keyof Shapes[K]]: Members[Shapes[K][M] & keyof Members];
};
export type Input = { [K in keyof Shapes]: Of<K> }[keyof Shapes];

/** @throws RangeError where the machine has no such hart, register or memory; then nothing has changed */
const givers: { readonly [K in keyof Shapes]: (machine: Machine, input: Of<K>) => void } = {
  console: (machine, { bytes }) => machine.console.write(Array.from(bytes)),
  freeze: (machine, { hart, on }) => machine.freeze(hartOf(machine, hart).id, on),
  memory: (machine, { pa, bytes }) => machine.memory.write(pa, Uint8Array.from(bytes)),
  virtual: (machine, { hart, satp, va, bytes }) => {
    machine.writeVirtual(hartOf(machine, hart).id, va, Uint8Array.from(bytes), satp);
  },
  x: (machine, { hart, n, value }) => hartOf(machine, hart).setX(below(n, 32), value),
  f: (machine, { hart, n, value }) => hartOf(machine, hart).setF(below(n, 32), value),
  pc: (machine, { hart, value }) => hartOf(machine, hart).setPc(value),
  csr: (machine, { hart, n, value }) => hartOf(machine, hart).setCsr(n, value),
  vector: (machine, { hart, offset, bytes }) => hartOf(machine, hart).setVectorBytes(offset, Uint8Array.from(bytes)),
  unit: (machine, { hart, unit, n, value }) => {
    const found = hartOf(machine, hart).units.find(({ name }) => name === unit);
    if (!found) throw new RangeError(`hart ${hart} has no unit of ${unit}`);
    hartOf(machine, hart).setUnitWord(found, below(n, found.words), value);
  },
};

function hartOf({ harts }: Machine, n: number) {
  const hart = harts[n];
  if (!hart) throw new RangeError(`there is no hart ${n}`);
  return hart;
}

function below(n: number, end: number): number {
  if (n >= end) throw new RangeError(`there is no register ${n}`);
  return n;
}

/** @throws RangeError where the machine has no such hart, register or memory; then nothing has changed */
export const give = (machine: Machine, input: Input): void => givers[input.kind](machine, input as never);
