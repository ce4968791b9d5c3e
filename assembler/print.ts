/** Operand values as assembly text, by the operand's class. */
import { csrNumbered } from '../isa/csrs.js';
import { fliText } from '../isa/fli.js';
import { fNames, vNames, xNames } from '../isa/registers.js';
import type { OperandKind } from '../isa/types.js';
import { roundingModes, vtypeText } from './words.js';

/** What text needs besides the value. */
export interface Surroundings {
  /** Address of the instruction. */
  readonly pc: bigint;
  /** Symbol at or before an address. */
  readonly symbols?: (address: bigint) => { name: string; offset: bigint } | undefined;
}

/** The text of an operand; empty for one that is left out (an absent mask, the default rounding mode); undefined when the value has no text. */
export function operandText(kind: OperandKind, value: number, { pc, symbols }: Surroundings): string | undefined {
  switch (kind.class) {
    case 'x':
      return xNames[value];
    case 'f':
      return fNames[value];
    case 'v':
      return vNames[value];
    case 'unit':
      return `${kind.file}${value}`;
    case 'mask':
      return value ? '' : 'v0.t';
    case 'signed':
    case 'unsigned':
      return String(value);
    case 'fli':
      return fliText(value);
    case 'upper':
      return `0x${value.toString(16)}`;
    case 'target': {
      const address = BigInt.asUintN(64, pc + BigInt(value));
      const near = symbols?.(address);
      const name = near && (near.offset ? `${near.name}+0x${near.offset.toString(16)}` : near.name);
      return `0x${address.toString(16)}${name ? ` <${name}>` : ''}`;
    }
    case 'csr':
      return csrNumbered(value)?.name ?? `0x${value.toString(16)}`;
    case 'rounding':
      return value === kind.absent ? '' : roundingModes[value];
    case 'fence':
      return fenceText(value);
    case 'vtype':
      return vtypeText(value) ?? String(value);
    case 'ordering':
      return ['', '.rl', '.aq', '.aqrl'][value];
  }
}

/** The letters of a fence set: i, o, r, w from bit 3 down. */
function fenceText(value: number): string {
  return [...'iorw'].filter((_, bit) => value & (8 >> bit)).join('') || '0';
}
