/** Pseudo-instructions that are more than one instruction, or that depend on their operands' values. Single ones are in aliases.ts. */
import { encode } from '../isa/encode.js';
import { operands as kinds } from '../isa/operands.js';
import { instructionNamed } from '../isa/table.js';
import type { Instruction, OperandKind } from '../isa/types.js';
import { Mistake } from './diagnostics.js';
import type { Expression } from './expression.js';
import type { Fixup, Relocation } from './fixup.js';
import { emit } from './instruction.js';
import type { Matched } from './match.js';
import type { Operand } from './operand.js';
import type { Unit } from './unit.js';

/** @returns false when the operands are those of a plain instruction of that name */
type Pseudo = (unit: Unit, list: readonly Operand[], start: number, end: number) => boolean;

const RA = 1;
const T1 = 6;

const rowNamed = (name: string): Instruction => {
  const row = instructionNamed(name);
  if (!row) throw new Error(`the table has no ${name}`);
  return row;
};

/** Emit a row by name, operand values in its syntax order. */
const put = (unit: Unit, name: string, ...values: Matched[]) => emit(unit, rowNamed(name), values);

/** The register that an operand is. @throws Mistake */
function register(operand: Operand | undefined, cls: 'x' | 'f' | 'v', at: { start: number; end: number }): number {
  if (operand?.register?.class === cls) return operand.register.number;
  const what = { x: 'an integer register', f: 'a floating-point register', v: 'a vector register' }[cls];
  const { start, end } = operand ?? at;
  throw new Mistake(`expected ${what}`, start, end);
}

function address(unit: Unit, operand: Operand | undefined, at: { start: number; end: number }): Expression {
  if (!operand) throw new Mistake('expected a symbol or an address', at.start, at.end);
  if (!operand.plain || operand.relocation)
    throw new Mistake('expected a symbol or an address', operand.start, operand.end);
  return operand.expression(unit);
}

function count(
  list: readonly Operand[],
  allowed: readonly number[],
  written: string,
  start: number,
  end: number,
): void {
  if (!allowed.includes(list.length))
    throw new Mistake(
      `wrong number of operands: expected ${written}`,
      list[0]?.start ?? start,
      list.at(-1)?.end ?? end,
    );
}

/** `auipc register, upper half of what it is to there`. @returns what the lower half refers to */
function auipc(
  unit: Unit,
  rd: number,
  to: Expression,
  operand: { start: number; end: number },
  how: Relocation = 'pcrel_hi',
) {
  const place = { chunk: unit.chunk, offset: unit.chunk.length };
  put(unit, 'auipc', rd, { expression: to, how, kind: kinds.upper20, operand });
  return place;
}

const low = (
  expression: Expression,
  operand: { start: number; end: number },
  place: Fixup['auipc'],
  kind: OperandKind = kinds.imm12,
): Matched => ({ expression, how: 'pcrel_lo', kind, operand, auipc: place });

/**
 * Load a constant, in as many instructions as GNU as takes: 32 bits by lui and addiw, more by loading the upper part, shifting it up
 * and adding the rest.
 */
function loadConstant(unit: Unit, rd: number, value: bigint): void {
  const lower = BigInt.asIntN(12, value);
  const upper = BigInt.asIntN(64, value - lower);
  if (BigInt.asIntN(32, value) === value) {
    const high = Number((upper >> 12n) & 0xfffffn);
    if (high) put(unit, 'lui', rd, high);
    if (lower || !high) put(unit, 'addiw', rd, high ? rd : 0, Number(lower));
    return;
  }
  let shift = 12;
  while (!((upper >> BigInt(shift)) & 1n)) shift++;
  loadConstant(unit, rd, upper >> BigInt(shift));
  put(unit, 'slli', rd, rd, shift);
  if (lower) put(unit, 'addi', rd, rd, Number(lower));
}

const li: Pseudo = (unit, list, start, end) => {
  count(list, [2], 'li rd, number', start, end);
  const rd = register(list[0], 'x', { start, end });
  const operand = list[1]!;
  if (operand.register || operand.base || operand.relocation)
    throw new Mistake('expected a number', operand.start, operand.end);
  const value = unit.constant(operand.expression(unit));
  if (value === undefined)
    throw new Mistake(
      `li takes a number that is known here: define ${operand.word ?? 'it'} above, or take la for an address`,
      operand.start,
      operand.end,
    );
  if (BigInt.asIntN(12, value) === value) put(unit, 'addi', rd, 0, Number(value));
  else loadConstant(unit, rd, value);
  return true;
};

