/** Hot code that goes back and forth between pages: it is translated together, and goes as the interpreter goes when one of the pages is another. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENTER } from '../../../emulator/engine/handlers.js';
import { hart as at, hartBlock, record, side, tlb } from '../../../emulator/layout.js';
import type { Machine } from '../../../emulator/machine.js';
import { needs } from '../../tools.js';
import { load, TOOLS } from '../bare-metal.js';
import { goAlike, S_MODE, type Story, tables } from './stories.js';

/** ROUNDS times round a loop that calls functions in two other pages; the loop's own code lies at a page's end, so that it goes on in the next one. */
const loop = (rounds: number, between = '') => `
  li s0, ${rounds}
  j again
  .balign 4096
low:
  addi a0, a0, 3
  xor a1, a1, a0
  ret
  .balign 4096
  .skip 4070
again:
  call low
  andi t1, s0, 63
  add a2, a2, t1
  call high
  addi a3, a3, 1
  ${between}
  addi s0, s0, -1
  bnez s0, again
  j done
  .balign 4096
high:
  .option push
  .option norvc
  sub a4, a4, a1
  .option pop
  slli t2, a4, 1
  beqz t1, 1f
  add a5, a5, t2
1:ret
done:
`;

/** Faults of S-mode are told in s10 and s11. */
const SUPERVISOR = `
  la t0, fault
  csrw mtvec, t0
  j 2f
  .balign 4
fault:
  csrr t0, mepc
  add s10, s10, t0
  addi s11, s11, 1
  csrw mepc, ra
  mret
2:${S_MODE}
`;

const stories: Readonly<Record<string, Story>> = {
  'a loop that calls functions in other pages, and lies in two itself': { source: loop(3000) },
  'two harts in the same code': {
    soc: { harts: [{ isa: 'rv64gc', count: 2 }], quantum: 37 },
    source: `${loop(700)}
  la s3, ready
  csrr t2, mhartid
  li t0, 1
  amoadd.w t1, t0, (s3)
2:bnez t2, 2b
3:lw t1, 0(s3)
  li t0, 2
  bne t1, t0, 3b
  j 4f
  .balign 8
ready: .dword 0
4:`,
  },
  'a function in another page changes, with fence.i and without': {
    source: `
  li s4, 40
round:
  ${loop(60)}
  la t3, high
  lw t4, 0(t3)
  li t5, 0x00178793 ^ 0x40b70733  # addi a5, a5, 1 for sub a4, a4, a1, and back
  xor t4, t4, t5
  sw t4, 0(t3)
  andi t5, s4, 1
  beqz t5, 2f
  fence.i
2:addi s4, s4, -1
  beqz s4, 3f
  la t0, round
  jr t0
3:`,
  },
  'the page of a function is another, none, and the first one again': {
    // s9: the address of the entry of 0x40001000.
    prepare: (machine) => tables(machine, 0x4000_1000n),
    source: `${SUPERVISOR}
  la t1, loops
  srli t1, t1, 2
  ori t1, t1, 0xcf
  sd t1, -8(s9)
  li s4, 60
  la s5, one
  la s6, two
1:mv t1, s5
  andi t0, s4, 1
  beqz t0, 2f
  mv t1, s6
2:srli t1, t1, 2
  ori t1, t1, 0xcf
  li t2, 7
  bne s4, t2, 3f
  li t1, 0
3:sd t1, (s9)
  sfence.vma
  li s2, 0x40000000
  jalr s2
  addi s4, s4, -1
  bnez s4, 1b
  j 5f
  .balign 4096
loops:
  mv s3, ra
  li s0, 50
6:li t0, 0x1000
  jal leaf
  addi s0, s0, -1
  bnez s0, 6b
  mv ra, s3
  ret
  .equ leaf, loops + 0x1000 + 16
  .balign 4096
one:
  .skip 16
  addi a0, a0, 1
  ret
  .balign 4096
two:
  .skip 16
  xori a0, a0, 5
  addi a1, a1, 3
  ret
  .balign 4096
5:`,
  },
};

goAlike(stories);

/** The region that the record of an instruction enters, by its number; undefined where none is entered. */
function regionAt(machine: Machine, pc: bigint): number | undefined {
  const view = new DataView(machine.memory.wasm.buffer);
  const entry = view.getUint32(hartBlock(0) + at.fetchTlb, true) + Number((pc >> 12n) & BigInt(tlb.entries - 1)) * 16;
  const address = view.getUint32(entry + 8, true) + Number(pc & 0xfffn) * (record.bytes / 2);
  if (view.getUint8(address + record.op) !== ENTER) return undefined;
  return view.getUint32(machine.memory.map.side + (address - machine.memory.map.decode) / 2 + side.region, true);
}

const forever = `${loop(-1)}end: j end`;

test('a hot loop and what it calls in other pages are one region', needs(...TOOLS), async () => {
  const { machine, label } = await load(forever, undefined, { engine: 'auto' });
  machine.run(30_000_000);
  const region = regionAt(machine, label('again'));
  assert.notEqual(region, undefined);
  assert.equal(regionAt(machine, label('low')), region);
  assert.equal(regionAt(machine, label('high')), region);
  // It is left at the ends of turns, and not at calls.
  const view = new DataView(machine.memory.wasm.buffer);
  const crossings = view.getUint32(hartBlock(0) + at.crossings, true);
  machine.run(100_000);
  assert.equal(view.getUint32(hartBlock(0) + at.crossings, true), crossings);
});

test('a breakpoint in another page of a region is hit each time round', needs(...TOOLS), async () => {
  const { machine, label } = await load(forever, undefined, { engine: 'translator' });
  const [hart] = machine.harts;
  machine.run(20_000);
  const before = hart!.x(13);
  assert.ok(before > 500n);
  const id = machine.breakpoints.add({ va: label('high') });
  for (let n = 1n; n < 20n; n++) {
    assert.equal(machine.run(1000).reason, 'breakpoint');
    assert.equal(hart!.pc, label('high'));
    const moved = hart!.x(13) - before;
    assert.ok(moved === n || moved === n - 1n, `${moved} rounds at stop ${n}`);
  }
  machine.breakpoints.remove(id);
  assert.equal(machine.run(1000).reason, 'budget');
});
