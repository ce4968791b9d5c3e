import type { Model } from './model.js';

/** Guests, which give way. */
export const guest: Model = {
  name: 'guest',
  configurations: [[], ['DEVICE']],
  faults: [
    {
      name: 'a thread is counted only after its message was sent',
      changes: [
        ['  :: !is_guest(t) -> atomic { load[to]++; ok = true }', '  :: !is_guest(t) -> ok = true'],
        [
          '     :: ok -> send(t)\n',
          '     :: ok -> send(t);\n        if\n        :: !is_guest(t) -> load[to]++\n        :: is_guest(t)\n        fi\n',
        ],
      ],
      shows: /assertion violated/,
    },
    {
      name: 'a hart with a guest does not listen',
      changes: [['     listening[self] = is_guest(current[self]); /* listen */', '     listening[self] = false;']],
      shows: /assertion violated/,
    },
    {
      name: 'a hart with a guest does not listen to its mailbox',
      configuration: ['DEVICE'],
      changes: [['     listening[self] = is_guest(current[self]); /* listen */', '     listening[self] = false;']],
      shows: /assertion violated/,
    },
    {
      name: 'nobody looks who waits when a guest is taken',
      changes: [
        [
          '     listening[self] = is_guest(current[self]); /* listen */\n     if\n     :: is_guest(current[self]) && load[self] > 0 -> go_home()\n     :: !(is_guest(current[self]) && load[self] > 0)\n     fi\n',
          '     listening[self] = is_guest(current[self]);\n',
        ],
      ],
      shows: /assertion violated/,
    },
    {
      name: 'a guest that leaves stays counted',
      changes: [['  :: is_guest(t) -> guests[self]--\n', '  :: is_guest(t)\n']],
      shows: /assertion violated/,
    },
  ],
};
