/**
 * A test program: random atoms after code that loads the state from memory. Every few atoms it calls the checkpoint, which stores the
 * whole state and writes it out with a system call; so does the end. A fault goes to the end too, with a note of where it was and why: in QEMU
 * by the program's signal handler, in our machine by the test (machines.ts). The same bytes run in both at the same addresses.
 */

import { bf16, f16, f32, f64 } from '../../emulator/float/format.js';
import { encode } from '../../isa/encode.js';
import { instructionNamed } from '../../isa/table.js';
import { number } from '../emulator/float/cases.js';
import { Random } from './random.js';

/** Instructions that belong together: what makes one safe comes before it. Removed as a whole when a program is shrunk. */
export interface Atom {
  /** The row that it is about. */
  readonly row: string;
  readonly words: readonly Word[];
  /** Is the state to be compared behind it? */
  readonly checked?: boolean;
  /** Can its last instruction not be executed? Then what it is about is the fault, and it is the program's last. */
  readonly faults?: true | 'perhaps';
}

/** Instructions whose execution is a fault. */
export const STOPS: ReadonlySet<string> = new Set(['ebreak', 'c.ebreak']);

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

const DATA = 0x4_0000;
/** What comes after the code: checkpoint, end, signal handler. */
const RUNTIME = DATA - 0x1000;
/** Offsets from BASE. */
export const layout = {
  initial: DATA,
  initialVectors: DATA + 0x1000,
  /** Floating-point numbers around this address, 256 double-words; index tables behind it. Read only. */
  tables: DATA + 0x6000,
  /** The signal handler's, and what its set-up needs; not compared. */
  signals: DATA + 0x8000,
  vectors: DATA + 0xc000,
  /** The middle of what loads and stores may reach. The scalar state is stored below it at the end. */
  buffer: DATA + 0x1_8000,
  end: DATA + 0x2_0000,
} as const;
/** Where it lies: memory ends where the program does, so that there is something to run into. */
export const RAM_MIB = 16;
export const BASE = 0x8000_0000 + RAM_MIB * 2 ** 20 - layout.end;
export const OUTPUT = { from: layout.vectors, to: layout.end };
/** The scalar state's place in the buffer, from its middle: x1 to x31, f0 to f31, then CSRs. */
const STATE = { x: -2048, f: -1792, csrs: -1536 };
/** What is noted of a fault, out of reach of loads and stores. */
export interface Fault {
  readonly pc: bigint;
  /** Of Linux. */
  readonly signal: number;
  /** Of the 16 bytes that could not be accessed; 0 where there are none. */
  readonly address: bigint;
}
export const FAULT_AT = layout.vectors + 0x2000;
export const faultBytes = ({ pc, signal, address }: Fault) =>
  new Uint8Array(new BigUint64Array([pc, BigInt(signal), address]).buffer);
export const SIGNALS = { ILL: 4, TRAP: 5, BUS: 7, SEGV: 11 } as const;
export const calls = { write: 64, exit: 93, sigaltstack: 132, sigaction: 134 } as const;
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

/** reg = BASE + offset, from an instruction at an offset. */
const anywhere = (register: number, pc: number, offset: number): Word[] => {
  const low = ((offset - pc) << 20) >> 20;
  return [word('auipc', register, ((offset - pc - low) >>> 12) & 0xfffff), word('addi', register, register, low)];
};

const length = (words: readonly Word[]) => words.reduce((n, each) => n + each.length, 0);

/** @param pc offset of its first instruction from BASE */
function prologue(vlen: number, pc: number): Word[] {
  const words = anywhere(9, pc, layout.signals);
  words.push(word('addi', 10, 9, 0), word('addi', 11, 0, 0));
  words.push(word('addi', 17, 0, calls.sigaltstack), word('ecall'));
  for (const signal of Object.values(SIGNALS)) {
    words.push(word('addi', 10, 0, signal), word('addi', 11, 9, 24), word('addi', 12, 0, 0), word('addi', 13, 0, 8));
    words.push(word('addi', 17, 0, calls.sigaction), word('ecall'));
  }
  words.push(...anywhere(31, pc + length(words), layout.initial));
  words.push(...address(30, 31, layout.initialVectors - layout.initial));
  for (let v = 0; v < 32; v += 8) words.push(word('vl8re8.v', v, 30), ...address(30, 30, vlen));
  words.push(word('vsetvli', 30, 0, 0)); // e8, m1, vl = VLMAX
  words.push(word('csrrwi', 0, 0x003, 0), word('csrrwi', 0, 0x00f, 0));
  for (let f = 0; f < 32; f++) words.push(word('fld', f, 256 + 8 * f, 31));
  for (let x = 1; x < 32; x++) words.push(word('ld', x, 8 * x, 31));
  return words;
}

