/** The user's code is found below firmware and kernel, wherever a trap has got to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

const program = `${root}test/debug-adapter/programs/trip.S`;
const USER = ['double_all trip.S:26', 'round trip.S:13'];

test('at every instruction of the trap that sends a thread away, its frames stand below', {
  timeout: 120_000,
}, async () => {
  const talk = await Talk.launch(program);
  await talk.ask('setBreakpoints', { source: { path: program }, breakpoints: [{ line: 26 }] });
  let stop = await talk.go('configurationDone', 1);
  assert.deepEqual(stop.stack, USER);
  const seen = new Set<string>();
  let lost = 0;
  let steps = 0;
  // The kernel takes it first, and finds room for its registers; then firmware.
  for (let inFirmware = 0; steps < 6000 && inFirmware < 300; steps++) {
    stop = await talk.go('stepIn', 1, { granularity: 'instruction' });
    if (stop.stack[0]?.includes('[M]')) inFirmware++;
    for (const frame of stop.stack) seen.add(/\[[SM]\]/.exec(frame)?.[0] ?? 'U');
    if (!USER.includes(stop.stack.at(-1)!)) lost++;
  }
  assert.deepEqual([...seen].sort(), ['U', '[M]', '[S]']);
  // Compilers describe no epilogues: at the `ret` of four of the kernel's functions sp and ra are the caller's again, and nothing says so.
  // The handlers' own assembly loses nothing, wherever the registers are.
  assert.ok(lost <= 4, `${lost} of ${steps} stacks did not end in the program`);
  await talk.ask('terminate');
});
