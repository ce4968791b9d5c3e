/**
 * Privileged programs made of steps, each with what it must give: run here, and on QEMU's virt machine where it has the extensions, so that
 * the expectations are themselves checked. Loads and stores for S and U are made by machine mode with MPRV.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadImage } from '../../emulator/boot.js';
import type { ElfFile } from '../../emulator/elf.js';
import type { EngineChoice } from '../../emulator/engine/choice.js';
import { Machine } from '../../emulator/machine.js';
import { csrNamed } from '../../isa/csrs.js';
import { needs, trixie } from '../tools.js';
import { assembleTo, soc, TOOLS } from './bare-metal.js';

export type Mode = 'U' | 'S' | 'M';
const MPP = { U: 0, S: 1, M: 3 } as const;

/** What a step gave: a value, or the cause of its exception (with the trap value, 0 for illegal instructions). */
export type Outcome = { readonly value: bigint } | { readonly cause: number; readonly tval: bigint };

export interface Step {
  readonly code: string;
  /** Absent: the step only prepares others. */
  readonly expect?: Outcome;
  /** Where QEMU is known to differ: what it gives. */
  readonly qemu?: Outcome;
}

export const value = (v: bigint | number): Outcome => ({ value: BigInt.asUintN(64, BigInt(v)) });
export const trap = (cause: number, tval: bigint | number = 0): Outcome => ({
  cause,
  tval: BigInt.asUintN(64, BigInt(tval)),
});
export const illegal = trap(2);

const li = (register: string, v: bigint | number) => `li ${register}, 0x${BigInt.asUintN(64, BigInt(v)).toString(16)}`;
export const csr = (name: string) => `0x${csrNamed(name)!.number.toString(16)}`;

// Steps. Code between them runs in machine mode; t0 to t6 and a0 are theirs.

/** Code without an outcome. */
export const run = (code: string): Step => ({ code });
/** A double-word of memory, as machine mode sees it. */
export const poke = (pa: number, v: bigint | number): Step => run(`${li('t0', pa)}; ${li('t1', v)}; sd t1, 0(t0)`);
export const write = (name: string, v: bigint | number): Step => run(`${li('t0', v)}; csrw ${csr(name)}, t0`);
export const fence = run('sfence.vma');

/** Code that leaves something in a0, by itself or by a trap. */
const watched = (before: string, code: string, after: string, expect: Outcome): Step => ({
  code: `${before}; li s2, -1; li a0, 0; ${code}; ${after}; sd s2, 0(s11); sd a0, 8(s11); addi s11, s11, 16`,
  expect,
});
/** Code of machine mode. */
export const gives = (code: string, expect: Outcome): Step => watched('', code, '', expect);
export const peek = (pa: number, expect: bigint | number): Step =>
  gives(`${li('t0', pa)}; ld a0, 0(t0)`, value(expect));
export const reads = (name: string, expect: bigint | number): Step => gives(`csrr a0, ${csr(name)}`, value(expect));
/** Written with one value, a register reads as another (or the same). */
export const keeps = (name: string, written: bigint | number, expect = written): Step =>
  gives(`${li('t0', written)}; csrw ${csr(name)}, t0; csrr a0, ${csr(name)}`, value(expect));

/** One memory access with a mode's translation and permissions, its address in t0. */
export function access(mode: Mode, va: bigint | number, code: string, expect: Outcome): Step {
  const before = `${li('t3', 0x1800)}; csrc mstatus, t3; ${li('t3', (MPP[mode] << 11) | 0x20000)}; csrs mstatus, t3`;
  return watched(`${li('t0', va)}; ${before}`, code, `${li('t3', 0x20000)}; csrc mstatus, t3`, expect);
}
export const loads = (mode: Mode, va: bigint | number, expect: Outcome) => access(mode, va, 'ld a0, 0(t0)', expect);
export const stores = (mode: Mode, va: bigint | number, expect: Outcome, v = 7) =>
  access(mode, va, `li t1, ${v}; sd t1, 0(t0)`, expect);

/** Code in another mode: it ends with an environment call. */
export function within(mode: Mode, code: string, expect: Outcome): Step {
  return watched(
    `${li('t3', 0x1800)}; csrc mstatus, t3; ${li('t3', MPP[mode] << 11)}; csrs mstatus, t3; la t3, 1f; csrw mepc, t3`,
    `mret; 1: ${code}; ecall`,
    '',
    expect,
  );
}
/** A jump to an address in a mode; what lies there should make an environment call. */
export const jumps = (mode: Mode, va: bigint | number, expect: Outcome): Step =>
  watched(
    `${li('t3', 0x1800)}; csrc mstatus, t3; ${li('t3', MPP[mode] << 11)}; csrs mstatus, t3; ${li('t3', va)}; csrw mepc, t3; la ra, 1f`,
    'li s6, 1; mret; 1:',
    '',
    expect,
  );

/** Where things lie: page tables, a page each, and data. Programs are below. */
export const TABLES = 0x8010_0000;
export const DATA = 0x8020_0000;
const KEPT = 0x8030_0000;

