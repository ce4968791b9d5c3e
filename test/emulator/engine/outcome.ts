/** A whole run on an engine, to be compared with the same on another. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { ElfFile } from '../../../emulator/elf.js';
import type { EngineChoice } from '../../../emulator/engine/choice.js';
import type { Machine } from '../../../emulator/machine.js';
import { load } from '../bare-metal.js';

/**
 * Registers, counters and memory after a program has switched off.
 * @param prepare what is done before the first instruction
 */
export async function outcome(
  elf: ElfFile,
  engine: EngineChoice,
  slice: number,
  description?: object,
  prepare: (machine: Machine) => void = () => {},
) {
  const { machine } = await load(elf, { ...description }, { engine });
  prepare(machine);
  const traps: string[] = [];
  machine.events.on((event) => {
    if (event.kind === 'trap') traps.push(`${event.hart} ${event.cycle} ${event.pc} ${event.cause} ${event.tval}`);
  });
  let stop = machine.run(slice);
  for (let n = 0; stop.reason === 'budget'; n++) {
    assert.ok(n < 1e6, 'the program does not end');
    stop = machine.run(slice);
  }
  assert.equal(stop.reason, 'power');
  const { map, u8 } = machine.memory;
  return {
    harts: machine.harts.map((hart) => ({
      x: Array.from({ length: 32 }, (_, n) => hart.x(n)),
      f: Array.from({ length: 32 }, (_, n) => hart.f(n)),
      fcsr: hart.csr('fcsr'),
      v: Array.from({ length: hart.vlenb ? 32 : 0 }, (_, n) => Buffer.from(hart.vectorBytes(n)).toString('hex')),
      time: hart.time,
      instret: hart.instret,
    })),
    traps,
    ram: createHash('sha1')
      .update(u8.subarray(map.ram, map.ram + map.ramBytes))
      .digest('hex'),
  };
}
