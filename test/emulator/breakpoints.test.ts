/** Breakpoints that come and go while a loop is hot: each is hit whenever the loop gets there, on every engine, and nothing else of the run changes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateFingerprint } from '../../emulator/history/fingerprint.js';
import { Random } from '../fuzz/random.js';
import { needs } from '../tools.js';
import { END, load, TOOLS } from './bare-metal.js';
import { intoSupervisor } from './engine/stories.js';
import { A, D, PageTables, R, W, X } from './page-tables.js';

/** Pairs that the interpreter executes together, calls, compressed and long instructions, a page border. */
const PROGRAM = `
  la s0, data; li s1, 60; li a0, 0
again:
  slli t0, s1, 3
  add t0, t0, s0
  ld t1, (t0)
  addi t1, t1, 1
  ld t2, 8(t0)
  mul t2, t2, t1
  sd t2, (t0)
  call far
  andi t3, s1, 3
  slli t3, t3, 1
  bnez t3, 1f
  xor a0, a0, t2
1:
  auipc t4, 0
  addi t4, t4, 0
  addi s1, s1, -1
  bnez s1, again
  ${END}
  .balign 4096
  .zero 4090
far:
  c.addi a0, 1
  .option norvc
  addi a0, a0, 2
  addi a0, a0, 3
  .option rvc
  ret
  .balign 8
data: .zero 1024`;

async function trace(): Promise<bigint[]> {
  const { machine } = await load(PROGRAM, {}, { engine: 'interpreter' });
  const pcs: bigint[] = [];
  for (;;) {
    pcs.push(machine.harts[0]!.pc);
    if (machine.stepHart(0).reason === 'power') return pcs;
  }
}

for (const engine of ['interpreter', 'auto', 'translator'] as const)
  test(`random breakpoints in a hot loop (${engine})`, needs(...TOOLS), async () => {
    const pcs = await trace();
    const places = [...new Set(pcs)];
    for (let seed = 1; seed <= 10; seed++) {
      const random = new Random(seed);
      const { machine } = await load(PROGRAM, {}, { engine });
      const set = new Map<bigint, number>();
      const toggle = () => {
        const va = random.pick(places);
        const id = set.get(va);
        if (id === undefined) set.set(va, machine.breakpoints.add({ va }));
        else {
          machine.breakpoints.remove(id);
          set.delete(va);
        }
      };
      for (let n = 0; n < 3; n++) toggle();
      // Where it stands, as the trace has it; it does not stop where it has stopped already.
      let at = 0;
      let passed = -1;
      for (;;) {
        const most = 1 + random.below(200);
        const stop = machine.run(most);
        const end = at + most;
        while (at < end && at < pcs.length && (at === passed || !set.has(pcs[at]!))) at++;
        if (at >= pcs.length) {
          assert.equal(stop.reason, 'power');
          break;
        }
        assert.equal(machine.steps, at, `seed ${seed}`);
        assert.equal(machine.harts[0]!.pc, pcs[at], `seed ${seed}`);
        assert.equal(stop.reason, at < end ? 'breakpoint' : 'budget', `seed ${seed}`);
        if (stop.reason === 'breakpoint') passed = at;
        if (random.oneIn(3)) toggle();
      }
    }
  });

/** The loop's own instruction is written over and never fenced, its page taken out of the page tables and never fenced: it goes on as it was. */
const STALE = `
  la t0, handler
  csrw mtvec, t0
  ${intoSupervisor('code', 'li s3, 40; la s4, other; lw s4, (s4); la s5, patch')}
  .balign 4
handler:
  csrr s6, mcause
  ${END}
other:
  .option norvc
  addi a0, a0, 100
  .balign 4096
code:
  addi a1, a1, 1
patch:
  addi a0, a0, 1
  addi s3, s3, -1
  bnez s3, code
  li t0, 30
  bne s7, x0, done
  li s7, 1
  li s3, 40
  sw s4, (s5)
  sd x0, (s2)
  j code
done:
  ecall
  .option rvc
`;

for (const engine of ['interpreter', 'translator'] as const)
  test(
    `code that a hart goes on with though memory has other code, or none, is that too where there is a breakpoint (${engine})`,
    needs(...TOOLS),
    async () => {
      const run = async (hasBreakpoint: boolean) => {
        const bare = await load(STALE, {}, { engine });
        const { machine, label } = bare;
        const hart = machine.harts[0]!;
        const tables = new PageTables(machine, 0x8080_0000);
        const code = label('code');
        tables.map(code, Number(code), R | W | X | A | D);
        const entry = tables.entryAt(code);
        tables.map(BigInt(entry - (entry % 4096)), entry - (entry % 4096), R | W | A | D);
        hart.setX(9, tables.satp);
        hart.setX(18, BigInt(entry));
        if (hasBreakpoint) machine.breakpoints.add({ va: label('patch') });
        let stops = 0;
        for (; ; stops++) {
          const { reason } = machine.run(100_000);
          if (reason === 'power') break;
          assert.equal(reason, 'breakpoint');
        }
        return { stops, state: stateFingerprint(machine), cause: hart.x(22), a0: hart.x(10) };
      };
      const [plain, stopped] = [await run(false), await run(true)];
      assert.deepEqual([plain.cause, plain.a0], [9n, 80n]);
      assert.equal(stopped.stops, 80);
      assert.deepEqual({ ...stopped, stops: 0 }, plain);
    },
  );
