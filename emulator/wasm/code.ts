/** One function being written: its bytes, its locals, structured control. */
import type { Shape } from '../../isa/vocabulary.js';
import { sleb, uleb } from './leb.js';
import { carrier, storeOpcode, type ValType } from './opcodes.js';
import type { Val } from './value.js';

/** A place that control can go to: a block's end or a loop's start. */
export type Label = number;

const BLOCK = 0x02;
const LOOP = 0x03;

export class Code {
  readonly bytes: number[] = [];
  readonly locals: ValType[] = [];
  /** Where the `if`s stand that seldom hold: offsets in `bytes`, ascending. */
  readonly rare: number[] = [];
  private depth = 0;
  private readonly free = new Map<ValType, number[]>();
  private taken: { type: ValType; local: number }[] = [];

  /** @param results what the function returns */
  constructor(
    readonly params: readonly ValType[],
    readonly results: readonly ValType[] = [],
  ) {}

  op(...bytes: number[]): this {
    for (const b of bytes) this.bytes.push(b);
    return this;
  }

  /** An opcode and an index or offset. */
  indexed(opcode: number, index: number): this {
    this.bytes.push(opcode);
    uleb(index, this.bytes);
    return this;
  }

  /** A new local of the shape's type. Within a `scope` it is given back at the scope's end. */
  local(shape: Shape): number {
    const type = carrier(shape);
    const local = this.free.get(type)?.pop() ?? this.params.length + this.locals.push(type) - 1;
    this.taken.push({ type, local });
    return local;
  }

  /** Locals taken inside are free again afterwards. */
  scope(body: () => void): this {
    const outer = this.taken;
    this.taken = [];
    body();
    for (const { type, local } of this.taken) this.free.set(type, [...(this.free.get(type) ?? []), local]);
    this.taken = outer;
    return this;
  }

  set(local: number, value: Val): this {
    value.emit(this);
    return this.indexed(0x21, local);
  }

  /** Store the shape's width at base + offset; an i64 may be stored into less. */
  store(shape: Shape, base: Val, value: Val, offset = 0): this {
    base.emit(this);
    value.emit(this);
    return this.op(...storeOpcode(shape, carrier(value.shape))).indexed(0, offset);
  }

  /** Compute and forget. */
  drop(value: Val): this {
    value.emit(this);
    return this.op(0x1a);
  }

  /** Begin what `end` ends: a loop, whose label is its start, or a block, whose label is its end. For code that is not written in one go. */
  begin(what: 'loop' | 'block'): Label {
    return this.open(what === 'loop' ? LOOP : BLOCK);
  }

  end(): this {
    this.depth--;
    return this.op(0x0b);
  }

  private open(opcode: number): Label {
    this.op(opcode, 0x40);
    return ++this.depth;
  }

  private structured(opcode: number, body: (label: Label) => void): this {
    body(this.open(opcode));
    return this.end();
  }

  /** `br(label)` starts it again; falling out of the end leaves it. */
  loop(body: (start: Label) => void): this {
    return this.structured(LOOP, body);
  }

  /** `br(label)` leaves it. */
  block(body: (end: Label) => void): this {
    return this.structured(BLOCK, body);
  }

  if(condition: Val, then: () => void, otherwise?: () => void): this {
    condition.emit(this);
    return this.structured(0x04, () => {
      then();
      if (otherwise) {
        this.op(0x05);
        otherwise();
      }
    });
  }

  /** `if` for what seldom happens: the platform may keep it out of the way of everything else (WebAssembly "Branch Hinting" proposal). */
  rarely(condition: Val, then: () => void): this {
    condition.emit(this);
    this.rare.push(this.bytes.length);
    return this.structured(0x04, then);
  }

  br(label: Label): this {
    return this.indexed(0x0c, this.depth - label);
  }

  brIf(label: Label, condition: Val): this {
    condition.emit(this);
    return this.indexed(0x0d, this.depth - label);
  }

  return(value?: Val): this {
    value?.emit(this);
    return this.op(0x0f);
  }

  unreachable(): this {
    return this.op(0x00);
  }

  /** One dense br_table: case n runs cases[n]; a case that falls out of its end leaves the switch. Selectors beyond the last take the last. */
  switch(selector: Val, cases: readonly (() => void)[]): this {
    return this.block((end) => {
      const nest = (n: number): void => {
        if (n < 0) {
          selector.emit(this);
          const targets = cases.slice(0, -1).flatMap((_, k) => uleb(k));
          this.op(0x0e, ...uleb(cases.length - 1), ...targets, ...uleb(cases.length - 1));
          return;
        }
        this.block(() => nest(n - 1));
        cases[n]!();
        this.br(end);
      };
      nest(cases.length - 1);
    });
  }

  /** br_table over what is on the stack: blocks by how many lie around the innermost one that is open. */
  table(depths: readonly number[], otherwise: number): this {
    return this.op(0x0e, ...uleb(depths.length), ...depths.flatMap((depth) => uleb(depth)), ...uleb(otherwise));
  }

  /** A constant on the stack. */
  constant(type: 'i32' | 'i64', value: number | bigint): this {
    this.bytes.push(type === 'i32' ? 0x41 : 0x42);
    sleb(value, this.bytes);
    return this;
  }
}
