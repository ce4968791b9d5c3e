/** Every rule that makes a vector instruction illegal (vector specification: "Vector Operands", "Vector Masking", the instruction chapters). */
import { extract, type OperandName, operandNames, operands } from '../operands.js';
import type { Instruction } from '../types.js';
import { eewOf, elementOf, type Place, type VectorSemantics } from './shapes.js';
import { lacking, spoken } from '../requires.js';
import { type Vtype, vtypeOf } from './vtype.js';

/** What legality depends on besides the instruction word. */
export interface VectorState {
  /** vtype, bit 63: vill. */
  readonly vtype: bigint;
  readonly vstart: number;
  /** mstatus.VS and FS; 0: off. */
  readonly vs: number;
  readonly fs: number;
  readonly frm: number;
  readonly vl: number;
  readonly vlenb: number;
  /** Whether the hart has an extension: some instructions have elements of some widths only with one more. */
  has(extension: string): boolean;
}

/** A register group that an instruction reads or writes. */
export interface Group {
  readonly operand: OperandName;
  readonly register: number;
  /** Bits of an element; 1: mask. */
  readonly eew: number;
  /** Registers, possibly a fraction. */
  readonly emul: number;
}

/** Instructions with a float operand or result need FS on; those that compute also need a valid rounding mode. */
export function usesFloat(row: Instruction): 'no' | 'moves' | 'computes' {
  const v = vectorOf(row);
  const isFloat = (p: Place | 'full') => p !== 'full' && p.of.endsWith('float');
  if (v.shape === 'element-wise') return [v.vd, v.vs2, v.vs1].some(isFloat) ? 'computes' : 'no';
  if (v.shape === 'reduction') return isFloat(v.vd) ? 'computes' : 'no';
  return v.shape === 'scalar-move' && v.of === 'float' ? 'moves' : 'no';
}

/** Instructions that can't be taken up in the middle. */
export const needsVstartZero = (row: Instruction) => ['reduction', 'scan', 'compress'].includes(vectorOf(row).shape);

/** Instructions whose legality does not depend on vtype. */
export function ignoresVtype(row: Instruction): boolean {
  const v = vectorOf(row);
  return v.shape === 'configure' || (v.shape === 'memory' && v.address === 'whole');
}

/** The vector meaning of a row of V. */
export function vectorOf(row: Instruction): VectorSemantics {
  if (row.semantics.kind !== 'vector') throw new Error(`${row.name} is no vector instruction`);
  return row.semantics.vector;
}

/** Why the instruction is illegal in this state, or undefined when it is legal. */
export function whyIllegal(row: Instruction, word: number, state: VectorState): string | undefined {
  if (state.vs === 0) return 'the vector unit is off (mstatus.VS is 0)';
  const float = usesFloat(row);
  if (float !== 'no' && state.fs === 0) return 'the floating-point unit is off (mstatus.FS is 0)';
  if (float === 'computes' && state.frm > 4) return `frm holds ${state.frm}, which is no rounding mode`;
  if (needsVstartZero(row) && state.vstart !== 0)
    return `vstart is ${state.vstart}: ${row.name} can't start in the middle`;
  if (ignoresVtype(row)) return whyRegisters(row, word);
  const type = vtypeOf(state.vtype);
  if (!type) return 'vtype is not set (vill)';
  return (
    whySew(row, type, state) ??
    whyHalf(row, type, state) ??
    whyElementGroup(row, type, state) ??
    whyRegisters(row, word, type)
  );
}

/** V itself has no numbers of 16 bits. */
function whyHalf(row: Instruction, { sew }: Vtype, { has }: VectorState): string | undefined {
  if (!placesOf(row).some((p) => elementOf(p, sew) === 'f16')) return undefined;
  const v = vectorOf(row);
  const needed = (v.shape === 'element-wise' && v.half) || 'Zvfh';
  return has(needed) ? undefined : `floating-point numbers of 16 bits need ${needed} here (SEW is ${sew})`;
}

/** Some instructions exist for some SEWs only. */
function whySew(row: Instruction, { sew }: Vtype, { has }: VectorState): string | undefined {
  const v = vectorOf(row);
  if ((v.shape !== 'element-wise' && v.shape !== 'element-group') || !v.sews) return undefined;
  const needed = v.sews[sew];
  if (!needed) return `SEW is ${sew}, and ${row.name} works on elements of ${Object.keys(v.sews).join(' or ')} bits`;
  const missing = lacking(needed, (name) => has(name)).map(spoken);
  return missing.length ? `${row.name} needs ${missing.join(' and ')} for elements of ${sew} bits` : undefined;
}

