/*
 * Remote fences: two supervisors ask at once while threads run, come, go and ask questions of their own on both accelerator harts.
 * Proven: no hart waits for ever (two that ask each other; one that asks while a question to it is open); when a fence is
 * acknowledged, and when the call returns, no thread of the address space runs with translations from before; each question is answered.
 */
#include "hart.pml"

/*
 * The kernel asks for fences under its lock, which it also needs to answer. Firmware doesn't rely on that: without LOCKED both ask at
 * once, and one thread is enough for what is left to see.
 */
#ifdef LOCKED
#define TRIPS_OF_THE_OTHER TRIPS
#else
#define TRIPS_OF_THE_OTHER 0
#endif

#define THREADS 2 /* thread n has ASID n, and its home is application hart n */
#define FENCES  1 /* that each supervisor asks for */
#define TRIPS   1 /* that each thread makes */

/* Where an application hart is: in the supervisor (or user code), in an SBI call, in a trap that interrupted the supervisor. */
mtype = { S, CALL, TRAP };
mtype mode[APPLICATION] = S;

/* struct hart: fence.asid and fence.waiting of who asks, fence_from of who is asked (a bit for each asker). */
bit fence_asid[APPLICATION];
byte waiting[APPLICATION];
byte fence_from[HARTS];

/* Translations that the hart may hold from before a change: bit 2 * supervisor + ASID. */
#define changed_by(asker, asid) (1 << (2 * (asker) + (asid)))
#define changed(asid) (changed_by(0, asid) | changed_by(1, asid))
byte stale[HARTS];
byte in_user[HARTS] = NONE; /* the thread whose instructions the hart executes now */

/* enum mig_answer, in struct mig_frame */
mtype = { NOT_ASKED, ASKED, GO_ON, COME_HOME };
byte current[HARTS] = NONE; /* struct accelerator, and */
bool asking[HARTS];
bool fenced[APPLICATION];   /* supervisor n's last fence is over: nothing runs any more with what it changed */
mtype answer[THREADS] = NOT_ASKED;
byte trips[THREADS]; /* that it still makes */
bool away[THREADS];
bool kernel_lock;

#define runs_stale(hart, asker, asid) (in_user[hart] == (asid) && (stale[hart] & changed_by(asker, asid)))

/* fence.c: fence_here, the hart's own cache. */
inline fence_here(asid) { stale[self] = stale[self] & ~changed(asid) }

/* accelerator.c: leave. The trip home is the matter of trip.pml. */
inline leave() {
  d_step { away[current[self]] = false; current[self] = NONE }
}

/* accelerator.c: accelerator_fenced */
inline accelerator_fenced(asid) {
  if
  :: is_accelerator(self) && current[self] == asid && !asking[self] -> leave()
  :: else
  fi
}

/* fence.c: fence_serve */
inline fence_serve() {
  d_step { from = fence_from[self]; fence_from[self] = 0 };
  do
  :: from == 0 -> break
  :: atomic { from != 0 -> asker = (from & 1 -> 0 : 1); from = from & ~(1 << asker); asid = fence_asid[asker] };
     atomic {
       accelerator_fenced(asid);
       fence_here(asid)
     };
     d_step { assert(!runs_stale(self, asker, asid)); waiting[asker]--; asker = 0; asid = 0 }
  od
}

/* ipi.c: ipi_take */
inline ipi_take() {
  msip[self] = false;
  d_step { taken = requests[self]; requests[self] = 0 };
  if
  :: taken & IPI_FENCE -> taken = 0; fence_serve()
  :: else -> taken = 0
  fi
}

/* fence.c: ask; accelerator.c: accelerator_concerned. A hart where no thread of the space is, is not bothered. */
inline ask(to, asid) {
  if
  :: !is_accelerator(to) || current[to] == asid ->
     d_step { waiting[self]++; fence_from[to] = fence_from[to] | (1 << self) };
     ipi_send(to, IPI_FENCE)
  :: is_accelerator(to) && current[to] != asid
  fi
}

