import type { Model } from './model.js';

const recall = ['RECALL', 'TRIPS_OF_THE_OTHER=0', 'DEVICE'];
/** Often enough that words of former absences fill both mailboxes. */
const again = ['RECALL', 'TRIPS=3', 'TRIPS_OF_THE_OTHER=0', 'QUIET', 'DEVICE'];
const once = ['RECALL', 'TRIPS_OF_THE_OTHER=0', 'QUIET'];

/** Out, there, and home. */
export const trip: Model = {
  name: 'trip',
  configurations: [['QUIET'], ['QUIET', 'DEVICE'], ['DEVICE'], once, recall, again],
  faults: [
    {
      name: 'the supervisor reads the ring before it clears the interrupt',
      changes: [
        ['  :: step_when(sip[self], sip[self] = false); /*', '  :: step_when(sip[self], true); /*'],
        ['     /* kernel/migrate.c: send_waiting */\n', '     step(sip[self] = false);\n'],
      ],
      shows: /assertion violated/,
    },
    {
      name: 'the tail is published before the entry is written',
      changes: [
        [
          'inline publish(origin) { atomic { tail[origin] = 1 - tail[origin]; origin_lock[origin] = false } }',
          'inline publish(origin) { origin_lock[origin] = false }',
        ],
        [
          'origin_lock[home_of(t)] = true; put(home_of(t), t, false) };\n     complete(home_of(t), t);',
          'origin_lock[home_of(t)] = true; tail[home_of(t)] = 1 - tail[home_of(t)] };\n     put(home_of(t), t, false);\n     complete(home_of(t), t);',
        ],
      ],
      shows: /assertion violated/,
    },
    {
      name: 'a thread that finds the ring full is written over the one before',
      changes: [
        [
          '#define locked_with_room(origin) (!origin_lock[origin] && len(kept[origin]) == 0 && room(origin))',
          '#define locked_with_room(origin) (!origin_lock[origin])',
        ],
        [
          '#define locked_without_room(origin) (!origin_lock[origin] && !(len(kept[origin]) == 0 && room(origin)))',
          '#define locked_without_room(origin) false',
        ],
      ],
      shows: /assertion violated/,
    },
    {
      name: 'one word names the thread to wake, as in the published prototype',
      changes: [
        ['#define room(h) (head[h] == tail[h])', '#define room(h) true'],
        [
          'tail[origin] = 1 - tail[origin]; origin_lock[origin] = false',
          'tail[origin] = 1 - head[origin]; origin_lock[origin] = false',
        ],
        [' && room(0) && room(1));', ');'],
      ],
      shows: /assertion violated/,
    },
    {
      name: 'nothing asks for the timer where the ring was full',
      changes: [[' -> retry[self] = true; sip[self]', ' -> sip[self]']],
      shows: /assertion violated/,
    },
    {
      name: 'an accelerator hart waits without a last look for messages',
      changes: [
        [
          '        :: len(queue[self]) > 0\n        :: len(queue[self]) == 0 ->\nend_wfi:',
          '        :: true ->\nend_wfi:',
        ],
      ],
      shows: /assertion violated/,
    },
    {
      name: 'a thread is free only after the supervisor may have seen it',
      changes: [['  task_free(t);\n  publish(origin)\n', '  publish(origin);\n  task_free(t)\n']],
      shows: /assertion violated/,
    },
    {
      name: 'a recall looks where the thread is before it says that it wants it',
      configuration: once,
      changes: [
        [
          '     recalled[t] = true;\n     to = accelerator_of[t];\n',
          '     to = accelerator_of[t];\n     recalled[t] = true;\n',
        ],
      ],
      shows: /assertion violated/,
    },
    {
      name: 'nobody looks for a recall when a thread is taken',
      configuration: once,
      changes: [
        [
          '        :: recalled[current[self]] -> go_home()\n        :: !recalled[current[self]] /* enter */\n',
          '        :: true\n',
        ],
      ],
      shows: /assertion violated/,
    },
    {
      name: 'messages that were taken back fill the mailbox until their hart comes by',
      configuration: again,
      changes: [['  :: len(queue[to]) == DEPTH -> drop_taken_back(to)\n', '  :: len(queue[to]) == DEPTH\n']],
      shows: /assertion violated/,
    },
    {
      name: 'a recall during a question is forgotten',
      configuration: recall,
      changes: [
        [
          '     :: recalled[current[self]] -> go_home()\n     :: !recalled[current[self]]\n     fi\n  fi',
          '     :: true\n     fi\n  fi',
        ],
        ['     :: may_ask -> ask()', '     :: may_ask && !asked -> asked = true; ask()'],
        ['  bool came_home;', '  bool came_home, asked;'],
      ],
      shows: /assertion violated/,
    },
    {
      name: 'a message that was taken back is received all the same',
      configuration: recall,
      changes: [
        [
          '     :: atomic { !tasks_lock && !waits(name) -> name = 0 }\n     fi\n  od',
          '     :: atomic { !tasks_lock && !waits(name) -> found = thread_named(name); name = 0 }; break\n     fi\n  od',
        ],
      ],
      shows: /assertion violated/,
    },
  ],
};
