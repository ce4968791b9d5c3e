/** Numbers of elements on lanes, one behind the other, and elements taken from where they say: what moves elements by lanes (slides, gathers). */
import type { Arg, Element, Shape } from '../../../isa/vocabulary.js';
import type { Code } from '../../wasm/code.js';
import { BYTES, elementOf, simd } from '../../wasm/opcodes.js';
import { get, kept, load, NoSuchOperation, Val } from '../../wasm/value.js';
import { extracted } from './lane-by-lane.js';
import { constant16, LaneMask, LaneVal } from './lane-values.js';

/** The integer of an element's width. */
const integerOf = (element: Element) => `i${8 * BYTES[element]}` as Element;

/** 0, 1, 2, … in the lanes of an integer. */
const counting = (element: Element) => {
  const bytes = BYTES[element];
  return new LaneVal(`${element}*`, constant16(Array.from({ length: 16 }, (_, n) => (n % bytes ? 0 : n / bytes))).emit);
};

/** An i32 in all lanes of an integer. */
const everywhere = (element: Element, value: Val) =>
  new LaneVal(`${element}*`, (element === 'i64' ? value.to('i64', false) : value.as(element)).splat().emit);

/** The lanes below a number from 0 to their count. */
const below = (element: Element, count: Val) => counting(element).ltS(everywhere(element, count)) as LaneVal;

/** A group of registers that elements are taken from. */
export interface Group {
  /** Address of its first element. */
  readonly at: Val;
  readonly element: Element;
  /** Elements that it has; those beyond are zero. i32. */
  readonly vlmax: Val;
  /** The same where it is known. */
  readonly known?: number;
}

/** The number of each lane's element: consecutive ones. */
export class Positions extends Val {
  /** @param first i64, that of the lowest lane */
  constructor(
    private readonly c: Code,
    private readonly first: Val,
    private readonly element: Element,
  ) {
    super('i64', () => {
      throw new NoSuchOperation('numbers of elements, other than to find them');
    });
  }

  private moved(first: Val): Positions {
    return new Positions(this.c, first, this.element);
  }
  override add(by: Arg): Val {
    return this.moved(this.first.add(by));
  }
  override sub(by: Arg): Val {
    return this.moved(this.first.sub(by));
  }

  private get per(): number {
    return 16 / BYTES[this.element];
  }

  /** Of elements whose numbers did not wrap. */
  override ltU(bound: Arg): Val {
    const { c, first, per } = this;
    const b = kept(c, this.arg(bound));
    const count = b.gtU(first).choose(b.sub(first).minU(per), 0).to('i32', false);
    return this.masked(kept(c, count));
  }
  private masked(count: Val): Val {
    const { shape, emit } = below(integerOf(this.element), count);
    return new LaneMask(shape, emit);
  }
  override eq(number: Arg): Val {
    const integer = integerOf(this.element);
    const where = kept(this.c, this.arg(number).sub(this.first).minU(this.per).to('i32', false));
    return counting(integer).eq(everywhere(integer, where));
  }
  override to(element: Element, _signed: boolean): Val {
    return counting(element).add(everywhere(element, this.first.to('i32', false)));
  }

  /** The elements of these numbers. */
  taken(from: Group): Val {
    const { c, per, element } = this;
    const shape = `${element}*` as Shape;
    const bytes = BYTES[element];
    const first = kept(c, this.first);
    const vlmax = kept(c, from.vlmax.to('i64', false));
    const result = c.local(shape);
    const at = (number: Val) => from.at.add(number.to('i32', false).mul(bytes));
    const partly = () => {
      // Clamped, so that what is read lies about the group.
      const near = kept(c, first.minS(vlmax).maxS(-per));
      const inside = (count: Val) => below(integerOf(element), count.maxS(0).minS(per).to('i32', false));
      const [before, all] = [inside(near.neg()), inside(vlmax.sub(near))];
      c.set(result, all.and(before.not()).and(load(shape, at(near))) as Val);
    };
    const wholly = () => c.set(result, load(shape, at(first)));
    if (from.known !== undefined && from.known < per) partly();
    else c.if(vlmax.geU(per).and(first.leU(vlmax.sub(per))), wholly, partly);
    return new LaneVal(shape, get(result, shape).emit);
  }
}

