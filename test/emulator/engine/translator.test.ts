/** Translated code does what the interpreter does, to the instruction: whole programs on each engine, cut into slices of odd sizes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENTER } from '../../../emulator/engine/handlers.js';
import { record } from '../../../emulator/layout.js';
import { needs } from '../../tools.js';
import { assemble, END, load, TOOLS } from '../bare-metal.js';
import { outcome } from './outcome.js';

/** The trap handler of these programs: notes where and when, steps over a synchronous one, and moves the timer on. */
const HANDLER = `
  j begin
  .balign 4
handler:
  csrw mscratch, t0
  csrr t0, mepc
  add s10, s10, t0
  csrr t0, minstret
  xor s10, s10, t0
  csrr t0, mcause
  bltz t0, 1f
  csrr t0, mepc
  addi t0, t0, 4
  csrw mepc, t0
  csrr t0, mscratch
  mret
1:csrw mie, x0
  csrr t0, mscratch
  mret
begin:
  la t0, handler
  csrw mtvec, t0
`;

const FP_ON = 'li t0, 0x6600\n csrs mstatus, t0\n';

const programs: Readonly<Record<string, { source: string; soc?: object }>> = {
  'nested loops, left and entered in the middle': {
    source: `
  li s0, 40
1:li s1, 30
2:li s2, 20
3:add a0, a0, s2
  xor a1, a1, a0
  addi s2, s2, -1
  bnez s2, 3b
  andi t0, s1, 3
  beqz t0, 4f
  slli a2, a1, 3
  add a0, a0, a2
4:addi s1, s1, -1
  bnez s1, 2b
  addi s0, s0, -1
  bnez s0, 1b`,
  },
  'registers written before a floating-point instruction writes the one below': {
    source: `
  ${FP_ON}
  li s0, 500
1:addi a2, a2, 3
  fcvt.d.l fa0, a2
  fcvt.w.d a1, fa0
  add a3, a3, a2
  addi a2, a2, -2
  feq.d a1, fa0, fa0
  add a3, a3, a1
  addi s0, s0, -1
  bnez s0, 1b`,
  },
  'a loop that is entered in its middle, and one that shares its tail': {
    source: `
  li s0, 3000
  j 2f
1:addi a0, a0, 7
  andi t0, a0, 1
  beqz t0, 3f
2:xor a0, a0, s0
  addi s0, s0, -1
  bgtz s0, 1b
  j 4f
3:add a1, a1, a0
  addi s0, s0, -1
  bgtz s0, 1b
4:`,
  },
  'a switch by a table of addresses': {
    source: `
  la s1, table
  li s0, 5000
1:andi t0, a0, 7
  slli t0, t0, 3
  add t0, t0, s1
  ld t0, 0(t0)
  jr t0
c0: addi a0, a0, 3
  j 2f
c1: slli a1, a0, 2
  addi a0, a0, 1
  j 2f
c2: xor a1, a1, a0
  addi a0, a0, 5
c3: addi a0, a0, 1
  j 2f
c4: sub a2, a1, a0
c5: addi a0, a0, 9
  j 2f
c6: mul a2, a2, a1
c7: addi a0, a0, 11
2:addi s0, s0, -1
  bnez s0, 1b
  j 3f
  .balign 8
table: .dword c0, c1, c2, c3, c4, c5, c6, c7
3:`,
  },
  'recursion, with return addresses on a stack': {
    source: `
  la sp, stack
  li a0, 15
  call fib
  mv s5, a0
  j over
fib:
  li t0, 2
  blt a0, t0, 1f
  addi sp, sp, -24
  sd ra, 0(sp)
  sd a0, 8(sp)
  addi a0, a0, -1
  call fib
  sd a0, 16(sp)
  ld a0, 8(sp)
  addi a0, a0, -2
  call fib
  ld t0, 16(sp)
  add a0, a0, t0
  ld ra, 0(sp)
  addi sp, sp, 24
1:ret
  .balign 16
  .skip 4096
stack:
over:`,
  },
  'code that changes itself, with fence.i and without': {
    source: `
  la s1, patch
  la s2, forms
  li s0, 400
1:
patch:
  .option push
  .option norvc
  addi a0, a0, 1
  .option pop
  add a1, a1, a0
  addi s0, s0, -1
  andi t0, s0, 31
  bnez t0, 2f
  andi t1, s0, 32
  srli t1, t1, 3
  add t1, t1, s2
  lw t1, 0(t1)
  sw t1, 0(s1)
  andi t1, s0, 64
  bnez t1, 2f
  fence.i
2:bnez s0, 1b
  j 3f
  .balign 4
  .option push
  .option norvc
forms:
  addi a0, a0, 16
  addi a0, a0, -3
  .option pop
3:`,
  },
  'faults in a hot loop: their place, their count, the registers': {
    source: `${HANDLER}
  li s0, 600
  li s1, 0x70000000
  la s2, data
1:addi a0, a0, 1
  andi t1, a0, 63
  bnez t1, 2f
  .option push
  .option norvc
  lw a1, 0(s1)
  sd a0, 0(s1)
  .word 0
  ecall
  .option pop
2:ld a3, 0(s2)
  add a3, a3, a0
  sd a3, 0(s2)
  addi s0, s0, -1
  bnez s0, 1b
  j 3f
  .balign 8
data: .dword 5
3:`,
  },
  'timer interrupts in a hot loop': {
    source: `${HANDLER}
  li s3, 0x2004000
  li s4, 0x200bff8
  li s0, 4000
  li s7, 0x80
1:andi t1, s0, 127
  bnez t1, 2f
  ld t1, 0(s4)
  addi t1, t1, 2
  sd t1, 0(s3)
  csrw mie, s7
  csrsi mstatus, 8
2:addi a0, a0, 3
  xor a1, a1, a0
  addi s0, s0, -1
  bnez s0, 1b`,
  },
  'floating point: results, flags, and the unit switched off': {
    source: `${HANDLER}${FP_ON}
  li t0, 3
  fcvt.d.l fa0, t0
  li t0, 10
  fcvt.d.l fa1, t0
  fcvt.s.l fa2, t0
  li s0, 300
  la s1, data
1:fdiv.d fa3, fa0, fa1
  fmadd.d fa4, fa3, fa1, fa4
  fadd.s fa2, fa2, fa2
  fsd fa4, 0(s1)
  fld fa5, 0(s1)
  feq.d t1, fa4, fa5
  add a0, a0, t1
  andi t2, s0, 63
  bnez t2, 2f
  li t2, 0x6000
  csrc mstatus, t2
  .option push
  .option norvc
  fsub.d fa5, fa4, fa0
  fld fa5, 0(s1)
  .option pop
  csrs mstatus, t2
2:addi s0, s0, -1
  bnez s0, 1b
  j 3f
  .balign 8
data: .dword 0
3:`,
  },
  'a vector loop, with faults in the middle of vectors': {
    soc: { harts: [{ isa: 'rv64gcv_zvl256b' }] },
    source: `${HANDLER}${FP_ON}
  la s1, data
  li s0, 200
  li s5, 0x70000000
1:vsetvli t1, s0, e32, m2, ta, ma
  vle32.v v8, (s1)
  vadd.vx v8, v8, s0
  vse32.v v8, (s1)
  vmv.x.s a1, v8
  add a0, a0, a1
  andi t2, s0, 15
  bnez t2, 2f
  vle32.v v12, (s5)
2:addi s0, s0, -1
  bnez s0, 1b
  j 3f
  .balign 8
data: .skip 512
3:`,
  },
  'two harts and a lock, by LR and SC and by AMO': {
    soc: { harts: [{ isa: 'rv64gc', count: 2 }], quantum: 37 },
    source: `
  la s1, lock
  la s2, count
  la s3, done
  li s0, 500
1:lr.d t0, (s1)
  bnez t0, 1b
  li t1, 1
  sc.d t2, t1, (s1)
  bnez t2, 1b
  ld t0, 0(s2)
  addi t0, t0, 1
  sd t0, 0(s2)
  amoswap.d.rl x0, x0, (s1)
  addi s0, s0, -1
  bnez s0, 1b
  li t0, 1
  amoadd.w t1, t0, (s3)
  csrr t2, mhartid
2:bnez t2, 2b
3:lw t1, 0(s3)
  li t0, 2
  bne t1, t0, 3b
  j 4f
  .balign 4096
lock: .dword 0
count: .dword 0
done: .dword 0
4:`,
  },
};

