/* Threads that tests send away, and how they come back: what all tests of the migration extension share. */
#ifndef THREADS_H
#define THREADS_H

#include "payload.h"

enum { ENTRIES = 16, AREA = 48 + 32 * 512, UNIT_WORDS = 9, THREADS = 12 };

struct thread {
  uint64_t tid;
  struct run run;
  struct mig_completion last;
  uint64_t returns;
  uint8_t area[AREA] __attribute__((aligned(16)));                        /* of the vectors' class, */
  uint8_t unit[MIG_STATE_BYTES(UNIT_WORDS)] __attribute__((aligned(16))); /* and of Xhartdot's */
};
extern struct thread threads[THREADS];
extern struct mig_ring *const ring;

#define X(thread, n) (thread)->run.frame.x[(n) - 1]
#define A(thread, n) (thread)->run.frame.x[9 + (n)]

static inline struct mig_vector_state *vectors(struct thread *thread) { return (struct mig_vector_state *)thread->area; }
static inline struct mig_state *unit(struct thread *thread) { return (struct mig_state *)thread->unit; }
uint64_t lane64(struct thread *thread, int v, int i);
uint32_t lane32(struct thread *thread, int v, int i);

/* The bit of sip that announces completions. */
uint64_t announce_bit(void);
void use_ring(uint64_t entries);

/* Tids of fresh threads; those of threads whose registers are damaged on the way begin here. */
extern uint64_t next_tid;
#define HOSTILE_TIDS (1ull << 48)

/* A fresh thread that will start at this code. */
struct thread *thread_at(int index, const void *code);

/* Send it away, for vectors or for a class; the error. */
int64_t go(struct thread *thread);
int64_t go_flags(struct thread *thread, uint64_t flags);
int64_t go_unit(struct thread *thread);
/* Where it is. */
uint64_t place(struct thread *thread);
bool soon_running(struct thread *thread);

/* Take one completion, if there is one: its thread, or none. */
struct thread *take(void);
/* Wait for one; none when none comes. */
struct thread *wait_any(void);
/* Wait for this thread's completion; the reason, or all-ones when it does not come. */
uint64_t back(struct thread *thread);
/* Wait for this thread's question about a trap of this cause; and answer it. */
bool asks(struct thread *thread, uint64_t reason);
void answer(struct thread *thread, uint32_t answer);
/* Recall it, and wait for it. */
bool brought_back(struct thread *thread);
/* Out and back. */
uint64_t trip(struct thread *thread);
uint64_t trip_unit(struct thread *thread);

/* Let time pass. */
void settle(uint64_t ticks);
/* Until so many completions wait in the ring, without a call of firmware. */
void settle_ring(uint32_t count);

void tests_refusals(void);
void tests_no_class(void);
void tests_state(void);
void tests_exceptions(void);
void tests_unit(void);
void tests_returns(void);
void tests_fences(void);
void tests_homes(void);
void tests_asks(void);
void tests_guests(void);
void tests_hints(void);
void tests_hostile(void);

#endif
