/** vset instructions whose vtype is known. */
import { operandNames } from '../../../../isa/operands.js';
import { vlmaxOf, vtypeOf } from '../../../../isa/vector/vtype.js';
import { i32, i64, type Val } from '../../../wasm/value.js';
import { type Step, operandOf } from '../code.js';
import type { Emit } from './inline.js';
import { askedVtype } from './likely.js';
import type { Chip } from './state.js';

/** Undefined where the vtype comes from a register or is not supported. */
export function configureInline(step: Step, { vlenb }: Chip): Emit | undefined {
  const vtype = askedVtype(step);
  const type = typeof vtype === 'number' ? vtypeOf(BigInt(vtype)) : undefined;
  if (typeof vtype !== 'number' || !type) return undefined;
  const vlmax = vlmaxOf(type, vlenb);
  const rd = operandOf(step, 'rd');
  return ({ c, state, x }, slow) => {
    // The unit is off, vstart is not 0, or vill: the function does it.
    c.brIf(slow, state.vtype.ltS(0));
    state.configure(vtype, vl());
    if (rd !== 0) x.set(rd, state.vl.to('i64', false) as Val);

    function vl(): Val {
      if (!operandNames(step.row).includes('rs1')) return i32(Math.min(operandOf(step, 'uimm5'), vlmax));
      const rs1 = operandOf(step, 'rs1');
      if (rs1 !== 0) return x.get(rs1).minU(i64(vlmax)).to('i32', false);
      // As many as possible; with rd = x0 too, vl stays as far as it fits.
      return rd !== 0 ? i32(vlmax) : state.vl.minU(vlmax);
    }
  };
}
