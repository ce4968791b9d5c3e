/**
 * A test program: random atoms between code that loads the state from memory and code that stores it there, writes it
 * out with system calls, and ends. The same bytes run in both machines at the same addresses.
 */

import { f32, f64 } from '../../emulator/float/format.js';
import { encode } from '../../isa/encode.js';
import { instructionNamed } from '../../isa/table.js';
import { number } from '../emulator/float/cases.js';
import { Random } from './random.js';

/** Instructions that belong together: what makes one safe comes before it. Removed as a whole when a program is shrunk. */
export interface Atom {
  /** The row that it is about. */
  readonly row: string;
  readonly words: readonly Word[];
}

/** An instruction word and its length. */
export interface Word {
  readonly bits: number;
  readonly length: 2 | 4;
}

export interface Program {
  readonly seed: number;
  readonly vlen: number;
  /** Is it also to run behind page tables (paged.ts)? */
  readonly paged: boolean;
  readonly atoms: readonly Atom[];
}

export const BASE = 0x8000_0000;
const DATA = 0x4_0000;
/** Offsets from BASE. */
export const layout = {
  initial: DATA,
  initialVectors: DATA + 0x1000,
  /** Floating-point numbers around this address, 256 double-words; index tables behind it. Read only. */
  tables: DATA + 0x6000,
  vectors: DATA + 0xc000,
  /** The middle of what loads and stores may reach. The scalar state is stored below it at the end. */
  buffer: DATA + 0x1_8000,
  end: DATA + 0x2_0000,
} as const;
export const OUTPUT = { from: layout.vectors, to: layout.end };
/** The scalar state's place in the buffer, from its middle: x1 to x31, f0 to f31, then CSRs. */
const STATE = { x: -2048, f: -1792, csrs: -1536 };
export const STATE_CSRS = ['fcsr', 'vl', 'vtype', 'vcsr', 'vstart'] as const;
const CSR_NUMBERS: Record<(typeof STATE_CSRS)[number], number> = {
  fcsr: 0x003,
  vl: 0xc20,
  vtype: 0xc21,
  vcsr: 0x00f,
  vstart: 0x008,
};

/** Registers that keep their value: sp and x27 point to the buffer's middle, x25 to the tables. */
export const SP = 2;
export const TABLES = 25;
export const BUFFER = 27;
export const reserved = [SP, TABLES, BUFFER];

/** Index tables: values that stay within the buffer, of each width; a group of eight registers fits. */
export const indexTable = (eew: number) => 0x400 * Math.log2(eew) - 0xc00 + 0x100;
/** Bound of an index. */
const INDEX_BOUND = 4096;

export const word = (name: string, ...values: number[]): Word => {
  const row = instructionNamed(name)!;
  return { bits: encode(row, values), length: row.length };
};

/** reg = base + offset. */
export function address(register: number, base: number, offset: number): Word[] {
  const words: Word[] = [];
  let from = base;
  let rest = offset;
  do {
    const step = Math.max(-2048, Math.min(2047, rest));
    words.push(word('addi', register, from, step));
    from = register;
    rest -= step;
  } while (rest);
  return words;
}

/** @param pc offset of its first instruction from BASE */
function prologue(vlen: number, pc: number): Word[] {
  const words = [word('auipc', 31, DATA >>> 12), ...address(31, 31, -pc)];
  words.push(...address(30, 31, layout.initialVectors - layout.initial));
  for (let v = 0; v < 32; v += 8) words.push(word('vl8re8.v', v, 30), ...address(30, 30, vlen));
  words.push(word('vsetvli', 30, 0, 0)); // e8, m1, vl = VLMAX
  words.push(word('csrrwi', 0, 0x003, 0), word('csrrwi', 0, 0x00f, 0));
  for (let f = 0; f < 32; f++) words.push(word('fld', f, 256 + 8 * f, 31));
  for (let x = 1; x < 32; x++) words.push(word('ld', x, 8 * x, 31));
  return words;
}

function epilogue(vlen: number): Word[] {
  const words: Word[] = [];
  for (let x = 1; x < 32; x++) words.push(word('sd', x, STATE.x + 8 * x, BUFFER));
  for (let f = 0; f < 32; f++) words.push(word('fsd', f, STATE.f + 8 * f, BUFFER));
  STATE_CSRS.forEach((name, n) => {
    words.push(word('csrrs', 1, CSR_NUMBERS[name], 0), word('sd', 1, STATE.csrs + 8 * n, BUFFER));
  });
  words.push(word('csrrwi', 0, CSR_NUMBERS.vstart, 0));
  words.push(word('lui', 2, (layout.buffer - layout.vectors) >>> 12), word('sub', 1, BUFFER, 2));
  words.push(word('addi', 11, 1, 0));
  for (let v = 0; v < 32; v += 8) words.push(word('vs8r.v', v, 1), ...address(1, 1, vlen));
  words.push(word('addi', 17, 0, 64), word('addi', 10, 0, 1));
  words.push(word('lui', 12, (OUTPUT.to - OUTPUT.from) >>> 12), word('ecall'));
  words.push(word('addi', 17, 0, 93), word('addi', 10, 0, 0), word('ecall'));
  return words;
}