/** Groups of elements are whole (vector cryptography, "Instruction Constraints"). */
function whyElementGroup(row: Instruction, { sew, lmul }: Vtype, state: VectorState): string | undefined {
  const v = vectorOf(row);
  if (v.shape !== 'element-group') return undefined;
  if (lmul * state.vlenb * 8 < v.size * sew)
    return `a register group of ${lmul} * ${state.vlenb * 8} bits holds no group of ${v.size} elements of ${sew} bits`;
  for (const name of ['vl', 'vstart'] as const) {
    if (state[name] % v.size) return `${name} is ${state[name]}, and ${row.name} works on groups of ${v.size} elements`;
  }
  return undefined;
}

function whyRegisters(row: Instruction, word: number, type?: Vtype): string | undefined {
  const groups = groupsOf(row, word, type);
  if (typeof groups === 'string') return groups;
  for (const { operand, register, eew, emul } of groups) {
    if (emul > 8 || emul < 1 / 8)
      return `${operand} would be ${emul} registers, elements of ${eew} bits (EMUL is 1/8 to 8)`;
    if (register % Math.max(emul, 1)) return `v${register} can't start a group of ${emul} registers (${operand})`;
  }
  return whyOverlap(row, word, groups) ?? whyReadTwice(row, word, groups);
}

/** The register groups of an instruction, the destination first when it has one, or why there are none. */
export function groupsOf(row: Instruction, word: number, type?: Vtype): Group[] | string {
  const names = operandNames(row);
  const v = vectorOf(row);
  const group = (operand: OperandName, eew: number, emul: number): Group[] =>
    names.includes(operand) ? [{ operand, register: extract(operands[operand], word), eew, emul }] : [];
  const { sew, lmul } = type ?? { sew: 8, lmul: 1 };
  const follows = (operand: OperandName, eew: number) => group(operand, eew, (eew / sew) * lmul);
  const at = (operand: OperandName, p: Place | 'full', single = false) =>
    p === 'full' ? [] : p.of === 'mask' || single ? group(operand, eewOf(p, sew), 1) : follows(operand, eewOf(p, sew));

  for (const p of placesOf(row)) {
    if (p.of !== 'mask' && !elementOf(p, sew)) {
      return `there are no ${{ integer: 'elements', float: 'floating-point numbers', bfloat: 'BF16 numbers' }[p.of]} of ${eewOf(p, sew)} bits (SEW is ${sew})`;
    }
  }
  switch (v.shape) {
    case 'configure':
      return [];
    case 'element-wise':
      return [...at('vd', v.vd), ...at('vs2', v.vs2), ...at('vs1', v.vs1)];
    case 'element-group': {
      // VLEN is at least 128, and so is one register enough for a group that serves all.
      const first = v.scalar ? group('vs2', sew, 1) : follows('vs2', sew);
      return [...follows('vd', sew), ...first, ...follows('vs1', sew)];
    }
    case 'reduction':
      return [...at('vd', v.vd, true), ...at('vs2', v.vs2), ...at('vs1', v.vd, true)];
    case 'mask-logical':
      return [...group('vd', 1, 1), ...group('vs2', 1, 1), ...group('vs1', 1, 1)];
    case 'scan':
      return [...(v.to === 'rd' ? [] : at('vd', v.to.vd)), ...group('vs2', 1, 1)];
    case 'compress':
      return [...follows('vd', sew), ...follows('vs2', sew), ...group('vs1', 1, 1)];
    case 'scalar-move':
      return [...group('vd', sew, 1), ...group('vs2', sew, 1)];
    case 'whole-move':
      return [...group('vd', sew, v.registers), ...group('vs2', sew, v.registers)];
    case 'memory': {
      const data = names.includes('vd') ? 'vd' : 'vs3';
      if (v.address === 'whole') return group(data, v.eew, v.registers);
      if (v.address === 'mask') return group(data, 1, 1);
      const eew = v.address === 'indexed' ? sew : v.eew;
      const each = follows(data, eew);
      const segment = whySegment(v.fields, each[0]!);
      if (segment) return segment;
      return v.address === 'indexed' ? [...each, ...follows('vs2', v.eew)] : each;
    }
  }
}

