/** Loads and stores of elements that lie in one page of RAM, or where all pages are alike, in whole lanes where they are consecutive. */
import type { VectorMemory } from '../../../../isa/vector/shapes.js';
import type { Element } from '../../../../isa/vocabulary.js';
import { operandNames } from '../../../../isa/operands.js';
import { tlb } from '../../../layout.js';
import { i32, i64, kept, load } from '../../../wasm/value.js';
import { isHit, onHit, type Place } from '../../scalar.js';
import { expanded } from '../../vector/lanes.js';
import { inOnePage } from '../../vector/scattered.js';
import { operandOf } from '../code.js';
import { type Emit, eachElements, eachLane, elementsOf, isMasked, registerOffset, type Site } from './inline.js';
import type { Chip } from './state.js';

/** Bytes of an access that seldom goes beyond its page: whether it does is asked in the cheapest way. */
const SHORT = 64;

/** Undefined for other ways to address memory. */
export function unitInline(site: Site, v: VectorMemory, chip: Chip): Emit | undefined {
  const { step } = site;
  const whole = v.address === 'whole';
  // In one page that is known nothing faults behind element 0.
  const unit = v.address === 'unit' || v.address === 'fault-first';
  const masked = isMasked(step);
  if ((!unit && !whole) || (!whole && v.fields > 1) || (masked && v.address !== 'unit')) return undefined;
  const isLoad = operandNames(step.row).includes('vd');
  const eewBytes = v.eew / 8;
  // As many elements of EEW as there are of SEW; or registers.
  const most = whole ? v.registers * chip.vlenb : site.vlmax * eewBytes;
  if (most < 16) return undefined;
  const table = isLoad ? tlb.load : tlb.store;
  const register = registerOffset(step, isLoad ? 'vd' : 'vs3', chip);
  return (tools, slow) => {
    const { c, state, x, pageBits } = tools;
    if (whole) c.brIf(slow, state.vtype.ltS(0));
    const place = tools.place as Place;
    const address = kept(c, x.get(operandOf(step, 'rs1')));
    const extent = whole ? { most } : elementsOf(tools, site, eewBytes);
    // Of a masked lane all sixteen bytes are written, those that are not active as they were.
    const now = masked && most === 16 ? undefined : extent.now;
    const beyond = () => {
      const last = address.add(now?.to('i64', false) ?? i64(most)).sub(1);
      return address
        .xor(last)
        .and(pageBits[isLoad ? 'load' : 'store'])
        .ne(0);
    };
    const inPage = () =>
      address
        .to('i32', false)
        .and(4095)
        .add(now ?? most);
    const elsewhere = most > SHORT ? beyond() : inPage().gtU(4096);
    // A tag that has bits of the alignment is no page's.
    c.brIf(slow, isHit(place, address, eewBytes, table).eq(0).or(elsewhere));
    const distance = kept(c, onHit(place, address, table).sub(state.vectors));
    if (masked) {
      const per = 16 / eewBytes;
      const lanes = { per, widths: [eewBytes], mask: state.vectors };
      eachElements(tools, site, lanes, slow, ({ at, active }) => {
        const { pointer, offset } = at(eewBytes);
        const inMemory = { pointer: pointer.add(distance), offset };
        const inRegister = { pointer, offset: register + offset };
        const [to, from] = isLoad ? [inRegister, inMemory] : [inMemory, inRegister];
        const old = load('i8*', to.pointer, to.offset);
        const bits = expanded(active!.bits, `i${v.eew}` as Element);
        c.store('i8*', to.pointer, bits.choose(load('i8*', from.pointer, from.offset), old), to.offset);
      });
      return state.dirty();
    }
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
  return ({ c, state, x, place, pageBits }, slow) => {
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
      pageBits: pageBits[what],
    } as const;
    inOnePage(c, place, elements, i, slow);
    state.dirty();
  };
}
