/** Real runs against the models' idea of a trip: what each thread does on the machine is a path through the states of trip.pml. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MigrationEvent } from '../../emulator/events.js';
import { readSoc } from '../../emulator/soc/soc.js';
import { onMachine } from '../kernel/boards.js';
import { example } from '../kernel/programs.js';

/** Of a thread, as the model has it: `away` and `place`, `current` of some hart, `asking`. */
type Place = 'home' | 'called' | 'queued' | 'running' | 'asking' | 'left' | 'returned';

/** Where a step may be seen, and where it leads. A thread may be there, and back, before the call that sent it is over: `enqueue` leads nowhere then. */
const steps: Readonly<Partial<Record<MigrationEvent['step'], Readonly<Partial<Record<Place, Place>>>>>> = {
  'sbi-migrate': { home: 'called', returned: 'called' },
  'queue-full': { called: 'home' },
  enqueue: { called: 'queued', running: 'running', asking: 'asking', left: 'left', returned: 'returned' },
  arrive: { called: 'running', queued: 'running' },
  ask: { running: 'asking' },
  answer: { asking: 'running' },
  leave: { running: 'left', asking: 'left' },
  return: { left: 'returned', queued: 'returned' },
  resume: { returned: 'home' },
};

/** Follow every thread. @returns how often each step was taken */
function follow(events: readonly MigrationEvent[]): Map<string, number> {
  const places = new Map<number, Place>();
  const running = new Map<number, number>();
  const taken = new Map<string, number>();
  for (const { step, task, hart, cycle } of events) {
    const table = steps[step];
    if (!table) continue;
    const from = places.get(task) ?? 'home';
    const to = table[from];
    assert.ok(to, `task ${task}, ${from}, takes the step ${step} (hart ${hart}, cycle ${cycle})`);
    places.set(task, to);
    taken.set(step, (taken.get(step) ?? 0) + 1);
    if (step === 'arrive') {
      assert.equal(running.get(hart), undefined, `hart ${hart} has a thread when task ${task} arrives`);
      running.set(hart, task);
    }
    if (step === 'leave') running.delete(hart);
  }
  assert.deepEqual([...running.values()], [], 'threads left behind');
  return taken;
}

const machine = (mailbox: boolean, seed: number) =>
  readSoc(
    {
      name: 'two and two',
      harts: [
        { count: 2, isa: 'rv64gc', role: 'application' },
        { count: 2, isa: 'rv64gcv_zvl256b', role: 'accelerator' },
      ],
      turns: { seed },
      ...(mailbox ? { mailbox: { slots: 1 } } : {}),
    },
    'test',
  );

for (const mailbox of [false, true])
  for (const name of ['threads', 'pingpong', 'faults'])
    test(`${name}, ${mailbox ? 'device' : 'queue in memory'}: every trip is one of the model's`, async () => {
      for (const seed of [1, 2, 3]) {
        const { events, status } = await onMachine(machine(mailbox, seed), { program: example(name) });
        assert.equal(status, 0, `seed ${seed}`);
        const taken = follow(events.filter((event): event is MigrationEvent => event.kind === 'migration'));
        assert.equal(taken.get('arrive'), taken.get('leave'), `seed ${seed}`);
        assert.ok((taken.get('arrive') ?? 0) > 0, 'nobody travelled');
      }
    });
