/** Zcb: more compressed forms, on the eight popular registers (code-size reduction specification). */
import { compressed } from './c.js';
import { extension } from './rows.js';

const unary = (
  name: string,
  fixed: number,
  to: string,
  as: readonly (string | number)[],
  requires: readonly string[],
) => compressed(name, fixed, 'rs1c', to, ['rs1c', 'rs1c', ...as], requires);

export const Zcb = extension('Zcb', 'More compressed instructions.', [
  compressed('c.lbu', 0x8000, 'rdc, cbyte2(rs1c)', 'lbu', ['rdc', 'cbyte2', 'rs1c']),
  compressed('c.lhu', 0x8400, 'rdc, chalf2(rs1c)', 'lhu', ['rdc', 'chalf2', 'rs1c']),
  compressed('c.lh', 0x8440, 'rdc, chalf2(rs1c)', 'lh', ['rdc', 'chalf2', 'rs1c']),
  compressed('c.sb', 0x8800, 'rs2c, cbyte2(rs1c)', 'sb', ['rs2c', 'cbyte2', 'rs1c']),
  compressed('c.sh', 0x8c00, 'rs2c, chalf2(rs1c)', 'sh', ['rs2c', 'chalf2', 'rs1c']),
  unary('c.zext.b', 0x9c61, 'andi', [255], []),
  unary('c.sext.b', 0x9c65, 'sext.b', [], ['Zbb']),
  unary('c.zext.h', 0x9c69, 'zext.h', [], ['Zbb']),
  unary('c.sext.h', 0x9c6d, 'sext.h', [], ['Zbb']),
  unary('c.zext.w', 0x9c71, 'add.uw', [0], ['Zba']),
  unary('c.not', 0x9c75, 'xori', [-1], []),
  compressed('c.mul', 0x9c41, 'rs1c, rs2c', 'mul', ['rs1c', 'rs1c', 'rs2c'], ['M|Zmmul']),
]);
