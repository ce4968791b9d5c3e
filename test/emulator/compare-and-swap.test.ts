/** Zacas, Zabha and Zama16b: register pairs, x0, signs, alignment, and encodings that are reserved. */
import { encode } from '../../isa/encode.js';
import { registerNamed } from '../../isa/registers.js';
import { instructionNamed } from '../../isa/table.js';
import { DATA, gives, illegal, type Outcome, peek, poke, prove, type Step, trap, value } from './privileged.js';

/** An atomic instruction on the place that t0 points to, as data: the assembler of these programs is older. */
const atomic = (name: string, rd: string, rs2: string) => {
  const number = (register: string) => registerNamed(register)!.number;
  const word = `.4byte 0x${encode(instructionNamed(name)!, [0, number(rd), number(rs2), number('t0')]).toString(16)}`;
  // QEMU 10 writes what a compare-and-swap into x0 reads to its zero, up to the next jump.
  return rd === 'zero' ? `${word}; j . + 4` : word;
};
const lr = (name: string, rd: string) => {
  const number = (register: string) => registerNamed(register)!.number;
  return `.4byte 0x${encode(instructionNamed(name)!, [0, number(rd), number('t0')]).toString(16)}`;
};

const AT = `li t0, ${DATA}`;
/** Two double-words of memory. */
const memory = (low: bigint | number, high: bigint | number): Step[] => [poke(DATA, low), poke(DATA + 8, high)];
const holds = (low: bigint | number, high: bigint | number): Step[] => [
  peek(DATA, BigInt.asUintN(64, BigInt(low))),
  peek(DATA + 8, BigInt.asUintN(64, BigInt(high))),
];
/** Both registers of a pair in one number. */
const both = 'slli a0, a2, 8; add a0, a0, a3';
const PAIR = `${AT}; li a2, 1; li a3, 2; li a4, 10; li a5, 11`;

const CPU = 'rv64,h=false,zacas=on,zabha=on,zama16b=off';
const ISA = 'rv64gc_zacas_zabha';

prove('pairs of registers are compared and swapped as one', ISA, CPU, [
  ...memory(1, 2),
  gives(`${PAIR}; ${atomic('amocas.q', 'a2', 'a4')}; ${both}`, value(0x102)),
  ...holds(10, 11),
  ...memory(1, 3),
  gives(`${PAIR}; ${atomic('amocas.q', 'a2', 'a4')}; ${both}`, value(0x103)),
  ...holds(1, 3),
  ...memory(2, 2),
  gives(`${PAIR}; ${atomic('amocas.q', 'a2', 'a4')}; ${both}`, value(0x202)),
  ...holds(2, 2),
  // The pair is also what is swapped in.
  ...memory(1, 2),
  gives(`${PAIR}; ${atomic('amocas.q', 'a2', 'a2')}; ${both}`, value(0x102)),
  ...holds(1, 2),
]);

prove('the pair of x0 is zero and stays so; the register behind x0 has no part in it', ISA, CPU, [
  ...memory(0, 0),
  gives(`${PAIR}; li ra, 77; ${atomic('amocas.q', 'zero', 'a4')}; mv a0, ra`, value(77)),
  ...holds(10, 11),
  ...memory(0, 77),
  gives(`${PAIR}; li ra, 77; ${atomic('amocas.q', 'zero', 'a4')}; mv a0, ra`, value(77)),
  ...holds(0, 77),
  ...memory(1, 2),
  gives(`${PAIR}; li ra, 77; ${atomic('amocas.q', 'a2', 'zero')}; ${both}`, value(0x102)),
  ...holds(0, 0),
  // Nor has a floating-point register.
  ...memory(3, 4),
  gives(
    `${PAIR}; li t1, 0x2000; csrs mstatus, t1; li t1, 5; fmv.d.x ft0, t1; ${atomic('amocas.q', 'zero', 'a4')}; fmv.x.d a0, ft0`,
    value(5),
  ),
  ...holds(3, 4),
  // x0 is compared as zero, whatever was written to it before.
  ...memory(6, 0),
  gives(`${AT}; li a1, 3; li a2, 9; add zero, a1, a1; ${atomic('amocas.d', 'zero', 'a2')}; mv a0, zero`, value(0)),
  ...holds(6, 0),
  ...memory(0, 0),
  gives(`${AT}; li a1, 3; li a2, 9; add zero, a1, a1; ${atomic('amocas.w', 'zero', 'a2')}; mv a0, zero`, value(0)),
  ...holds(9, 0),
]);

