import { lacking, spoken } from '../isa/requires.js';
import type { Code } from './instructions.js';
import type { TargetHart } from './target.js';

/** Why an instruction is sure to trap on a hart: it is made for that, or the hart lacks what it needs. Undefined: it may not. */
export function causesTrap(code: Code, hart: TargetHart): string | undefined {
  if (!code.row) return 'no instruction';
  const { name } = code.meant?.row ?? code.row;
  if (name === 'ecall') return 'a call';
  if (name === 'ebreak') return 'a breakpoint of its own';
  const needs = lacking(code.needs, (extension) => hart.isa.extensions.has(extension));
  return needs.length ? `hart ${hart.id} lacks ${needs.map(spoken).join(', ')}` : undefined;
}
