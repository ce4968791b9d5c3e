/**
 * Pointer masking (privileged specification, "Pointer Masking Extensions"): the upper bits of a load's or store's address are ignored, in
 * modes for which the next higher one says so. TLB entries are kept under the address as the program has it, so that masked
 * addresses hit like others; what changes the masking empties the TLBs.
 */
import type { Privilege } from '../events.js';
import type { Hart } from './hart.js';
import { M, status } from './modes.js';
import { longs, words } from './words.js';

/** Ignored bits by the value of a PMM field; 1 is reserved. */
const LENGTHS = [0, 0, 7, 16] as const;

/** Take note of what senvcfg, menvcfg and mseccfg say for U, S and M. */
export function chooseMasking(hart: Hart): void {
  const length = (offset: number) => LENGTHS[Number((hart.long(offset) >> 32n) & 3n)]!;
  const all = length(longs.senvcfg) | (length(longs.menvcfg) << 8) | (length(longs.mseccfg) << 24);
  if (all === hart.word(words.masked)) return;
  hart.setWord(words.masked, all);
  hart.flushTlb(true);
}

/**
 * The address that a load or store goes to.
 * @param privilege the effective one
 * @param virtual is the address translated? Then the bit below the ignored ones is extended, else they are zero
 */
export function accessed(hart: Hart, va: bigint, privilege: Privilege, virtual: boolean): bigint {
  const all = hart.word(words.masked);
  if (all === 0) return va;
  const length = (all >> (8 * privilege)) & 0xff;
  if (length === 0 || (privilege !== M && hart.word(words.status) & status.MXR)) return va;
  return virtual ? BigInt.asIntN(64 - length, va) : BigInt.asUintN(64 - length, va);
}

/** The same, for the hart as it is now. */
export function dataAddress(hart: Hart, va: bigint): bigint {
  if (hart.word(words.masked) === 0) return va;
  const privilege = hart.dataPrivilege;
  return accessed(hart, va, privilege, privilege !== M && hart.double(longs.root) >= 0);
}
