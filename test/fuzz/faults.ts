/** Deliberate ends of programs: instructions that can't be executed, for every kind of reason. */
import { usesFloat, vectorOf, whyIllegal } from '../../isa/vector/legality.js';
import { rowOf } from '../../isa/decode.js';
import { operandNames } from '../../isa/operands.js';
import { extensions, instructionNamed, instructions } from '../../isa/table.js';
import type { Instruction } from '../../isa/types.js';
import { type Draft, draft, everything, freeRegister } from './draft.js';
import { type Atom, address, BUFFER, indexTable, layout, reserved, STOPS, TABLES, type Word, word } from './program.js';
import { executesReserved, endsOtherwise } from './qemu-bugs.js';
import type { Random } from './random.js';

const isPrivileged = new Set(
  extensions.flatMap(({ name, rows }) => (/^(Priv|S[msv]|X|Zicbom)/.test(name) ? rows : [])),
);
const open = instructions.filter((row) => !isPrivileged.has(row));
const isVector = (row: Instruction) => row.semantics.kind === 'vector';
const vectors = open.filter((row) => isVector(row) && vectorOf(row).shape !== 'configure');
const vectorAccesses = vectors.filter((row) => vectorOf(row).shape === 'memory');
const accesses = open.filter(
  (row) => !isVector(row) && /\((rs1|rs1c)\)/.test(row.syntax) && !/^(jalr|prefetch|sc\.)/.test(row.name),
);
const computing = open.filter((row) => operandNames(row).includes('rm'));
const jumps = open.filter((row) => /^(jalr|c\.jr|c\.jalr)$/.test(row.name));
const SYSTEM = 0x73;

type Kind = (r: Random, vtype: bigint) => Atom | undefined;

/** An atom that ends a program, in a state with this vtype. */
export function fault(r: Random, vtype: bigint): Atom {
  for (;;) {
    const atom = r.pick(kinds)(r, vtype);
    if (atom) return atom;
  }
}

const drafted = (r: Random, row: Instruction, words: (d: Draft) => Word[] | undefined): Atom | undefined => {
  const d = draft(r, row);
  const made = d && words(d);
  return made && { row: row.name, words: made, faults: true };
};

/** A word next to an instruction that is none. (Next to those that name a CSR are others that a user may not have.) */
const noInstruction: Kind = (r) => {
  const row = r.pick(open);
  const d = draft(r, row);
  if (!d || (d.bits & 0x7f) === SYSTEM) return undefined;
  let bits = d.bits;
  for (let n = 1 + r.below(2); n > 0; n--) bits ^= 1 << r.below(8 * row.length);
  bits >>>= 0;
  const length = (bits & 3) === 3 ? 4 : 2;
  if (length !== row.length || rowOf(bits, everything) || (bits & 0x7f) === SYSTEM) return undefined;
  return { row: row.name, words: [{ bits, length }], faults: true };
};

const stop: Kind = (r) => drafted(r, instructionNamed(r.pick([...STOPS]))!, (d) => [d.word]);

/** What a vl of 0 and the longest registers forbid, every vl and VLEN does. */
const ANY_LENGTH = { vl: 0, vlenb: 8192, has: everything };

/** Operands, vtype, vstart or frm forbid it. */
const illegalVector: Kind = (r, vtype) =>
  drafted(r, r.pick(vectors), (d) => {
    const vstart = r.oneIn(4) ? 1 + r.below(4) : 0;
    const frm = usesFloat(d.row) === 'computes' && r.oneIn(3) ? 5 + r.below(3) : 0;
    const invalid = r.oneIn(8);
    const state = { vtype: invalid ? 1n << 63n : vtype, vstart, vs: 3, fs: 3, frm, ...ANY_LENGTH };
    const why = whyIllegal(d.row, d.executedWord, state);
    if (!why || executesReserved(d.row, why)) return undefined;
    const unset = invalid ? [word('vsetvli', freeRegister(r), 0, 0b100)] : [];
    return [...unset, word('csrrwi', 0, 8, vstart), word('csrrwi', 0, 2, frm), d.word];
  });

/** Rounding by frm, which holds no rounding mode. */
const reservedRounding: Kind = (r) => {
  const row = r.pick(computing);
  const d = draft(r, row, { rm: 7 });
  return d && { row: row.name, words: [word('csrrwi', 0, 2, 5 + r.below(3)), d.word], faults: true };
};

/** A register with an address: the memory's end, and a distance. */
const atTheEnd = (register: number, distance: number): Word[] => [
  word('lui', register, (layout.end - layout.buffer) >>> 12),
  word('add', register, register, BUFFER),
  ...address(register, register, distance),
];

const beyond: Kind = (r) =>
  drafted(r, r.pick(accesses), (d) => {
    const register = d.get('rs1');
    if (register === 0 || reserved.includes(register)) return undefined;
    const name = operandNames(d.executed).find((each) => each === 'imm12' || each === 'store12');
    // The instruction's last byte at the least, so that wide ones lie on both sides.
    const inside = /^(c\.)?f?[ls]([hwd])u?$/.exec(d.executed.name)?.[2];
    const part = inside && r.oneIn(2) ? 1 + r.below({ h: 1, w: 3, d: 7 }[inside]!) : 0;
    const distance = part ? -part : d.executed.name.startsWith('cbo') ? 0 : 8 * r.below(8);
    return [...atTheEnd(register, distance - (name ? d.get(name) : 0)), d.word];
  });

/** Elements before the end and behind it. */
const vectorBeyond: Kind = (r, vtype) => {
  const row = r.pick(vectorAccesses);
  const v = vectorOf(row);
  if (v.shape !== 'memory') return undefined;
  const made = drafted(r, row, (d) => {
    const register = d.get('rs1');
    if (register === 0 || reserved.includes(register)) return undefined;
    if (endsOtherwise(v, d.has('vm') && d.get('vm') === 0)) return undefined;
    if (whyIllegal(row, d.executedWord, { vtype, vstart: 0, vs: 3, fs: 3, frm: 0, ...ANY_LENGTH })) return undefined;
    const words: Word[] = [];
    if (v.address === 'indexed') {
      words.push(...address(register, TABLES, indexTable(v.eew)), word('vl1re8.v', d.get('vs2'), register));
    }
    if (v.address === 'strided') {
      const stride = d.get('rs2');
      if (stride === register || reserved.includes(stride)) return undefined;
      if (stride) words.push(word('addi', stride, 0, (v.eew / 8) * (r.below(9) - 3)));
    }
    const distance = -(v.eew / 8) * r.below(r.oneIn(2) ? 8 : 64) - (r.oneIn(6) ? r.below(8) : 0);
    return [...words, ...atTheEnd(register, distance), d.word];
  });
  return made && { ...made, faults: 'perhaps' };
};

/** A jump to where there is no memory. */
const nowhere: Kind = (r) =>
  drafted(r, r.pick(jumps), (d) => {
    const register = d.get('rs1');
    if (register === 0 || reserved.includes(register) || d.writes(BUFFER)) return undefined;
    return [...atTheEnd(register, 2 * r.below(64) - d.get('imm12')), d.word];
  });

const kinds: readonly Kind[] = [
  noInstruction,
  noInstruction,
  stop,
  illegalVector,
  illegalVector,
  reservedRounding,
  beyond,
  vectorBeyond,
  vectorBeyond,
  nowhere,
];
