/** What two machines that should be one have differently. */
import { csrs } from '../isa/csrs.js';
import type { Hart } from './hart/hart.js';
import type { Machine } from './machine.js';

/** One thing that the two have differently: of a hart, or a word of memory. */
export interface Difference {
  readonly what: string;
  readonly machine: string;
  readonly twin: string;
  /** What it is on a machine of that kind now. */
  readonly read: Read;
}

type Read = (machine: Machine) => bigint | number;

/** The most differences that are told. */
const MOST = 24;

/** Registers first. */
export function differencesOf(machine: Machine, twin: Machine): Difference[] {
  const found: Difference[] = [];
  const text = (n: bigint | number) => (typeof n === 'bigint' ? `0x${n.toString(16)}` : String(n));
  const compare = (what: string, read: Read) => {
    const [a, b] = [read(machine), read(twin)];
    if (a !== b && found.length < MOST) found.push({ what, machine: text(a), twin: text(b), read });
  };
  compare('steps', ({ steps }) => steps);
  machine.harts.forEach(({ vlenb }, n) => {
    const ofHart = (register: string, read: (hart: Hart) => bigint | number) =>
      compare(`hart ${n} ${register}`, ({ harts }) => read(harts[n]!));
    ofHart('pc', ({ pc }) => pc);
    ofHart('privilege', ({ privilege }) => privilege);
    ofHart('cycles', ({ time }) => time);
    ofHart('waits', ({ idle }) => Number(idle));
    for (let r = 0; r < 32; r++) ofHart(`x${r}`, (hart) => hart.x(r));
    for (let r = 0; r < 32; r++) ofHart(`f${r}`, (hart) => hart.f(r));
    for (const { name: csr, number } of csrs) {
      try {
        ofHart(csr, (hart) => hart.csr(number));
      } catch {
        // The hart has no such register.
      }
    }
    for (let r = 0; r < (vlenb ? 32 : 0); r++) ofHart(`v${r}`, (hart) => wide(hart.vectorBytes(r)));
  });
  const { map } = machine.memory;
  const ram = ({ memory }: Machine) => new BigUint64Array(memory.u8.buffer, map.ram, map.ramBytes / 8);
  const [own, others] = [ram(machine), ram(twin)];
  for (let n = 0; n < own.length && found.length < MOST; n++)
    if (own[n] !== others[n])
      compare(`memory 0x${(map.ramBase + 8 * n).toString(16)}`, ({ memory }) => memory.u64[map.ram / 8 + n]!);
  return found;
}

const wide = (bytes: Uint8Array) => bytes.reduceRight((all, byte) => (all << 8n) | BigInt(byte), 0n);
