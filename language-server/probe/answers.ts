/**
 * What a program is told of a chip when it asks the kernel: riscv_hwprobe and AT_HWCAP (Linux, "RISC-V Hardware Probing Interface"; how HartHop's
 * kernel answers: docs/migration.md, "What programs are told").
 */
import { probed } from '../../isa/names/probed.js';
import { spelled } from '../../isa/names/known.js';
import { type Chip, type ChipHart, hartsWith, homes, lends } from '../chip.js';

/** For whom the kernel answers: for threads that migrate, or for what every hart has by itself, as a kernel does that knows of no migration. */
export type Asked = 'threads' | 'harts';

export interface Answers {
  /** The value of a key; undefined: it is none that is known here. @param harts the set that is asked about, by bits; all without it */
  hwprobe(key: bigint, harts?: bigint): bigint | undefined;
  /** AT_HWCAP. */
  readonly hwcap: bigint;
}

const [BASE_BEHAVIOR, IMA_EXT_0] = [3n, 4n];
const bitOf = (name: string) => 1n << BigInt(probed.indexOf(name));

export function answersOf(chip: Chip, asked: Asked): Answers {
  // By their numbers: alike harts may be one object.
  const known = new Set(asked === 'threads' ? homes(chip) : chip.harts);
  const seen = chip.harts.map((hart, number) => ({ hart, number })).filter(({ hart }) => known.has(hart));
  // What accelerators lend is there wherever a thread runs; and what they would take for something else is nowhere.
  const lenders = asked === 'threads' && lends(chip, 'V') ? hartsWith(chip, 'V') : [];
  const of = (hart: ChipHart) => {
    const has = (name: string) => {
      const own = hart.isa.extensions.has(name);
      if (name === 'Supm') return own && lenders.every(({ isa }) => isa.extensions.has(name));
      return (
        own || (/^(V$|Zv)/.test(name) && lenders.length > 0 && lenders.every(({ isa }) => isa.extensions.has(name)))
      );
    };
    return probed.reduce((bits, name) => (has(spelled(name)) ? bits | bitOf(name) : bits), 0n);
  };
  const common = (list: typeof seen) =>
    list.map(({ hart }) => of(hart)).reduce((all, bits) => all & bits, list.length ? -1n : 0n);
  const everywhere = common(seen);
  const letter = (name: string) => 1n << BigInt(name.charCodeAt(0) - 'a'.charCodeAt(0));
  return {
    hwprobe(key, harts) {
      const set = seen.filter(({ number }) => harts === undefined || (harts >> BigInt(number)) & 1n);
      if (!set.length) return undefined;
      if (key === BASE_BEHAVIOR) return 1n;
      return key === IMA_EXT_0 ? common(set) : undefined;
    },
    // One bit for each extension of a single letter; G's are there always.
    hwcap: [...'imafdcv']
      .filter((each) => 'ima'.includes(each) || everywhere & bitOf(each === 'f' ? 'd' : each))
      .reduce((bits, each) => bits | letter(each), 0n),
  };
}

/** Extensions that bits of riscv_hwprobe's IMA_EXT_0, or of AT_HWCAP, stand for, as they are spelled. */
export function namesOf(bits: bigint, what: 'hwprobe' | 'hwcap'): string[] {
  const names = what === 'hwprobe' ? probed : [...'abcdefghijklmnopqrstuvwxyz'];
  return names.filter((_, n) => (bits >> BigInt(n)) & 1n).map(spelled);
}