/* fence.c: fence_remote */
inline fence_remote(asid) {
  fence_asid[self] = asid;
  ask(1 - self, asid);
  ask(2, asid);
  ask(3, asid);
  fence_here(asid);
  do
  :: waiting[self] == 0 -> break
  :: requests[self] != 0 -> ipi_take() /* ipi_poll */
  od
}

/* A step of the supervisor: not while a trap to M-mode has interrupted it. */
#define step(what) atomic { mode[self] == S -> what }
#define step_when(condition, what) atomic { mode[self] == S && (condition) -> what }

proctype supervisor(byte self) {
  byte fences, from, taken;
  bit asker, asid, space;
end:
  do
  :: atomic { fences < FENCES -> fences++; if :: space = 0 :: self == 1 -> space = 1 fi }; /* the other two pairs of spaces are mirrors */
#ifdef LOCKED
     step_when(!kernel_lock, kernel_lock = true);
#endif
     /* The page table: what harts have cached of it is old from now on. */
     step(
       stale[0] = stale[0] | changed_by(self, space);
       stale[1] = stale[1] | changed_by(self, space);
       stale[2] = stale[2] | changed_by(self, space);
       stale[3] = stale[3] | changed_by(self, space);
       fenced[self] = false;
       mode[self] = CALL
     );
     fence_remote(space);
     atomic { assert(!runs_stale(2, self, space) && !runs_stale(3, self, space)); fenced[self] = true; space = 0; mode[self] = S };
#ifdef LOCKED
     step(kernel_lock = false)
#endif
  :: answer[self] == ASKED -> /* its question is in the ring: migration_drain */
#ifdef LOCKED
     step_when(!kernel_lock, kernel_lock = true);
     step(if :: answer[self] = GO_ON :: answer[self] = COME_HOME fi);
     step(kernel_lock = false)
#else
     step(if :: answer[self] = GO_ON :: answer[self] = COME_HOME fi)
#endif
  od
}

/* trap.c: trap, for the software interrupt while the supervisor runs. */
proctype interrupt(byte self) {
  byte from, taken;
  bit asker, asid;
end:
  do
  :: atomic { msip[self] && mode[self] == S -> mode[self] = TRAP };
     ipi_take();
     mode[self] = S
  od
}

/* The return to user mode. */
inline go_on() {
  in_user[self] = current[self];
  assert(current[self] == NONE || !(fenced[0] && runs_stale(self, 0, current[self])));
  assert(current[self] == NONE || !(fenced[1] && runs_stale(self, 1, current[self])))
}

/* accelerator.c: take and enter */
inline take(thread) {
  atomic { trips[thread] && !away[thread] -> current[self] = thread; trips[thread]--; away[thread] = true };
  atomic { fence_here(thread); go_on() }
}

proctype accelerator(byte self) {
  byte from, taken;
  bit asker, asid;
end:
  do
  :: current[self] == NONE -> /* accelerator_wait */
end_idle:
     if
     :: take(0)
     :: take(1)
     :: msip[self] -> ipi_take()
     fi
  :: atomic { current[self] != NONE && msip[self] -> in_user[self] = NONE }; /* accelerator_trap: interrupt */
     ipi_take();
     atomic { go_on() }
  :: atomic { current[self] != NONE -> in_user[self] = NONE }; /* accelerator_trap: exception */
     if
     :: leave()
     :: atomic { asking[self] = true; answer[current[self]] = ASKED }; /* ask.c: ask */
        do
        :: atomic { answer[current[self]] == GO_ON -> answer[current[self]] = NOT_ASKED; asking[self] = false; go_on() };
           break
        :: atomic { answer[current[self]] == COME_HOME -> answer[current[self]] = NOT_ASKED; asking[self] = false; leave() };
           break
        :: requests[self] != 0 -> ipi_take() /* ipi_poll */
        od
     fi
  od
}

init {
  atomic {
    trips[0] = TRIPS; trips[1] = TRIPS_OF_THE_OTHER;
    run supervisor(0); run supervisor(1);
    run interrupt(0); run interrupt(1);
    run accelerator(2); run accelerator(3)
  };
  /* Everybody comes home. */
  trips[0] + trips[1] == 0 && !away[0] && !away[1]
}
