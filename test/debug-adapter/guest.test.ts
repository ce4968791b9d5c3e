/** Memory as a debugger's user sees it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GuestMemory } from '../../debug-adapter/guest.js';
import { Machine } from '../../emulator/machine.js';
import { defaultSoc } from '../../emulator/soc/presets.js';

test('outside RAM nothing can be read, and nothing but nothing be written', async () => {
  const machine = await Machine.create(defaultSoc, { engine: 'interpreter' });
  const memory = new GuestMemory(machine, machine.harts[0]!, 3);
  assert.equal(memory.read(0x10002n, 4).length, 0);
  assert.throws(() => memory.write(0x10002n, Uint8Array.of(1)), /0x10002 is not mapped/);
  memory.write(0x10002n, new Uint8Array());
  memory.write(0x8000_0002n, Uint8Array.of(7));
  assert.deepEqual([...memory.read(0x8000_0001n, 3)], [0, 7, 0]);
});
