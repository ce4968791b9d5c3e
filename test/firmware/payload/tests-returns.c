/* Recalls, queues, rings: every thread comes back once, and when the supervisor lets it. */
#include "threads.h"

static void recall_running(void) {
  struct thread *thread = thread_at(0, user_spin);
  A(thread, 0) = 33;
  A(thread, 5) = 0;
  /* On a busy computer QEMU may let so much time pass before the thread's first instruction: once more then. */
  int tries = 0;
  do {
    CHECK(go(thread) == OK, 0);
    CHECK(soon_running(thread), place(thread));
    CHECK(place(thread) >> 8 == 0 || SBI(HSM, 2, place(thread) >> 8).error == INVALID_PARAM, place(thread));
    settle(3000);
    CHECK(go(thread) == MIG_ERR_DUPLICATE_TID, 0);
    CHECK(SBI(MIG_EID, MIG_RECALL, thread->tid).error == OK, 0);
    CHECK(back(thread) == MIG_REASON_RECALL, thread->last.reason);
  } while (thread->last.flags & MIG_ENTRY_QUEUED && ++tries < 50);
  CHECK(A(thread, 5) > 0, A(thread, 5));
  CHECK(lane64(thread, 3, 0) == 33, lane64(thread, 3, 0));
  CHECK(thread->last.state == MIG_STATE_RESIDENT, thread->last.state);
  CHECK(SBI(MIG_EID, MIG_RECALL, thread->tid).error == MIG_ERR_UNKNOWN_TID, 0);
  CHECK(place(thread) == MIG_UNKNOWN, place(thread));
  CHECK(!take(), 0);
}

/* Every accelerator hart busy for ever: those behind wait. */
static void queue_full(void) {
  uint64_t depth = MIG_DESCRIBE_DEPTH(SBI(MIG_EID, MIG_DESCRIBE, 0).value);
  int64_t error = OK;
  int sent = 0;
  while (sent < THREADS) {
    struct thread *thread = thread_at(sent, user_spin);
    if ((error = go(thread))) break;
    /* It leaves the queue before the next is sent. */
    if ((uint64_t)sent++ < accelerators) CHECK(soon_running(thread), place(thread));
  }
  if (accelerators * (depth + 1) < THREADS) {
    CHECK(error == MIG_ERR_QUEUE_FULL, error);
    CHECK((uint64_t)sent == accelerators * (depth + 1), sent);
  } else {
    CHECK(sent == THREADS, sent);
  }
  if ((uint64_t)sent > accelerators) CHECK((place(&threads[sent - 1]) & 0xff) == MIG_QUEUED, place(&threads[sent - 1]));
  /* One that is queued comes back although nothing runs to its end; in the middle of a queue, too. */
  for (int i = sent - 1; i >= 0; i--) {
    struct thread *thread = &threads[(i + sent / 2) % sent];
    CHECK(SBI(MIG_EID, MIG_RECALL, thread->tid).error == OK, i);
    CHECK(back(thread) == MIG_REASON_RECALL, thread->last.reason);
    CHECK(thread->returns == 1, thread->returns);
  }
  CHECK(!take(), 0);
  /* And there is room again. */
  struct thread *thread = thread_at(0, user_ecall);
  CHECK(trip(thread) == 8, thread->last.reason);
}

static void two_at_once(void) {
  /* Both return while this hart looks away: two entries, two registers written. */
  struct thread *one = thread_at(0, user_trip), *two = thread_at(1, user_trip);
  A(one, 0) = 1;
  A(two, 0) = 2;
  csr_clear(sip, announce_bit());
  CHECK(go(one) == OK, 0);
  /* With one place for each sender the second may have to wait until the first was taken out. */
  int64_t error;
  while ((error = go(two)) == MIG_ERR_QUEUE_FULL) {
  }
  CHECK(error == OK, error);
  settle_ring(2);
  CHECK(ring->tail - ring->head == 2, ring->tail - ring->head);
  take();
  take();
  CHECK(one->returns == 1 && two->returns == 1, one->returns);
  CHECK(X(one, 21) == 16 && X(two, 21) == 32, X(two, 21));
}

/* A ring of one entry: completions wait with firmware, and each is announced once there is room. */
static void ring_full(void) {
  use_ring(1);
  int count = 4, sent = 0;
  uint64_t end = now() + 20000000;
  for (; sent < count; sent++) {
    struct thread *thread = thread_at(sent, user_ecall);
    while (go(thread) == MIG_ERR_QUEUE_FULL && now() < end) {
    }
  }
  /* All are home but for the ring. */
  for (int i = 0; i < count;) i += place(&threads[i]) == MIG_RETURNING || ring->entry[0].tid == threads[i].tid || now() > end;
  settle(2000);
  CHECK(ring->tail - ring->head == 1, ring->tail - ring->head);
  for (int i = 0; i < count; i++) {
    /* No SBI call from here on: firmware must find by itself that there is room. */
    uint64_t announced = now() + 10000000;
    while (!(csr_read(sip) & announce_bit()) && now() < announced) {
    }
    csr_clear(sip, announce_bit());
    CHECK(wait_any() != NULL, i);
  }
  for (int i = 0; i < count; i++) CHECK(threads[i].returns == 1, threads[i].returns);
  CHECK(!take(), 0);
  use_ring(ENTRIES);
}

