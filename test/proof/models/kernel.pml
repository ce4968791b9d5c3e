/*
 * The kernel's side: processes that end while their threads are away, the kernel's own queue of those that wait for room, questions served
 * in the drain, and idle harts. The trip itself, which trip.pml searches, is no more here than what the kernel sees of it: taken or
 * refused, a question, home. Threads 0 and 1 are of process 0 and may compute without end where they are sent; thread 2 is process 1.
 *
 * What the kernel lock guards changes in one step, up to the next access to what the firmware shares. KILL: a process ends another, or
 * itself; else threads signal each other. NARROW: one accelerator hart only, so that several threads wait.
 */
#include "hart.pml"

#define THREADS 3
#define DEPTH   1 /* messages before an accelerator hart */
#define process_of(t) ((t) / 2)
#define endless(t)    (process_of(t) == 0)
#ifdef NARROW
#define alone true
#else
#define alone false
#endif
#ifndef ASKS
#define ASKS 1
#endif

mtype = { RUNNING, READY, AWAY, DEAD }; /* enum task_state */
mtype = { HOME, QUEUED, THERE };        /* as the firmware has it */
mtype = { GO_ON, COME_HOME };

bool kernel_lock;
mtype state[THREADS] = READY;
byte hart_of[THREADS];
bool pending[THREADS], dying[2];
bool awaits[THREADS]; /* awaits_class */
byte waiting, away, last_served = NONE;
byte trips[THREADS] = 1, asks[THREADS];
bool done; /* the one kill or signal */

byte current[APPLICATION] = NONE, next[APPLICATION] = NONE;
chan ready[APPLICATION] = [THREADS] of { byte };
bool poke[APPLICATION], sip[APPLICATION];
#define load(h) (len(ready[h]) + (current[h] != NONE -> 1 : 0))

mtype place[THREADS] = HOME;
byte origin[THREADS];
bool recalled[THREADS];
mtype answer[THREADS];
chan queue[HARTS] = [DEPTH] of { byte };
#define taken_by(h, t) (len(queue[h]) < DEPTH) -> ok = true; queue[h]!t
chan ring[APPLICATION] = [THREADS] of { byte, bool }; /* a task; does it ask? */
byte on[HARTS] = NONE;

/* runqueue.c: queue_place; scheduler.c: task_ready */
inline task_ready(t) {
  state[t] = READY;
  hart_of[t] = (load(hart_of[t]) <= load(1 - hart_of[t]) -> hart_of[t] : 1 - hart_of[t]);
  ready[hart_of[t]]!t;
  if
  :: load(hart_of[t]) == 1 && hart_of[t] != self -> poke[hart_of[t]] = true
  :: else
  fi
}

inline task_returned(t) {
  assert(state[t] == AWAY && place[t] == HOME && !awaits[t]);
  if
  :: serving || current[self] != NONE || next[self] != NONE || len(ready[self]) || hart_of[t] != self -> task_ready(t)
  :: else -> state[t] = RUNNING; next[self] = t
  fi
}

inline stay(t) {
  awaits[t] = false;
  waiting--;
  task_returned(t)
}

/* The firmware looks after the rest: an unknown thread comes home by itself. */
inline migration_recall(t) {
  if
  :: awaits[t] -> stay(t)
  :: !awaits[t] && place[t] == QUEUED -> 
     if
     :: queue[2]??[eval(t)] -> queue[2]??eval(t)
     :: queue[3]??[eval(t)] -> queue[3]??eval(t)
     fi;
     place[t] = HOME; ring[origin[t]]!t,false; sip[origin[t]] = true
  :: !awaits[t] && place[t] == THERE -> recalled[t] = true
  :: else
  fi
}

inline task_nudge(t) {
  if
  :: state[t] == AWAY -> migration_recall(t)
  :: state[t] == RUNNING && t != current[self] -> poke[hart_of[t]] = true
  :: else
  fi
}

inline process_end(p) {
  dying[p] = true;
  if
  :: p == 0 -> task_nudge(0); task_nudge(1)
  :: else -> task_nudge(2)
  fi
}

/* True when the firmware took it */
inline offer(t) {
  if
  :: taken_by(2, t)
  :: !alone && taken_by(3, t)
  :: len(queue[2]) == DEPTH && (alone || len(queue[3]) == DEPTH) -> ok = false
  fi;
  if
  :: ok -> assert(place[t] == HOME); place[t] = QUEUED; origin[t] = self; away++
  :: else
  fi
}

inline next_waiting() {
  if
  :: awaits[2] && (last_served != 1 || !(awaits[0] || awaits[1])) -> t = 2
  :: awaits[0] && (last_served != 0 || !awaits[2]) -> t = 0
  :: awaits[1] && (last_served != 0 || !awaits[2]) -> t = 1
  fi
}

inline send_waiting() {
  do
  :: atomic { waiting > 0 -> next_waiting(); offer(t);
     if
     :: ok -> last_served = process_of(t); awaits[t] = false; waiting--; t = 0; ok = false
     :: else -> t = 0; break
     fi }
  :: waiting == 0 -> break
  od
}

inline asking_serve(t) {
  serving = true;
  if
  :: pending[t] || dying[process_of(t)] -> answer[t] = COME_HOME
  :: else ->
     if
     :: answer[t] = GO_ON /* served */
     :: answer[t] = COME_HOME /* it would sleep */
#ifdef KILL
     :: !done -> done = true; process_end(1 - process_of(t)); answer[t] = GO_ON
     :: !done -> done = true; process_end(process_of(t)); answer[t] = GO_ON
#else
     :: !done -> done = true; pending[t] = true; task_nudge(t); answer[t] = GO_ON
#endif
     fi;
     if
     :: answer[t] == GO_ON && (pending[t] || dying[process_of(t)]) -> migration_recall(t)
     :: else
     fi
  fi;
  serving = false
}

