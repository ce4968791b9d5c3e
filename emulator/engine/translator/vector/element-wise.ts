/** Element-wise rows whose expression exists on lanes. */
import { isImmediate, operandNames, operands } from '../../../../isa/operands.js';
import type { ElementWise } from '../../../../isa/vector/shapes.js';
import type { Element, Shape } from '../../../../isa/vocabulary.js';
import { hart as at } from '../../../layout.js';
import type { Label } from '../../../wasm/code.js';
import { BYTES } from '../../../wasm/opcodes.js';
import { constant, i32, kept, load, type Val } from '../../../wasm/value.js';
import { inexactAlready } from '../../float-flags.js';
import { unbox } from '../../scalar.js';
import { typesOf } from '../../vector/element-wise.js';
import { computeLane, exactSoFar, laneForm, raiseRounded } from '../../vector/lanes.js';
import { operandOf } from '../code.js';
import {
  type Emit,
  eachLane,
  elementsOf,
  isMasked,
  type LaneAt,
  registerOffset,
  type Site,
  type Tools,
} from './inline.js';
import type { Chip } from './state.js';

/** Undefined where the row has no lanes, or not with these operands. */
export function elementWiseInline(site: Site, v: ElementWise, chip: Chip): Emit | undefined {
  const { step } = site;
  const t = typesOf(v, site.sew);
  const form = t && laneForm(v, t);
  if (!form || site.vlmax * BYTES[t.vs2] < 16) return undefined;
  const names = operandNames(step.row);
  const isVector = names.includes('vs1');
  if ((form.float && isMasked(step)) || (form.uniform && isVector)) return undefined;
  const bytes = BYTES[t.vs2];
  const shape: Shape = `${t.vs2}*`;
  const offsets = {
    vd: registerOffset(step, 'vd', chip),
    vs2: registerOffset(step, 'vs2', chip),
    vs1: isVector ? registerOffset(step, 'vs1', chip) : 0,
  };

  return (tools, slow) => {
    const { c, state, hart } = tools;
    const scalar = isVector ? undefined : secondOperand(tools, site, t.vs1);
    const splat = scalar && kept(c, scalar.splat());
    const amount = form.uniform
      ? kept(c, scalar!.shape === 'i64' ? scalar!.to('i32', false) : scalar!.as('i32'))
      : i32(0);
    /** Lanes, of which one that floating point can't do ends them. */
    const lanes = (inexact: number | undefined, leave: Label) => {
      let reached = i32(0);
      c.block((done) => {
        c.block((bail) => {
          reached = eachLane(tools, elementsOf(tools, site, bytes), leave, ({ pointer, offset }) => {
            const index = indexOf(tools, { pointer, offset }, bytes);
            const isMask = t.vd === 'mask';
            computeLane(
              c,
              v,
              t,
              form,
              {
                index,
                vs2: load(shape, pointer, offsets.vs2 + offset),
                vs1: splat ?? load(shape, pointer, offsets.vs1 + offset),
                amount: () => amount,
                vd: isMask ? state.vectors.add(offsets.vd) : pointer,
                vdOffset: isMask ? 0 : offsets.vd + offset,
                ...(isMasked(step) && { mask: { at: state.vectors, perhaps: false } }),
              },
              () => ({ bail, inexact, fused: chip.fused }),
            );
          });
          if (inexact !== undefined) raiseRounded(c, inexact);
          c.br(done);
        });
        if (form.float) {
          if (inexact !== undefined) raiseRounded(c, inexact);
          c.store('i32', hart, reached.shrU(Math.log2(bytes)), at.vstart);
          c.br(slow);
        }
      });
    };
    if (!form.float) {
      lanes(undefined, slow);
      state.dirty();
      return;
    }
    c.brIf(slow, state.nearest.eq(0));
    c.if(
      inexactAlready,
      () => lanes(undefined, slow),
      () => lanes(exactSoFar(c), slow),
    );
    state.dirty();
    c.store('i32', hart, i32(3), at.fs);
  };
}

/** Number of a lane's first element. */
const indexOf = ({ state }: Tools, { pointer, offset }: LaneAt, bytes: number): Val =>
  pointer === state.vectors ? i32(offset / bytes) : pointer.sub(state.vectors).shrU(Math.log2(bytes));

/** The scalar second operand, of the element's type. */
function secondOperand({ x, f }: Tools, { step }: Site, element: Element): Val {
  const names = operandNames(step.row);
  if (names.includes('rs1')) {
    const value = x.get(operandOf(step, 'rs1'));
    return element === 'i64' ? value : value.to(element, false);
  }
  if (names.includes('fs1')) {
    const bits = f.get(operandOf(step, 'fs1'));
    return element === 'i64' || element === 'f64' ? bits.as(element) : unbox(bits, element as 'f32');
  }
  const immediate = [...step.values].find(([name]) => isImmediate(operands[name].class));
  return constant(element, immediate?.[1] ?? 0);
}
