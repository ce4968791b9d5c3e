/**
 * Hot blocks of a page, and of pages that control goes to from there, as one WebAssembly function, from the same rows that the interpreter is made of:
 * registers in locals, immediates and addresses known. It holds fast paths only. Whatever needs the host (a TLB miss, a device, a trap, the end of a turn)
 * it leaves to the interpreter, with exactly the state before that instruction.
 *
 *   region(hart block, first record of the page, entry) → Left
 */

import { hart as at } from '../../layout.js';
import { Code } from '../../wasm/code.js';
import { Module } from '../../wasm/module.js';
import { get } from '../../wasm/value.js';
import type { Block } from './code.js';
import { Control } from './control.js';
import { isInline } from './inline.js';
import { choose, type Conditions, Instructions } from './instructions.js';
import { Loops } from './loops.js';

export interface Region {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Offsets where the region may be entered, by entry number. */
  readonly entries: readonly number[];
  /** Offsets of the instructions that it holds. */
  readonly holds: readonly number[];
  /** Rows whose functions outside the loop it calls, by table index: imports `f<index>`. */
  readonly calls: readonly number[];
  /** Offsets of the instructions that read their records: these must be decoded before the region is entered. */
  readonly records: readonly number[];
}

/**
 * Translate, piece by piece.
 * @param page virtual address that offsets count from
 * @param self the region's place in the function table
 */
export function* region(
  blocks: readonly Block[],
  page: bigint,
  self: number,
  conditions: Conditions,
): Generator<undefined, Region> {
  const m = new Module();
  const c = new Code(['i32', 'i32', 'i32'], ['i32']);
  const [hart, slot] = [get(0, 'i32'), get(1, 'i32')];
  const loops = new Loops(blocks);
  yield;
  const chosen = yield* choose(loops.blocks, conditions);
  const control = new Control(c, hart, slot, loops, page, self, (block) => instructions.block(block));
  const instructions = new Instructions(c, hart, m, control, loops, page, conditions, chosen);
  yield;
  const answer = yield* control.emit(instructions.ready);
  instructions.registers.spillAll(new Set());
  c.store('i64', hart, get(control.pc, 'i64'), at.pc);
  c.store('i32', hart, get(control.left, 'i32'), at.left);
  answer.emit(c);
  const run = m.declare('region', ['i32', 'i32', 'i32'], ['i32']);
  m.define(run, c);
  m.export('region', run);
  yield;
  const steps = blocks.flatMap((block) => block.steps);
  return {
    bytes: m.encode(),
    entries: control.entries,
    holds: steps.map((step) => step.at),
    calls: [...instructions.calls.keys()],
    records: steps.filter(({ row }) => !isInline(row)).map((step) => step.at),
  };
}
