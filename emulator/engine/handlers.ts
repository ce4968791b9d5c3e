/** Which handler serves which row: the numbering that decoder and interpreter share. Derived from the table. */

import { mentions } from '../../isa/requires.js';
import { instructions } from '../../isa/table.js';
import type { Instruction } from '../../isa/types.js';
import type { SystemHandler } from '../../isa/vocabulary.js';

/** Handlers that are not rows. A record of zeros is undecoded. */
export const UNDECODED = 0;
/** Behind the last record of a page, and behind an instruction that was executed aside: go to the pc that the record stands for. */
export const CONTINUE = 1;
/** Ask the host for another place to execute this instruction: it has a breakpoint or continues on the next page. */
export const ASIDE = 2;
/** A function outside the loop, by its table index. */
export const OUTLINED = 3;
/** Translated code begins here. */
export const ENTER = 4;
const FIRST_ROW = 5;

/**
 * Rows whose handlers lie in the loop: the integer instructions that most code consists of, and loads and stores. The loop is one function and is kept small
 * (docs/performance.md); everything else is one call away.
 */
const inLoop = (row: Instruction) =>
  ['plain', 'branch', 'jump'].includes(row.semantics.kind) &&
  (row.requires.every((e) => ['I', 'M', 'M|Zmmul'].includes(e)) || isFloatAccess(row));

/** Loads and stores of f registers: in code that computes with them nearly every other instruction. */
export const isFloatAccess = (row: Instruction) =>
  row.semantics.kind === 'plain' && row.requires.some((e) => e === 'F' || e === 'D') && row.syntax.includes('(rs1)');

/** Can its target lie in the same page? */
const jumpsByOffset = ({ semantics: s }: Instruction) => s.kind === 'branch' || (s.kind === 'jump' && s.to === 'pc');

/** The rows that these compressed forms stand for. */
const expansions = (rows: readonly Instruction[]) =>
  new Set(rows.flatMap(({ semantics: s }) => (s.kind === 'expand' ? [s.to] : [])));
/** The compressed forms of C. The loop has no room for more: what other ones stand for is a function when it is short. */
const isOfC = (row: Instruction) => mentions(row.requires, 'Zca') || mentions(row.requires, 'Zcd');
const compressed = expansions(instructions.filter(isOfC));
const rarelyCompressed = expansions(instructions.filter((row) => !isOfC(row)));

/**
 * A handler of the loop: a row, of one length, for a target in the same page or anywhere. The length is known to the handler because where
 * the next record lies must not wait for a load: reading it from the record cost a quarter of the interpreter's speed.
 */
export interface Variant {
  readonly row: Instruction;
  readonly length: 2 | 4;
  readonly near: boolean;
}

export const variants: readonly Variant[] = instructions
  .filter(inLoop)
  .flatMap((row) =>
    (compressed.has(row.name) ? ([4, 2] as const) : ([4] as const)).flatMap((length) =>
      (jumpsByOffset(row) ? [false, true] : [false]).map((near) => ({ row, length, near })),
    ),
  );

/** Handlers' numbers by row, for each length and nearness. */
const numbers = new Map<Instruction, number[]>();
const place = (length: 2 | 4, near: boolean) => length + (near ? 1 : 0);
variants.forEach(({ row, length, near }, k) => {
  const own = numbers.get(row) ?? [];
  own[place(length, near)] = FIRST_ROW + k;
  numbers.set(row, own);
});

/** The loop's handler of a row, if it has one; `near` asks for the variant whose target lies in the same page. */
export const handlerOf = (row: Instruction, length: 2 | 4, near = false): number | undefined =>
  numbers.get(row)?.[place(length, near)];

/**
 * Pairs that compiled code is full of: the first one's handler goes on with the second, whose record follows, without the way
 * through the table. Chosen by counting a mix of compiled loops; a pair that is not here costs nothing but that way.
 */
const PAIRS: Readonly<Record<string, string>> = {
  addi: 'add addi beq blt bltu bne',
  addiw: 'bltu bne',
  add: 'add addi bne lbu ld lw',
  slli: 'add',
  andi: 'slli',
  xor: 'bne',
  lbu: 'bne',
  lw: 'addi',
  ld: 'addi ld mul',
  sb: 'addi',
  auipc: 'addi',
  mul: 'add',
};

/** A handler that executes two instructions: the first has this length, the second may have any. */
export interface Pair {
  readonly first: Instruction;
  readonly length: 2 | 4;
  readonly second: Instruction;
}

const named = (name: string) => variants.find(({ row }) => row.name === name)!.row;
export const pairs: readonly Pair[] = Object.entries(PAIRS).flatMap(([first, seconds]) =>
  variants
    .filter(({ row }) => row.name === first)
    .flatMap(({ row, length }) => seconds.split(' ').map((second) => ({ first: row, length, second: named(second) }))),
);
/** Their numbers by the first one's handler and the second row. */
const pairNumbers = new Map<number, Map<Instruction, number>>();
pairs.forEach(({ first, length, second }, k) => {
  const handler = handlerOf(first, length)!;
  const own = pairNumbers.get(handler) ?? new Map<Instruction, number>();
  pairNumbers.set(handler, own.set(second, FIRST_ROW + variants.length + k));
});

/**
 * The handler that executes a row and the one behind it, if there is one.
 * @param near the second one's target lies in the same page: a branch must
 */
export const pairHandler = (
  first: Instruction,
  length: 2 | 4,
  second: Instruction,
  near: boolean,
): number | undefined =>
  near === jumpsByOffset(second) ? pairNumbers.get(handlerOf(first, length) ?? -1)?.get(second) : undefined;

/** Rows that are functions of their own, called through the table. */
export const outlinedRows: readonly Instruction[] = instructions.filter(
  (row) =>
    row.semantics.kind === 'plain' && (!inLoop(row) || (rarelyCompressed.has(row.name) && !compressed.has(row.name))),
);
export const vectorRows: readonly Instruction[] = instructions.filter((row) => row.semantics.kind === 'vector');

/** The names of cold handlers by number; 0 is every word that is no instruction of the hart. */
export const systemHandlers: readonly ('illegal' | SystemHandler)[] = [
  'illegal',
  'jump',
  'target',
  ...new Set(instructions.flatMap((row) => (row.semantics.kind === 'system' ? [row.semantics.handler] : []))),
];
/**
 * The functions at the head of the table: the one that calls the host's `system`, and those that try without it (trap-paths.ts). Behind them the rows outside
 * the loop, then vector rows.
 */
export const headFunctions = [
  'system',
  'heldCsr',
  'epcCsr',
  'statusCsr',
  'ecall',
  'sret',
  'mret',
  'sfence.vma',
] as const;
export type HeadFunction = (typeof headFunctions)[number];

/** Table index of a function at the head. */
export const headIndex = (name: HeadFunction): number => headFunctions.indexOf(name);

const tableIndices = new Map([...outlinedRows, ...vectorRows].map((row, k) => [row, headFunctions.length + k]));

/** Table index of a row outside the loop. */
export const tableIndex = (row: Instruction): number => tableIndices.get(row)!;
