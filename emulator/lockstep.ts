/**
 * Two machines that must be one: the same start and the same inputs on two engines, compared as they run. What differs first is looked for
 * by halves, from the last place where they agreed.
 */
import { csrs } from '../isa/csrs.js';
import { stateFingerprint } from './history/fingerprint.js';
import type { Machine } from './machine.js';

/** One thing that the two have differently: of a hart, or a word of memory. */
export interface Difference {
  readonly what: string;
  readonly machine: string;
  readonly twin: string;
}

export interface Divergence {
  /** Steps (machine.ts) up to which they agreed, and at which they no longer do: one step, unless it did not happen again. */
  readonly agreed: number;
  readonly differs: number;
  /** Where each hart stood when they agreed; the hart that went on is `hart`. */
  readonly pcs: readonly bigint[];
  readonly hart: number;
  readonly differences: readonly Difference[];
}

export type Pair = readonly [machine: Machine, twin: Machine];

/** The most differences that are told. */
const MOST = 24;

export class Lockstep {
  private readonly inputs: { readonly steps: number; readonly bytes: readonly number[] }[] = [];
  private agreed = 0;

  /** @param anew makes such a pair once more, as it was before the first step */
  constructor(
    private readonly pair: Pair,
    private readonly anew: () => Promise<Pair>,
  ) {}

  /** The machine was given console input. */
  given(bytes: Iterable<number>): void {
    const input = { steps: this.pair[0].steps, bytes: [...bytes] };
    this.inputs.push(input);
    this.pair[1].console.write(input.bytes);
  }

  /** Let the twin go as far as the machine has come. @returns where they differ, if they do */
  async follow(): Promise<Divergence | undefined> {
    const { steps } = this.pair[0];
    advance(this.pair[1], steps);
    if (!differ(this.pair)) {
      this.agreed = steps;
      return undefined;
    }
    return (await this.first(steps)) ?? divergence(this.pair, this.agreed, steps);
  }

  /** Run anew to where they agreed, and find the first step after which they don't. */
  private async first(differs: number): Promise<Divergence | undefined> {
    const pair = await this.anew();
    for (const { steps, bytes } of this.inputs.filter((input) => input.steps <= this.agreed))
      for (const each of pair) {
        advance(each, steps);
        each.console.write(bytes);
      }
    for (const each of pair) advance(each, this.agreed);
    if (differ(pair)) return undefined;
    const back = pair.map(snapshot);
    let [least, most] = [this.agreed, differs];
    const isSame = (steps: number) => {
      for (const restore of back) restore();
      for (const each of pair) advance(each, steps);
      return !differ(pair);
    };
    if (isSame(most)) return undefined;
    while (most - least > 1) {
      const middle = Math.floor((least + most) / 2);
      if (isSame(middle)) least = middle;
      else most = middle;
    }
    isSame(least);
    const before = pair[0].harts.map(({ pc }) => pc);
    isSame(most);
    return { ...divergence(pair, least, most), pcs: before };
  }
}

/** Run to a step, or as far as the machine goes. */
function advance(machine: Machine, steps: number): void {
  while (machine.steps < steps) {
    const { reason } = machine.run(steps - machine.steps);
    if (reason !== 'budget') return;
  }
}

/** Of the whole machine as it is now. @returns what puts it back */
function snapshot(machine: Machine): () => void {
  const [saved, memory] = [machine.save(), machine.memory.u8.slice()];
  return () => {
    machine.memory.u8.set(memory);
    machine.restore(saved);
  };
}

const differ = ([machine, twin]: Pair) =>
  machine.steps !== twin.steps || stateFingerprint(machine) !== stateFingerprint(twin);

const divergence = (pair: Pair, agreed: number, differs: number): Divergence => ({
  agreed,
  differs,
  pcs: pair[0].harts.map(({ pc }) => pc),
  hart: pair[0].last,
  differences: differencesOf(pair),
});

/** What two machines have differently, registers first. */
export function differencesOf([machine, twin]: Pair): Difference[] {
  const found: Difference[] = [];
  const compare = (what: string, a: bigint | number, b: bigint | number) => {
    const text = (n: bigint | number) => (typeof n === 'bigint' ? `0x${n.toString(16)}` : String(n));
    if (a !== b && found.length < MOST) found.push({ what, machine: text(a), twin: text(b) });
  };
  compare('steps', machine.steps, twin.steps);
  machine.harts.forEach((hart, n) => {
    const other = twin.harts[n]!;
    const name = (register: string) => `hart ${n} ${register}`;
    compare(name('pc'), hart.pc, other.pc);
    compare(name('privilege'), hart.privilege, other.privilege);
    compare(name('cycles'), hart.time, other.time);
    compare(name('waits'), Number(hart.idle), Number(other.idle));
    for (let r = 0; r < 32; r++) compare(name(`x${r}`), hart.x(r), other.x(r));
    for (let r = 0; r < 32; r++) compare(name(`f${r}`), hart.f(r), other.f(r));
    for (const { name: csr, number } of csrs) {
      try {
        compare(name(csr), hart.csr(number), other.csr(number));
      } catch {
        // The hart has no such register.
      }
    }
    for (let r = 0; r < (hart.vlenb ? 32 : 0); r++)
      compare(name(`v${r}`), wide(hart.vectorBytes(r)), wide(other.vectorBytes(r)));
  });
  const { map } = machine.memory;
  const [own, others] = [machine, twin].map(
    ({ memory }) => new BigUint64Array(memory.u8.buffer, map.ram, map.ramBytes / 8),
  ) as [BigUint64Array, BigUint64Array];
  for (let n = 0; n < own.length && found.length < MOST; n++)
    compare(`memory 0x${(map.ramBase + 8 * n).toString(16)}`, own[n]!, others[n]!);
  return found;
}

const wide = (bytes: Uint8Array) => bytes.reduceRight((all, byte) => (all << 8n) | BigInt(byte), 0n);