function program(steps: readonly Step[]): string {
  return `
    .option norvc
    li s11, 0x${KEPT.toString(16)}
    li t0, 0x2004000 # no timer of machine mode
    li t1, -1
    sd t1, 0(t0)
    la t0, handler
    csrw mtvec, t0
    li t0, -1
    csrw pmpaddr15, t0
    li t0, 0x1f
    slli t0, t0, 56
    csrw pmpcfg2, t0
    j steps
    .align 2
  handler:
    mv s9, s2
    csrr s2, mcause
    csrr a1, mtval
    csrr s3, mepc
    addi s3, s3, 4
    li s4, -8
    add s4, s4, s2
    li s5, 4
    bltu s4, s5, 3f # an environment call: the step ends in machine mode
    mv a0, a1
    li s4, 2
    bne s2, s4, 1f
    li a0, 0
  1:beqz s2, 2f # fetches go on at ra
    li s4, 1
    beq s2, s4, 2f
    li s4, 12
    bne s2, s4, 4f
  2:mv s3, ra
    j 5f
  3:mv s2, s9 # what happened before stays
  4:beqz s6, 5f # and so does what follows a jump
    mv s3, ra
  5:csrw mepc, s3
    li s6, 0
    li s4, 0x1800
    csrs mstatus, s4
    li s4, 0x20000
    csrc mstatus, s4
    mret
  steps:
    ${steps.map(({ code }) => code.replaceAll(/(^|; )(?=;|$)/g, '')).join('\n    ')}
    li s10, 0x${KEPT.toString(16)}
    li s8, 0x10000000
  1:beq s10, s11, 2f
    lbu t0, 0(s10)
    sb t0, 0(s8)
    addi s10, s10, 1
    j 1b
  2:li t0, 0x100000
    li t1, 0x5555
    sw t1, 0(t0)
  1:j 1b
  `;
}

function outcomes(bytes: Uint8Array): Outcome[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: Math.floor(bytes.length / 16) }, (_, n) => {
    const [cause, a0] = [view.getBigUint64(16 * n, true), view.getBigUint64(16 * n + 8, true)];
    return cause === (1n << 64n) - 1n ? { value: a0 } : { cause: Number(cause), tval: a0 };
  });
}

/** Run here, interpreted and translated, which must not differ. */
async function here(steps: readonly Step[], isa: string): Promise<Outcome[]> {
  const { elf } = assembled(steps);
  const seen = await runHere(elf, isa, 'interpreter');
  assert.deepEqual(await runHere(elf, isa, 'translator'), seen, 'translated code does what interpreted code does');
  return seen;
}

async function runHere(elf: ElfFile, isa: string, engine: EngineChoice): Promise<Outcome[]> {
  const machine = await Machine.create(soc({ harts: [{ isa }] }), { engine });
  const bytes: number[] = [];
  machine.events.on((event) => void (event.kind === 'console' && bytes.push(event.byte)));
  loadImage(machine.memory, elf, 'program');
  machine.reset({ pc: elf.entry });
  const stop = machine.run(5_000_000);
  assert.equal(stop.reason, 'power', `stopped by ${stop.reason} at 0x${machine.harts[0]!.pc.toString(16)}`);
  return outcomes(Uint8Array.from(bytes));
}

function assembled(steps: readonly Step[], use?: (path: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'harthop-'));
  try {
    const path = join(folder, 'program');
    const elf = assembleTo(program(steps), path);
    use?.(path);
    return { elf };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const QEMU = trixie('qemu-system-riscv64');

function onQemu(steps: readonly Step[], cpu: string): Outcome[] {
  let bytes = new Uint8Array();
  assembled(steps, (path) => {
    const flags = ['-M', 'virt', '-cpu', cpu, '-m', '16', '-display', 'none', '-monitor', 'none', '-nic', 'none'];
    execFileSync(QEMU, [...flags, '-serial', `file:${path}.out`, '-bios', path], { timeout: 20_000, stdio: 'pipe' });
    bytes = new Uint8Array(readFileSync(`${path}.out`));
  });
  return outcomes(bytes);
}

const text = (o: Outcome | undefined) =>
  !o ? 'nothing' : 'value' in o ? `0x${o.value.toString(16)}` : `trap ${o.cause}, 0x${o.tval.toString(16)}`;

/** Every step gave what it must: else those that did not are told. */
function check(steps: readonly Step[], seen: readonly Outcome[], expected: (step: Step) => Outcome | undefined): void {
  const watched_ = steps.filter(({ expect }) => expect);
  const wrong = watched_.flatMap((step, n) => {
    const [got, wanted] = [text(seen[n]), text(expected(step))];
    return got === wanted ? [] : [`step ${n}: ${step.code} gave ${got}, not ${wanted}`];
  });
  assert.ok(wrong.length === 0, wrong.join('\n'));
  assert.equal(seen.length, watched_.length);
}

/** The test that these steps give here what they give on QEMU, whatever that is. Expectations only mark the steps that give something. */
export function agree(story: string, isa: string, cpu: string, steps: readonly Step[]): void {
  test(story, needs(...TOOLS, QEMU), async () => {
    const theirs = onQemu(steps, cpu);
    let n = 0;
    check(steps, await here(steps, isa), () => theirs[n++]);
    assert.ok(theirs.length > 0);
  });
}

/**
 * The tests that these steps give what they must, here and on QEMU.
 * @param cpu QEMU's options for a CPU like it; undefined: QEMU does not have these extensions
 */
export function prove(story: string, isa: string, cpu: string | undefined, steps: readonly Step[]): void {
  test(story, needs(...TOOLS), async () => {
    check(steps, await here(steps, isa), ({ expect }) => expect);
  });
  if (cpu === undefined) return;
  test(`${story}, on QEMU`, needs(...TOOLS, QEMU), () => {
    check(steps, onQemu(steps, cpu), ({ expect, qemu }) => qemu ?? expect);
  });
}