/** Registers that the checkpoint uses and gives back. */
const BORROWED = [1, 10, 11, 12, 17];

/** Store the state, write it out, go back to where sp points; vstart and everything but sp is as it was. */
function checkpoint(vlen: number): Word[] {
  const words: Word[] = [];
  for (let x = 1; x < 32; x++) words.push(word('sd', x === SP ? BUFFER : x, STATE.x + 8 * x, BUFFER));
  for (let f = 0; f < 32; f++) words.push(word('fsd', f, STATE.f + 8 * f, BUFFER));
  STATE_CSRS.forEach((name, n) => {
    words.push(word('csrrs', 1, CSR_NUMBERS[name], 0), word('sd', 1, STATE.csrs + 8 * n, BUFFER));
  });
  words.push(word('csrrwi', 0, CSR_NUMBERS.vstart, 0));
  words.push(word('lui', 12, (layout.buffer - layout.vectors) >>> 12), word('sub', 1, BUFFER, 12));
  words.push(word('addi', 11, 1, 0));
  for (let v = 0; v < 32; v += 8) words.push(word('vs8r.v', v, 1), ...address(1, 1, vlen));
  words.push(word('addi', 17, 0, calls.write), word('addi', 10, 0, 1));
  words.push(word('lui', 12, (OUTPUT.to - OUTPUT.from) >>> 12), word('ecall'));
  words.push(word('ld', 1, STATE.csrs + 8 * STATE_CSRS.indexOf('vstart'), BUFFER));
  words.push(word('csrrw', 0, CSR_NUMBERS.vstart, 1));
  for (const x of BORROWED) words.push(word('ld', x, STATE.x + 8 * x, BUFFER));
  return [...words, word('jalr', 0, 0, SP)];
}

/** Where the parts of the runtime are, as offsets from BASE. */
interface Runtime {
  readonly words: readonly Word[];
  readonly end: number;
  readonly handler: number;
}

function runtime(vlen: number): Runtime {
  const words = checkpoint(vlen);
  const end = RUNTIME + length(words);
  words.push(word('jal', SP, RUNTIME - end));
  words.push(word('addi', 17, 0, calls.exit), word('addi', 10, 0, 0), word('ecall'));
  const handler = RUNTIME + length(words);
  // The context's first register is the pc; the address is behind the signal's number, error and code, and only a memory fault has one.
  words.push(...anywhere(13, handler, FAULT_AT));
  words.push(word('ld', 14, 176, 12), word('sd', 14, 0, 13), word('sd', 10, 8, 13));
  words.push(word('addi', 15, 0, SIGNALS.BUS), word('blt', 10, 15, 16));
  words.push(word('ld', 14, 16, 11), word('andi', 14, 14, -16), word('sd', 14, 16, 13));
  words.push(...anywhere(14, RUNTIME + length(words), end));
  words.push(word('sd', 14, 176, 12), word('jalr', 0, 0, 1));
  return { words, end, handler };
}

/** Where a fault goes on: address of the code that stores the last state. */
export const endOf = (program: Program) => BASE + runtime(program.vlen).end;

export const bytesOf = (words: readonly Word[]) =>
  Uint8Array.from(words.flatMap(({ bits, length }) => Array.from({ length }, (_, n) => (bits >>> (8 * n)) & 0xff)));

/** The program's memory from BASE on, made once: not to be changed. */
export function image(program: Program): Uint8Array {
  const known = images.get(program);
  if (known) return known;
  const made = makeImage(program);
  images.set(program, made);
  return made;
}
const images = new WeakMap<Program, Uint8Array>();

/** Programs whose seeds are neighbours draw their vector elements and memory from the same numbers: making a program's own takes longer than running it. */
const NEIGHBOURS = 32;
const POOL = 8192;
let pool: { readonly number: number; readonly values: BigUint64Array } | undefined;

function poolOf(seed: number): BigUint64Array {
  const number = Math.floor(seed / NEIGHBOURS);
  if (pool?.number !== number) {
    const r = new Random(number ^ 0xe1e);
    pool = { number, values: BigUint64Array.from({ length: POOL }, () => BigInt.asUintN(64, element(r))) };
  }
  return pool.values;
}

