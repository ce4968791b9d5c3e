/** Element-wise rows: the loop over elements, and over whole lanes where the row's expression exists there. */

import { type ElementScope, type ElementWise, elementOf, type Place } from '../../../isa/vector/shapes.js';
import type { Element, Float, Value } from '../../../isa/vocabulary.js';
import { hart as at } from '../../layout.js';
import { Code } from '../../wasm/code.js';
import { BYTES } from '../../wasm/opcodes.js';
import { call, get, i32, kept, load, Val } from '../../wasm/value.js';
import { inexactAlready } from '../float-flags.js';
import { laneForm, laneLoop, type Types } from './lanes.js';
import { hart, LOOP, loopParameters, maskBit, v0, vl, vlmax, vstart } from './state.js';
import { carrylessOf, floatIn, loopFunction, mulHighOf, type Workshop } from './workshop.js';

/** Element types of the operands at a SEW, or undefined where there are none. */
export function typesOf(v: ElementWise, sew: number): Types | undefined {
  if (v.sews && !v.sews[sew]) return undefined;
  const of = (p: Place | 'full') => (p === 'full' ? 'i64' : elementOf(p, sew));
  const [vd, vs2, vs1] = [of(v.vd), of(v.vs2), of(v.vs1)];
  if (!vd || !vs2 || !vs1) return undefined;
  return { vd: v.vd.of === 'mask' ? 'mask' : vd, vs2, vs1 };
}

/** Does the expression take elements of vs2 by number? Found by evaluating it to nowhere. */
function picks(w: Workshop, v: ElementWise, t: Types): boolean {
  let found = false;
  const c = new Code(LOOP[0]);
  const operand = (e: Element) => new Val(e, (into) => into.unreachable());
  const o = scopeOf(w, c, t, i32(0), () => {
    found = true;
    return operand(t.vs2);
  });
  v.element(operand(t.vs2), operand(t.vs1), operand(t.vd === 'mask' ? 'i8' : t.vd), o);
  return found;
}

function scopeOf(w: Workshop, c: Code, t: Types, i: Val, pick: (n: Value) => Val): ElementScope {
  return {
    index: i.to('i64', false),
    vl: vl.to('i64', false),
    vlmax: vlmax().to('i64', false),
    v0: maskBit(v0, i),
    vd: t.vd === 'mask' ? 'i8' : t.vd,
    vs2: t.vs2,
    pick,
    get float(): Float {
      return floatIn(w, c);
    },
    carryless: (half, a, b) => carrylessOf(w, half, a, b),
    mulHigh: (a, b, aSigned, bSigned) => mulHighOf(w, a, b, aSigned, bSigned),
    ...fixedPoint(c),
    keep: (value) => kept(c, value as Val),
  };
}

/** Saturation and rounding; vcsr holds vxsat in bit 0 and vxrm above it. */
function fixedPoint(c: Code): Pick<ElementScope, 'saturate' | 'roundUp'> {
  const vcsr = load('i32', hart, at.vcsr);
  return {
    saturate(condition, bound, value) {
      const too = kept(c, condition as Val);
      c.if(too, () => void c.store('i32', hart, vcsr.or(1), at.vcsr));
      return too.choose(bound, value);
    },
    roundUp(last, half, rest) {
      const mode = vcsr.shrU(1).and(3);
      const nearestEven = half.and(rest.or(last));
      const toOdd = last.xor(1).and(half.or(rest));
      return mode.eq(0).choose(half, mode.eq(1).choose(nearestEven, mode.eq(3).choose(toOdd, 0)));
    },
  };
}

/** Set bit i of the mask at an address. */
export function maskWriter(w: Workshop): number {
  return w.m.function('set mask bit', ['i32', 'i32', 'i32'], [], (c) => {
    const [mask, i, bit] = [get(0, 'i32'), get(1, 'i32'), get(2, 'i32')];
    const byte = kept(c, mask.add(i.shrU(3)));
    c.store(
      'i8',
      byte,
      load('i8', byte)
        .as('i32')
        .and(i32(1).shl(i.and(7)).not())
        .or(bit.shl(i.and(7))),
    );
  });
}

/**
 * The loop of a row at a SEW, or undefined where its operands have no such elements. Pointers move along with the elements.
 * Reading and writing in ascending order is right for every overlap that is legal.
 */
export function elementLoop(
  w: Workshop,
  setBit: number,
  name: string,
  v: ElementWise,
  sew: number,
): number | undefined {
  const t = typesOf(v, sew);
  if (!t) return undefined;
  const form = laneForm(v, t, 'lanes') ?? laneForm(v, t, 'uniform') ?? laneForm(v, t, 'full');
  const byNumber = picks(w, v, t);
  return loopFunction(w, `${name} ${sew}`, (c) => {
    const { vd, vs2, vs1, step, mask } = loopParameters;
    const [i, n, base] = [c.local('i32'), c.local('i32'), c.local('i32')];
    const size = { vd: t.vd === 'mask' ? 0 : BYTES[t.vd], vs2: BYTES[t.vs2], vs1: BYTES[t.vs1] };
    const index = get(i, 'i32');
    const stride = kept(c, step.mul(size.vs1));
    const advance = (count: Val | number) => {
      const by = (bytes: number | Val) =>
        typeof count !== 'number' ? count.mul(bytes) : typeof bytes === 'number' ? count * bytes : bytes.mul(count);
      if (size.vd) c.set(1, vd.add(by(size.vd)));
      c.set(2, vs2.add(by(size.vs2)));
      c.set(3, vs1.add(by(stride)));
    };
    c.set(n, vl);
    if (byNumber || form) c.set(base, vs2);

    const fromVstart = () => {
      c.set(i, vstart);
      c.if(index, () => advance(index));
    };
    if (!form) fromVstart();
    else {
      let other = vstart;
      if (form.float) other = other.or(load('i32', hart, at.frm));
      if (form.second === 'uniform') other = other.or(step);
      const operands = { vd, vs2, vs1, group: get(base, 'i32'), mask };
      const lanes = (inexact: 'noted' | 'known') => () =>
        void c.scope(() => laneLoop(c, v, t, form, { i, n, advance }, operands, { inexact, fused: w.fused }));
      // Where NX is raised already, nobody asks which results are inexact.
      const either = () => void c.if(inexactAlready, lanes('known'), lanes('noted'));
      c.if(other, fromVstart, form.float ? either : lanes('noted'));
    }

    /** Element `which` of vs2's group, zero beyond VLMAX: an address is chosen, so nothing beyond is read. */
    const pick = (which: Value) => {
      const k = kept(c, which as Val);
      const inside = k.ltU(vlmax().to('i64', false));
      const address = get(base, 'i32').add(k.to('i32', false).mul(size.vs2));
      return load(t.vs2, inside.choose(address, hart.add(at.zeros)));
    };
    const compute = () =>
      c.scope(() => {
        const d = t.vd === 'mask' ? maskBit(vd, index) : load(t.vd, vd);
        const result = v.element(load(t.vs2, vs2), load(t.vs1, vs1), d, scopeOf(w, c, t, index, pick)) as Val;
        if (t.vd !== 'mask') c.store(t.vd, vd, result);
        else call(setBit, 'i32', vd, index, result).emit(c);
      });
    c.block((done) =>
      c.loop((again) => {
        c.brIf(done, index.geU(get(n, 'i32')) as Val);
        c.block((inactive) => {
          c.if(mask, () => c.brIf(inactive, maskBit(mask, index).eq(0) as Val));
          compute();
        });
        advance(1);
        c.set(i, index.add(1) as Val);
        c.br(again);
      }),
    );
  });
}
