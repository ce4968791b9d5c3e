import type { Model } from './model.js';

/** Remote fences that two harts ask for at once. */
export const fence: Model = {
  name: 'fence',
  configurations: [[], ['LOCKED']],
  faults: [
    {
      name: 'acknowledged without stopping the thread and dropping translations, because it asks',
      changes: [
        [
          '     atomic {\n       accelerator_fenced(asid);\n       fence_here(asid)\n     };',
          '     if\n     :: asking[self]\n     :: else -> atomic { accelerator_fenced(asid); fence_here(asid) }\n     fi;',
        ],
      ],
      shows: /assertion violated/,
    },
    {
      name: 'nothing is served while a hart waits for the others',
      changes: [['  :: requests[self] != 0 -> ipi_take() /* ipi_poll */\n  od\n}', '  od\n}']],
      shows: /invalid end state/,
    },
    {
      name: 'nothing is served while a hart waits for an answer',
      configuration: ['LOCKED'],
      changes: [['        :: requests[self] != 0 -> ipi_take() /* ipi_poll */\n        od', '        od']],
      shows: /invalid end state/,
    },
    {
      name: 'requests are read before the interrupt is cleared',
      changes: [
        [
          '  msip[self] = false;\n  d_step { taken = requests[self]; requests[self] = 0 };\n',
          '  d_step { taken = requests[self]; requests[self] = 0 };\n  msip[self] = false;\n',
        ],
      ],
      shows: /invalid end state/,
    },
    {
      name: 'a hart that takes a thread drops translations before it says whom it takes',
      changes: [
        ['-> current[self] = thread; trips[thread]--;', '-> trips[thread]--;'],
        ['atomic { fence_here(thread); go_on() }', 'fence_here(thread);\n  atomic { current[self] = thread; go_on() }'],
      ],
      shows: /assertion violated/,
    },
    {
      name: 'a thread arrives without dropping translations',
      changes: [['atomic { fence_here(thread); go_on() }', 'atomic { go_on() }']],
      shows: /assertion violated/,
    },
  ],
};
