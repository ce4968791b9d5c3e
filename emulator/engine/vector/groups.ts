/** Rows that compute groups of elements: the loop over groups. */
import { operandNames } from '../../../isa/operands.js';
import type { Instruction } from '../../../isa/types.js';
import { type ElementGroup, elementOf, INTEGER } from '../../../isa/vector/shapes.js';
import { BYTES } from '../../wasm/opcodes.js';
import { get, i32, kept, load, type Val } from '../../wasm/value.js';
import { loopParameters, vl, vstart } from './state.js';
import { carrylessOf, loopFunction, type Workshop } from './workshop.js';

/** The loop of a row at a SEW, or undefined where it is not defined. Pointers move along with the groups. */
export function groupLoop(w: Workshop, row: Instruction, v: ElementGroup, sew: number): number | undefined {
  if (!v.sews[sew]) return undefined;
  const element = elementOf(INTEGER, sew)!;
  const bytes = BYTES[element];
  return loopFunction(w, `${row.name} ${sew}`, (c) => {
    const { vd, vs2, vs1, step } = loopParameters;
    const [i, n] = [c.local('i32'), c.local('i32')];
    const index = get(i, 'i32');
    const advance = (elements: Val) => {
      const by = elements.mul(bytes);
      c.set(1, vd.add(by));
      if (!v.scalar) c.set(2, vs2.add(by));
      c.set(3, vs1.add(by.mul(step)));
    };
    c.set(i, vstart).set(n, vl);
    c.if(index, () => advance(index));
    c.block((done) =>
      c.loop((again) => {
        c.brIf(done, index.geU(get(n, 'i32')));
        c.scope(() => {
          const elements = (at: Val, count: number = v.size) =>
            Array.from({ length: count }, (_, k) => kept(c, load(element, at, bytes * k)));
          const second = operandNames(row).includes('vs1') ? v.size : 1;
          const results = v
            .group(elements(vd), elements(vs2), elements(vs1, second), {
              keep: (value) => kept(c, value as Val),
              carryless: (half, a, b) => carrylessOf(w, half, a, b),
            })
            .map((value) => kept(c, value as Val));
          results.forEach((value, k) => void c.store(element, vd, value, bytes * k));
        });
        advance(i32(v.size));
        c.set(i, index.add(v.size));
        c.br(again);
      }),
    );
  });
}
