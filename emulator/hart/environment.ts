/** What menvcfg and senvcfg hold (privileged specification, "Machine Environment Configuration", "Supervisor Environment Configuration"). */
import { fieldOf, menvcfg, senvcfg } from '../../isa/csrs.js';
import { satisfied } from '../../isa/requires.js';
import type { Bits } from '../../isa/types.js';
import type { Hart } from './hart.js';

const fields = { menvcfg, senvcfg };

/** What a hart needs to have a field; without it the field reads as zero. FIOM needs nothing. */
const needed = {
  menvcfg: {
    CBIE: ['Zicbom'],
    CBCFE: ['Zicbom'],
    CBZE: ['Zicboz'],
    PMM: ['Smnpm'],
    ADUE: ['Svadu'],
    PBMTE: ['Svpbmt'],
    STCE: ['Sstc'],
  },
  senvcfg: { CBIE: ['Zicbom'], CBCFE: ['Zicbom'], CBZE: ['Zicboz'], PMM: ['Ssnpm'] },
} as const;

/** Values that a field can't take; a write of one leaves it as it was. */
const reserved: Readonly<Record<string, bigint>> = { CBIE: 2n, PMM: 1n };

/** The value that a write leaves in the register: fields that the hart has, and legal values, the others as they were. */
export function writableEnvironment(hart: Hart, register: keyof typeof fields, value: bigint, old: bigint): bigint {
  let now = 0n;
  for (const [name, bits] of Object.entries(fields[register] as Readonly<Record<string, Bits>>)) {
    const requires = (needed[register] as Readonly<Record<string, readonly string[]>>)[name] ?? [];
    if (!satisfied(requires, (extension) => hart.has(extension))) continue;
    const wanted = fieldOf(value, bits);
    now |= (wanted === reserved[name] ? fieldOf(old, bits) : wanted) << BigInt(bits[1]);
  }
  return now;
}
