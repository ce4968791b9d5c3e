/** Rows that carry something from element to element: reductions, walks over mask bits, compress. */

import { elementOf, type FoldScope, type Reduction, type Scan } from '../../../isa/vector/shapes.js';
import type { Element } from '../../../isa/vocabulary.js';
import type { Code } from '../../wasm/code.js';
import { BYTES } from '../../wasm/opcodes.js';
import { call, get, i32, i64, kept, load, type Val } from '../../wasm/value.js';
import { loopParameters, maskBit, vl } from './state.js';
import { floatIn, loopFunction, type Workshop } from './workshop.js';

const { vd, vs2, vs1, mask } = loopParameters;

/** for each element below vl: all, or the active ones. These instructions always start at element 0. */
function forEach(c: Code, which: 'all' | 'active', body: (index: Val) => void): void {
  const [i, n] = [c.local('i32'), c.local('i32')];
  const index = get(i, 'i32');
  c.set(i, i32(0)).set(n, vl);
  c.block((done) =>
    c.loop((again) => {
      c.brIf(done, index.geU(get(n, 'i32')));
      c.block((inactive) => {
        if (which === 'active') c.if(mask, () => c.brIf(inactive, maskBit(mask, index).eq(0)));
        c.scope(() => body(index));
      });
      c.set(i, index.add(1));
      c.br(again);
    }),
  );
}

/** The loop of a reduction at a SEW, or undefined where it has no such elements. With vl = 0 vd is not written. */
export function reductionLoop(w: Workshop, name: string, v: Reduction, sew: number): number | undefined {
  const [wide, narrow] = [elementOf(v.vd, sew), elementOf(v.vs2, sew)];
  if (!wide || !narrow) return undefined;
  return loopFunction(w, `${name} ${sew}`, (c) => {
    c.if(vl.eq(0), () => c.return());
    const sum = c.local(wide);
    const o: FoldScope = {
      vd: wide,
      vs2: narrow,
      get float() {
        return floatIn(w, c);
      },
      keep: (value) => kept(c, value as Val),
    };
    c.set(sum, load(wide, vs1));
    forEach(c, 'active', (index) => {
      const a = load(narrow, vs2.add(index.mul(BYTES[narrow])));
      c.set(sum, v.element(get(sum, wide), a, o) as Val);
    });
    c.store(wide, vd, get(sum, wide));
  });
}

/** The loop of a walk over mask bits. For results in rd, the loop's vd is the register's address. */
export function scanLoop(w: Workshop, setBit: number, name: string, v: Scan, sew: number): number {
  return loopFunction(w, `${name} ${sew}`, (c) => {
    const state = c.local('i64');
    c.set(state, i64(v.start));
    forEach(c, 'active', (index) => {
      const bit = kept(c, maskBit(vs2, index).to('i64', false));
      if (v.to !== 'rd') {
        const result = v.to.element(get(state, 'i64'), bit) as Val;
        const element = elementOf(v.to.vd, sew)!;
        if (v.to.vd.of === 'mask') call(setBit, 'i32', vd, index, result).emit(c);
        else c.store(element, vd.add(index.mul(BYTES[element])) as Val, result.to(element, false) as Val);
      }
      c.set(state, v.step(get(state, 'i64'), bit, index.to('i64', false)) as Val);
    });
    if (v.to === 'rd') c.store('i64', vd, get(state, 'i64'));
  });
}

/** The loop of vcompress at a SEW: vs1 is the mask that chooses. */
export function compressLoop(w: Workshop, name: string, sew: number): number {
  const element = `i${sew}` as Element;
  return loopFunction(w, `${name} ${sew}`, (c) => {
    forEach(c, 'all', (index) => {
      c.if(maskBit(vs1, index), () => {
        c.store(element, vd, load(element, vs2.add(index.mul(BYTES[element]))));
        c.set(1, vd.add(BYTES[element]));
      });
    });
  });
}
