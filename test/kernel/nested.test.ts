/** Signals of threads that are away, in whatever way their calls and faults are served. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { socNamed } from '../../emulator/soc/presets.js';
import { needs } from '../tools.js';
import { onMachine } from './boards.js';
import { compiled } from './programs.js';

const ways = [
  'migrate.calls=move migrate.faults=move',
  'migrate.calls=ask migrate.faults=ask',
  'migrate.calls=auto migrate.faults=ask migrate.guests=on',
];
const nested = compiled('nested');

for (const soc of ['app1-vec1', 'app2-vec2'])
  for (const bootargs of ways)
    test(
      `faults in handlers on a fresh alternate stack: ${soc}, ${bootargs}`,
      needs('riscv64-linux-gnu-gcc'),
      async () => {
        const { console, status } = await onMachine(socNamed(soc), { program: nested, bootargs });
        assert.equal(console, '20 faults, 10 signals, 0 wrong\n');
        assert.equal(status, 0);
      },
    );
