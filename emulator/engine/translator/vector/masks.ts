/** Mask logic, and walks over mask bits that end in a register or in a mask: 64 bits at a time, one behind the other. */
import type { MaskLogical, Scan } from '../../../../isa/vector/shapes.js';
import { get, i32, i64, kept, load, type Val } from '../../../wasm/value.js';
import { bitsBelow, storeSome } from '../../vector/scans.js';
import { operandOf } from '../code.js';
import { type Emit, isMasked, registerOffset, type Site, type Tools } from './inline.js';
import type { Chip } from './state.js';

/** The most mask bits that are written out. */
const MOST = 512;

/** for each 64 bits of a mask that can lie below vl: what to do with the number of the lowest, their offset in a register, and which lie below vl. */
function eachWord({ c, state }: Tools, { vlmax }: Site, body: (index: number, at: number, below: Val) => void): void {
  for (let index = 0; index < vlmax; index += 64) {
    c.scope(() => {
      const some = bitsBelow(i32(index), state.vl);
      body(index, index / 8, kept(c, index ? state.vl.gtU(index).choose(some, 0) : some));
    });
  }
}

export function maskLogicalInline(site: Site, v: MaskLogical, chip: Chip): Emit | undefined {
  if (site.vlmax > MOST) return undefined;
  const [vd, vs2, vs1] = (['vd', 'vs2', 'vs1'] as const).map((name) => registerOffset(site.step, name, chip)) as [
    number,
    number,
    number,
  ];
  return (tools) => {
    const { c, state } = tools;
    eachWord(tools, site, (_, at, below) => {
      const result = v.bits(load('i64', state.vectors, vs2 + at), load('i64', state.vectors, vs1 + at)) as Val;
      storeSome(c, state.vectors, vd + at, result, below);
    });
    state.dirty();
  };
}

export function scanInline(site: Site, v: Scan, chip: Chip): Emit | undefined {
  const { to } = v;
  if (site.vlmax > MOST || (to !== 'rd' && 'element' in to)) return undefined;
  const { step } = site;
  const vs2 = registerOffset(step, 'vs2', chip);
  const vd = to === 'rd' ? 0 : registerOffset(step, 'vd', chip);
  return (tools) => {
    const { c, state, x } = tools;
    const running = c.local('i64');
    const before = get(running, 'i64');
    c.set(running, i64(v.start));
    eachWord(tools, site, (index, at, below) => {
      const active = isMasked(step) ? kept(c, below.and(load('i64', state.vectors, at))) : below;
      const bits = kept(c, load('i64', state.vectors, vs2 + at).and(active));
      if (to !== 'rd') storeSome(c, state.vectors, vd + at, to.bits(before, bits) as Val, active);
      c.set(running, v.step(before, bits, i64(index)) as Val);
    });
    if (to === 'rd' && operandOf(step, 'rd') !== 0) x.set(operandOf(step, 'rd'), before);
    state.dirty();
  };
}
