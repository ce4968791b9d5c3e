/** Programs that go the same way on every engine, and what those of them have in common that turn address translation on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Machine } from '../../../emulator/machine.js';
import { needs } from '../../tools.js';
import { assemble, END, TOOLS } from '../bare-metal.js';
import { A, D, PageTables, R, W, X } from '../page-tables.js';
import { outcome } from './outcome.js';

export interface Story {
  readonly source: string;
  readonly soc?: object;
  readonly prepare?: (machine: Machine) => void;
}

export const RAM = 0x8000_0000n;
/** Where page tables lie. */
export const TABLES = 0x80f0_0000;
export const RIGHTS = R | W | X | A | D;

/** Page tables at this place: devices and RAM lie where they do without. */
export function identity(machine: Machine, at: number): PageTables {
  const made = new PageTables(machine, at);
  made.map(0n, 0, RIGHTS, 2);
  made.map(RAM, Number(RAM), RIGHTS, 2);
  return made;
}

/** Those of hart 0, for S_MODE; there is nothing at `window`, for which there is a page of entries. The address of its entry is then in s9. */
export function tables(machine: Machine, window: bigint): void {
  const made = identity(machine, TABLES);
  machine.harts[0]!.setX(9, made.satp);
  machine.harts[0]!.setX(25, BigInt(made.entryAt(window)));
}

/** Into S-mode, behind the page tables of s1. @param to label @param before what machine mode does last */
export const intoSupervisor = (to: string, before = '') => `
  li t0, -1
  csrw pmpaddr0, t0
  li t0, 0x1f
  csrw pmpcfg0, t0
  csrw satp, s1
  li t0, 0x1800
  csrc mstatus, t0
  li t0, 0x800
  csrs mstatus, t0
  la t0, ${to}
  csrw mepc, t0
  ${before}
  mret
`;

/** And on from here. */
export const S_MODE = `${intoSupervisor('1f')}1:`;

/** Each is a test. */
export function goAlike(stories: Readonly<Record<string, Story>>): void {
  for (const [name, { source, soc, prepare }] of Object.entries(stories))
    test(`on every engine: ${name}`, needs(...TOOLS), async () => {
      const elf = assemble(source + END);
      const expected = await outcome(elf, 'interpreter', 1e6, soc, prepare);
      for (const slice of [1e6, 997, 61])
        assert.deepEqual(await outcome(elf, 'translator', slice, soc, prepare), expected, `slices of ${slice}`);
      assert.deepEqual(await outcome(elf, 'auto', 1e6, soc, prepare), expected);
      assert.deepEqual(await outcome(elf, 'lockstep', 1e6, soc, prepare), expected);
    });
}