function makeImage(program: Program): Uint8Array {
  const bytes = new Uint8Array(layout.end);
  const view = new DataView(bytes.buffer);
  // Somewhere in a page, so that page boundaries fall anywhere, also into the middle of an instruction.
  const start = 4 + 2 * ((program.seed * 37) % 2048);
  bytes.set(bytesOf([word('jal', 0, start)]));
  const code = prologue(program.vlen, start);
  let at = start + length(code);
  const add = (...words: readonly Word[]) => {
    code.push(...words);
    at += length(words);
  };
  for (const atom of program.atoms) {
    add(...atom.words);
    if (atom.checked) {
      add(word('jal', SP, RUNTIME - at));
      add(word('addi', SP, BUFFER, 0));
    }
  }
  const { words, end, handler } = runtime(program.vlen);
  add(word('jal', 0, end - at));
  if (at > RUNTIME) throw new Error('the program is too long for its place');
  bytes.set(bytesOf(code), start);
  bytes.set(bytesOf(words), RUNTIME);
  const r = new Random(program.seed ^ 0x5eed);
  const put = (at: number, value: bigint) => view.setBigUint64(at, BigInt.asUintN(64, value), true);

  // An alternate stack (address, flags, size), and an action (handler; with information, on that stack; no mask).
  const stack = layout.signals + 0x1000;
  [BASE + stack, 0, layout.vectors - stack, BASE + handler, 0x0800_0004, 0].forEach((value, n) => {
    put(layout.signals + 8 * n, BigInt(value));
  });
  for (let x = 1; x < 32; x++) put(layout.initial + 8 * x, integer(r));
  for (const [register, at] of [
    [SP, layout.buffer],
    [BUFFER, layout.buffer],
    [TABLES, layout.tables],
  ] as const) {
    put(layout.initial + 8 * register, BigInt(BASE + at));
  }
  for (let f = 0; f < 32; f++) put(layout.initial + 256 + 8 * f, float(r));
  const elements = poolOf(program.seed);
  const drawn = () => elements[r.below(POOL)]!;
  for (let at = 0; at < 4 * program.vlen; at += 8) put(layout.initialVectors + at, drawn());
  for (let at = -2048; at < 0; at += 8) put(layout.tables + at, float(r));
  for (const eew of [8, 16, 32, 64]) {
    for (let at = 0; at < 0x400; at += eew / 8) {
      const value = BigInt(r.below(Math.min(2 ** eew, INDEX_BOUND)));
      for (let byte = 0; byte < eew / 8; byte++) {
        bytes[layout.tables + indexTable(eew) + at + byte] = Number((value >> BigInt(8 * byte)) & 0xffn);
      }
    }
  }
  for (let at = layout.vectors; at < layout.end; at += 8) put(at, drawn());
  bytes.fill(0, FAULT_AT, FAULT_AT + 24);
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

/** A double, a boxed narrower number, or neither. */
function float(r: Random): bigint {
  switch (r.below(8)) {
    case 0:
      return r.long();
    case 1:
      return number(r, f16) | 0xffffffff_ffff0000n;
    case 2:
      return number(r, r.oneIn(2) ? f16 : bf16) | 0xffffffff_ffff0000n;
    case 3:
    case 4:
      return number(r, f32) | 0xffffffff_00000000n;
    default:
      return number(r, f64);
  }
}

/** Eight bytes of vector elements of whatever type. */
function element(r: Random): bigint {
  switch (r.below(5)) {
    case 0:
      return number(r, f64);
    case 1:
      return (number(r, f32) << 32n) | number(r, f32);
    case 2: {
      const half = r.oneIn(2) ? f16 : bf16;
      return [0, 1, 2, 3].reduce((bits) => (bits << 16n) | number(r, half), 0n);
    }
    default:
      return integer(r);
  }
}

/** The state at a checkpoint, by name. */
export function stateOf(output: Uint8Array, vlen: number): Map<string, string> {
  const view = new DataView(output.buffer, output.byteOffset, output.length);
  const state = new Map<string, string>();
  const at = (offset: number) => layout.buffer - OUTPUT.from + offset;
  const long = (offset: number) => `0x${view.getBigUint64(offset, true).toString(16)}`;
  ['fault pc', 'signal', 'fault address'].forEach((name, n) => state.set(name, long(FAULT_AT - OUTPUT.from + 8 * n)));
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

/** Did the program end by a fault? */
export const faulted = (output: Uint8Array) => {
  const at = output.length - (OUTPUT.to - OUTPUT.from) + FAULT_AT - OUTPUT.from;
  return output.subarray(at, at + 24).some((byte) => byte !== 0);
};
