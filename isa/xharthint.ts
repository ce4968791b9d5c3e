/**
 * Xharthint: hints of a program about a class of instructions that only some harts have, HartHop's own extension. They are encoded as SLTI with rd = x0
 * (unprivileged specification, "RV32I", HINT instructions: designated for custom use), so that any hart executes them, as nothing; so does
 * one with the extension until machine mode turns them on for programs by mhint. Then they raise an exception, by which firmware or kernel hears of them.
 * The immediate is 2 * class + 1 or 2 * class + 2.
 */
import { extension, OP_IMM, row } from './rows.js';

const SLTI_X0 = OP_IMM | (0b010 << 12);
const ODD = 1 << 20;

export const Xharthint = extension('Xharthint', 'Hints about instructions that only some harts have (SLTI to x0).', [
  row(
    'hart.soon',
    4,
    SLTI_X0 | ODD,
    'soonClass',
    { kind: 'system', handler: 'hint' },
    'Hint: instructions of this class come soon.',
  ),
  row(
    'hart.done',
    4,
    SLTI_X0,
    'doneClass',
    { kind: 'system', handler: 'hint' },
    'Hint: no instructions of this class will come for a while.',
  ),
]);
