/** A hart that waits for a lock gives its turn up at `pause`, whether or not it knows the hint: a quantum doesn't make waiting longer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, TOOLS } from './bare-metal.js';
import { needs } from '../tools.js';

/** Hart 1 waits for the word that hart 0 stores a hundred instructions on. */
const program = `
  la s1, flag
  csrr t0, mhartid
  bnez t0, 2f
  li t1, 50
1:addi t1, t1, -1
  bnez t1, 1b
  li t1, 1
  sw t1, 0(s1)
3:wfi
  j 3b
2:.word 0x0100000f
  lw t0, 0(s1)
  beqz t0, 2b
  li t5, 0x100000
  li t6, 0x5555
  sw t6, 0(t5)
4:j 4b
  .align 3
flag: .word 0
`;

for (const isa of ['rv64gc', 'rv64gc_zihintpause'])
  test(`${isa}: what waits goes on when it may, not a quantum later`, needs(...TOOLS), async () => {
    const { machine } = await load(program, { quantum: 10_000, harts: [{ isa, count: 2 }] });
    assert.equal(machine.run(1_000_000).reason, 'power');
    const [first, second] = machine.harts.map(({ time }) => time);
    assert.ok(second! < 200, `${second} cycles, and ${first} of the other`);
  });
