/* A supervisor that writes to what it lent to firmware harms itself, and nobody else. */
#include "threads.h"

static uint64_t seed = 88172645463325252ull;
static uint64_t random(void) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  return seed ^= seed << 17;
}
static void scribble(void *at, uint64_t bytes) {
  for (uint64_t i = 0; i < bytes / 8; i++) ((uint64_t *)at)[i] = random() % 4 ? random() : ~0ull;
}

/* Everything works as before. */
static void all_is_well(void) {
  struct thread *thread = thread_at(THREADS - 2, user_trip);
  A(thread, 0) = 77;
  CHECK(trip(thread) == 8, thread->last.reason);
  CHECK(X(thread, 21) == 77 << 4, X(thread, 21));
}

static void running(void) {
  for (int i = 0; i < 8; i++) {
    struct thread *thread = thread_at(0, user_spin);
    A(thread, 0) = 33;
    CHECK(go(thread) == OK && soon_running(thread), i);
    scribble(&thread->run.frame, sizeof thread->run.frame);
    scribble(thread->area, 2048);
    settle(200);
    /* It may have started with what was written: then it has ended by itself. */
    int64_t error = SBI(MIG_EID, MIG_RECALL, thread->tid).error;
    CHECK(error == OK || error == MIG_ERR_UNKNOWN_TID, error);
    CHECK(back(thread) != UINT64_MAX && thread->returns == 1, thread->returns);
    all_is_well();
  }
}

/* Those that wait behind others take what stands there when their turn comes. */
static void queued(void) {
  for (int i = 0; i < 12; i++) {
    int sent = 0;
    uint64_t running = 0;
    while (sent < THREADS - 2) {
      struct thread *thread = thread_at(sent, running < accelerators ? user_spin : user_trip);
      if (go_flags(thread, i % 2 ? MIG_ASK_FOR_CALLS | MIG_ASK_FOR_FAULTS : 0)) break;
      running += running < accelerators && soon_running(thread);
      sent++;
    }
    for (int n = accelerators; n < sent; n++) {
      scribble(&threads[n].run.frame, sizeof threads[n].run.frame);
      scribble(vectors(&threads[n]), sizeof(struct mig_vector_state));
      if (i % 4 == 0) vectors(&threads[n])->state = MIG_STATE_RESIDENT;
    }
    for (int n = 0; n < sent && n < (int)accelerators; n++) CHECK(SBI(MIG_EID, MIG_RECALL, threads[n].tid).error == OK, n);
    /* Each once, whatever for; who asks gets random answers. */
    for (int left = sent; left;) {
      struct thread *came = wait_any();
      CHECK(came != NULL, left);
      if (!came) return;
      if (came->last.flags & MIG_ENTRY_ASKS)
        answer(came, MIG_COME_HOME);
      else
        left--;
    }
    for (int n = 0; n < sent; n++) CHECK(threads[n].returns == 1, threads[n].returns);
    all_is_well();
  }
}

static void ring_damaged(void) {
  for (int i = 0; i < 9; i++) {
    struct thread *thread = thread_at(0, user_trip);
    A(thread, 0) = i;
    uint32_t head = ring->head, tail = ring->tail;
    CHECK(go_flags(thread, i % 2 ? MIG_ASK_FOR_CALLS : 0) == OK, 0);
    ring->head = i % 3 ? head - 1 - (uint32_t)random() % 1000000 : head + 1000;
    ring->tail = random();
    scribble(ring->entry, sizeof ring->entry[0] * ENTRIES);
    settle(1000);
    ring->head = head;
    /* Firmware's own tail counts: either the entry was written before the damage, and is lost to who damaged it, or it comes now. */
    ring->tail = tail;
    for (uint64_t end = now() + 10000000; place(thread) != MIG_UNKNOWN && now() < end;)
      if (thread->run.frame.answer == MIG_ASKED) answer(thread, MIG_COME_HOME);
    CHECK(place(thread) == MIG_UNKNOWN, place(thread));
    CHECK(X(thread, 21) == (uint64_t)i << 4, X(thread, 21));
    use_ring(ENTRIES);
    all_is_well();
  }
}

/* An address space whose tables are firmware's memory, or none. */
static void spaces(void) {
  static const uint64_t bad[] = {0x80000, 0x80100, 0x10000, 0x2000, 0xfffffffffffull, 0};
  for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct thread *thread = thread_at(0, user_trip);
    CHECK(SBI(MIG_EID, MIG_MIGRATE, 0, 8ull << 60 | bad[i], thread->tid, &thread->run.frame, thread->area, 0).error == OK, i);
    uint64_t reason = back(thread);
    CHECK(reason == 1 || reason == 12, reason);
    all_is_well();
  }
}

static void closed(void) {
  for (uint64_t at = 0x10100000; at < 0x10100000 + 0x3000; at += 0x1008) {
    uint64_t before = seen.exceptions;
    __asm__ volatile("ld zero, 0(%0)" ::"r"(at) : "memory");
    CHECK(seen.exceptions == before + 1 && seen.cause == 5, seen.cause);
    __asm__ volatile("sd zero, 0(%0)" ::"r"(at) : "memory");
    CHECK(seen.exceptions == before + 2 && seen.cause == 7, seen.cause);
  }
}

void tests_hostile(void) {
  next_tid = HOSTILE_TIDS;
  run_test("memory of a running thread is written to", running);
  run_test("memory of a queued thread is written to", queued);
  run_test("the ring is written to", ring_damaged);
  run_test("address spaces that are none", spaces);
  if (has_mailbox) run_test("mailboxes are protected", closed);
}
