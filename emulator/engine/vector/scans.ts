/** Rows that walk over mask bits, 64 at a time: how many, which is the first, the elements that they choose. */
import { elementOf, type MaskLogical, type Scan } from '../../../isa/vector/shapes.js';
import type { Element } from '../../../isa/vocabulary.js';
import type { Code } from '../../wasm/code.js';
import { BYTES } from '../../wasm/opcodes.js';
import { get, i64, kept, load, type Val } from '../../wasm/value.js';
import { loopParameters, vl, vstart } from './state.js';
import { loopFunction, type Workshop } from './workshop.js';

const { vd, vs2, vs1, mask } = loopParameters;

/** The bits of a word, whose lowest bit has the number `index`, that lie below a number; where all do, or some. Both are i32. */
export const bitsBelow = (index: Val, end: Val): Val =>
  end
    .sub(index)
    .geU(64)
    .choose(i64(-1), i64(1).shl(end.sub(index).to('i64', false)).sub(1));

/** for each 64 mask bits: what to do with the number of the lowest, their offset in a mask, and which of them lie from vstart on and below vl. */
function forWords(c: Code, body: (index: Val, at: Val, meant: Val) => void): void {
  const [i, n] = [c.local('i32'), c.local('i32')];
  const index = get(i, 'i32');
  c.set(i, vstart.and(-64)).set(n, vl);
  c.block((done) =>
    c.loop((again) => {
      c.brIf(done, index.geU(get(n, 'i32')));
      c.scope(() => body(index, kept(c, index.shrU(3)), kept(c, bitsBelow(index, get(n, 'i32')))));
      c.set(i, index.add(64));
      c.br(again);
    }),
  );
}

/** Some bits of 64 at an address. */
export const storeSome = (c: Code, at: Val, offset: number, bits: Val, which: Val) =>
  c.store('i64', at, bits.and(which).or(load('i64', at, offset).and(which.not())), offset);

/** Mask bits from vstart to vl; the others stay. */
export const maskLogicalLoop = (w: Workshop, name: string, v: MaskLogical): number =>
  loopFunction(w, name, (c) =>
    forWords(c, (index, at, below) => {
      const before = vstart.gtU(index).choose(bitsBelow(index, vstart), 0);
      const changed = kept(c, below.and(before.not()));
      const result = v.bits(load('i64', vs2.add(at)), load('i64', vs1.add(at))) as Val;
      storeSome(c, kept(c, vd.add(at)), 0, result, changed);
    }),
  );

/** The loop of a walk over mask bits. For results in rd, the loop's vd is the register's address. */
export function scanLoop(w: Workshop, name: string, v: Scan, sew: number): number {
  return loopFunction(w, `${name} ${sew}`, (c) => {
    const { to } = v;
    const state = c.local('i64');
    const before = get(state, 'i64');
    c.set(state, i64(v.start));
    forWords(c, (index, at, below) => {
      const which = c.local('i64');
      const active = get(which, 'i64');
      c.set(which, below);
      c.if(mask, () => c.set(which, below.and(load('i64', mask.add(at)))));
      const bits = kept(c, load('i64', vs2.add(at)).and(active));
      if (to !== 'rd') {
        if ('bits' in to) storeSome(c, kept(c, vd.add(at)), 0, to.bits(before, bits) as Val, active);
        else {
          const element = elementOf(to.vd, sew)!;
          forBits(c, active, (bit) => {
            const result = to.element(before, bits.and(i64(1).shl(bit).sub(1)));
            const place = vd.add(index.add(bit.to('i32', false)).mul(BYTES[element]));
            c.store(element, place, result.to(element, false) as Val);
          });
        }
      }
      c.set(state, v.step(before, bits, index.to('i64', false)) as Val);
    });
    if (to === 'rd') c.store('i64', vd, before);
  });
}

/** for each bit that is set: its number, i64. */
function forBits(c: Code, bits: Val, body: (bit: Val) => void): void {
  const left = c.local('i64');
  const rest = get(left, 'i64');
  c.set(left, bits);
  c.block((done) =>
    c.loop((again) => {
      c.brIf(done, rest.eq(0));
      c.scope(() => body(kept(c, rest.ctz())));
      c.set(left, rest.and(rest.sub(1)));
      c.br(again);
    }),
  );
}

/** The loop of vcompress at a SEW: vs1 is the mask that chooses. */
export function compressLoop(w: Workshop, name: string, sew: number): number {
  const element = `i${sew}` as Element;
  return loopFunction(w, `${name} ${sew}`, (c) => {
    forWords(c, (index, at, below) => {
      forBits(c, load('i64', vs1.add(at)).and(below), (bit) => {
        const from = vs2.add(index.add(bit.to('i32', false)).mul(BYTES[element]));
        c.store(element, vd, load(element, from));
        c.set(1, vd.add(BYTES[element]));
      });
    });
  });
}
