/** Moves between registers that no lane is computed for. */
import { operandNames } from '../../../../isa/operands.js';
import type { ScalarMove, WholeMove } from '../../../../isa/vector/shapes.js';
import type { Element } from '../../../../isa/vocabulary.js';
import { load } from '../../../wasm/value.js';
import { operandOf } from '../code.js';
import { type Emit, eachLane, registerOffset, type Site } from './inline.js';
import type { Chip } from './state.js';

export function wholeMoveInline({ step }: Site, v: WholeMove, chip: Chip): Emit {
  const [to, from] = [registerOffset(step, 'vd', chip), registerOffset(step, 'vs2', chip)];
  return (tools, slow) => {
    const { c, state } = tools;
    eachLane(tools, { most: v.registers * chip.vlenb }, slow, ({ pointer, offset }) => {
      c.store('i8*', pointer, load('i8*', pointer, from + offset), to + offset);
    });
    state.dirty();
  };
}

/** Element 0 to or from a scalar register; numbers of an f register narrower than 64 bits are left to the function. */
export function scalarMoveInline({ step, sew }: Site, v: ScalarMove, chip: Chip): Emit | undefined {
  const names = operandNames(step.row);
  const element = `i${sew}` as Element;
  if (v.of === 'float' && sew < 64) return undefined;
  return ({ c, state, x, f }) => {
    if (!names.includes('vd')) {
      const value = load(element, state.vectors, registerOffset(step, 'vs2', chip));
      if (v.of === 'float') f.set(operandOf(step, 'fd'), value);
      else if (operandOf(step, 'rd') !== 0) x.set(operandOf(step, 'rd'), value.to('i64', true));
    } else {
      const value = v.of === 'float' ? f.get(operandOf(step, 'fs1')) : x.get(operandOf(step, 'rs1'));
      c.if(
        state.vl,
        () => void c.store(element, state.vectors, value.to(element, false), registerOffset(step, 'vd', chip)),
      );
    }
    state.dirty();
  };
}
