/** frm and vstart, as far as they are known. */
import { csrNamed } from '../../isa/csrs.js';
import type { CodeInstruction } from '../code/code.js';
import { knownNumber, type Modes, type State } from './state.js';

/** What an access to a control and status register makes of frm and vstart. */
export function modesBehind({ row, values }: CodeInstruction, { modes, x }: State): Modes {
  const field = modeFields.get(values.get('csr')!);
  if (!field) return modes;
  const { mode, shift, most } = field;
  const immediate = values.get('zimm5');
  const source = values.get('rs1');
  const writes = /^csrrw/.test(row!.name);
  // With x0 or zero, the forms that set or clear bits only read.
  if (!writes && (immediate ?? source) === 0) return modes;
  const given = immediate === undefined ? knownNumber(x[source!]) : BigInt(immediate);
  const value = given === undefined || !writes ? undefined : Number(given >> shift) & most;
  return modes[mode] === value ? modes : { ...modes, [mode]: value };
}
const modeFields: ReadonlyMap<number, { mode: keyof Modes; shift: bigint; most: number }> = new Map([
  [csrNamed('frm')!.number, { mode: 'frm', shift: 0n, most: 7 }],
  [csrNamed('fcsr')!.number, { mode: 'frm', shift: 5n, most: 7 }],
  // Bits for the smallest VLEN, 128; others have more.
  [csrNamed('vstart')!.number, { mode: 'vstart', shift: 0n, most: 127 }],
]);

/** Vector instructions leave vstart at zero. */
export const begun = (modes: Modes): Modes => (modes.vstart === 0 ? modes : { ...modes, vstart: 0 });
