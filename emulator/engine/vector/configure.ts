/** vsetvli, vsetivli, vsetvl. */

import { operandNames, operands } from '../../../isa/operands.js';
import type { Instruction } from '../../../isa/types.js';
import { hart as at } from '../../layout.js';
import type { Code } from '../../wasm/code.js';
import { call, get, i64, load, type Val } from '../../wasm/value.js';
import { hart, lmulPower, scalarAt, vl, vlmax } from './state.js';
import { rec, type Workshop, word } from './workshop.js';

/** Set vtype and vl: (hart, AVL, vtype) → vl. A vtype that is not supported sets vill and vl = 0. */
export function configurer(w: Workshop): number {
  return w.m.function('configure', ['i32', 'i64', 'i64'], ['i64'], (c) => {
    const [avl, type] = [get(1, 'i64'), get(2, 'i64')];
    const low = type.to('i32', false) as Val;
    const most = c.local('i64');
    const power = lmulPower(low);
    // SEW in bits at most 64, and at most 64 times a fractional LMUL (isa/vector/vtype.ts has the rule in full).
    const supported = type
      .geU(0x100)
      .eq(0)
      .and(low.shrU(3).and(7).leS(power.minS(0).add(3)))
      .and(power.ne(-4));
    c.if(
      supported,
      () => {
        c.set(most, vlmax(low).to('i64', false));
        c.set(most, avl.minU(get(most, 'i64')));
        c.store('i64', hart, type, at.vtype);
      },
      () => {
        c.set(most, i64(0));
        c.store('i64', hart, i64(-(1n << 63n)), at.vtype);
      },
    );
    c.store('i32', hart, get(most, 'i64').to('i32', false), at.vl);
    get(most, 'i64').emit(c);
  });
}

/** The body of a vset instruction, operands from its record. */
export function configureBody(c: Code, configure: number, row: Instruction): void {
  const names = operandNames(row);
  const field = (name: 'vtype11' | 'vtype10' | 'uimm5') => {
    const [high, low] = operands[name].pieces[0]!;
    return word
      .shrU(low)
      .and(2 ** (high - low + 1) - 1)
      .to('i64', false);
  };
  const type = names.includes('rs2')
    ? load('i64', scalarAt(rec, 'rs2'))
    : field(names.includes('vtype11') ? 'vtype11' : 'vtype10');
  const isX0 = (bit: number) => word.shrU(bit).and(31).eq(0);
  // rs1 = x0: as many as possible; and rd = x0 too: vl stays.
  const all = isX0(7).choose(vl.to('i64', false), i64(-1));
  const avl = names.includes('rs1') ? isX0(15).choose(all, load('i64', scalarAt(rec, 'rs1'))) : field('uimm5');
  c.store('i64', scalarAt(rec, 'rd'), call(configure, 'i64', hart, avl, type));
}
