import type { Model } from './model.js';

/** Processes that end, and the kernel's own queue of threads that wait for room. */
export const kernel: Model = {
  name: 'kernel',
  configurations: [['KILL'], [], ['KILL', 'NARROW']],
  faults: [
    {
      name: 'the nudge of a waiting thread forgets to count it off',
      changes: [['  awaits[t] = false;\n  waiting--;\n  task_returned(t)', '  awaits[t] = false;\n  task_returned(t)']],
      shows: /assertion violated|invalid end state/,
    },
    {
      name: 'the drain sends no waiting threads on',
      changes: [['  od;\n  send_waiting()\n', '  od\n']],
      shows: /assertion violated/,
    },
    {
      name: 'a process that ends forgets one of its threads',
      changes: [['task_nudge(0); task_nudge(1)', 'task_nudge(0)']],
      shows: /assertion violated/,
    },
    {
      name: 'a process that ends forgets its threads on accelerator harts',
      changes: [['place[t] == THERE -> recalled[t] = true', 'place[t] == THERE -> skip']],
      shows: /assertion violated/,
    },
    {
      name: 'a thread is sent although its process ends',
      changes: [['!pending[t] && !dying[process_of(t)] -> trips', 'true -> trips']],
      shows: /assertion violated/,
    },
    {
      name: 'an idle hart clears the interrupt after it has looked into the ring, and sleeps',
      changes: [['sip[self] = false; migration_drain()', 'migration_drain(); sip[self] = false']],
      shows: /assertion violated/,
    },
    {
      name: 'a thread that comes home to an idle hart takes the place of one before it',
      changes: [['current[self] != NONE || next[self] != NONE || len', 'current[self] != NONE || len']],
      shows: /assertion violated/,
    },
    {
      name: 'nobody wakes the idle hart that a thread becomes ready for',
      changes: [['hart_of[t] != self -> poke[hart_of[t]] = true', 'hart_of[t] != self -> skip']],
      shows: /assertion violated/,
    },
  ],
};
