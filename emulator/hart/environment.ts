/** What menvcfg and senvcfg hold and decide (privileged specification, "Machine Environment Configuration", "Supervisor Environment Configuration"). */
import { fieldOf, interrupts, menvcfg, senvcfg } from '../../isa/csrs.js';
import { satisfied } from '../../isa/requires.js';
import type { Bits } from '../../isa/types.js';
import type { Hart } from './hart.js';
import { chooseMasking } from './pointer-masking.js';
import { paging } from './translation.js';
import { longs, words } from './words.js';

/** A register, where it is kept, its fields, and what a hart needs to have a field; without it the field reads as zero. */
const registers = {
  menvcfg: {
    offset: longs.menvcfg,
    fields: menvcfg,
    needed: {
      CBIE: ['Zicbom'],
      CBCFE: ['Zicbom'],
      CBZE: ['Zicboz'],
      PMM: ['Smnpm'],
      ADUE: ['Svadu'],
      PBMTE: ['Svpbmt'],
      STCE: ['Sstc'],
    },
  },
  senvcfg: {
    offset: longs.senvcfg,
    fields: senvcfg,
    needed: { CBIE: ['Zicbom'], CBCFE: ['Zicbom'], CBZE: ['Zicboz'], PMM: ['Ssnpm'] },
  },
} as const;

/** Values that a field can't take; a write of one leaves it as it was. */
export const reservedValues: Readonly<Record<string, bigint>> = { CBIE: 2n, PMM: 1n };

/** Write one of the two: fields that the hart has take legal values, the others stay; what depends on them follows. */
export function writeEnvironment(hart: Hart, register: keyof typeof registers, value: bigint): void {
  const { offset, fields } = registers[register];
  const needed: Readonly<Record<string, readonly string[]>> = registers[register].needed;
  const old = hart.long(offset);
  let now = 0n;
  for (const [name, bits] of Object.entries(fields as Readonly<Record<string, Bits>>)) {
    if (!satisfied(needed[name] ?? [], (extension) => hart.has(extension))) continue;
    const wanted = fieldOf(value, bits);
    now |= (wanted === reservedValues[name] ? fieldOf(old, bits) : wanted) << BigInt(bits[1]);
  }
  hart.setLong(offset, now);
  chooseMasking(hart);
  if (register === 'menvcfg') {
    choosePaging(hart);
    if ((old ^ now) >> 63n) chooseTimer(hart);
  }
}

/**
 * Take note of what page-table entries may say. A hart whose ISA string names neither Svadu nor Svade sets accessed and dirty bits; with
 * Svadu menvcfg.ADUE decides.
 */
export function choosePaging(hart: Hart): void {
  const environment = hart.long(longs.menvcfg);
  const on = (bits: Bits) => fieldOf(environment, bits) !== 0n;
  const marks = hart.has('Svadu') ? on(menvcfg.ADUE) : !hart.has('Svade');
  const features =
    (on(menvcfg.PBMTE) ? paging.PBMT : 0) | (hart.has('Svnapot') ? paging.NAPOT : 0) | (marks ? paging.MARKS : 0);
  if (features === hart.word(words.paging)) return;
  hart.setWord(words.paging, features);
  hart.flushTlb();
}

/** Does stimecmp drive the supervisor's timer interrupt? (Then software's own bit for it is gone.) */
export const hasSupervisorTimer = (hart: Hart) => fieldOf(hart.long(longs.menvcfg), menvcfg.STCE) !== 0n;

function chooseTimer(hart: Hart): void {
  hart.setWord(words.software, hart.word(words.software) & ~(1 << interrupts.STI));
  hart.board.timerChanged(hart);
}