/** Numbers of elements in the lanes themselves. */
export class Indices extends Val {
  constructor(
    private readonly c: Code,
    private readonly lanes: Val,
    private readonly element: Element,
  ) {
    super('i64', () => {
      throw new NoSuchOperation('numbers of elements, other than to find them');
    });
  }

  /** The elements of these numbers; those that the group does not have are zero. */
  taken(from: Group): Val {
    const { element } = this;
    if (BYTES[from.element] > BYTES[element]) throw new NoSuchOperation('elements that are wider than their numbers');
    return element === 'i8' ? this.bytes(from) : this.oneByOne(from);
  }

  /**
   * Sixteen bytes of the group after the other, and those of the numbers that fall there. Numbers of 8 bits reach 256 of them; of a group of less than sixteen
   * none beyond it is taken.
   */
  private bytes({ at, vlmax, known }: Group): Val {
    const c = this.c;
    const lanes = kept(c, this.lanes);
    const [result, numbers] = [c.local('i8*'), c.local('i8*')];
    const [r, n] = [get(result, 'i8*'), get(numbers, 'i8*')];
    c.set(result, constant16(Array(16).fill(0))).set(numbers, lanes);
    const step = (from: Val, offset: number) => {
      const chosen = new Val('i8*', (into) => {
        load('i8*', from, offset).emit(into);
        n.emit(into);
        into.op(...simd(14)); // i8x16.swizzle
      });
      c.set(result, r.or(chosen)).set(numbers, n.sub(16));
    };
    if (known !== undefined && known <= 64) for (let offset = 0; offset < known; offset += 16) step(at, offset);
    else {
      const [from, end] = [c.local('i32'), kept(c, at.add(vlmax.minU(256)))];
      c.set(from, at);
      c.loop((again) => {
        step(get(from, 'i32'), 0);
        c.set(from, get(from, 'i32').add(16));
        c.brIf(again, get(from, 'i32').ltU(end));
      });
    }
    if (known === undefined || known < 16) {
      const inside = new LaneVal('i8*', lanes.emit).ltU(vlmax.minU(16).as('i8').splat());
      c.set(result, vlmax.geU(16).choose(r, r.and(inside)));
    }
    return new LaneVal('i8*', r.emit);
  }

  private oneByOne({ at, vlmax, element }: Group): Val {
    const c = this.c;
    const bytes = BYTES[element];
    const shape = `${element}*` as Shape;
    const loadLane = ({ 1: 84, 2: 85, 4: 86, 8: 87 } as const)[bytes as 1 | 2 | 4 | 8];
    const numbers = kept(c, this.lanes);
    const most = kept(c, this.element === 'i64' ? vlmax.to('i64', false) : vlmax);
    const result = c.local(shape);
    c.set(result, constant16(Array(16).fill(0)));
    for (let lane = 0; lane < 16 / BYTES[this.element]; lane++) {
      const number = extracted(numbers, lane);
      const k = kept(c, number.shape === 'i64' ? number : number.as('i32'));
      const loaded = new Val(shape, (into) => {
        at.add(k.to('i32', false).mul(bytes)).emit(into);
        get(result, shape).emit(into);
        into.op(...simd(loadLane), 0, 0, lane);
      });
      c.if(k.ltU(most), () => c.set(result, loaded));
    }
    return new LaneVal(shape, get(result, shape).emit);
  }
}

/** Elements that may be numbers of others. */
export class Numbers extends LaneVal {
  constructor(
    private readonly c: Code,
    shape: Shape,
    emit: (c: Code) => void,
  ) {
    super(shape, emit);
  }
  override to(shape: Element, signed: boolean): Val {
    const element = elementOf(this.shape);
    return shape === 'i64' && element !== 'i64' ? new Indices(this.c, this, element) : super.to(shape, signed);
  }
}

/** One element in all lanes, or zero where the group does not have it. */
export function everywhereTaken(c: Code, number: Val, { at, vlmax, element }: Group): Val {
  const shape = `${element}*` as Shape;
  const k = kept(c, number);
  const result = c.local(shape);
  c.set(result, constant16(Array(16).fill(0)));
  const address = at.add(k.to('i32', false).mul(BYTES[element]));
  c.if(k.ltU(vlmax.to('i64', false)), () => c.set(result, load(element, address).splat()));
  return new LaneVal(shape, get(result, shape).emit);
}
