/*
 * A trip: out through a queue, onto an accelerator hart, questions from there, home through the ring, and recalls at every stage.
 * Proven: no thread is lost, none is on two harts, each absence ends with exactly one completion, no wake-up is missed (not where the
 * ring was full either), no message stays behind, each question is answered, and whoever is recalled comes home.
 *
 * Configurations: DEVICE is the hardware mailbox, else the queue in shared memory. RECALL: each thread has a home of its own and runs
 * until somebody calls it back; else both have the same home, whose ring has one entry, and leave by themselves or ask.
 */
#include "hart.pml"

#define THREADS 2
#define DEPTH   1 /* messages before an accelerator hart */
#ifdef RECALL
#define home_of(t) (t)
#else
#define home_of(t) 0
#endif
#ifndef TRIPS
#define TRIPS 1
#endif
#ifndef TRIPS_OF_THE_OTHER
#define TRIPS_OF_THE_OTHER 1
#endif
#ifdef QUIET
#define may_ask false
#else
#define may_ask (current[self] == 0)
#endif

mtype = { S, CALL, TRAP };
mtype mode[APPLICATION] = S; /* as in fence.pml */

/* struct task, one for each thread; `generation` so that a name is never given twice. */
mtype = { UNKNOWN, QUEUED, RUNNING, RETURNING };
mtype place[THREADS] = UNKNOWN;
byte accelerator_of[THREADS] = NONE;
bool recalled[THREADS]; /* recall */
bool tasks_lock;
#ifdef DEVICE
bool sent[THREADS];
byte generation[THREADS];
#define name_of(t) ((t) | generation[t] << 1)
#define thread_named(name) ((name) & 1)
#define waits(name) (place[thread_named(name)] == QUEUED && (name) == name_of(thread_named(name)))
bool mailbox_lock[HARTS];
#endif

/* Before each accelerator hart: threads, or in the device their names. */
chan queue[HARTS] = [DEPTH] of { byte };
bool listening[HARTS];
byte current[HARTS] = NONE;
bool asking[HARTS];

/* struct origin, and struct mig_ring with its one entry: indices are counted modulo 2. */
bool origin_lock[APPLICATION];
chan kept[APPLICATION] = [THREADS] of { byte };
bool retry[APPLICATION]; /* timer_retry */
bit head[APPLICATION], tail[APPLICATION];
byte entry[APPLICATION];
bool entry_asks[APPLICATION];
bool sip[APPLICATION]; /* the announcing interrupt */

mtype = { NOT_ASKED, ASKED, GO_ON, COME_HOME };
mtype answer[THREADS] = NOT_ASKED;

/* The supervisor's own view. */
bool away[THREADS];
byte trips[THREADS];
bool refused[THREADS]; /* waits for room: kernel/migrate.c, classes[].waiting */

#define room(h) (head[h] == tail[h])

/* origin.c: announce */
inline announce(to) {
  if
  :: to == self -> sip[to] = true
  :: to != self ->
#ifdef DEVICE
     sip[to] = true
#else
     ipi_send(to, IPI_ANNOUNCE)
#endif
  fi
}

/* task.c: task_free */
inline task_free(t) {
  atomic {
    !tasks_lock ->
    place[t] = UNKNOWN;
#ifdef DEVICE
    generation[t] = (generation[t] + 1) % 3 /* more than a queue holds */
#endif
  }
}

/* origin.c: put */
inline put(origin, t, asks) { entry[origin] = t; entry_asks[origin] = asks }

/* origin.c: publish */
inline publish(origin) { atomic { tail[origin] = 1 - tail[origin]; origin_lock[origin] = false } }

/* origin.c: complete, after it has put the entry */
inline complete(origin, t) {
  task_free(t);
  publish(origin)
}

/*
 * What an origin's lock guards nobody else touches, so taking it is one step with the first look, and giving it back with the last store.
 */
#define locked_with_room(origin) (!origin_lock[origin] && len(kept[origin]) == 0 && room(origin))
#define locked_without_room(origin) (!origin_lock[origin] && !(len(kept[origin]) == 0 && room(origin)))

