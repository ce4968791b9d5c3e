/** What vset instructions make of vtype and vl. */
import { vlmaxOf, vtypeOf } from '../../isa/vector/vtype.js';
import type { CodeInstruction } from '../code/code.js';
import { begun } from './modes.js';
import { type Avl, ENTRY, ILL, OPEN, OWN, type State, type Vtypes, withX, type XValue } from './state.js';
import type { Surroundings } from './surroundings.js';

/** vsetvli's and vsetivli's immediate have no bit for vill; above their eight bits they are reserved. */
const vtypeBits = (bits: bigint) => (vtypeOf(bits) ? Number(bits) : ILL);

/** vsetvli, vsetivli, vsetvl (vector specification, "Configuration-Setting Instructions"). */
export function configure({ values }: CodeInstruction, state: State, around: Surroundings): State {
  const rd = values.get('rd')!;
  const given = values.get('vtype11') ?? values.get('vtype10');
  const asked = given === undefined ? state.x[values.get('rs2')!] : BigInt(given);
  const vtypes = typeof asked === 'bigint' ? [vtypeBits(asked)] : asked === 'vtype' ? [ENTRY] : undefined;
  const elements = values.get('uimm5');
  const from = values.get('rs1');
  const wanted = elements ?? (from === 0 ? (rd === 0 ? kept(state, vtypes) : 'max') : lengthFrom(state.x[from!]));
  const avl = vtypes?.[0] === ILL ? 0 : wanted;
  // What vl becomes depends on VLEN where more is asked for than one may know to fit.
  const ofMost: XValue = from !== undefined && state.x[from] === 'vlen' ? 'vlen' : undefined;
  const result = avl === 'max' ? mostElements(vtypes, around) : ofMost;
  const stays = elements === undefined && from === 0 && rd === 0;
  // Who asks for as much as another vset instruction gave has all there is.
  const open = from !== undefined && from !== 0 && avl === undefined && state.x[from] !== 'vlen' ? OPEN : 0;
  const length = OWN | (stays ? state.length & OPEN : open);
  return withX({ ...state, vtypes, avl, modes: begun(state.modes), length }, rd, result);
}

/** VLMAX: a number of VLEN's, which is known where vtype is and harts do not differ. */
export function mostElements(vtypes: Vtypes, { vlenb }: Surroundings): XValue {
  const type = vtypes?.length === 1 && vtypes[0]! >= 0 ? vtypeOf(BigInt(vtypes[0]!)) : undefined;
  return type && vlenb !== undefined ? BigInt(vlmaxOf(type, vlenb)) : 'vlen';
}

/** vl where it stays, under another vtype: the same as long as that has room for as many elements. */
function kept({ vtypes, avl }: State, next: Vtypes): Avl {
  if (avl === 0) return avl;
  const ratios = [vtypes, next].map((list) => (list?.length === 1 && list[0]! >= 0 ? ratio(list[0]!) : undefined));
  return ratios[0] !== undefined && ratios[0] === ratios[1] ? avl : undefined;
}

/** SEW to LMUL: types in which it is the same have the same VLMAX. */
function ratio(vtype: number): number | undefined {
  const type = vtypeOf(BigInt(vtype));
  return type && type.sew / type.lmul;
}
function lengthFrom(value: XValue): Avl {
  if (value === 'vl') return 'entry';
  return typeof value === 'bigint' && value < 2n ** 31n ? Number(value) : undefined;
}