/* With interrupts off the return disturbs nothing; it is seen the moment they go on. */
static void masked(void) {
  uint64_t bit = announce_bit(), before = seen.interrupts;
  struct thread *thread = thread_at(0, user_trip);
  csr_clear(sstatus, 2);
  csr_clear(sip, bit);
  csr_set(sie, bit);
  CHECK(go(thread) == OK, 0);
  settle_ring(1);
  CHECK(ring->tail - ring->head == 1, ring->tail);
  CHECK(seen.interrupts == before, seen.interrupts);
  csr_set(sstatus, 2);
  csr_clear(sstatus, 2);
  CHECK(seen.interrupts == before + 1, seen.interrupts);
  CHECK(seen.cause == (1ull << 63 | (uint64_t)__builtin_ctzll(bit)), seen.cause);
  csr_clear(sie, bit);
  csr_clear(sip, bit);
  CHECK(back(thread) == 8, 0);
}

/*
 * The home hart is in U-mode, in another program, when the thread comes back: registers go to the
 * supervisor's memory all the same.
 */
static void home_in_user_mode(void) {
  uint64_t bit = announce_bit();
  for (int round = 0; round < 10; round++) {
    struct thread *thread = thread_at(0, user_trip), *local = thread_at(1, user_count);
    A(thread, 0) = 40 + round;
    A(local, 5) = 0;
    X(local, 18) = 0;
    csr_clear(sip, bit);
    csr_set(sie, bit);
    CHECK(go(thread) == OK, 0);
    uint64_t cause = run_user(&local->run);
    csr_clear(sie, bit);
    csr_clear(sip, bit);
    CHECK(cause == (1ull << 63 | (uint64_t)__builtin_ctzll(bit)), cause);
    CHECK(X(local, 18) == 2 * A(local, 5) || X(local, 18) == 2 * A(local, 5) - 2, X(local, 18));
    CHECK(X(local, 10) == 0x1000 + 9, X(local, 10));
    CHECK(back(thread) == 8, 0);
    CHECK(X(thread, 21) == (uint64_t)(40 + round) << 4, X(thread, 21));
  }
}

static void pingpong(void) {
  enum { PLAYERS = 6, ROUNDS = 40 };
  uint64_t out[PLAYERS] = {0}, done = 0, recalls = 0, refused = 0, seed = 12345;
  bool away[PLAYERS] = {false}, finished[PLAYERS] = {false};
  for (int i = 0; i < PLAYERS; i++) A(thread_at(i, user_pingpong), 0) = ROUNDS + i;
  for (uint64_t end = now() + 200000000; done < PLAYERS && now() < end;) {
    for (int i = 0; i < PLAYERS; i++) {
      if (away[i] || finished[i]) continue;
      int64_t error = go_flags(&threads[i], i % 2 ? MIG_KEEP_OVER_SYSCALL : MIG_CODE_CURRENT);
      if (error == MIG_ERR_QUEUE_FULL) {
        refused++;
        continue;
      }
      CHECK(error == OK, error);
      away[i] = true;
      out[i]++;
      seed = seed * 6364136223846793005ull + 1442695040888963407ull;
      if (seed >> 60 == 0) recalls += SBI(MIG_EID, MIG_RECALL, threads[seed >> 32 & 1 ? i : 0].tid).error == OK;
    }
    for (struct thread *thread; (thread = take());) {
      int i = thread - threads;
      CHECK(away[i], i);
      away[i] = false;
      CHECK(thread->returns == out[i], thread->returns);
      if (thread->last.reason == 8) {
        thread->run.frame.epc += 4;
        if (A(thread, 7) == 93) {
          finished[i] = true;
          done++;
          uint64_t n = ROUNDS + i;
          CHECK(A(thread, 1) == n * (n + 1) / 2, A(thread, 1));
        }
      } else {
        CHECK(thread->last.reason == MIG_REASON_RECALL, thread->last.reason);
      }
    }
  }
  CHECK(done == PLAYERS, done);
  print("payload: pingpong with %d recalls, %d times a full queue\n", recalls, refused);
  settle(2000);
  CHECK(!take(), 0);
}

void tests_returns(void) {
  run_test("recall of a running thread", recall_running);
  run_test("queue full, recall of queued threads", queue_full);
  run_test("two returns at once", two_at_once);
  run_test("a full ring loses nothing", ring_full);
  run_test("a return respects masked interrupts", masked);
  run_test("a return while the home hart is in user mode", home_in_user_mode);
  run_test("six threads go back and forth", pingpong);
}
