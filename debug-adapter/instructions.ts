import { type Disassembly, disassemble, expand, valuesOf } from '../assembler/disassemble.js';
import { needsOf } from '../isa/needs.js';
import type { Instruction } from '../isa/types.js';
import type { GuestMemory } from './guest.js';

const RA = 1;

/** An instruction as it lies in memory. */
export interface Code extends Disassembly {
  readonly pc: bigint;
  readonly bytes: Uint8Array;
  /** What a hart must have to execute it. */
  readonly needs: readonly string[];
  /** The row of full length and its operand values. */
  readonly meant?: { readonly row: Instruction; readonly values: readonly number[] };
}

/** The instruction at pc; undefined where no memory is mapped. */
export function codeAt(
  memory: GuestMemory,
  pc: bigint,
  symbols?: (address: bigint) => { name: string; offset: bigint } | undefined,
): Code | undefined {
  const read = memory.read(pc, 4);
  if (read.length < 2) return undefined;
  const word = read.reduce((sum, byte, n) => sum | (byte << (8 * n)), 0) >>> 0;
  return codeOf(word, pc, read, symbols);
}

/** The instruction that a word is. */
export function codeOf(
  word: number,
  pc: bigint,
  bytes: Uint8Array,
  symbols?: (address: bigint) => { name: string; offset: bigint } | undefined,
): Code {
  const found = disassemble(word, pc, { symbols });
  const { row } = found;
  const values = row && valuesOf(row, word);
  return {
    ...found,
    pc,
    bytes: bytes.subarray(0, found.length),
    needs: needsOf(word) ?? [],
    meant: row && values && (expand(row, values) ?? { row, values }),
  };
}

/** A jump that leaves a return address in ra, and where it goes (undefined: where a register says). `before`: the instruction before it. */
export function callOf(code: Code, before?: Code): { readonly target?: bigint } | undefined {
  const { row, values } = code.meant ?? {};
  if (row?.semantics.kind !== 'jump' || values?.[0] !== RA) return undefined;
  if (row.semantics.to === 'pc') return { target: BigInt.asUintN(64, code.pc + BigInt(values[1])) };
  // auipc and jalr through the same register are one far call.
  const upper = before?.meant;
  if (!before || upper?.row.name !== 'auipc' || upper.values[0] !== values[2]) return {};
  const high = BigInt.asIntN(32, BigInt(upper.values[1]) << 12n);
  return { target: BigInt.asUintN(64, before.pc + high + BigInt(values[1])) };
}

/** Does the instruction return from a function, and where to? */
export function returnOf(code: Code, x: (n: number) => bigint): bigint | undefined {
  const { row, values } = code.meant ?? {};
  if (row?.semantics.kind !== 'jump' || row.semantics.to === 'pc') return undefined;
  return values?.[0] === 0 && values[2] === RA ? BigInt.asUintN(64, x(RA) + BigInt(values[1])) & ~1n : undefined;
}

/** Where control may go after the instruction, as far as it and the registers tell: without traps. */
export function successors(code: Code, x: (n: number) => bigint, csr: (name: string) => bigint): bigint[] {
  const next = BigInt.asUintN(64, code.pc + BigInt(code.length));
  const { row, values } = code.meant ?? {};
  if (!row || !values) return [next];
  const { semantics } = row;
  const relative = (offset: number) => BigInt.asUintN(64, code.pc + BigInt(offset));
  if (semantics.kind === 'branch') return [next, relative(values[2])];
  if (semantics.kind === 'jump') {
    if (semantics.to === 'pc') return [relative(values[1])];
    return [BigInt.asUintN(64, x(values[2]) + BigInt(values[1])) & ~1n];
  }
  if (semantics.kind === 'system' && semantics.handler === 'mret') return [csr('mepc')];
  if (semantics.kind === 'system' && semantics.handler === 'sret') return [csr('sepc')];
  return [next];
}
