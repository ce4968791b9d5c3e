/** Moves between element 0 and a register, whole-register moves. */

import type { ScalarMove, WholeMove } from '../../../isa/vector/shapes.js';
import type { Element } from '../../../isa/vocabulary.js';
import { hart as at } from '../../layout.js';
import type { Code } from '../../wasm/code.js';
import { get, i32, load, type Val } from '../../wasm/value.js';
import { hart, loopParameters, SEWS, sewNumber, vl, vlenb, vstart } from './state.js';
import { loopFunction, type Workshop } from './workshop.js';

const { vd, vs2 } = loopParameters;

/**
 * Element 0 to rd or fd, or rs1 or fs1 to element 0. Here vd is the address of the destination, vs2 that of the source.
 * Out of the vector register, whatever vl; into it only when an element 0 is to be written: vstart < vl.
 */
export function scalarMoveLoop(w: Workshop, name: string, v: ScalarMove, into: 'vector' | 'scalar'): number {
  return loopFunction(w, name, (c) => {
    const bySew = (body: (e: Element, sew: number) => void) =>
      c.switch(
        sewNumber,
        SEWS.map((sew) => () => body(`i${sew}` as Element, sew)),
      );
    if (into === 'vector') {
      c.if(vstart.geU(vl), () => c.return());
      bySew((e) => void c.store(e, vd, load('i64', vs2).to(e, false)));
    } else {
      bySew((e, sew) => {
        const value = load(e, vs2);
        // A narrow number in an f register has ones above it: it is boxed.
        const boxed = v.of === 'float' && sew < 64;
        c.store('i64', vd, boxed ? value.to('i64', false).or(-(1n << BigInt(sew))) : value.to('i64', true));
      });
      if (v.of === 'float') c.store('i32', hart, i32(3), at.fs);
    }
  });
}

/** Whole registers from element vstart on, sixteen bytes at a time once that is reached. */
export function wholeMoveLoop(w: Workshop, name: string, v: WholeMove): number {
  return loopFunction(w, name, (c) => {
    const end = c.local('i32');
    c.set(end, vd.add(vlenb.mul(v.registers)));
    const skipped = vstart.shl(sewNumber);
    c.if(vstart, () => {
      c.if(skipped.geU(vlenb.mul(v.registers)), () => c.return());
      c.set(1, vd.add(skipped)).set(2, vs2.add(skipped));
    });
    copyUp(c, 1, 2, get(end, 'i32'));
  });
}

/** Copy from the address in one local to that in another, upwards until the destination is `end`; both locals move. */
export function copyUp(c: Code, to: number, from: number, end: Val): void {
  const [t, f] = [get(to, 'i32'), get(from, 'i32')];
  const by = (shape: 'i8*' | 'i8', bytes: number) =>
    c.block((done) =>
      c.loop((again) => {
        c.brIf(done, end.sub(t).ltU(bytes));
        c.store(shape, t, load(shape, f));
        c.set(to, t.add(bytes)).set(from, f.add(bytes));
        c.br(again);
      }),
    );
  by('i8*', 16);
  by('i8', 1);
}