/**
 * The address of a symbol, relative to the pc, or read from the global offset table; a plain number is loaded as li does.
 * @param finish what completes the auipc: an addition, or a load from the table
 */
const loadAddress =
  (name: string, how: Relocation, finish: 'addi' | 'ld'): Pseudo =>
  (unit, list, start, end) => {
    count(list, [2], `${name} rd, symbol`, start, end);
    const rd = register(list[0], 'x', { start, end });
    const to = address(unit, list[1], { start, end });
    if (unit.constant(to) !== undefined) return li(unit, list, start, end);
    const place = auipc(unit, rd, to, list[1]!, how);
    const lower = low(to, list[1]!, place);
    if (finish === 'addi') put(unit, 'addi', rd, rd, lower);
    else put(unit, 'ld', rd, lower, rd);
    return true;
  };

const lla = loadAddress('lla', 'pcrel_hi', 'addi');
const lga = loadAddress('lga', 'got_pcrel_hi', 'ld');
const localAddress = loadAddress('la', 'pcrel_hi', 'addi');
const la: Pseudo = (unit, ...rest) => (unit.pic ? lga : localAddress)(unit, ...rest);

/** auipc and jalr: reaches 2 GiB. */
const far =
  (link: number, through: number): Pseudo =>
  (unit, list, start, end) => {
    const chosen = list.length === 2 ? register(list[0], 'x', { start, end }) : undefined;
    count(list, [1, 2], link ? 'call symbol' : 'tail symbol', start, end);
    const operand = list.at(-1)!;
    const to = address(unit, operand, { start, end });
    const by = chosen ?? through;
    const place = auipc(unit, by, to, operand);
    put(unit, 'jalr', link ? by : 0, low(to, operand, place), by);
    return true;
  };

const jump: Pseudo = (unit, list, start, end) => {
  count(list, [2], 'jump symbol, rt', start, end);
  const through = register(list[1], 'x', { start, end });
  const to = address(unit, list[0], { start, end });
  put(unit, 'jalr', 0, low(to, list[0]!, auipc(unit, through, to, list[0]!)), through);
  return true;
};

/** Extension by shifts, where the architecture has no instruction for it. */
const extend =
  (bits: number, right: 'srai' | 'srli', extension: string): Pseudo =>
  (unit, list, start, end) => {
    if (unit.has(extension)) return false;
    count(list, [2], 'rd, rs', start, end);
    const rd = register(list[0], 'x', { start, end });
    put(unit, 'slli', rd, register(list[1], 'x', { start, end }), 64 - bits);
    put(unit, right, rd, rd, 64 - bits);
    return true;
  };

/** Loads and stores by symbol: an auipc before them, into the loaded register or into one named for it. */
const memory =
  (row: Instruction): Pseudo =>
  (unit, list, start, end) => {
    const target = list[1];
    if (!target?.plain || target.relocation || list.length < 2) return false;
    const store = row.syntax.includes('store12');
    const cls = /^f/.test(row.syntax) ? 'f' : 'x';
    const needsScratch = store || cls === 'f';
    const written = `${row.name} ${store ? 'rs' : cls === 'f' ? 'fd' : 'rd'}, symbol${needsScratch ? ', rt' : ''}`;
    if (target.word === undefined && list.length === 2 && typeof target.expression(unit) === 'bigint')
      throw new Mistake('expected an offset and a register in parentheses: 8(a0)', target.start, target.end);
    count(list, [needsScratch ? 3 : 2], `${written}, or an offset and a register in parentheses: 8(a0)`, start, end);
    const data = register(list[0], cls, { start, end });
    const scratch = needsScratch ? register(list[2], 'x', { start, end }) : data;
    const to = address(unit, target, { start, end });
    const place = auipc(unit, scratch, to, target);
    put(unit, row.name, data, low(to, target, place, store ? kinds.store12 : kinds.imm12), scratch);
    return true;
  };

/**
 * `add rd, rs1, tp, %tprel_add(symbol)`: the last operand only tells the linker what the addition is for. It is not compressed, so
 * that a linker may leave out all of it.
 */
const threadAdd: Pseudo = (unit, list, start, end) => {
  if (list.length !== 4 || list[3]!.relocation !== 'tprel_add') return false;
  const registers = list.slice(0, 3).map((operand) => register(operand, 'x', { start, end }));
  unit.beginInstruction();
  unit.word(encode(rowNamed('add'), registers), 4);
  return true;
};

/** All zeros is never an instruction. */
const unimp: Pseudo = (unit, list, start, end) => {
  count(list, [0], 'no operands', start, end);
  if (!unit.has('Zca')) return false;
  unit.beginInstruction();
  unit.word(0, 2);
  return true;
};