const M1 = 0xffff_ffff_ffff_ffffn;
/** One swap of `width` bits: memory all ones below bit 16, and rd as given. */
const narrow = (name: string, rd: bigint, result: bigint, after: bigint): Step[] => [
  ...memory(0x1234_5678_ffff_ffffn, 0),
  gives(`${AT}; li a0, 0x${rd.toString(16)}; li a1, 0x42; ${atomic(name, 'a0', 'a1')}`, value(result)),
  ...holds(after, 0),
];
prove('narrow ones compare that much of rd, store that much, and give it sign-extended', ISA, CPU, [
  ...narrow('amocas.b', 0xffn, M1, 0x1234_5678_ffff_ff42n),
  ...narrow('amocas.b', 0x55ffn, M1, 0x1234_5678_ffff_ff42n),
  ...narrow('amocas.b', 0x7fn, M1, 0x1234_5678_ffff_ffffn),
  ...narrow('amocas.h', 0x5_ffffn, M1, 0x1234_5678_ffff_0042n),
  ...narrow('amocas.h', 0xffn, M1, 0x1234_5678_ffff_ffffn),
  ...narrow('amocas.w', 0xffff_ffffn, M1, 0x1234_5678_0000_0042n),
  ...narrow('amocas.w', 0x5_ffff_ffffn, M1, 0x1234_5678_0000_0042n),
  ...narrow('amocas.d', 0x1234_5678_ffff_ffffn, 0x1234_5678_ffff_ffffn, 0x42n),
  ...memory(0x80, 0),
  gives(`${AT}; li a1, 1; ${atomic('amomin.b', 'a0', 'a1')}`, value(-128)),
  ...holds(0x80, 0),
  gives(`${AT}; li a1, 1; ${atomic('amomaxu.b', 'a0', 'a1')}`, value(-128)),
  ...holds(0x80, 0),
  gives(`${AT}; li a1, 0xff81; ${atomic('amoadd.b', 'a0', 'a1')}`, value(-128)),
  ...holds(1, 0),
  gives(`${AT}; li a1, -2; ${atomic('amoadd.h', 'a0', 'a1')}`, value(1)),
  ...holds(0xffff, 0),
]);

/** An atomic instruction at an offset from DATA. */
const at = (offset: number, code: string, expect: Outcome): Step =>
  gives(`li t0, ${DATA + offset}; li a0, 1; li a1, 1; ${code}`, expect);
const misaligned = (offset: number, code: string) => at(offset, code, trap(6, DATA + offset));

prove('misaligned ones trap', ISA, CPU, [
  misaligned(1, atomic('amoadd.h', 'a0', 'a1')),
  misaligned(2, atomic('amocas.w', 'a0', 'a1')),
  misaligned(4, atomic('amocas.d', 'a0', 'a1')),
  misaligned(8, atomic('amocas.q', 'a0', 'a2')),
  misaligned(4, atomic('amoswap.d', 'a0', 'a1')),
]);

prove(
  'with Zama16b only those do that leave 16 aligned bytes; reservations are never misaligned',
  'rv64gc_zacas_zabha_zama16b',
  undefined,
  [
    ...memory(0, 0),
    at(1, atomic('amoadd.w', 'a0', 'a1'), value(0)),
    at(15, atomic('amoadd.b', 'a0', 'a1'), value(0)),
    at(5, atomic('amoadd.d', 'a0', 'a1'), value(0)),
    at(11, `li a0, 0; ${atomic('amocas.w', 'a0', 'a1')}`, value(0)),
    ...holds(0x0000_0100_0000_0100n, 0x0100_0000_0100_0000n),
    at(13, atomic('amoadd.w', 'a0', 'a1'), trap(6, DATA + 13)),
    at(15, atomic('amoadd.h', 'a0', 'a1'), trap(6, DATA + 15)),
    at(9, atomic('amoadd.d', 'a0', 'a1'), trap(6, DATA + 9)),
    at(8, atomic('amocas.q', 'a0', 'a2'), trap(6, DATA + 8)),
    at(2, lr('lr.w', 'a0'), trap(4, DATA + 2)),
    at(2, atomic('sc.w', 'a0', 'a1'), trap(6, DATA + 2)),
  ],
);

const AMO = 0x2f;
const word = (funct5: number, funct3: number, rd: number, rs2: number) =>
  `.4byte 0x${((funct5 << 27) | (rs2 << 20) | (5 << 15) | (funct3 << 12) | (rd << 7) | AMO).toString(16)}`;
prove('odd registers of pairs and other atomic instructions of these widths are reserved', ISA, CPU, [
  gives(`${AT}; ${word(0b00101, 4, 13, 12)}`, illegal),
  gives(`${AT}; ${word(0b00101, 4, 12, 13)}`, illegal),
  gives(`${AT}; ${word(0b00000, 4, 12, 12)}`, illegal),
  gives(`${AT}; ${word(0b00010, 0, 12, 0)}`, illegal),
  gives(`${AT}; ${word(0b00011, 1, 12, 12)}`, illegal),
]);

prove('bytes are compared and swapped only with both extensions', 'rv64gc_zabha', 'rv64,h=false,zacas=off,zabha=on', [
  ...memory(1, 0),
  gives(`${AT}; li a0, 1; li a1, 2; ${atomic('amocas.b', 'a0', 'a1')}`, illegal),
  gives(`${AT}; li a0, 1; li a1, 2; ${atomic('amoswap.b', 'a0', 'a1')}`, value(1)),
]);
