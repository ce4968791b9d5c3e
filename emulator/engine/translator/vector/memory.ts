/** Loads and stores of consecutive elements that lie in one page of RAM, in whole lanes. */
import type { VectorMemory } from '../../../../isa/vector/shapes.js';
import { operandNames } from '../../../../isa/operands.js';
import { tlb } from '../../../layout.js';
import { i32, kept, load } from '../../../wasm/value.js';
import { isHit, onHit, type Place } from '../../scalar.js';
import { inOnePage } from '../../vector/scattered.js';
import { operandOf } from '../code.js';
import { type Emit, eachLane, elementsOf, isMasked, registerOffset, type Site } from './inline.js';
import type { Chip } from './state.js';

/** Undefined for other ways to address memory. */
export function unitInline(site: Site, v: VectorMemory, chip: Chip): Emit | undefined {
  const { step } = site;
  const whole = v.address === 'whole';
  // In one page that is known nothing faults behind element 0.
  const unit = v.address === 'unit' || v.address === 'fault-first';
  if ((!unit && !whole) || (!whole && v.fields > 1) || isMasked(step)) return undefined;
  const isLoad = operandNames(step.row).includes('vd');
  const eewBytes = v.eew / 8;
  // As many elements of EEW as there are of SEW; or registers.
  const most = whole ? v.registers * chip.vlenb : site.vlmax * eewBytes;
  if (most < 16) return undefined;
  const table = isLoad ? tlb.load : tlb.store;
  const register = registerOffset(step, isLoad ? 'vd' : 'vs3', chip);
  return (tools, slow) => {
    const { c, state, x } = tools;
    if (whole) c.brIf(slow, state.vtype.ltS(0));
    const place = tools.place as Place;
    const address = kept(c, x.get(operandOf(step, 'rs1')));
    const extent = whole ? { most } : elementsOf(tools, site, eewBytes);
    const end = address
      .to('i32', false)
      .and(4095)
      .add(extent.now ?? most);
    // A tag that has bits of the alignment is no page's.
    c.brIf(slow, isHit(place, address, eewBytes, table).eq(0).or(end.gtU(4096)));
    const distance = kept(c, onHit(place, address, table).sub(state.vectors));
    eachLane(tools, extent, slow, ({ pointer, offset }) => {
      const there = pointer.add(distance);
      if (isLoad) c.store('i8*', pointer, load('i8*', there, offset), register + offset);
      else c.store('i8*', there, load('i8*', pointer, register + offset), offset);
    });
    state.dirty();
  };
}

/** Strided elements that lie in one page of the TLB. */
export function stridedInline({ step }: Site, v: VectorMemory, chip: Chip): Emit | undefined {
  if (v.address !== 'strided' || v.fields > 1 || isMasked(step)) return undefined;
  const what = operandNames(step.row).includes('vd') ? 'load' : 'store';
  const register = registerOffset(step, what === 'load' ? 'vd' : 'vs3', chip);
  return ({ c, state, x, place }, slow) => {
    c.brIf(slow, state.vl.eq(0));
    const i = c.local('i32');
    c.set(i, i32(0));
    const elements = {
      what,
      size: Math.log2(v.eew / 8),
      base: kept(c, x.get(operandOf(step, 'rs1'))),
      stride: kept(c, x.get(operandOf(step, 'rs2'))),
      register: state.vectors.add(register),
      count: state.vl,
    } as const;
    inOnePage(c, place, elements, i, slow);
    state.dirty();
  };
}
