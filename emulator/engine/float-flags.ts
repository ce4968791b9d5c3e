/** What the functions of floating-point operations have in common: their first parameters, and how they end once the result is certain. */
import { NX } from '../float/rounding.js';
import { hart as at } from '../layout.js';
import type { Code } from '../wasm/code.js';
import { get, i32, load, type Val } from '../wasm/value.js';

/** Parameters: the hart's block, the rounding mode, then the operands. */
export const hart = get(0, 'i32');
export const mode = get(1, 'i32');

/** A function's body up to where it gives up; it returns as soon as it is certain. */
export type Fast<N extends readonly Val[] = Val[]> = (c: Code, ...operands: N) => void;

export const inexactAlready = load('i32', hart, at.fflags).and(NX);

/** NX, where it is due; the raised flag makes the floating-point unit dirty. */
export function raiseInexact(c: Code, when: Val): void {
  c.if(when, () => {
    c.store('i32', hart, load('i32', hart, at.fflags).or(NX), at.fflags);
    c.store('i32', hart, i32(3), at.fs);
  });
}

/** Return a result whose only possible flag is NX. `inexact` writes what it needs and gives the condition. */
export function finish(c: Code, result: Val, inexact: () => Val): void {
  c.if(inexactAlready.eq(0), () => raiseInexact(c, inexact()));
  c.return(result);
}
