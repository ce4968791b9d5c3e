/** The largest machine: 64 application harts and 16 accelerator harts. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { Machine } from '../../emulator/machine.js';
import { MAX_HARTS } from '../../emulator/layout.js';
import { socNamed } from '../../emulator/soc/presets.js';
import { deviceTree } from '../../emulator/soc/tree.js';
import { onMachine } from '../kernel/boards.js';
import { example } from '../kernel/programs.js';
import { needs } from '../tools.js';

const soc = socNamed('app64-vec16');

test('four threads add up on sixteen vector harts, one on each; harts that nobody needs sleep', async () => {
  const { console, status, machine, events } = await onMachine(soc, { program: example('threads') });
  assert.equal(console, 'threads: 4 threads found a total of 523776\n');
  assert.equal(status, 0);
  const arrivals = events.flatMap((event) => (event.kind === 'migration' && event.step === 'arrive' ? [event] : []));
  assert.equal(new Set(arrivals.map(({ task }) => task)).size, 4);
  assert.ok(arrivals.every(({ hart }) => hart >= 64));
  assert.equal(machine.harts.length, MAX_HARTS);
  const started = events.find((event) => event.kind === 'trap-return' && event.to === 0)!;
  const busy = new Set(events.filter(({ cycle }) => cycle > started.cycle).map(({ hart }) => hart));
  assert.ok(busy.size < 30, `${busy.size} harts did something for a program of five threads`);
});

test('its device tree names every hart, with an interrupt controller of its own', needs('dtc'), async () => {
  const machine = await Machine.create(soc);
  const tree = deviceTree(soc, machine.devices, { ramBase: 0x8000_0000 });
  const text = execFileSync('dtc', ['-I', 'dtb', '-O', 'dts', '-'], { input: tree, encoding: 'utf8', stdio: 'pipe' });
  assert.equal(new Set(text.match(/cpu@[0-9a-f]+ \{/g)).size, MAX_HARTS);
  const wires = (node: string) =>
    /interrupts-extended = <([^>]*)>/.exec(text.slice(text.indexOf(node)))![1]!.split(' ');
  assert.equal(new Set(wires('clint@').filter((_, n) => n % 2 === 0)).size, MAX_HARTS);
  assert.equal(wires('plic@').length, 4 * MAX_HARTS);
});
