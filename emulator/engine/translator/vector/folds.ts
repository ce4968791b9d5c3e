/** Reductions that have lanes. */
import type { Reduction } from '../../../../isa/vector/shapes.js';
import { BYTES } from '../../../wasm/opcodes.js';
import { foldTypes, laneFold } from '../../vector/folds.js';
import { type Emit, eachElements, isMasked, registerOffset, type Site } from './inline.js';
import type { Chip } from './state.js';

export function reductionInline(site: Site, v: Reduction, chip: Chip): Emit | undefined {
  const t = foldTypes(v, site.sew);
  const lanes = t && laneFold(v, t);
  if (!lanes) return undefined;
  const { per } = lanes;
  const bytes = BYTES[t.narrow];
  const [vd, vs2, vs1] = (['vd', 'vs2', 'vs1'] as const).map((name) => registerOffset(site.step, name, chip)) as [
    number,
    number,
    number,
  ];
  return (tools, slow) => {
    const { c, state } = tools;
    const mask = isMasked(site.step) ? state.vectors : undefined;
    const first = { pointer: state.vectors, offset: vs1 };
    // Nothing is written where nothing is folded.
    c.brIf(slow, state.vl.eq(0));
    lanes.begin(c, first);
    eachElements(tools, site, { per, widths: [bytes], mask }, slow, ({ at, active }) => {
      const { pointer, offset } = at(bytes);
      lanes.fold(c, { pointer, offset: vs2 + offset }, active);
    });
    c.store(t.wide, state.vectors, lanes.end(c, first), vd);
    state.dirty();
  };
}
