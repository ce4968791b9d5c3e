/** Zicsr: access to control and status registers. Zicntr has no instruction of its own: its counters are CSRs. */
import type { SystemHandler } from './vocabulary.js';
import { extension, row, SYSTEM } from './rows.js';

const csr = (name: SystemHandler, funct3: number, source: 'rs1' | 'zimm5', doc: string) =>
  row(name, 4, SYSTEM | (funct3 << 12), `rd, csr, ${source}`, { kind: 'system', handler: name }, doc);

export const Zicsr = extension('Zicsr', 'Control and status registers.', [
  csr('csrrw', 0b001, 'rs1', 'Write a CSR, giving its old value.'),
  csr('csrrs', 0b010, 'rs1', 'Set bits in a CSR, giving its old value.'),
  csr('csrrc', 0b011, 'rs1', 'Clear bits in a CSR, giving its old value.'),
  csr('csrrwi', 0b101, 'zimm5', 'Write an immediate to a CSR, giving its old value.'),
  csr('csrrsi', 0b110, 'zimm5', 'Set bits in a CSR by an immediate, giving its old value.'),
  csr('csrrci', 0b111, 'zimm5', 'Clear bits in a CSR by an immediate, giving its old value.'),
]);

export const Zicntr = extension('Zicntr', 'Counters of cycles, time and retired instructions.', []);
