/** A guest may crash itself, never the machine: random code under random privileged state. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Machine } from '../../emulator/machine.js';
import { readSoc } from '../../emulator/soc/soc.js';
import { instructions } from '../../isa/table.js';

const RAM = 0x8000_0000;

/** Numbers from a seed: the same in every run. */
function generator(seed: number) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state ^ (state >>> 13);
  };
}

/** 4 MiB of words: mostly instructions of the table with random operands, some noise. */
function code(random: () => number): Uint8Array {
  const words = new Uint32Array(1 << 20);
  for (let n = 0; n < words.length; n++) {
    const row = instructions[(random() >>> 0) % instructions.length]!;
    const filled = ((random() & ~row.mask) | row.match) >>> 0;
    words[n] = (random() & 15) === 0 ? random() : row.length === 4 ? filled : (filled & 0xffff) | (random() << 16);
  }
  return new Uint8Array(words.buffer);
}

for (const seed of [1, 2, 3, 4]) {
  test(`random code on three harts, seed ${seed}`, async () => {
    const random = generator(seed);
    const pick = (n: number) => (random() >>> 0) % n;
    const soc = { harts: [{ isa: 'rv64gcv_zvl256b', count: 2 }, { isa: 'rv64gc' }], memoryMiB: 16 };
    const machine = await Machine.create(readSoc(soc, 'hostile.json'));
    machine.events.on(() => {});
    machine.memory.write(RAM, code(random));
    machine.reset({ pc: BigInt(RAM) });
    const inRam = () => BigInt(RAM + pick(0x10_0000) * 8);
    for (const hart of machine.harts) {
      for (let n = 1; n < 32; n++) hart.setX(n, pick(4) ? inRam() : BigInt(random() >>> 0) << BigInt(pick(32)));
      hart.setCsr('mtvec', BigInt(RAM + pick(0x4_0000) * 4));
      hart.setCsr('stvec', BigInt(RAM + pick(0x4_0000) * 4));
      hart.setCsr('medeleg', BigInt(random() >>> 0));
      hart.setCsr('satp', (8n << 60n) | BigInt(0x80000 + pick(0x1000)));
      hart.setCsr('pmpaddr0', (1n << 54n) - 1n);
      hart.setCsr('pmpcfg0', 0x1fn);
    }
    let attempted = 0;
    for (let round = 0; round < 3000; round++) {
      machine.run(40);
      for (const hart of machine.harts) {
        attempted += hart.time;
        hart.setPc(BigInt(RAM + pick(0x20_0000) * 2));
        if (pick(8) === 0) hart.setPrivilege(([0, 1, 3] as const)[pick(3)]!);
        if (pick(4) === 0) hart.setX(1 + pick(31), inRam());
        if (pick(4) === 0) hart.setCsr('mstatus', 0x6600n | BigInt(random() & 0x7e1888));
      }
    }
    assert.ok(attempted > 0);
    for (const hart of machine.harts) assert.equal(hart.x(0), 0n, 'x0 stays zero whatever was executed');
  });
}
