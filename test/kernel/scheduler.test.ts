/** What scheduling costs, in cycles that the program reads itself: many harts, moves between them, vector harts that are shared. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { socNamed } from '../../emulator/soc/presets.js';
import { needs } from '../tools.js';
import { onMachine } from './boards.js';
import { compiled } from './programs.js';

const tool = needs('riscv64-linux-gnu-gcc');
const program = compiled('scaling');

/** What the program says, its first number. */
async function measured(soc: string, bootargs: string, ...args: (string | number)[]): Promise<number> {
  const { console, status } = await onMachine(socNamed(soc), { program, args: args.map(String), bootargs });
  assert.equal(status, 0);
  assert.doesNotMatch(console, /[1-9]\d* wrong/);
  return Number.parseInt(console, 10);
}

test('as many threads as harts take as long as one thread on one, up to 64', tool, async () => {
  for (const harts of [8, 64]) {
    const percent = await measured(`app${harts}-vec1`, '', 'harts', harts, 300);
    assert.ok(percent <= 105, `${harts} harts: ${percent} %`);
  }
});

test('a pinned thread moves at once, and as fast among 65 harts as among 3', tool, async () => {
  const few = await measured('app2-vec1', 'migrate=off', 'move', 0, 2);
  const many = await measured('app64-vec1', 'migrate=off', 'move', 3, 64);
  assert.ok(few < 2500, `${few} cycles with sched_getcpu`);
  assert.ok(Math.abs(many - few) < 50, `${many} cycles, not ${few}`);
});

test(
  'threads that share a vector hart slow each other down by their vector work only, two of them hardly',
  tool,
  async () => {
    const share = (threads: number) => measured(`app${threads}-vec1`, 'migrate.calls=move', 'share', threads, 50);
    const [two, four, eight] = [await share(2), await share(4), await share(8)];
    assert.ok(two < 110, `2: ${two} %`); // while one is there the other is at home, as long
    assert.ok(four <= 2 * two && eight <= 2.05 * four, `4: ${four} %, 8: ${eight} %`);
  },
);

test(
  'no hart idles while tasks wait: twelve threads on four harts take three times as long as four',
  tool,
  async () => {
    const percent = await measured('app4-vec1', '', 'harts', 12, 300);
    assert.ok(percent <= 315, `${percent} %`);
  },
);
