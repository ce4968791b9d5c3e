/**
 * C: compressed forms, in the parts Zca and Zcd. Each stands for one row of full length (unprivileged specification, "C" chapter).
 * Encodings that the chapter calls hints expand like any other, to a row that changes nothing; reserved ones are kept out by excepted values.
 */
import { extension, row } from './rows.js';

type As = readonly (string | number)[];

const ZERO = 0;
const RA = 1;
const SP = 2;

/** A compressed row. @param as the operand values of the row it stands for: names of its own operands, or numbers */
export const compressed = (
  name: string,
  fixed: number,
  syntax: string,
  to: string,
  as: As,
  requires: readonly string[] = [],
) => row(name, 2, fixed, syntax, { kind: 'expand', to, as }, `Compressed form of ${to}.`, requires);

/** Register with register, on the eight popular ones. */
const arithmetic = (name: string, fixed: number) =>
  compressed(`c.${name}`, fixed, 'rs1c, rs2c', name, ['rs1c', 'rs1c', 'rs2c']);

export const Zca = extension(
  'Zca',
  'Compressed instructions on integer registers.',
  [
    // Quadrant 0
    compressed('c.addi4spn', 0x0000, 'rdc, sp, spn10', 'addi', ['rdc', SP, 'spn10']),
    compressed('c.lw', 0x4000, 'rdc, cword7(rs1c)', 'lw', ['rdc', 'cword7', 'rs1c']),
    compressed('c.ld', 0x6000, 'rdc, cdouble8(rs1c)', 'ld', ['rdc', 'cdouble8', 'rs1c']),
    compressed('c.sw', 0xc000, 'rs2c, cword7(rs1c)', 'sw', ['rs2c', 'cword7', 'rs1c']),
    compressed('c.sd', 0xe000, 'rs2c, cdouble8(rs1c)', 'sd', ['rs2c', 'cdouble8', 'rs1c']),
    // Quadrant 1
    compressed('c.nop', 0x0001, '', 'addi', [ZERO, ZERO, 0]),
    compressed('c.addi', 0x0001, 'rd, cimm6', 'addi', ['rd', 'rd', 'cimm6']),
    compressed('c.addiw', 0x2001, 'rdNonzero, cimm6', 'addiw', ['rdNonzero', 'rdNonzero', 'cimm6']),
    compressed('c.li', 0x4001, 'rd, cimm6', 'addi', ['rd', ZERO, 'cimm6']),
    compressed('c.addi16sp', 0x6101, 'sp, sp10', 'addi', [SP, SP, 'sp10']),
    compressed('c.lui', 0x6001, 'rdNotSp, cupper6', 'lui', ['rdNotSp', 'cupper6']),
    compressed('c.srli', 0x8001, 'rs1c, cshamt6', 'srli', ['rs1c', 'rs1c', 'cshamt6']),
    compressed('c.srai', 0x8401, 'rs1c, cshamt6', 'srai', ['rs1c', 'rs1c', 'cshamt6']),
    compressed('c.andi', 0x8801, 'rs1c, cimm6', 'andi', ['rs1c', 'rs1c', 'cimm6']),
    arithmetic('sub', 0x8c01),
    arithmetic('xor', 0x8c21),
    arithmetic('or', 0x8c41),
    arithmetic('and', 0x8c61),
    arithmetic('subw', 0x9c01),
    arithmetic('addw', 0x9c21),
    compressed('c.j', 0xa001, 'cjump12', 'jal', [ZERO, 'cjump12']),
    compressed('c.beqz', 0xc001, 'rs1c, cbranch9', 'beq', ['rs1c', ZERO, 'cbranch9']),
    compressed('c.bnez', 0xe001, 'rs1c, cbranch9', 'bne', ['rs1c', ZERO, 'cbranch9']),
    // Quadrant 2
    compressed('c.slli', 0x0002, 'rd, cshamt6', 'slli', ['rd', 'rd', 'cshamt6']),
    compressed('c.lwsp', 0x4002, 'rdNonzero, lwsp8(sp)', 'lw', ['rdNonzero', 'lwsp8', SP]),
    compressed('c.ldsp', 0x6002, 'rdNonzero, ldsp9(sp)', 'ld', ['rdNonzero', 'ldsp9', SP]),
    compressed('c.jr', 0x8002, 'rs1Nonzero', 'jalr', [ZERO, 0, 'rs1Nonzero']),
    compressed('c.mv', 0x8002, 'rd, rs2Nonzero', 'add', ['rd', ZERO, 'rs2Nonzero']),
    compressed('c.ebreak', 0x9002, '', 'ebreak', []),
    compressed('c.jalr', 0x9002, 'rs1Nonzero', 'jalr', [RA, 0, 'rs1Nonzero']),
    compressed('c.add', 0x9002, 'rd, rs2Nonzero', 'add', ['rd', 'rd', 'rs2Nonzero']),
    compressed('c.swsp', 0xc002, 'crs2, swsp8(sp)', 'sw', ['crs2', 'swsp8', SP]),
    compressed('c.sdsp', 0xe002, 'crs2, sdsp9(sp)', 'sd', ['crs2', 'sdsp9', SP]),
  ],
  'C',
);

export const Zcd = extension(
  'Zcd',
  'Compressed loads and stores of double-precision numbers.',
  [
    compressed('c.fld', 0x2000, 'fdc, cdouble8(rs1c)', 'fld', ['fdc', 'cdouble8', 'rs1c'], ['D']),
    compressed('c.fsd', 0xa000, 'fs2c, cdouble8(rs1c)', 'fsd', ['fs2c', 'cdouble8', 'rs1c'], ['D']),
    compressed('c.fldsp', 0x2002, 'fd, ldsp9(sp)', 'fld', ['fd', 'ldsp9', SP], ['D']),
    compressed('c.fsdsp', 0xa002, 'cfs2, sdsp9(sp)', 'fsd', ['cfs2', 'sdsp9', SP], ['D']),
  ],
  'C',
);

/** Zca and, on a hart with D, Zcd. */
export const C = extension('C', 'Compressed instructions: Zca, and with D also Zcd.', []);