const bytesOf = (words: readonly Word[]) =>
  words.flatMap(({ bits, length }) => Array.from({ length }, (_, n) => (bits >>> (8 * n)) & 0xff));

/** The program's memory from BASE on. */
export function image(program: Program): Uint8Array {
  const bytes = new Uint8Array(layout.end);
  const view = new DataView(bytes.buffer);
  // Somewhere in a page, so that page boundaries fall anywhere, also into the middle of an instruction.
  const start = 4 + 2 * ((program.seed * 37) % 2048);
  bytes.set(bytesOf([word('jal', 0, start)]));
  const code = [
    ...prologue(program.vlen, start),
    ...program.atoms.flatMap((atom) => atom.words),
    ...epilogue(program.vlen),
  ];
  bytes.set(bytesOf(code), start);
  const r = new Random(program.seed ^ 0x5eed);
  const put = (at: number, value: bigint) => view.setBigUint64(at, BigInt.asUintN(64, value), true);

  for (let x = 1; x < 32; x++) put(layout.initial + 8 * x, integer(r));
  for (const [register, at] of [
    [SP, layout.buffer],
    [BUFFER, layout.buffer],
    [TABLES, layout.tables],
  ] as const) {
    put(layout.initial + 8 * register, BigInt(BASE + at));
  }
  for (let f = 0; f < 32; f++) put(layout.initial + 256 + 8 * f, float(r));
  for (let at = 0; at < 4 * program.vlen; at += 8) put(layout.initialVectors + at, element(r));
  for (let at = -2048; at < 0; at += 8) put(layout.tables + at, float(r));
  for (const eew of [8, 16, 32, 64]) {
    for (let at = 0; at < 0x400; at += eew / 8) {
      const value = BigInt(r.below(Math.min(2 ** eew, INDEX_BOUND)));
      for (let byte = 0; byte < eew / 8; byte++) {
        bytes[layout.tables + indexTable(eew) + at + byte] = Number((value >> BigInt(8 * byte)) & 0xffn);
      }
    }
  }
  for (let at = layout.vectors; at < layout.end; at += 8) put(at, element(r));
  return bytes;
}

/** A 64-bit integer: any, small, or near a power of two. */
function integer(r: Random): bigint {
  switch (r.below(4)) {
    case 0:
      return r.long();
    case 1:
      return BigInt(r.below(64) - 32);
    case 2:
      return (1n << BigInt(r.below(64))) + BigInt(r.below(3) - 1);
    default:
      return BigInt.asIntN(32, r.long());
  }
}

/** A double, a boxed single, or what is neither. */
function float(r: Random): bigint {
  switch (r.below(8)) {
    case 0:
      return r.long();
    case 1:
    case 2:
    case 3:
      return number(r, f32) | 0xffffffff_00000000n;
    default:
      return number(r, f64);
  }
}

/** Eight bytes of vector elements of whatever type. */
function element(r: Random): bigint {
  switch (r.below(4)) {
    case 0:
      return number(r, f64);
    case 1:
      return (number(r, f32) << 32n) | number(r, f32);
    default:
      return integer(r);
  }
}

/** The state that a program left, by name. */
export function stateOf(output: Uint8Array, vlen: number): Map<string, string> {
  const view = new DataView(output.buffer, output.byteOffset, output.length);
  const state = new Map<string, string>();
  const at = (offset: number) => layout.buffer - OUTPUT.from + offset;
  const long = (offset: number) => `0x${view.getBigUint64(offset, true).toString(16)}`;
  for (let x = 1; x < 32; x++) state.set(`x${x}`, long(at(STATE.x + 8 * x)));
  for (let f = 0; f < 32; f++) state.set(`f${f}`, long(at(STATE.f + 8 * f)));
  STATE_CSRS.forEach((name, n) => state.set(name, long(at(STATE.csrs + 8 * n))));
  const hex = (from: number, length: number) =>
    [...output.subarray(from, from + length)]
      .reverse()
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('');
  for (let v = 0; v < 32; v++) state.set(`v${v}`, hex((v * vlen) / 8, vlen / 8));
  for (let row = 0x4000; row < OUTPUT.to - OUTPUT.from; row += 8) {
    const offset = row - at(0);
    if (offset < STATE.x || offset >= STATE.csrs + 8 * STATE_CSRS.length) state.set(`memory ${offset}`, long(row));
  }
  return state;
}