/* origin.c: origin_complete. By the hart on which the thread was, or by one that took it back from a queue. */
inline origin_complete(t) {
  if
  :: atomic { locked_with_room(home_of(t)) -> origin_lock[home_of(t)] = true; put(home_of(t), t, false) };
     complete(home_of(t), t);
     announce(home_of(t))
  :: atomic { locked_without_room(home_of(t)) -> place[t] = RETURNING; kept[home_of(t)]!t };
     ipi_send(home_of(t), IPI_RETURN)
  fi
}

/* origin.c: origin_ask. False (no room): the answer is as if it had been sent home. */
inline origin_ask(t) {
  if
  :: atomic { locked_with_room(home_of(t)) -> origin_lock[home_of(t)] = true; put(home_of(t), t, true) };
     publish(home_of(t));
     announce(home_of(t))
  :: atomic { locked_without_room(home_of(t)) -> answer[t] = COME_HOME }
  fi
}

/* origin.c: origin_deliver, and the way back from the trap */
inline origin_deliver() {
  do
  :: atomic { len(kept[self]) == 0 && !delivered -> mode[self] = S }; break
  :: atomic { len(kept[self]) > 0 && !origin_lock[self] && room(self) -> origin_lock[self] = true; kept[self]?t; put(self, t, false) };
     task_free(t);
     atomic { publish(self); delivered = true; t = 0 }
  :: atomic { len(kept[self]) > 0 && !origin_lock[self] && !room(self) -> retry[self] = true; sip[self] = sip[self] || delivered; delivered = false; mode[self] = S };
     break
  :: atomic { len(kept[self]) == 0 && delivered -> sip[self] = true; delivered = false; mode[self] = S }; break
  od
}

/* accelerator.c: go_home */
inline go_home() {
  atomic { t = current[self]; current[self] = NONE };
  origin_complete(t);
  t = 0
}

#ifdef DEVICE
/* transport-device.c: drop_taken_back, whose caller has the hart's lock. Each word once through the queue, but for those that count no more. */
inline drop_taken_back(hart) {
  count = len(queue[hart]);
  do
  :: count == 0 -> break
  :: count > 0 ->
     if
     :: queue[hart]?word
     :: atomic { len(queue[hart]) == 0 -> word = NONE } /* its hart was faster */
     fi;
     if
     :: atomic { !tasks_lock && word != NONE && waits(word) };
        queue[hart]!word
     :: atomic { !tasks_lock && !(word != NONE && waits(word)) }
     fi;
     atomic { count--; word = 0 }
  od
}

/* transport-device.c: tidy */
inline tidy() {
  lock_take(mailbox_lock[self]);
  drop_taken_back(self);
  lock_drop(mailbox_lock[self])
}
#else
inline tidy() { skip }
#endif

/* accelerator.c: accelerator_recalled */
inline accelerator_recalled() {
  tidy();
  if
  :: current[self] != NONE && !asking[self] && recalled[current[self]] -> go_home()
  :: else
  fi
}

/* ipi.c: ipi_take, as an accelerator hart meets it */
inline ipi_take_accelerator() {
  msip[self] = false;
  d_step { taken = requests[self]; requests[self] = 0 };
  if
  :: taken & IPI_RECALL -> taken = 0; accelerator_recalled()
  :: else -> taken = 0
  fi
}

/* ask.c: ask, and what accelerator_trap makes of it. */
inline ask() {
  atomic { asking[self] = true; answer[current[self]] = ASKED };
  origin_ask(current[self]);
  do
  :: answer[current[self]] != ASKED -> break
  :: answer[current[self]] == ASKED && requests[self] != 0 -> ipi_take_accelerator() /* ipi_poll */
  od;
  atomic { came_home = (answer[current[self]] == COME_HOME); answer[current[self]] = NOT_ASKED; asking[self] = false };
  if
  :: came_home -> came_home = false; go_home()
  :: !came_home ->
     if
     :: recalled[current[self]] -> go_home()
     :: !recalled[current[self]]
     fi
  fi
}