for (const [name, { source, soc }] of Object.entries(programs)) {
  test(`on every engine: ${name}`, needs(...TOOLS), async () => {
    const elf = assemble(source + END);
    const expected = await outcome(elf, 'interpreter', 1_000_000, soc);
    for (const slice of [1_000_000, 997, 61]) {
      assert.deepEqual(await outcome(elf, 'translator', slice, soc), expected, `slices of ${slice}`);
    }
    assert.deepEqual(await outcome(elf, 'auto', 1_000_000, soc), expected);
    assert.deepEqual(await outcome(elf, 'lockstep', 1_000_000, soc), expected);
  });
}

const COUNTING = `
  li s0, 1000000
1:addi a0, a0, 1
here:
  addi a1, a1, 2
  bnez s0, 1b
end: j end
`;

test(
  'a breakpoint is set in code that is translated already, hit each time round, and taken away',
  needs(...TOOLS),
  async () => {
    const { machine, label } = await load(COUNTING, undefined, { engine: 'translator' });
    const [hart] = machine.harts;
    machine.run(10_000);
    const before = hart!.x(10);
    assert.ok(before > 3000n);
    const id = machine.breakpoints.add({ va: label('here') });
    for (let n = 1n; n < 20n; n++) {
      assert.equal(machine.run(1000).reason, 'breakpoint');
      assert.equal(hart!.pc, label('here'));
      const moved = hart!.x(10) - before;
      assert.ok(moved === n || moved === n - 1n, `${moved} rounds at stop ${n}`);
    }
    machine.breakpoints.remove(id);
    assert.equal(machine.run(1000).reason, 'budget');
  },
);

