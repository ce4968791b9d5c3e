/** Elements behind vl: which registers hold anything there, and who reads them. */
import type { Instruction } from '../../isa/types.js';
import { groupsOf, type Group, ignoresVtype, readsV0, readsVd, vectorOf } from '../../isa/vector/legality.js';
import { type Vtype, vlmaxOf, vtypeOf } from '../../isa/vector/vtype.js';
import type { CodeInstruction } from '../code/code.js';
import { type Avl, OPEN, type State, type Tail, withTail } from './state.js';

const TAIL_AGNOSTIC = 0x40;

/** Shapes that write, or read as vs1, a single element. */
const single = /^(reduction|scalar-move)$/;

/** What the registers' tails are behind an instruction. */
export function tailsBehind({ row, word, values }: CodeInstruction, state: State): readonly Tail[] {
  const { vtypes, avl, length, tails } = state;
  const vd = values.get('vd');
  if (vd === undefined) return tails;
  const v = vectorOf(row!);
  if (v.shape === 'whole-move') return moved(tails, vd, values.get('vs2')!, v.registers);
  const type = vtypes?.length === 1 ? vtypeOf(BigInt(vtypes[0]!)) : undefined;
  const groups = type || ignoresVtype(row!) ? groupsOf(row!, word, type) : 'unknown';
  const group = typeof groups === 'string' ? undefined : groups.find(({ operand }) => operand === 'vd');
  if (!group) return withTail(tails, vd, undefined);
  const whole = ignoresVtype(row!);
  if (!whole && avl === 0) return tails;
  const elements = single.test(v.shape) ? 1 : definedIn(row!, groups, state);
  const agnostic = whole || group.eew === 1 || ((vtypes?.[0] ?? 0) & TAIL_AGNOSTIC) !== 0;
  const size = Math.max(group.emul, 1);
  const fields = v.shape === 'memory' && v.address !== 'whole' ? v.fields : 1;
  let out = tails;
  for (let n = 0; n < size * fields && vd + n < 32; n++) {
    const first = n % size === 0;
    const tail =
      whole || !first
        ? undefined
        : elements === 'some'
          ? 'some'
          : written(elements, group.eew, length, v.shape === 'memory' && v.address === 'fault-first');
    out = withTail(out, vd + n, agnostic ? tail : undisturbed(tails[vd + n], tail));
  }
  return out;
}

/** Registers were copied whole. */
function moved(tails: readonly Tail[], to: number, from: number, registers: number): readonly Tail[] {
  let out = tails;
  for (let n = 0; n < registers && Math.max(to, from) + n < 32; n++) out = withTail(out, to + n, tails[from + n]);
  return out;
}

/**
 * Elements that an instruction writes and that hold what they should: where it works element by element, what is behind those of a source is
 * as good as not written. `some`: not all, perhaps.
 */
function definedIn(
  row: Instruction,
  groups: readonly Group[] | string | undefined,
  { avl, tails }: State,
): Avl | 'some' {
  if (typeof groups === 'string' || !groups || !isElementWise(row)) return avl;
  let least: Avl = avl;
  for (const { operand, register, eew } of groups) {
    const tail = operand === 'vd' && !readsVd(row) ? undefined : tails[register];
    if (tail === undefined) continue;
    if (tail === 'some') {
      // Under the same vl they are all there; under an unknown one it is as unknown.
      if (avl === 'max') return 'some';
      continue;
    }
    const there = Math.floor(tail / eew);
    if (least === 'max' || (typeof least === 'number' && there < least)) least = there;
  }
  return least;
}

/** Does each element of the result come from the elements beside it? */
function isElementWise(row: Instruction): boolean {
  const v = vectorOf(row);
  return v.shape === 'element-wise' && !v.moves;
}

function written(elements: Avl, eew: number, length: number, shrinks: boolean): Tail {
  if (shrinks) return 'some';
  if (typeof elements === 'number') return elements * eew;
  return elements === undefined && length & OPEN ? 'some' : undefined;
}

/** The tail stays what it was. */
function undisturbed(before: Tail, now: Tail): Tail {
  if (before === undefined || before === 'some' || now === undefined) return before;
  return now === 'some' ? before : Math.max(before, now);
}

/** Registers of which an instruction reads elements that were not written, on a hart of each of these register lengths. */
export function tailsRead(instruction: CodeInstruction, state: State, vlenbs: readonly number[]): readonly number[] {
  const { row, word, values } = instruction;
  const { vtypes, avl, tails } = state;
  const type = vtypes?.length === 1 ? vtypeOf(BigInt(vtypes[0]!)) : undefined;
  if (!type || ignoresVtype(row!) || tails.every((each) => each === undefined)) return [];
  const v = vectorOf(row!);
  // What is copied is looked at later.
  if (v.shape === 'whole-move') return [];
  // A result that is the same whatever is read (vxor.vv v8, v1, v1), and reads that a number decides about.
  if (values.get('vs1') !== undefined && values.get('vs1') === values.get('vs2')) return [];
  const groups = groupsOf(row!, word, type);
  if (typeof groups === 'string') return [];
  // Element by element nothing is lost: who looks at the result's elements is told of.
  const out = isElementWise(row!)
    ? []
    : groups.filter((group) => reads(row!.name, group, v.shape) && (group.operand !== 'vd' || readsVd(row!)));
  if (readsV0(row!, word)) out.push({ operand: 'vm', register: 0, eew: 1, emul: 1 });
  return out
    .filter(({ operand, register, eew }) => {
      const tail = tails[register];
      if (tail === undefined) return false;
      const one = v.shape === 'scalar-move' || (v.shape === 'reduction' && operand !== 'vs2' && operand !== 'vm');
      return vlenbs.every((vlenb) => isShort(tail, one ? 1 : avl, eew, type, vlenb));
    })
    .map(({ register }) => register);
}

/** Slides and gathers read what their numbers say, a reduction of vd only its own element. */
const reads = (name: string, { operand }: Group, shape: string) =>
  !(/^v(slide|rgather|compress|f?slide1)/.test(name) && operand === 'vs2') &&
  !(shape === 'reduction' && operand === 'vd');

function isShort(tail: NonNullable<Tail>, avl: Avl, eew: number, type: Vtype, vlenb: number): boolean {
  const most = vlmaxOf(type, vlenb);
  if (tail === 'some') return avl === 'max';
  if (avl !== 'max' && typeof avl !== 'number') return false;
  return (avl === 'max' ? most : Math.min(avl, most)) * eew > tail;
}
