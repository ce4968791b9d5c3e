/** Interrupts between any two instructions of hot code: what the handler sees, and what becomes of the loop, is the interpreter's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../../tools.js';
import { assemble, END, load, TOOLS } from '../bare-metal.js';
import { outcome } from './outcome.js';

/** A tick of the timer is an instruction. */
const SOC = { harts: [{ isa: 'rv64gcv_zvl128b' }], clock: 1_000_000, timebase: 1_000_000, quantum: 1_000_000 };

/** Of the timer: how far the next one is follows a generator of numbers whose seed is in s11. It mixes all that it sees into s10. */
const HANDLER = `
  li t0, 0x6600
  csrs mstatus, t0
  la t0, handler
  csrw mtvec, t0
  la t0, area
  csrw mscratch, t0
  li t0, 0x80
  csrw mie, t0
  li t0, 0x2004000
  sd zero, (t0)
  csrsi mstatus, 8
  j begin
  .balign 4
handler:
  csrrw sp, mscratch, sp
  sd t0, (sp)
  sd t1, 8(sp)
  csrr t0, mepc
  xor s10, s10, t0
  csrr t0, minstret
  add s10, s10, t0
  csrr t0, fcsr
  add s10, s10, t0
  csrr t0, vstart
  add s10, s10, t0
  csrr t0, vl
  xor s10, s10, t0
  xor s10, s10, a0
  add s10, s10, a1
  xor s10, s10, a2
  fmv.x.d t0, fa0
  add s10, s10, t0
  slli t0, s10, 1
  srli s10, s10, 63
  or s10, s10, t0
  li t0, 0x5851f42d4c957f2d
  mul s11, s11, t0
  addi s11, s11, 1
  srli t1, s11, 57
  li t0, 0x200bff8
  ld t0, (t0)
  add t1, t1, t0
  li t0, 0x2004000
  sd t1, (t0)
  ld t1, 8(sp)
  ld t0, (sp)
  csrrw sp, mscratch, sp
  mret
  .balign 16
area: .skip 16
begin:
`;

/** A loop of every kind of code: compressed and not, memory, branches, calls, a table, multiplication, floating point, vectors. */
const LOOP = `
  la s1, data
  la s2, cases
  la sp, stack
  li s0, 4000
  fcvt.d.l fa1, s0
first:
  addi a0, a0, 3
  xor a1, a1, a0
  ld a2, 8(s1)
  add a2, a2, a1
  sd a2, 8(s1)
  mul a3, a2, a0
  mulhu a4, a3, a2
  andi t0, a1, 3
  beqz t0, 1f
  addi a2, a2, 1
  sw a2, 20(s1)
1:slli t0, t0, 3
  add t0, t0, s2
  ld t0, (t0)
  jalr t0
  fcvt.d.l fa0, a0
  fdiv.d fa0, fa0, fa1
  fmadd.d fa2, fa0, fa1, fa2
  fsd fa2, 24(s1)
  amoadd.d t1, a0, (s1)
  vsetivli t1, 4, e32, m1, ta, ma
  vle32.v v8, (s1)
  vadd.vx v8, v8, s0
  vse32.v v8, (s1)
  csrr t1, fflags
  addi s0, s0, -1
  bnez s0, first
last:
  csrci mstatus, 8
  j over
c0: addi a5, a5, 1
  ret
c1: sub a5, a5, a0
c2: addi sp, sp, -16
  sd ra, (sp)
  call c0
  ld ra, (sp)
  addi sp, sp, 16
c3: ret
  .balign 8
cases: .dword c0, c1, c2, c3
  .balign 16
data: .skip 64
  .skip 256
stack:
over:
`;

const elf = () => assemble(HANDLER + LOOP + END);

for (const seed of [1n, 2n, 3n])
  test(
    `on every engine: the timer's interrupts at random instructions of a loop, seed ${seed}`,
    needs(...TOOLS),
    async () => {
      const run = (engine: 'interpreter' | 'translator' | 'lockstep', slice: number) =>
        outcome(elf(), engine, slice, SOC, ({ harts }) => harts[0]!.setX(27, seed));
      const expected = await run('interpreter', 1e6);
      assert.ok(expected.traps.length > 2000);
      assert.deepEqual(await run('translator', 1e6), expected);
      assert.deepEqual(await run('translator', 331), expected);
      assert.deepEqual(await run('lockstep', 1e6), expected);
    },
  );

test('every instruction of that loop is interrupted', needs(...TOOLS), async () => {
  const file = elf();
  const { machine, label } = await load(file, SOC, { engine: 'translator' });
  machine.harts[0]!.setX(27, 1n);
  const interrupted = new Set<bigint>();
  machine.events.on((event) => {
    if (event.kind === 'trap') interrupted.add(event.pc);
  });
  const executed = new Set<bigint>();
  const { machine: stepped } = await load(file, SOC, { engine: 'interpreter' });
  stepped.harts[0]!.setX(27, 1n);
  for (let n = 0; n < 5000; n++) {
    executed.add(stepped.harts[0]!.pc);
    stepped.stepHart(0);
  }
  while (machine.run(1e6).reason === 'budget');
  const inLoop = [...executed].filter((pc) => pc >= label('first') && pc < label('data'));
  assert.ok(inLoop.length > 35);
  assert.deepEqual(
    inLoop.filter((pc) => !interrupted.has(pc)),
    [],
  );
});
