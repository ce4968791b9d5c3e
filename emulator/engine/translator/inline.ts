/** Which rows' meaning can stand in translated code itself, and what such code offers a row: fast paths, and no host. */
import type { Instruction } from '../../../isa/types.js';
import type { Float } from '../../../isa/vocabulary.js';
import { Code } from '../../wasm/code.js';
import { i32, i64, type Val } from '../../wasm/value.js';
import { type Callees, type Operands, type Place, scalar } from '../scalar.js';

/** Something that only the interpreter's functions have. */
export class NotHere extends Error {}
const refuse = (name: string) => (): never => {
  throw new NotHere(name);
};
const noFloat = new Proxy({} as Float, { get: (_, name) => refuse(String(name))() });
/** Pairs of registers are rare. */
export const noSecond = new Proxy({} as Operands['second'], { get: (_, name) => refuse(String(name))() });

/** A place in translated code. `mulHighUnsigned` is the function of the engine that it calls by itself. */
export function inlinePlace(
  here: { readonly float?: Float } & Pick<Place, 'c' | 'hart' | 'pc' | 'nextPc' | 'dataTlb' | 'streams'> &
    Required<Pick<Place, 'giveUp' | 'absent'>>,
  mulHighUnsigned: number,
): Place {
  const callees = new Proxy({} as Callees, {
    get: (_, name) => (name === 'mulHighUnsigned' ? mulHighUnsigned : refuse(String(name))()),
  });
  const nothing = () => {};
  return {
    float: noFloat,
    ...here,
    callees,
    record: i32(0),
    beforeHost: nothing,
    afterHost: nothing,
    trapped: nothing,
    unit: refuse('unit'),
  };
}

/** Is a row's meaning made of what is here? It is evaluated over zeros to find out. */
export function evaluates(run: (o: ReturnType<typeof scalar>) => void, float?: (c: Code) => Float): boolean {
  const c = new Code([]);
  const zeros = { hart: i32(0), pc: i64(0), nextPc: i64(0), dataTlb: i32(0) };
  const set = (value: unknown) => (value as Val).emit(c);
  const operands: Operands = {
    rd: { set },
    rs1: i64(0),
    rs2: i64(0),
    rdOld: i64(0),
    second: noSecond,
    imm: i64(0),
    fd: { set },
    fbits: () => i64(0),
  };
  try {
    const here = { c, ...zeros, giveUp: () => {}, absent: () => {}, ...(float && { float: float(c) }) };
    run(scalar(inlinePlace(here, 0), operands));
    return true;
  } catch (error) {
    if (error instanceof NotHere) return false;
    throw error;
  }
}

const known = new Map<Instruction, boolean>();
/** Can the row's meaning stand in translated code itself? Float operations and vector rows are calls. */
export function isInline(row: Instruction): boolean {
  const { semantics } = row;
  if (semantics.kind !== 'plain') return semantics.kind !== 'vector';
  let answer = known.get(row);
  if (answer === undefined) {
    answer = evaluates(semantics.run);
    known.set(row, answer);
  }
  return answer;
}
