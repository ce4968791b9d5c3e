/** Decoded code: pages, their ends, their number, and code that changes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../../tools.js';
import { load, run, TOOLS } from '../bare-metal.js';

/** A loop whose 4-byte addi begins in the last half-word of a page. */
const ACROSS = `
  li a0, 0
  li a1, 10
  j across
  .balign 4096
  .skip 4092
across:
  c.nop
middle:
  .option push
  .option norvc
  addi a0, a0, 5
  .option pop
  addi a1, a1, -1
  bnez a1, across
`;

test('an instruction that lies across two pages is executed, in a loop and as a target', needs(...TOOLS), async () => {
  const { machine, label } = await run(ACROSS);
  assert.equal(label('middle') & 0xfffn, 0xffen);
  assert.equal(machine.harts[0]!.x(10), 50n);
  const direct = await run(`${ACROSS.replace('j across', 'la t0, middle\n jr t0')}`);
  assert.equal(direct.machine.harts[0]!.x(10), 50n);
});

test('a breakpoint on an instruction across two pages stops before it, each time', needs(...TOOLS), async () => {
  const { machine, label } = await load(`${ACROSS}end: j end`);
  machine.breakpoints.add({ va: label('middle') });
  for (let n = 0; n < 10; n++) {
    assert.equal(machine.run(1000).reason, 'breakpoint');
    assert.equal(machine.harts[0]!.pc, label('middle'));
    assert.equal(machine.harts[0]!.x(10), BigInt(5 * n));
  }
  assert.equal(machine.run(1000).reason, 'budget');
  assert.equal(machine.harts[0]!.x(10), 50n);
});

test('one step over an instruction across two pages', needs(...TOOLS), async () => {
  const { machine, label } = await load(`${ACROSS}end: j end`);
  const id = machine.breakpoints.add({ va: label('middle') });
  machine.run(1000);
  machine.breakpoints.remove(id);
  machine.stepHart(0);
  assert.equal(machine.harts[0]!.pc, label('middle') + 4n);
  assert.equal(machine.harts[0]!.x(10), 5n);
});

test('the second half of an instruction faults where it lies: stval is its address', needs(...TOOLS), async () => {
  // One gigapage maps RAM but for a 4 KiB hole behind the page that the instruction begins in.
  const { word, label } = await run(`
  la t0, caught
  csrw mtvec, t0
  li t0, -1
  csrw pmpaddr0, t0
  li t0, 0x1f
  csrw pmpcfg0, t0
  # root -> middle -> leaf; entry = physical page << 10 | flags
  la t0, middle_table
  srli t0, t0, 2
  ori t0, t0, 1
  la t1, root
  sd t0, 16(t1)
  la t0, leaf_table
  srli t0, t0, 2
  ori t0, t0, 1
  la t1, middle_table
  sd t0, 0(t1)
  la t1, leaf_table
  li t2, 0x80000000 >> 2 | 0xcf
  li t3, 64
1:sd t2, 0(t1)
  addi t1, t1, 8
  addi t2, t2, 0x400
  addi t3, t3, -1
  bnez t3, 1b
  # the hole
  la t0, hole
  li t1, 0x80000000
  sub t0, t0, t1
  srli t0, t0, 12 - 3
  la t1, leaf_table
  add t0, t0, t1
  sd zero, 0(t0)
  la t0, root
  srli t0, t0, 12
  li t1, 8 << 60
  or t0, t0, t1
  csrw satp, t0
  li t0, 1 << 11
  csrc mstatus, t0
  slli t0, t0, 1
  csrc mstatus, t0
  li t0, 1 << 11
  csrs mstatus, t0
  la t0, begins
  csrw mepc, t0
  mret
  .balign 4
caught:
  la t0, seen
  csrr t1, mcause
  sd t1, 0(t0)
  csrr t1, mtval
  sd t1, 8(t0)
  csrr t1, mepc
  sd t1, 16(t0)
  j done
  .balign 4096
root: .skip 4096
middle_table: .skip 4096
leaf_table: .skip 4096
  .skip 4094
begins:
  .option push
  .option norvc
  addi a0, a0, 1
  .option pop
  hole = begins + 2
  .skip 4096
seen: .dword 0, 0, 0
done:
`);
  assert.equal(word('seen'), 12n, 'instruction page fault');
  assert.equal(word('seen', 1), label('begins') + 2n);
  assert.equal(word('seen', 2), label('begins'));
});

test('more code pages than the hart keeps decoded', needs(...TOOLS), async () => {
  const pages = 700;
  const { machine } = await run(`
  li a0, 0
  li a1, 3
again:
  la t0, first
  jr t0
  .balign 4096
first:
  .rept ${pages}
  addi a0, a0, 1
  la t0, 1f
  jr t0
  .balign 4096
1:
  .endr
  addi a1, a1, -1
  la t0, again
  bnez a1, over
  j out
over: jr t0
out:
`);
  assert.equal(machine.harts[0]!.x(10), BigInt(3 * pages));
});

test('changed code is executed as it was until fence.i, then as it is', needs(...TOOLS), async () => {
  const { machine } = await run(`
  la t0, patched
  lw t1, other
  call f
  mv s0, a0
  sw t1, 0(t0)
  fence.i
  call f
  mv s1, a0
  j out
  .balign 4
  .option norvc
other: addi a0, zero, 2
f:
patched: addi a0, zero, 1
  ret
out:
`);
  assert.equal(machine.harts[0]!.x(8), 1n);
  assert.equal(machine.harts[0]!.x(9), 2n);
});
