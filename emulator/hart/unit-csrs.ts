/** The CSRs of extensions' units (isa/types.ts), served alike for all of them. */
import type { Csr } from '../../isa/csrs.js';
import { csrAt, unitNamed } from '../units.js';
import type { Hart } from './hart.js';

const DIRTY = 3n;

/** How a unit's CSR is read and written; undefined when it is none. All but the status are there only while the unit is on. */
export function unitCsr({ name, requires }: Csr) {
  const unit = unitNamed(requires ?? '');
  if (!unit) return undefined;
  const { statusAt } = unit;
  if (name === unit.status.name)
    return {
      read: (hart: Hart) => hart.long(statusAt),
      write: (hart: Hart, value: bigint) => hart.setLong(statusAt, value & DIRTY),
    };
  const at = csrAt(unit, name)!;
  return {
    permitted: (hart: Hart) => hart.long(statusAt) !== 0n,
    read: (hart: Hart) => hart.long(at),
    write(hart: Hart, value: bigint) {
      hart.setLong(at, value);
      hart.setLong(statusAt, DIRTY);
    },
  };
}

/** mstatus.XS: the status of the unit that has the largest. */
export const unitsStatus = (hart: Hart): number =>
  hart.units.reduce((most, { statusAt }) => Math.max(most, hart.word(statusAt)), 0);
