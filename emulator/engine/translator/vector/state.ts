/** The vector state of a region's hart in locals: what inline vector code looks at before it relies on it. */
import { hart as at } from '../../../layout.js';
import type { Code } from '../../../wasm/code.js';
import { get, i32, load, type Val } from '../../../wasm/value.js';

/** What regions depend on besides the code: the same for all harts that share them. */
export interface Chip {
  /** Bytes of a vector register. */
  readonly vlenb: number;
  has(extension: string): boolean;
  /** The platform's relaxed multiply-add rounds once. */
  readonly fused: boolean;
}

export class VectorState {
  /** Address of v0. */
  readonly vectors: Val;
  /** vl, elements. */
  readonly vl: Val;
  /** vtype's low eight bits; -1 where vill, where the unit is off, and where vstart is not 0. */
  readonly vtype: Val;
  /** Is floating point on, and rounded to nearest even? */
  readonly nearest: Val;
  private readonly locals: Record<'vl' | 'vtype' | 'nearest', number>;

  constructor(
    private readonly c: Code,
    private readonly hart: Val,
  ) {
    const vectors = c.local('i32');
    c.set(vectors, load('i32', hart, at.vectors));
    this.vectors = get(vectors, 'i32');
    this.locals = { vl: c.local('i32'), vtype: c.local('i32'), nearest: c.local('i32') };
    this.vl = get(this.locals.vl, 'i32');
    this.vtype = get(this.locals.vtype, 'i32');
    this.nearest = get(this.locals.nearest, 'i32');
    const isOn = load('i32', hart, at.fs).ne(0);
    c.set(this.locals.nearest, isOn.and(load('i32', hart, at.frm).eq(0)));
    this.reload();
  }

  /** Something else may have changed it. */
  reload(): void {
    const { c, hart } = this;
    c.set(this.locals.vl, load('i32', hart, at.vl));
    const usable = load('i32', hart, at.vs)
      .ne(0)
      .and(load('i32', hart, at.vstart).eq(0))
      .and(load('i32', hart, at.vtype + 4).eq(0));
    c.set(this.locals.vtype, usable.choose(load('i32', hart, at.vtype), -1));
  }

  /** vset's outcome, here and in the hart's block. */
  configure(vtype: number, vl: Val): void {
    const { c, hart } = this;
    c.set(this.locals.vl, vl).set(this.locals.vtype, i32(vtype));
    c.store('i32', hart, this.vl, at.vl);
    c.store('i32', hart, i32(vtype), at.vtype);
    c.store('i32', hart, i32(0), at.vtype + 4);
    this.dirty();
  }

  /** A vector instruction has been executed. */
  dirty(): void {
    this.c.store('i32', this.hart, i32(3), at.vs);
  }
}
