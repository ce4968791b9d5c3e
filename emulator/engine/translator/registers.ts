/** Registers of a region in locals: x registers by their numbers, f registers from F on. */
import { F0 } from '../../layout.js';
import type { Code } from '../../wasm/code.js';
import { get, i64, load, type Val } from '../../wasm/value.js';

/** Number of f0 among the registers of translated code. */
export const F = 32;

const shapeOf = (n: number) => (n < F ? 'i64' : 'f64');
const offsetOf = (n: number) => (n < F ? n * 8 : F0 + (n - F) * 8);

export class Registers {
  private readonly locals = new Map<number, number>();
  private readonly written = new Set<number>();

  /** @param base address of the hart's registers */
  constructor(
    private readonly c: Code,
    private readonly base: Val,
  ) {}

  /** Keep a register in a local from the region's beginning. */
  use(n: number): void {
    if (n === 0 || this.locals.has(n)) return;
    const local = this.c.local(shapeOf(n));
    this.locals.set(n, local);
    this.c.set(local, load(shapeOf(n), this.base, offsetOf(n)));
  }

  /** Code of the region writes it. */
  writes(n: number): void {
    if (n !== 0) this.written.add(n);
  }

  /** Its 64 bits, i64. */
  get(n: number): Val {
    return n === 0 ? i64(0) : get(this.locals.get(n)!, shapeOf(n)).as('i64');
  }

  /** @param value i64, or f64 for an f register; lost for x0 */
  set(n: number, value: Val): void {
    if (n === 0) this.c.drop(value);
    else this.c.set(this.locals.get(n)!, value.as(shapeOf(n)));
  }

  /** Into memory, unless that is as new already. */
  spill(n: number, clean: Set<number>): void {
    const local = this.locals.get(n);
    if (local === undefined || clean.has(n) || !this.written.has(n)) return;
    this.c.store(shapeOf(n), this.base, get(local, shapeOf(n)), offsetOf(n));
    clean.add(n);
  }

  /** All that may be newer than memory. */
  spillAll(clean: Set<number>): void {
    for (const n of this.written) this.spill(n, clean);
  }

  /** Something else has written it to memory. */
  reload(n: number): void {
    const local = this.locals.get(n);
    if (local !== undefined) this.c.set(local, load(shapeOf(n), this.base, offsetOf(n)));
  }
}
