/** Memory that changes under threads on accelerator harts, and memory that is used up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSoc } from '../../emulator/soc/soc.js';
import { needs } from '../tools.js';
import { onMachine } from './boards.js';
import { compiled } from './programs.js';

const recall = compiled('recall');
const chips = [
  [1, 1],
  [2, 2],
  [4, 4],
] as const;
const policies = ['fifo', 'least-loaded', 'sticky'];
const words = ['', 'migrate.transport=mailbox', 'migrate.faults=move', 'hugepages=always'];

test(
  'threads see what they may of memory that is unmapped, remapped, moved, paged out and forked under them',
  needs(...recall.tools),
  async () => {
    let recalls = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const [applications, accelerators] = chips[seed % 3]!;
      const soc = readSoc(
        {
          name: `recall-${seed}`,
          migration: { policy: policies[Math.floor(seed / 3) % 3]! },
          turns: { seed },
          harts: [
            { count: applications, isa: 'rv64gc', role: 'application' },
            { count: accelerators, isa: 'rv64gcv', vlen: 256, role: 'accelerator' },
          ],
        },
        'recall',
      );
      const run = { program: recall, args: [`${seed}`, '24', '3'], bootargs: words[seed % words.length]! };
      const { console, status, events } = await onMachine(soc, run);
      assert.equal(console, 'all as it must be\n', `seed ${seed}`);
      assert.equal(status, 0);
      recalls += events.filter((e) => e.kind === 'migration' && e.step === 'leave' && e.reason === 'recall').length;
    }
    assert.ok(recalls > 12, `${recalls} recalls`);
  },
);

const starved = compiled('starved');

test('calls that find no memory change nothing', needs(...starved.tools), async () => {
  const soc = readSoc({ name: 'one', harts: [{ count: 1, isa: 'rv64gc', role: 'application' }] }, 'one');
  let [died, done] = [0, 0];
  for (let n = 1; ; n += 5) {
    const { console, status } = await onMachine(soc, { program: starved, bootargs: `memory.fail=${n}` });
    if (!console.includes('memory.fail:')) break;
    if (status === 128 + 9) {
      assert.match(console, /no memory left for task 1\n/, `request ${n}`); // a page that had to be there
      died++;
    } else {
      assert.equal(status, 0, `request ${n}: ${console}`);
      assert.match(console, /nothing lost\n$/, `request ${n}`);
      done++;
    }
  }
  assert.ok(died > 5 && done > 5, `${died} died, ${done} went on`);
});

const ahead = compiled('ahead');

test(
  'pages that are cleared ahead are zero, count as free, and are there when memory is short',
  needs(...ahead.tools),
  async () => {
    const boots = ['', 'clear.ahead=off'];
    for (const [applications, seed] of [
      [1, 0],
      [2, 0],
      [3, 1],
      [2, 2],
    ] as const) {
      const harts = [{ count: applications, isa: 'rv64gc', role: 'application' }];
      const soc = readSoc({ name: 'small', memoryMiB: 32, harts, ...(seed && { turns: { seed } }) }, 'small');
      const seen: string[] = [];
      const cycles: number[] = [];
      for (const bootargs of boots) {
        const { console, status } = await onMachine(soc, { program: ahead, bootargs });
        assert.equal(status, 0, console);
        const [, what, time] = /^(.*\n)(\d+)\n$/s.exec(console)!;
        seen.push(what!);
        cycles.push(Number(time));
      }
      assert.match(
        seen[0]!,
        /\n0 dirty\n(0 dirty, \d{4} touched, killed by 9\n){2}0 lost\n0 dirty, \d{4} touched, killed by 9\n$/,
      );
      assert.equal(seen[0], seen[1], 'as much memory as without');
      assert.ok(cycles[0]! < cycles[1]! / 2, `${cycles[0]} cycles, without ${cycles[1]}`);
    }
  },
);

const forks = compiled('forks');

test(
  'what threads store on accelerator harts while another forks shows in the parent only, and there to all',
  needs(...forks.tools),
  async () => {
    const FORKS = 12;
    for (const [applications, accelerators, bootargs] of [
      [2, 1, ''],
      [2, 2, 'migrate.faults=move'],
      [3, 3, 'migrate.transport=mailbox'],
    ] as const) {
      const harts = [
        { count: applications, isa: 'rv64gc', role: 'application' },
        { count: accelerators, isa: 'rv64gcv', vlen: 256, role: 'accelerator' },
      ];
      const soc = readSoc({ name: 'forks', quantum: 100, harts }, 'forks');
      const { console, status } = await onMachine(soc, {
        program: forks,
        args: [`${FORKS}`, `${accelerators}`],
        bootargs,
      });
      assert.equal(
        console,
        `${FORKS} children whole, 0 saw stores of the parent, 0 lost their own, 0 another word; 0 words of the parent's unseen, 0 threads changed\n`,
      );
      assert.equal(status, 0);
    }
  },
);