/** The register groups of a segment's fields lie side by side: at most eight registers, none beyond v31. */
function whySegment(fields: number, group: Group): string | undefined {
  const all = fields * Math.max(group.emul, 1);
  if (fields > 1 && fields * group.emul > 8) return `${fields} fields of ${group.emul} registers are more than 8`;
  if (group.register + all > 32) return `${fields} fields from v${group.register} on reach beyond v31`;
  return undefined;
}

/** The places whose element type SEW decides. */
function placesOf(row: Instruction): Place[] {
  const v = vectorOf(row);
  switch (v.shape) {
    case 'element-wise':
      return [v.vd, v.vs2, v.vs1].filter((p) => p !== 'full');
    case 'reduction':
      return [v.vd, v.vs2];
    case 'scalar-move':
      return [{ of: v.of, times: 1 }];
    default:
      return [];
  }
}

const registers = (g: Group) => Math.max(g.emul, 1);
const overlap = (a: Group, b: Group) =>
  a.register < b.register + registers(b) && b.register < a.register + registers(a);

/** Does the instruction take v0 as a mask, or as data? */
export function readsV0(row: Instruction, word: number): boolean {
  const masked = operandNames(row).includes('vm') && extract(operands.vm, word) === 0;
  return masked || /\bv0\b/.test(row.syntax);
}

/** Multiply-adds, which are written with vs1 before vs2, read vd as well. */
export const readsVd = (row: Instruction) => /^vd, [vrf]s1, vs2/.test(row.syntax);

/** No register is read as elements of two widths; a mask's are of one bit ("Vector Operands"). */
function whyReadTwice(row: Instruction, word: number, groups: readonly Group[]): string | undefined {
  const v = vectorOf(row);
  const sources = groups.flatMap((g) => {
    if (g.operand === 'vd' && !readsVd(row)) return [];
    return g.operand === 'vs3' && v.shape === 'memory' ? [{ ...g, emul: v.fields * registers(g) }] : [g];
  });
  if (readsV0(row, word)) sources.push({ operand: 'vm', register: 0, eew: 1, emul: 1 });
  for (const [n, a] of sources.entries()) {
    const b = sources.slice(n + 1).find((other) => other.eew !== a.eew && overlap(a, other));
    if (b) return `${a.operand} and ${b.operand} overlap, with elements of ${a.eew} and ${b.eew} bits`;
  }
  return undefined;
}

function whyOverlap(row: Instruction, word: number, groups: readonly Group[]): string | undefined {
  const v = vectorOf(row);
  const vd = groups.find((g) => g.operand === 'vd');
  if (!vd) return undefined;
  const sources = groups.filter((g) => g !== vd);
  const allApart = v.shape === 'compress' || v.shape === 'scan' || (v.shape === 'element-wise' && v.moves === true);
  const apart: readonly OperandName[] = allApart ? ['vs1', 'vs2'] : v.shape === 'element-group' ? v.apart : [];

  // v0 is a mask here. A compare may write its result over it, a reduction its one element.
  const writesMask = vd.eew === 1 && v.shape !== 'scan';
  if (readsV0(row, word) && vd.register === 0 && !writesMask && v.shape !== 'reduction') {
    return 'vd is v0, which holds the mask';
  }
  if (v.shape === 'reduction') return undefined;
  const fields = v.shape === 'memory' ? v.fields : 1;
  const written = { ...vd, emul: fields * registers(vd) };
  for (const source of sources) {
    if (!overlap(written, source)) continue;
    if (fields > 1) return `a field's group overlaps ${source.operand}, which may be needed again`;
    if (apart.includes(source.operand))
      return `vd overlaps ${source.operand}, which is still needed while vd is written`;
    if (vd.eew < source.eew && vd.register !== source.register) {
      return `vd overlaps ${source.operand} other than at its lowest register, and has narrower elements`;
    }
    const last = vd.register + registers(vd);
    if (vd.eew > source.eew && (source.emul < 1 || source.register + registers(source) !== last)) {
      return `vd overlaps ${source.operand} other than with its highest registers, and has wider elements`;
    }
  }
  return undefined;
}
