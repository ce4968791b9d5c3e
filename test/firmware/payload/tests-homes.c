/* Two harts that send threads away at the same time. */
#include "threads.h"

/*
 * The other hart's own threads, ring and fences, at the same time as this one's. Nothing here reports: it
 * counts.
 */
volatile uint64_t work_asked, work_done;
static uint8_t other_memory[MIG_RING_BYTES(4)] __attribute__((aligned(64)));
static struct thread other_thread;
static uint64_t other_trips, other_recalls, other_wrong;

void work_of_other_hart(void) {
  struct mig_ring *other = (struct mig_ring *)other_memory;
  struct thread *thread = &other_thread;
  thread->tid = 1ull << 40;
  thread->run.frame.epc = user_va(user_pingpong);
  A(thread, 0) = 50;
  other_wrong += SBI(MIG_EID, MIG_SET_RING, other, 4).error != OK;
  for (uint64_t end = now() + 200000000; now() < end;) {
    if (go_flags(thread, MIG_KEEP_OVER_SYSCALL)) continue;
    other_trips++;
    /* Everyone's address space: stops whoever runs, its own thread too. */
    if (other_trips % 3 == 0) other_wrong += SBI(RFENCE, 1, 0, -1, 0, -1).error != OK;
    while (other->head == other->tail && now() < end) {
    }
    __asm__ volatile("fence r, rw" ::: "memory");
    struct mig_completion *entry = &other->entry[other->head & 3];
    other_wrong += entry->tid != thread->tid || entry->state != MIG_STATE_RESIDENT;
    if (entry->reason == MIG_REASON_RECALL && entry->flags & MIG_ENTRY_QUEUED) other_wrong++;
    other_recalls += entry->reason == MIG_REASON_RECALL;
    other_wrong += entry->reason != MIG_REASON_RECALL && entry->reason != 8;
    if (entry->reason == 8) thread->run.frame.epc += 4;
    bool over = entry->reason == 8 && A(thread, 7) == 93;
    other->head++;
    if (over) break;
  }
  other_wrong += A(thread, 1) != 50 * 51 / 2;
}

static void two_homes(void) {
  if (!other_hart) return;
  work_asked = 1;
  SBI(IPI, 0, 1, other_hart);
  for (int i = 0; i < 40; i++) {
    struct thread *thread = thread_at(i % 4, user_trip);
    A(thread, 0) = i;
    int64_t error;
    while ((error = go_flags(thread, MIG_KEEP_OVER_SYSCALL)) == MIG_ERR_QUEUE_FULL) {
    }
    CHECK(error == OK, error);
    if (i % 4 == 0) CHECK(SBI(RFENCE, 2, 0, -1, 0, -1, 1).error == OK, 0);
    uint64_t reason = back(thread);
    while (reason == MIG_REASON_RECALL) reason = trip(thread);
    CHECK(reason == 8, reason);
    CHECK(X(thread, 21) == (uint64_t)i << 4, X(thread, 21));
  }
  for (uint64_t end = now() + 200000000; !work_done && now() < end;) {
  }
  CHECK(__atomic_load_n(&work_done, __ATOMIC_ACQUIRE), 0);
  CHECK(other_wrong == 0, other_wrong);
  CHECK(other_trips >= 51, other_trips);
  print("payload: the other hart: %d trips, %d recalls\n", other_trips, other_recalls);
}

void tests_homes(void) {
  run_test("two home harts at once, with fences", two_homes);
}