/* transport-fifo.c and transport-device.c: receive */
inline receive(found) {
#ifdef DEVICE
  do
  :: len(queue[self]) == 0 -> found = NONE; break
  :: queue[self]?name;
     if /* task_claim */
     :: atomic { !tasks_lock && waits(name) -> found = thread_named(name); place[found] = RUNNING; name = 0 };
        break
     :: atomic { !tasks_lock && !waits(name) -> name = 0 }
     fi
  od
#else
  if
  :: queue[self]?found
  :: len(queue[self]) == 0 -> found = NONE
  fi
#endif
}

#define message_interrupts (MAILBOX_INTERRUPT && listening[self] && len(queue[self]) > 0)
#ifdef DEVICE
#define MAILBOX_INTERRUPT true
#else
#define MAILBOX_INTERRUPT false
#endif

proctype accelerator(byte self) {
  byte t, found, taken, name, word, count;
  bool came_home;
  do
  :: current[self] == NONE -> /* accelerator_wait */
     receive(found);
     if
     :: atomic { found != NONE -> assert(current[5 - self] != found); current[self] = found; place[found] = RUNNING; found = 0 }; /* take */
        listening[self] = false;
        if
        :: recalled[current[self]] -> go_home()
        :: !recalled[current[self]] /* enter */
        fi
     :: atomic { found == NONE -> listening[self] = true; found = 0 };
        if
        :: len(queue[self]) > 0
        :: len(queue[self]) == 0 ->
end_wfi:   msip[self] || message_interrupts
        fi;
        if
        :: msip[self] -> ipi_take_accelerator()
        :: !msip[self]
        fi
     fi
  :: current[self] != NONE -> /* the thread runs in user mode */
     if
     :: msip[self] -> ipi_take_accelerator()
#ifndef RECALL
     :: go_home()
#endif
     :: may_ask -> ask()
     fi
  od
}

/* trap.c: trap, for M-mode interrupts of an application hart. The timer counts only where it changes something: when there is room. */
proctype interrupt(byte self) {
  byte t, taken;
  bool delivered;
end:
  do
  :: atomic { msip[self] && mode[self] == S -> mode[self] = TRAP; msip[self] = false }; /* ipi_take */
     d_step { taken = requests[self]; requests[self] = 0 };
     if
     :: taken & IPI_ANNOUNCE -> atomic { sip[self] = true; taken = 0 }
     :: else -> taken = 0
     fi;
     origin_deliver()
  :: atomic { retry[self] && room(self) && mode[self] == S -> mode[self] = TRAP; retry[self] = false };
     origin_deliver()
  od
}

/* transport-fifo.c and transport-device.c: send, with the interrupt for a hart that listens. */
inline send(to, t, ok) {
#ifdef DEVICE
  lock_take(mailbox_lock[to]);
  if
  :: len(queue[to]) < DEPTH
  :: len(queue[to]) == DEPTH -> drop_taken_back(to)
  fi;
  if
  :: len(queue[to]) < DEPTH ->
     sent[t] = true;
     queue[to]!name;
     ok = true
  :: len(queue[to]) == DEPTH
  fi;
  lock_drop(mailbox_lock[to])
#else
  if
  :: atomic { len(queue[to]) < DEPTH -> queue[to]!t; ok = true };
     if
     :: listening[to] -> msip[to] = true /* transport_interrupt */
     :: !listening[to]
     fi
  :: len(queue[to]) == DEPTH
  fi
#endif
}

/* calls.c: send_out, to one hart or else the other. */
inline send_out(t) {
  if :: to = 2 :: t == 1 -> to = 3 fi; /* harts are alike: one thread may have a favourite */
  accelerator_of[t] = to;
  send(to, t, ok);
  if
  :: ok
  :: !ok ->
     to = 5 - to;
     accelerator_of[t] = to;
     send(to, t, ok)
  fi
}

/* calls.c: migrate, and kernel/migrate.c: offer */
inline migrate(t) {
  atomic {
    !tasks_lock -> /* task.c: task_new */
    assert(place[t] == UNKNOWN);
    place[t] = QUEUED; accelerator_of[t] = NONE; recalled[t] = false;
#ifdef DEVICE
    sent[t] = false; name = name_of(t)
#endif
  };
  send_out(t);
  if
  :: ok
  :: !ok -> task_free(t)
  fi;
  atomic { refused[t] = !ok; away[t] = ok; ok = false; to = 0; name = 0; mode[self] = S }
}

