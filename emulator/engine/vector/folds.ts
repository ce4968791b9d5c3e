/** Reductions: element by element in order, or on lanes where any order is right. */
import { elementOf as elementAt, type FoldScope, type Reduction } from '../../../isa/vector/shapes.js';
import type { Element, Shape } from '../../../isa/vocabulary.js';
import { Code } from '../../wasm/code.js';
import { BYTES, simd } from '../../wasm/opcodes.js';
import { get, i32, kept, load, NoSuchOperation, Val } from '../../wasm/value.js';
import { constant16, LaneVal } from './lane-values.js';
import { type Address, type Lane, expanded, maskBits, operand } from './lanes.js';
import { LOOP, loopParameters, maskBit, vl } from './state.js';
import { floatIn, loopFunction, type Workshop } from './workshop.js';

const { vd, vs2, vs1, mask } = loopParameters;

/** Element types of a reduction at a SEW, or undefined where it has no such elements. */
export function foldTypes(v: Reduction, sew: number): { readonly wide: Element; readonly narrow: Element } | undefined {
  const [wide, narrow] = [elementAt(v.vd, sew), elementAt(v.vs2, sew)];
  return wide && narrow && { wide, narrow };
}

/** A reduction on lanes. */
export interface LaneFold {
  /** Elements of a lane. */
  readonly per: number;
  /** Begin with vs1's element, at an address. */
  begin(c: Code, vs1: Address): void;
  /** Fold one lane. */
  fold(c: Code, vs2: Address, active: Lane['active']): void;
  /** The one element, from vs1's and all lanes. */
  end(c: Code, vs1: Address): Val;
}

/** On lanes, or undefined where elements are to be taken in order. */
export function laneFold(v: Reduction, { wide, narrow }: { wide: Element; narrow: Element }): LaneFold | undefined {
  if (!v.begins) return undefined;
  const shape: Shape = `${wide}*`;
  const per = 16 / BYTES[wide];
  let running: number;
  const value = () => new LaneVal(shape, get(running, shape).emit);
  const scope = (c: Code): FoldScope => ({
    vd: wide,
    vs2: narrow,
    get float(): never {
      throw new NoSuchOperation('floating point is not folded on lanes');
    },
    keep: (each) => kept(c, each as Val),
  });
  const fold: LaneFold = {
    per,
    begin(c, { pointer, offset }) {
      running = c.local(shape);
      c.set(running, v.begins === 'zero' ? constant16(Array(16).fill(0)) : load(wide, pointer, offset).splat());
    },
    fold(c, from, active) {
      const next = v.element(value(), operand(c, narrow, per, from), scope(c)) as Val;
      if (!active) {
        c.set(running, next);
        return;
      }
      const { bits, when } = active;
      const result = kept(c, next);
      const blended = expanded(bits, wide).choose(result, value());
      if (when)
        c.if(
          when,
          () => c.set(running, blended),
          () => c.set(running, result),
        );
      else c.set(running, blended);
    },
    end(c, { pointer, offset }) {
      for (let bytes = 8; bytes >= BYTES[wide]; bytes /= 2) {
        const order = Array.from({ length: 16 }, (_, n) => (n + bytes) % 16);
        const turned = new LaneVal(shape, (into) => {
          value().emit(into);
          into.op(...simd(12), ...order, ...simd(14)); // i8x16.swizzle
        });
        c.set(running, v.element(value(), turned, scope(c)) as Val);
      }
      const lowest = new Val(wide, (into) => {
        value().emit(into);
        into.op(...simd({ 1: 22, 2: 25, 4: 27, 8: 29 }[BYTES[wide]]!), 0); // extract_lane
      });
      return v.element(load(wide, pointer, offset), lowest, scope(c)) as Val;
    },
  };
  try {
    const c = new Code(LOOP[0]);
    const nowhere = { pointer: i32(0), offset: 0 };
    fold.begin(c, nowhere);
    fold.fold(c, nowhere, undefined);
    fold.end(c, nowhere).emit(c);
  } catch (e) {
    if (e instanceof NoSuchOperation) return undefined;
    throw e;
  }
  return fold;
}

/** The loop of a reduction at a SEW, or undefined where it has no such elements. With vl = 0 vd is not written. */
export function reductionLoop(w: Workshop, name: string, v: Reduction, sew: number): number | undefined {
  const t = foldTypes(v, sew);
  if (!t) return undefined;
  const lanes = laneFold(v, t);
  return loopFunction(w, `${name} ${sew}`, (c) => {
    c.if(vl.eq(0), () => c.return());
    if (lanes) byLanes(c, lanes, t);
    else inOrder(w, c, v, t);
  });
}

function byLanes(
  c: Code,
  { per, begin, fold, end }: LaneFold,
  { wide, narrow }: { wide: Element; narrow: Element },
): void {
  const [i, bits, when] = [c.local('i32'), c.local('i32'), c.local('i32')];
  const [index, some] = [get(i, 'i32'), get(bits, 'i32')];
  const at = (pointer: Val) => ({ pointer, offset: 0 });
  const n = kept(c, vl);
  const rest = n.sub(index);
  begin(c, at(vs1));
  c.set(i, i32(0));
  c.loop((again) => {
    const part = rest.ltS(per);
    c.set(when, mask.or(part)).set(bits, i32(-1));
    c.if(get(when, 'i32'), () => {
      c.if(part, () => c.set(bits, i32(1).shl(rest).sub(1)));
      c.if(mask, () => c.set(bits, some.and(maskBits(mask, index))));
    });
    fold(c, at(vs2), { bits: some, when: get(when, 'i32') });
    c.set(2, vs2.add(per * BYTES[narrow]));
    c.set(i, index.add(per));
    c.brIf(again, index.ltU(n));
  });
  c.store(wide, vd, end(c, at(vs1)));
}

function inOrder(w: Workshop, c: Code, v: Reduction, { wide, narrow }: { wide: Element; narrow: Element }): void {
  const [i, n, sum] = [c.local('i32'), c.local('i32'), c.local(wide)];
  const index = get(i, 'i32');
  const o: FoldScope = {
    vd: wide,
    vs2: narrow,
    get float() {
      return floatIn(w, c);
    },
    keep: (value) => kept(c, value as Val),
  };
  c.set(sum, load(wide, vs1));
  c.set(i, i32(0)).set(n, vl);
  c.block((done) =>
    c.loop((again) => {
      c.brIf(done, index.geU(get(n, 'i32')));
      c.block((inactive) => {
        c.if(mask, () => c.brIf(inactive, maskBit(mask, index).eq(0)));
        c.scope(() => {
          const a = load(narrow, vs2.add(index.mul(BYTES[narrow])));
          c.set(sum, v.element(get(sum, wide), a, o) as Val);
        });
      });
      c.set(i, index.add(1));
      c.br(again);
    }),
  );
  c.store(wide, vd, get(sum, wide));
}
