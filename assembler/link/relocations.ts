/** Relocation types of objects (psABI, "Relocations"): what each writes, in the terms that sources' own fixups have. */
import { operands } from '../../isa/operands.js';
import type { OperandKind } from '../../isa/types.js';
import type { DataField, DataRelocation, Fixup, Relocation } from '../fixup.js';

interface Part {
  /** Bytes after the relocation's place. */
  readonly at: number;
  readonly into: Fixup['into'];
  /** It is the lower half of the part before it, of the same address. */
  readonly completes?: true;
}

export interface RelocationType {
  readonly name: string;
  /** None: nothing is written. */
  readonly parts: readonly Part[];
}

/** The type that `.align` leaves: so many bytes of nops, of which some may have to go. */
export const R_ALIGN = 43;
/** An address that a function of the program chooses when it starts; the only relocation that is left to run time. */
export const R_IRELATIVE = 58;

const operand = (operand: OperandKind, how: Relocation, length: 2 | 4 = 4, at = 0): Part => ({
  at,
  into: { operand, how, length },
});
const data = (bytes: number, how: DataRelocation, field?: DataField): Part => ({
  at: 0,
  into: field ? { data: bytes, how, field } : { data: bytes, how },
});

const { upper20, imm12, store12, branch13, jump21, cbranch9, cjump12, cupper6 } = operands;
const call: readonly Part[] = [operand(upper20, 'pcrel_hi'), { ...operand(imm12, 'pcrel_lo', 4, 4), completes: true }];

const list: readonly (readonly [number, string, ...Part[]])[] = [
  [0, 'NONE'],
  [1, '32', data(4, 'value')],
  [2, '64', data(8, 'value')],
  [8, 'TLS_DTPREL32', data(4, 'dtprel')],
  [9, 'TLS_DTPREL64', data(8, 'dtprel')],
  [10, 'TLS_TPREL32', data(4, 'tprel')],
  [11, 'TLS_TPREL64', data(8, 'tprel')],
  [16, 'BRANCH', operand(branch13, 'target')],
  [17, 'JAL', operand(jump21, 'target')],
  [18, 'CALL', ...call],
  [19, 'CALL_PLT', ...call],
  [20, 'GOT_HI20', operand(upper20, 'got_pcrel_hi')],
  [21, 'TLS_GOT_HI20', operand(upper20, 'tls_ie_pcrel_hi')],
  [22, 'TLS_GD_HI20', operand(upper20, 'tls_gd_pcrel_hi')],
  [23, 'PCREL_HI20', operand(upper20, 'pcrel_hi')],
  [24, 'PCREL_LO12_I', operand(imm12, 'pcrel_lo')],
  [25, 'PCREL_LO12_S', operand(store12, 'pcrel_lo')],
  [26, 'HI20', operand(upper20, 'hi')],
  [27, 'LO12_I', operand(imm12, 'lo')],
  [28, 'LO12_S', operand(store12, 'lo')],
  [29, 'TPREL_HI20', operand(upper20, 'tprel_hi')],
  [30, 'TPREL_LO12_I', operand(imm12, 'tprel_lo')],
  [31, 'TPREL_LO12_S', operand(store12, 'tprel_lo')],
  // It marks an addition that a linker may leave out.
  [32, 'TPREL_ADD'],
  [33, 'ADD8', data(1, 'add')],
  [34, 'ADD16', data(2, 'add')],
  [35, 'ADD32', data(4, 'add')],
  [36, 'ADD64', data(8, 'add')],
  [37, 'SUB8', data(1, 'subtract')],
  [38, 'SUB16', data(2, 'subtract')],
  [39, 'SUB32', data(4, 'subtract')],
  [40, 'SUB64', data(8, 'subtract')],
  [41, 'GOT32_PCREL', data(4, 'got_relative')],
  // The bytes to align by become part of the layout when the object is read.
  [R_ALIGN, 'ALIGN'],
  [44, 'RVC_BRANCH', operand(cbranch9, 'target', 2)],
  [45, 'RVC_JUMP', operand(cjump12, 'target', 2)],
  [46, 'RVC_LUI', operand(cupper6, 'hi', 2)],
  // It marks instructions that a linker may shorten.
  [51, 'RELAX'],
  [52, 'SUB6', data(1, 'subtract', 'six')],
  [53, 'SET6', data(1, 'set', 'six')],
  [54, 'SET8', data(1, 'set')],
  [55, 'SET16', data(2, 'set')],
  [56, 'SET32', data(4, 'set')],
  [57, '32_PCREL', data(4, 'relative')],
  [59, 'PLT32', data(4, 'relative')],
  [60, 'SET_ULEB128', data(1, 'set', 'uleb')],
  [61, 'SUB_ULEB128', data(1, 'subtract', 'uleb')],
];

const types: ReadonlyMap<number, RelocationType> = new Map(
  list.map(([number, name, ...parts]) => [number, { name: `R_RISCV_${name}`, parts }]),
);

/** What stands in dynamically linked files, or is too new. */
const refused: Readonly<Record<number, string>> = {
  3: 'R_RISCV_RELATIVE',
  4: 'R_RISCV_COPY',
  5: 'R_RISCV_JUMP_SLOT',
  12: 'R_RISCV_TLSDESC',
  62: 'R_RISCV_TLSDESC_HI20',
  63: 'R_RISCV_TLSDESC_LOAD_LO12',
  64: 'R_RISCV_TLSDESC_ADD_LO12',
  65: 'R_RISCV_TLSDESC_CALL',
  191: 'R_RISCV_VENDOR',
};

export const relocationType = (number: number): RelocationType | undefined => types.get(number);

/** What to say of a type that can't be linked. */
export function refusal(number: number): string {
  const name = refused[number] ?? `relocation type ${number}`;
  if (number >= 62 && number <= 65)
    return `${name} can't be linked here: TLS descriptors are for dynamic linking; compile without -mtls-dialect=desc`;
  return `${name} can't be linked here: it is none that static code has`;
}