/* calls.c: recall, under the tasks' lock (task_visit), and recall_tid */
inline recall(t) {
  lock_take(tasks_lock);
  if
  :: place[t] == UNKNOWN -> lock_drop(tasks_lock)
  :: place[t] == RETURNING -> lock_drop(tasks_lock)
  :: place[t] != UNKNOWN && place[t] != RETURNING ->
     recalled[t] = true;
     to = accelerator_of[t];
     if
     :: to == NONE -> lock_drop(tasks_lock)
     :: to != NONE ->
        if /* cancel */
#ifdef DEVICE
        :: sent[t] && place[t] == QUEUED ->
           ipi_send(to, IPI_RECALL);
#else
        :: atomic { queue[to]??[eval(t)] -> queue[to]??eval(t) };
#endif
           place[t] = RETURNING;
           lock_drop(tasks_lock);
           origin_complete(t)
#ifdef DEVICE
        :: !(sent[t] && place[t] == QUEUED) ->
#else
        :: !(queue[to]??[eval(t)]) ->
#endif
           ipi_send(to, IPI_RECALL);
           lock_drop(tasks_lock)
        fi
     fi
  fi;
  atomic { to = 0; mode[self] = S }
}

#define step(what) atomic { mode[self] == S -> what }
#define step_when(condition, what) atomic { mode[self] == S && (condition) -> what }
#define may_go(t) (home_of(t) == self && trips[t] && !away[t] && !refused[t])

proctype kernel(byte self) {
  byte to, name, word, count, t;
  bool ok, asks;
end:
  do
  :: step_when(may_go(0), trips[0]--; away[0] = true; mode[self] = CALL); migrate(0)
  :: step_when(may_go(1), trips[1]--; away[1] = true; mode[self] = CALL); migrate(1)
#ifdef RECALL
  /* Whoever is away is called back: by the other hart, and where there is one thread only, by its own hart too. */
  :: step_when((self == 1 || !TRIPS_OF_THE_OTHER) && place[0] != UNKNOWN && !recalled[0], mode[self] = CALL); recall(0)
  :: step_when(self == 0 && place[1] != UNKNOWN && !recalled[1], mode[self] = CALL); recall(1)
#endif
  :: step_when(sip[self], sip[self] = false); /* kernel/trap.c: interrupt, for the one that announces */
     do /* kernel/migrate.c: migration_drain */
     :: step_when(head[self] != tail[self], t = entry[self]; asks = entry_asks[self]);
        if
        :: asks -> step(head[self] = 1 - head[self]);
           if
           :: step(answer[t] = GO_ON; t = 0)
           :: step(answer[t] = COME_HOME; t = 0)
           fi
        :: !asks -> step(
             head[self] = 1 - head[self];
             assert(away[t] && place[t] == UNKNOWN && current[2] != t && current[3] != t);
             away[t] = false; t = 0)
        fi
     :: step_when(head[self] == tail[self], true) -> break
     od;
     /* kernel/migrate.c: send_waiting */
     if
     :: step_when(refused[0] && home_of(0) == self, away[0] = true; mode[self] = CALL); migrate(0)
     :: step_when(!(refused[0] && home_of(0) == self), true)
     fi;
     if
     :: step_when(refused[1] && home_of(1) == self, away[1] = true; mode[self] = CALL); migrate(1)
     :: step_when(!(refused[1] && home_of(1) == self), true)
     fi
  od
}

init {
  atomic {
    trips[0] = TRIPS; trips[1] = TRIPS_OF_THE_OTHER;
    run kernel(0); run kernel(1);
    run interrupt(0); run interrupt(1);
    run accelerator(2); run accelerator(3)
  };
  timeout -> /* nothing goes on any more */
  assert(!trips[0] && !trips[1] && !away[0] && !away[1] && !refused[0] && !refused[1]);
  assert(len(queue[2]) == 0 && len(queue[3]) == 0 && len(kept[0]) == 0 && len(kept[1]) == 0 && room(0) && room(1));
  assert(!tasks_lock && !origin_lock[0] && !origin_lock[1])
}