test('single steps through translated code are single steps', needs(...TOOLS), async () => {
  const { machine, label } = await load(COUNTING, undefined, { engine: 'translator' });
  const [hart] = machine.harts;
  machine.run(10_000);
  for (let n = 0; n < 30; n++) {
    const [pc, time] = [hart!.pc, hart!.time];
    machine.stepHart(0);
    assert.equal(hart!.time, time + 1);
    const next = pc + 2n;
    assert.ok(hart!.pc === next || hart!.pc < pc, `from ${pc} to ${hart!.pc}`);
    assert.ok(hart!.pc < label('end'));
  }
});

test('each of several harts that take turns enters translated code', needs(...TOOLS), async () => {
  const HARTS = 4;
  const source = `
  li s0, 2000000
1:addi a0, a0, 3
  xor a1, a1, a0
  addi s0, s0, -1
  bnez s0, 1b
2:j 2b`;
  const { machine } = await load(source, { harts: [{ isa: 'rv64gc', count: HARTS }] }, { engine: 'auto' });
  machine.run(HARTS * 2_000_000);
  const { map, u8 } = machine.memory;
  const slots = (map.slotsPerHart + 1) * record.slot;
  for (let hart = 0; hart < HARTS; hart++) {
    let entries = 0;
    for (let at = map.decode + hart * slots; at < map.decode + (hart + 1) * slots; at += record.bytes)
      if (u8[at + record.op] === ENTER) entries++;
    assert.ok(entries > 0, `hart ${hart} runs in the interpreter alone`);
  }
});