/** The mask operand: 1 when absent. */
function mask(operand: Operand | undefined): number {
  if (!operand) return 1;
  if (operand.word === 'v0.t') return 0;
  throw new Mistake('expected the mask v0.t', operand.start, operand.end);
}

/** Compare greater or equal with a scalar: less, then not (vector specification, "Vector Integer Compare Instructions"). */
const compareGreaterEqual =
  (less: string): Pseudo =>
  (unit, list, start, end) => {
    count(list, [3, 4, 5], 'vd, vs2, rs1 [, v0.t [, vt]]', start, end);
    const at = { start, end };
    const vd = register(list[0], 'v', at);
    const vs2 = register(list[1], 'v', at);
    const rs1 = register(list[2], 'x', at);
    const vm = mask(list[3]);
    if (list.length === 5) {
      const vt = register(list[4], 'v', at);
      put(unit, less, vt, vs2, rs1, 1);
      if (vd === 0) put(unit, 'vmandn.mm', vd, vd, vt);
      else {
        put(unit, 'vmandn.mm', vt, 0, vt);
        put(unit, 'vmandn.mm', vd, vd, 0);
        put(unit, 'vmor.mm', vd, vt, vd);
      }
      return true;
    }
    if (!vm && vd === 0)
      throw new Mistake(
        'with v0 as masked destination, name a scratch register after v0.t',
        list[3]!.start,
        list[3]!.end,
      );
    put(unit, less, vd, vs2, rs1, vm);
    if (vm) put(unit, 'vmnand.mm', vd, vd, vd);
    else put(unit, 'vmxor.mm', vd, vd, 0);
    return true;
  };

/** Compare with an immediate that the opposite comparison can hold, one less. `zero` stands in for an unsigned compare with 0. */
const compareImmediate =
  (other: string, zero?: string): Pseudo =>
  (unit, list, start, end) => {
    count(list, [3, 4], 'vd, vs2, number [, v0.t]', start, end);
    const at = { start, end };
    const vd = register(list[0], 'v', at);
    const vs2 = register(list[1], 'v', at);
    const operand = list[2]!;
    const value = operand.plain ? unit.constant(operand.expression(unit)) : undefined;
    if (value === undefined || value < -15n || value > 16n)
      throw new Mistake('expected a number from -15 to 16', operand.start, operand.end);
    if (zero && value === 0n) put(unit, zero, vd, vs2, vs2, mask(list[3]));
    else put(unit, other, vd, vs2, Number(value) - 1, mask(list[3]));
    return true;
  };

const pseudos = new Map<string, Pseudo>(
  Object.entries({
    li,
    la,
    lla,
    lga,
    'la.tls.ie': loadAddress('la.tls.ie', 'tls_ie_pcrel_hi', 'ld'),
    'la.tls.gd': loadAddress('la.tls.gd', 'tls_gd_pcrel_hi', 'addi'),
    call: far(RA, RA),
    tail: far(0, T1),
    jump,
    'sext.b': extend(8, 'srai', 'Zbb'),
    'sext.h': extend(16, 'srai', 'Zbb'),
    'zext.h': extend(16, 'srli', 'Zbb'),
    'zext.w': extend(32, 'srli', 'Zba'),
    add: threadAdd,
    unimp,
    'c.unimp': unimp,
    'vmsge.vx': compareGreaterEqual('vmslt.vx'),
    'vmsgeu.vx': compareGreaterEqual('vmsltu.vx'),
    'vmslt.vi': compareImmediate('vmsle.vi'),
    'vmsltu.vi': compareImmediate('vmsleu.vi', 'vmsne.vv'),
    'vmsge.vi': compareImmediate('vmsgt.vi'),
    'vmsgeu.vi': compareImmediate('vmsgtu.vi', 'vmseq.vv'),
  }),
);

/** Rows that load or store a register at an offset from another. */
const isMemory = (row: Instruction) =>
  row.semantics.kind === 'plain' && /^(rd|fd|rs2|fs2), (imm12|store12)\(rs1\)$/.test(row.syntax);

const memoryPseudos = new Map<string, Pseudo>();

/** The pseudo-instruction of a name, or undefined. */
export function pseudoNamed(name: string): Pseudo | undefined {
  const found = pseudos.get(name) ?? memoryPseudos.get(name);
  if (found) return found;
  const row = instructionNamed(name);
  if (!row || !isMemory(row)) return undefined;
  const made = memory(row);
  memoryPseudos.set(name, made);
  return made;
}

/** All names of pseudo-instructions. */
export const pseudoNames = (): IterableIterator<string> => pseudos.keys();
