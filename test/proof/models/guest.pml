/*
 * Guests: a general thread on an accelerator hart goes home as soon as a thread of the class comes, and not before somebody comes.
 * Thread 0 is a guest that never leaves by itself; thread 1 is of the class. Proven: the guest never keeps a thread waiting for good,
 * nothing stays in a queue, and what is counted as load is given back.
 *
 * DEVICE: the mailbox interrupts while a word waits and the hart listens; else the sender does, when it sees that the hart listens.
 */
#include "hart.pml"

#define THREADS 2
#define TRIPS   2
#define is_guest(t) ((t) == 0)
#ifdef DEVICE
#define message_interrupts (listening[self] && len(queue[self]) > 0)
#else
#define message_interrupts false
#endif

chan queue[HARTS] = [THREADS] of { byte };
bool listening[HARTS];
byte current[HARTS] = NONE;
byte load[HARTS], guests[HARTS]; /* struct accelerator */
byte trips[THREADS] = TRIPS;
bool away[THREADS];

/* load.h: load_add, false when a guest is there already */
inline load_add(t) {
  if
  :: is_guest(t) -> atomic { ok = (guests[to] == 0); guests[to] = 1 }
  :: !is_guest(t) -> atomic { load[to]++; ok = true }
  fi
}

/* transport-fifo.c and transport-device.c: send */
inline send(t) {
  queue[to]!t;
#ifndef DEVICE
  if
  :: listening[to] -> msip[to] = true
  :: !listening[to]
  fi
#endif
}

/* calls.c: send_out. A guest looks for an idle hart (policy_choose_idle), others take any. */
inline send_out(t) {
  if
  :: to = 2
  :: to = 3
  fi;
  if
  :: atomic { is_guest(t) && load[to] + guests[to] > 0 -> ok = false }
  :: !is_guest(t) || load[to] + guests[to] == 0 ->
     load_add(t);
     if
     :: ok -> send(t)
     :: !ok
     fi
  fi;
  if
  :: atomic { !ok -> away[t] = false; to = 0 }
  :: atomic { ok -> ok = false; to = 0 }
  fi
}

proctype kernel(byte self) {
  byte to;
  bool ok;
end:
  do
  :: atomic { trips[self] && !away[self] -> trips[self]--; away[self] = true };
     send_out(self)
  od
}

/* accelerator.c: go_home. The way home is the matter of trip.pml. */
inline go_home() {
  atomic { t = current[self]; current[self] = NONE };
  if /* load_remove */
  :: is_guest(t) -> guests[self]--
  :: !is_guest(t) -> load[self]--
  fi;
  atomic { away[t] = false; t = 0 }
}

/* accelerator.c: take. False when there was no message, or the guest found that its place is wanted. */
inline take() {
  if
  :: atomic { len(queue[self]) > 0 -> queue[self]?t; assert(current[5 - self] != t); current[self] = t; t = 0 };
     listening[self] = is_guest(current[self]); /* listen */
     if
     :: is_guest(current[self]) && load[self] > 0 -> go_home()
     :: !(is_guest(current[self]) && load[self] > 0)
     fi
  :: len(queue[self]) == 0 ->
     listening[self] = true;
     if
     :: len(queue[self]) > 0
     :: len(queue[self]) == 0 ->
end_wfi:
        msip[self] || message_interrupts
     fi;
     msip[self] = false
  fi
}

proctype accelerator(byte self) {
  byte t;
end:
  do
  :: current[self] == NONE -> take()
  :: current[self] != NONE && (msip[self] || message_interrupts) -> /* accelerator.c: interrupt */
     msip[self] = false;
     if
     :: is_guest(current[self]) && load[self] > 0 -> go_home()
     :: !(is_guest(current[self]) && load[self] > 0)
     fi
  :: current[self] != NONE && !is_guest(current[self]) -> go_home()
  od
}

/* When all is quiet, a guest may still be out there, but not where somebody waits. */
init {
  atomic { run kernel(0); run kernel(1); run accelerator(2); run accelerator(3) };
  timeout ->
  assert(!trips[1] && !away[1] && load[2] == 0 && load[3] == 0 && len(queue[2]) == 0 && len(queue[3]) == 0);
  assert(guests[2] + guests[3] == (away[0] -> 1 : 0));
  assert(!away[0] || current[2] == 0 || current[3] == 0)
}
