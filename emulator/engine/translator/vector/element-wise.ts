/** Element-wise rows whose expression exists on lanes. */
import { isImmediate, operandNames, operands } from '../../../../isa/operands.js';
import type { ElementWise } from '../../../../isa/vector/shapes.js';
import type { Element } from '../../../../isa/vocabulary.js';
import { hart as at } from '../../../layout.js';
import type { Label } from '../../../wasm/code.js';
import { BYTES } from '../../../wasm/opcodes.js';
import { constant, i32, kept, type Val } from '../../../wasm/value.js';
import { inexactAlready } from '../../float-flags.js';
import { unbox } from '../../scalar.js';
import { typesOf } from '../../vector/element-wise.js';
import { splitScalar } from '../../vector/float-lanes.js';
import { computeLane, exactSoFar, laneForm, raiseRounded } from '../../vector/lanes.js';
import { operandOf } from '../code.js';
import { type Emit, eachElements, isMasked, registerOffset, type Site, type Tools } from './inline.js';
import type { Chip } from './state.js';

/** Undefined where the row has no lanes, or not with these operands. */
export function elementWiseInline(site: Site, v: ElementWise, chip: Chip): Emit | undefined {
  const { step } = site;
  const t = typesOf(v, site.sew);
  const names = operandNames(step.row);
  const isVector = names.includes('vs1');
  const form = t && laneForm(v, t, isVector ? 'lanes' : v.vs1 === 'full' ? 'full' : 'uniform');
  if (!form) return undefined;
  const { per, float } = form;
  const isMask = t.vd === 'mask';
  const bytes = { vd: isMask ? 0 : BYTES[t.vd as Element], vs2: BYTES[t.vs2], vs1: BYTES[t.vs1] };
  const widths = [...(isMask ? [] : [bytes.vd]), bytes.vs2, ...(isVector ? [bytes.vs1] : [])];
  const offsets = {
    vd: registerOffset(step, 'vd', chip),
    vs2: names.includes('vs2') ? registerOffset(step, 'vs2', chip) : 0,
    vs1: isVector ? registerOffset(step, 'vs1', chip) : 0,
  };

  return (tools, slow) => {
    const { c, state, hart } = tools;
    const scalar = isVector ? undefined : kept(c, secondOperand(tools, site, t.vs1));
    const splat = form.second === 'uniform' ? kept(c, scalar!.splat()) : undefined;
    const halves = splat && form.splits && !chip.fused ? splitScalar(c, splat, slow) : undefined;
    const mask = isMasked(step) ? state.vectors : undefined;
    /** Lanes, of which one that floating point can't do ends them. */
    const lanes = (inexact: number | undefined, leave: Label) => {
      let reached = i32(0);
      c.block((done) => {
        c.block((bail) => {
          reached = eachElements(tools, site, { per, widths, mask }, leave, ({ index, at, active }) => {
            const address = (name: 'vd' | 'vs2' | 'vs1') => {
              const { pointer, offset } = at(bytes[name]);
              return { pointer, offset: offsets[name] + offset };
            };
            const lane = {
              index,
              vs2: address('vs2'),
              vs1: scalar ?? address('vs1'),
              ...(splat && { splat }),
              ...(halves && { halves }),
              vd: isMask ? { pointer: state.vectors, offset: offsets.vd } : address('vd'),
              group: {
                at: state.vectors.add(offsets.vs2),
                element: t.vs2,
                vlmax: i32(site.vlmax),
                known: site.vlmax,
              },
              vl: state.vl,
              ...(active && { active }),
            };
            computeLane(c, v, t, form, lane, () => ({ bail, inexact, fused: chip.fused }));
          });
          if (inexact !== undefined) raiseRounded(c, inexact);
          c.br(done);
        });
        if (float) {
          if (inexact !== undefined) raiseRounded(c, inexact);
          c.store('i32', hart, reached, at.vstart);
          c.br(slow);
        }
      });
    };
    if (!float) {
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
