/** Floating-point rows in translated code itself: the fast paths of their operations. What those give up on is the row's function. */
import { operandNames, operands } from '../../../isa/operands.js';
import type { Float } from '../../../isa/vocabulary.js';
import { Rounding } from '../../float/rounding.js';
import type { Code, Label } from '../../wasm/code.js';
import { get, i32, kept } from '../../wasm/value.js';
import { fastOperations } from '../float-fast.js';
import { floatOf } from '../float-vocabulary.js';
import { operandOf, type Step } from './code.js';
import { evaluates, NotHere } from './inline.js';

/** rm's number for the mode that frm holds. */
const DYNAMIC = 7;

/** Does the instruction round as frm says? */
export const isDynamic = (step: Step): boolean =>
  operandNames(step.row).some((name) => operands[name].class === 'rounding' && operandOf(step, name) === DYNAMIC);

/** The mode that an instruction names; to nearest even where it names none. */
function modeOf(step: Step): number {
  const name = operandNames(step.row).find((each) => operands[each].class === 'rounding');
  const mode = name === undefined ? Rounding.nearestEven : operandOf(step, name);
  return mode === DYNAMIC ? Rounding.nearestEven : mode;
}

/**
 * A step's operations, in its own mode or to nearest even.
 * @param slow where control goes when one gives up; nothing has happened then, as a row has one operation
 */
export function inlineFloat(c: Code, step: Step, fused: boolean, slow: Label): Float {
  const mode = modeOf(step);
  return floatOf(
    i32(mode),
    (name, result, values, by) => {
      const operation = fastOperations(fused).get(name);
      if (!operation?.fast || (!operation.anyMode && mode !== Rounding.nearestEven)) throw new NotHere(name);
      const local = c.local(result);
      const kepts = values.map((value) => kept(c, value));
      c.block((done) => {
        const give = (value: ReturnType<typeof get>) => c.set(local, value).br(done);
        operation.fast!({ c, mode: by, give }, ...kepts);
        c.br(slow);
      });
      return get(local, result);
    },
    () => {
      throw new NotHere('numbers of 16 bits');
    },
  );
}

/** Has a step a fast path? One operation at most: what a first one did would be done again. */
export function isInlineFloat(step: Step, fused: boolean): boolean {
  const { semantics } = step.row;
  if (semantics.kind !== 'plain') return false;
  let count = 0;
  const counted = (c: Code) =>
    new Proxy(inlineFloat(c, step, fused, 0), {
      get(float, name: keyof Float) {
        count++;
        return float[name];
      },
    });
  return evaluates(semantics.run, counted) && count === 1;
}
