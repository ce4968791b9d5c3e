/** THE table: every extension, in the order of the specification. An extension is added here and nowhere else. */
import type { Extension, Instruction } from './types.js';
import { A } from './a.js';
import { C } from './c.js';
import { D } from './d.js';
import { F } from './f.js';
import { I } from './i.js';
import { M } from './m.js';
import { Privileged } from './privileged.js';
import { Svinval } from './svinval.js';
import { V } from './vector/v.js';
import { Zicntr, Zicsr } from './zicsr.js';
import { Zifencei } from './zifencei.js';

export const extensions: readonly Extension[] = [I, M, A, F, D, Zicsr, Zicntr, Zifencei, C, V, Privileged, Svinval];

export const instructions: readonly Instruction[] = extensions.flatMap((e) => e.rows);

const byName = new Map(instructions.map((row) => [row.name, row]));

/** The row of a mnemonic (without ordering suffix), or undefined. */
export function instructionNamed(name: string): Instruction | undefined {
  return byName.get(name);
}