inline migration_drain() {
  do
  :: atomic { len(ring[self]) > 0 -> ring[self]?t,question; assert(state[t] == AWAY);
     if
     :: question -> asking_serve(t)
     :: else -> away--; task_returned(t)
     fi; t = 0; question = false }
  :: len(ring[self]) == 0 -> break
  od;
  send_waiting()
}

/* runqueue.c: queue_next, steal; scheduler.c: install */
inline schedule() {
  current[self] = NONE;
  if
  :: next[self] != NONE -> current[self] = next[self]; next[self] = NONE
  :: next[self] == NONE && len(ready[self]) > 0 -> ready[self]?current[self]
  :: next[self] == NONE && len(ready[self]) == 0 && load(1 - self) >= 2 -> ready[1 - self]?current[self]
  :: else
  fi;
  if
  :: current[self] != NONE -> state[current[self]] = RUNNING; hart_of[current[self]] = self
  :: else
  fi
}

inline task_exit() {
  state[current[self]] = DEAD;
  schedule()
}

/* Last thing before user mode, or before an idle hart sleeps */
inline before_user() {
  atomic {
    do
    :: current[self] == NONE -> break
    :: current[self] != NONE && dying[process_of(current[self])] -> task_exit()
    :: current[self] != NONE && !dying[process_of(current[self])] -> pending[current[self]] = false; break
    od;
    kernel_lock = false
  }
}

inline migration_send(t) {
  if
  :: waiting == 0 -> offer(t)
  :: else -> ok = false
  fi;
  if
  :: ok -> last_served = process_of(t)
  :: else -> awaits[t] = true; waiting++
  fi;
  state[t] = AWAY; ok = false;
  schedule()
}

/* trap.c: a signal goes first; the task traps here again */
inline serve(t) {
  if
  :: !pending[t] && !dying[process_of(t)] -> trips[t]--; migration_send(t)
  :: else
  fi
}

inline interrupts_take() {
  poke[self] = false;
  if
  :: sip[self] -> sip[self] = false; migration_drain()
  :: !sip[self]
  fi
}

#define trap(condition) !kernel_lock && current[self] != NONE && (condition) -> kernel_lock = true

proctype application(byte self) {
  byte t;
  bool ok, question, serving;
end:
  do
  :: atomic { trap(sip[self] || poke[self]) }; interrupts_take(); before_user()
  :: atomic { trap(trips[current[self]]); t = current[self]; serve(t); t = 0 }; before_user()
  :: atomic { trap(!trips[current[self]]); task_exit() }; before_user()
#ifdef KILL
  :: atomic { trap(!done); done = true; process_end(1 - process_of(current[self])) }; before_user()
  :: atomic { trap(!done); done = true; process_end(process_of(current[self])) }; before_user()
#else
  :: atomic { trap(!done && state[0] != DEAD); done = true; pending[0] = true; task_nudge(0) }; before_user()
#endif
  :: atomic { !kernel_lock && current[self] == NONE && (sip[self] || poke[self]) -> kernel_lock = true }; /* idle: wfi */
     interrupts_take();
     atomic { schedule() };
     before_user()
  od
}

/* The last step of an absence. */
inline complete() {
  atomic { on[self] = NONE; place[t] = HOME; recalled[t] = false; to = origin[t]; ring[to]!t,false; t = 0 };
  atomic { sip[to] = true; to = 0 }
}

inline ask() {
  atomic { asks[t]--; ring[origin[t]]!t,true };
  sip[origin[t]] = true;
  atomic { answer[t] != 0 -> home = (answer[t] == COME_HOME || recalled[t]); answer[t] = 0 }
}

proctype accelerator(byte self) {
  byte t, to;
  bool home;
end:
  do
  :: atomic { queue[self]?t -> assert(place[t] == QUEUED && on[5 - self] != t); on[self] = t; place[t] = THERE };
     do
     :: asks[t] -> ask();
        if
        :: home -> home = false; complete(); break
        :: !home
        fi
     :: atomic { !endless(t) || recalled[t] }; complete(); break
     :: endless(t) ->
end_computes:
        recalled[t]; complete(); break
     od
  od
}

#define computes(hart) (on[hart] != NONE && endless(on[hart]) && !recalled[on[hart]])

/* When all is quiet, only threads that nobody wanted to end are left, and none waits for a hart that is free. */
init {
  atomic {
    asks[0] = ASKS; asks[2] = ASKS;
    hart_of[1] = 1;
    state[0] = RUNNING; current[0] = 0; state[1] = RUNNING; current[1] = 1;
    ready[0]!2;
    run application(0); run application(1); run accelerator(2);
    if
    :: !alone -> run accelerator(3)
    :: alone
    fi
  };
  timeout ->
  assert(!kernel_lock && current[0] == NONE && current[1] == NONE && len(ring[0]) == 0 && len(ring[1]) == 0);
  assert(waiting == 0 || (computes(2) && (alone || computes(3))));
  assert((len(queue[2]) == 0 || computes(2)) && (len(queue[3]) == 0 || computes(3)));
  assert(!dying[0] || (state[0] == DEAD && state[1] == DEAD));
  assert(!dying[1] || state[2] == DEAD);
  assert(!pending[0] || state[0] == DEAD);
  assert(away == len(queue[2]) + len(queue[3]) + (on[2] != NONE -> 1 : 0) + (on[3] != NONE -> 1 : 0));
  assert((state[0] == DEAD) || awaits[0] || place[0] != HOME);
  assert((state[1] == DEAD) || awaits[1] || place[1] != HOME);
  assert((state[2] == DEAD) || awaits[2] || place[2] != HOME)
}
