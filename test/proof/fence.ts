import type { Model } from './model.js';

/** Remote fences that two harts ask for at once. */
export const fence: Model = {
  name: 'fence',
  configurations: [[], ['LOCKED']],
  faults: [
    {
      name: 'acknowledged before the thread has stopped and the translations are gone',
      changes: [
        ['     atomic {\n       accelerator_fenced(asid, may_stop);\n       fence_here(asid)\n     };\n', ''],
        ['waiting[asker]--; asker = 0; asid = 0 }', 'waiting[asker]--; asker = 0 };\n     accelerator_fenced(asid, may_stop);\n     fence_here(asid)'],
      ],
      shows: /assertion violated/,
    },
    {
      name: 'nothing served while waiting for the others',
      changes: [['  :: requests[self] != 0 -> ipi_take(false) /* ipi_poll */\n  od\n}\n\n/* A step', '  od\n}\n\n/* A step']],
      shows: /invalid end state/,
    },
    {
      name: 'nothing served while waiting for an answer',
      configuration: ['LOCKED'],
      changes: [['        :: requests[self] != 0 -> ipi_take(false) /* ipi_poll */\n        od', '        od']],
      shows: /invalid end state/,
    },
    {
      name: 'requests read before the interrupt is cleared',
      changes: [
        [
          '  msip[self] = false;\n  d_step { taken = requests[self]; requests[self] = 0 };\n',
          '  d_step { taken = requests[self]; requests[self] = 0 };\n  msip[self] = false;\n',
        ],
      ],
      shows: /invalid end state/,
    },
    {
      name: 'a hart that takes a thread fences before it says so',
      changes: [
        [
          'current[self] = thread; trips[thread]--; away[thread] = true };\n  atomic { fence_here(thread); in_user[self] = thread }',
          'trips[thread]--; away[thread] = true };\n  fence_here(thread);\n  atomic { current[self] = thread; in_user[self] = thread }',
        ],
      ],
      shows: /assertion violated/,
    },
    {
      name: 'harts looked at before the page table has changed',
      changes: [],
      shows: /assertion violated/,
    },
  ],
};
