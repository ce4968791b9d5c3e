/** What fast paths of floating-point operations have in common: where they stand, and how they end once the result is certain. */
import { NX } from '../float/rounding.js';
import { hart as at } from '../layout.js';
import type { Code } from '../wasm/code.js';
import { get, i32, load, type Val } from '../wasm/value.js';

/** The hart's block is the first parameter of every function of the engine, and of translated code. */
export const hart = get(0, 'i32');

export interface FastPlace {
  readonly c: Code;
  /** The rounding mode, a number of `Rounding`, i32. */
  readonly mode: Val;
  /** End with a result (never falls through). */
  give(result: Val): void;
}

/** A path up to where it gives up: it ends as soon as it is certain. */
export type Fast = (at: FastPlace, ...operands: Val[]) => void;

export const inexactAlready = load('i32', hart, at.fflags).and(NX);

/** NX, where it is due; the raised flag makes the floating-point unit dirty. */
export function raiseInexact(c: Code, when: Val): void {
  c.if(when, () => {
    c.store('i32', hart, load('i32', hart, at.fflags).or(NX), at.fflags);
    c.store('i32', hart, i32(3), at.fs);
  });
}

/** End with a result whose only possible flag is NX. `inexact` writes what it needs and gives the condition. */
export function finish({ c, give }: FastPlace, result: Val, inexact: () => Val): void {
  c.if(inexactAlready.eq(0), () => raiseInexact(c, inexact()));
  give(result);
}
