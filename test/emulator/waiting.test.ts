/** pause, wrs.nto and wrs.sto: who waits gives way, nobody hangs, and a run stays a function of its inputs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, run, TOOLS } from './bare-metal.js';
import { needs } from '../tools.js';

const ISA = 'rv64gc_zawrs_zihintpause';
const TWO = { harts: [{ isa: ISA, count: 2 }] };
const ONE = { harts: [{ isa: ISA }] };

/** Hart 1 waits until hart 0 has counted and stored; hart 0 then waits for the answer, and switches off. */
const handOver = (wait: string) => `
  .option arch, +zawrs, +zihintpause
  la s1, flag
  la s2, answer
  csrr t0, mhartid
  bnez t0, waiter
  li t1, 3000
1:addi t1, t1, -1
  bnez t1, 1b
  sd s1, 0(s1)
2:lr.d t0, (s2)
  bnez t0, 3f
  ${wait}
  j 2b
3:li t5, 0x100000
  li t6, 0x5555
  sw t6, 0(t5)
4:j 4b
waiter:
1:lr.d t0, (s1)
  bnez t0, 2f
  ${wait}
  j 1b
2:sd s1, 0(s2)
3:wfi
  j 3b
  .align 6
flag: .dword 0
  .align 6
answer: .dword 0
`;

for (const wait of ['wrs.nto', 'wrs.sto', 'pause'])
  test(`${wait}: a hart waits for another one's store, whatever the slices are`, needs(...TOOLS), async () => {
    const ends: unknown[] = [];
    for (const slice of [1_000_000, 997, 13]) {
      const { machine, word } = await load(handOver(wait), TWO);
      let stop = machine.run(slice);
      for (let n = 0; stop.reason === 'budget' && n < 10_000; n++) stop = machine.run(slice);
      assert.equal(stop.reason, 'power');
      assert.ok(word('answer') > 0n);
      ends.push(machine.harts.map(({ time, instret }) => ({ time, instret })));
    }
    assert.deepEqual(ends[1], ends[0]);
    assert.deepEqual(ends[2], ends[0]);
  });

test('alone, with a reservation and without, a hart goes on', needs(...TOOLS), async () => {
  const { word } = await run(
    `
    .option arch, +zawrs, +zihintpause
    la s1, place
    li s2, 100
  1:wrs.nto
    wrs.sto
    pause
    lr.d t0, (s1)
    wrs.nto
    lr.d t0, (s1)
    wrs.sto
    addi s2, s2, -1
    bnez s2, 1b
    addi t0, t0, 5
    sd t0, 0(s1)
    j 2f
    .align 3
  place: .dword 0
  2:`,
    ONE,
  );
  assert.equal(word('place'), 5n);
});

test('a wait ends the turn: the answer is there at once, however long turns may be', needs(...TOOLS), async () => {
  const end = async (wait: string) => (await run(handOver(wait), { ...TWO, quantum: 100_000 })).machine.harts[0]!.time;
  for (const wait of ['wrs.nto', 'wrs.sto', 'pause']) assert.ok((await end(wait)) < 7000, wait);
  assert.ok((await end('nop')) > 100_000, 'without a wait it takes until the turn is over');
});
