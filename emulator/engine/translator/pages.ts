/**
 * Pages that code goes through, inner loops first: for each register that addresses are made of, the last page, and how its place follows from its address, in
 * locals. That is a part of what the TLB holds, never more: whatever may change the TLB forgets all of it. So code behaves as if it looked there each time.
 *
 * While nothing is translated, and nobody wants to be told of accesses, any page that may be accessed has its place at the same distance, and a TLB shows nothing to
 * the guest. Then what is known of one page is known of the large part of RAM around it.
 *
 * A page that is not in the TLB either ends a stay in translated code: a call within a loop, even one that is never made, costs the loop a third of its speed, and
 * code that does not fill the TLB is shorter. Only where that happened often the TLB is filled from within (`streams`).
 */
import { LOAD, LOAD_FP, STORE, STORE_FP } from '../../../isa/rows.js';
import { tlb } from '../../layout.js';
import type { Code } from '../../wasm/code.js';
import { get, i64, load, type Val } from '../../wasm/value.js';
import { pageMasks } from '../page-masks.js';
import { type Place, present } from '../scalar.js';
import { operandOf, type Step } from './code.js';
import type { Loops } from './loops.js';

/** The most of them that inner loops may have: each takes two locals, which they would rather have in registers. And all together. */
const MOST_INNER = 6;
const MOST = 12;

interface Known {
  /** Local (i64): the page's address, or a number that is none. */
  readonly page: number;
  /** Local (i32): what to add to an address there. */
  readonly difference: number;
}

/** What a scalar load or store says of its access, by its opcode and width (unprivileged specification, "Load and Store Instructions"). */
function accessOf({ row, word }: Step): { readonly what: 'load' | 'store'; readonly bytes: number } | undefined {
  const opcode = word & 0x7f;
  if (row.semantics.kind !== 'plain' || ![LOAD, LOAD_FP, STORE, STORE_FP].includes(opcode)) return undefined;
  return { what: opcode === LOAD || opcode === LOAD_FP ? 'load' : 'store', bytes: 1 << ((word >>> 12) & 3) };
}

export class Pages {
  private readonly known = new Map<string, Known>();
  private readonly keys = new Map<Step, Known & { readonly mask: Val }>();

  constructor(
    private readonly c: Code,
    hart: Val,
    loops: Loops,
  ) {
    const masks = new Map<string, number>();
    const inner = new Set(loops.innermost());
    // Vector code has calls, which forget all: there they would only take registers from the loops.
    const isVector = loops.blocks.some(({ steps }) => steps.some(({ row }) => row.semantics.kind === 'vector'));
    const order = isVector ? [...inner] : [...inner, ...[...loops.blocks.keys()].filter((n) => !inner.has(n))];
    for (const n of order)
      for (const step of loops.blocks[n]!.steps) {
        const access = accessOf(step);
        if (!access) continue;
        const kind = `${access.what} ${access.bytes}`;
        const key = `${operandOf(step, 'rs1')} ${access.what}`;
        if (!this.known.has(key)) {
          if (this.known.size >= (inner.has(n) ? MOST_INNER : MOST)) continue;
          this.known.set(key, { page: c.local('i64'), difference: c.local('i32') });
        }
        if (!masks.has(kind)) masks.set(kind, c.local('i64'));
        this.keys.set(step, { ...this.known.get(key)!, mask: get(masks.get(kind)!, 'i64') });
      }
    if (masks.size) {
      const large = pageMasks(c, hart);
      for (const [kind, local] of masks) {
        const [what, bytes] = kind.split(' ');
        c.set(local, large[what as 'load' | 'store'].or(Number(bytes) - 1));
      }
    }
    this.forget();
  }

  /** The TLB may be another. */
  forget(): void {
    for (const { page } of this.known.values()) this.c.set(page, i64(tlb.empty));
  }

  /** How a step finds its place; undefined: by the TLB alone. */
  of(step: Step): Place['find'] {
    const known = this.keys.get(step);
    if (!known) return undefined;
    const { page, difference, mask } = known;
    const { c } = this;
    return (place: Place, address: Val, bytes: number, table: number) => {
      c.rarely(get(page, 'i64').ne(address.and(mask)), () => {
        const entry = present(place, address, bytes, table);
        c.set(page, address.and(mask));
        c.set(difference, load('i32', entry, table + 8));
      });
      return address.to('i32', false).add(get(difference, 'i32'));
    };
  }
}
