/** Configuration-setting instructions: vl and vtype. */
import { OP_V, row } from '../rows.js';
import type { Instruction } from '../types.js';
import { OPCFG } from './rows.js';

const configure = (name: string, fixed: number, syntax: string, doc: string): Instruction =>
  row(name, 4, (OP_V | (OPCFG << 12) | fixed) >>> 0, syntax, { kind: 'vector', vector: { shape: 'configure' } }, doc);

export const config: readonly Instruction[] = [
  configure('vsetvli', 0, 'rd, rs1, vtype11', 'Set vtype from an immediate, and vl: as many of rs1 elements as fit.'),
  configure('vsetivli', 0b11 << 30, 'rd, uimm5, vtype10', 'Set vtype from an immediate, and vl from a small number.'),
  configure('vsetvl', 0b1000000 << 25, 'rd, rs1, rs2', 'Set vtype from rs2, and vl: as many of rs1 elements as fit.'),
];
