/* General threads on accelerator harts, and how threads are spread over these. */
#include "threads.h"

static uint64_t usable(void) { return accelerators < THREADS - 2 ? accelerators : THREADS - 2; }

/* Threads that never end, on harts of their own. Returns false when they are not all on different ones. */
static bool occupy(uint64_t from, uint64_t count, uint64_t flags) {
  uint64_t harts[2] = {0}, different = 0;
  for (uint64_t i = 0; i < count; i++) {
    struct thread *thread = thread_at(from + i, user_spin);
    int64_t error = go_flags(thread, flags);
    CHECK(error == OK, error);
    if (error || !soon_running(thread)) return false;
    uint64_t hart = place(thread) >> 8;
    different += !(harts[hart / 64] >> hart % 64 & 1);
    harts[hart / 64] |= 1ull << hart % 64;
  }
  return different == count;
}

static void vacate(uint64_t from, uint64_t count) {
  for (uint64_t i = from; i < from + count; i++) CHECK(brought_back(&threads[i]), threads[i].last.reason);
}

static void spread(void) {
  CHECK(occupy(0, usable(), 0), accelerators);
  vacate(0, usable());
}

/* Do further threads wait where a thread came first, four times for each hart? */
static bool wait_at_the_oldest(uint64_t count) {
  uint64_t came[THREADS], turn = 0; /* when who came to its hart */
  for (uint64_t i = 0; i < count; i++) came[i] = turn++;
  for (uint64_t round = 0; round < 4 * count; round++) {
    uint64_t oldest = 0;
    for (uint64_t i = 1; i < count; i++)
      if (came[i] < came[oldest]) oldest = i;
    for (int again = 0; again < 2; again++) {
      struct thread *waiter = thread_at(count, user_spin);
      uint64_t wanted = (place(&threads[oldest]) & ~0xffull) | MIG_QUEUED;
      CHECK(go(waiter) == OK, round);
      uint64_t where = place(waiter);
      CHECK(brought_back(waiter), round);
      if (where != wanted || !(waiter->last.flags & MIG_ENTRY_QUEUED)) return false;
    }
    uint64_t next = round / 2 % count; /* each twice */
    vacate(next, 1);
    CHECK(occupy(next, 1, 0), round);
    came[next] = turn++;
  }
  return true;
}

/* All harts have a thread; a further one waits where a thread came first. (Under `fifo` it waits where it is that hart's turn.) */
static void waits_at_the_oldest(void) {
  uint64_t count = usable();
  if (count != accelerators || harts_in_turn) return;
  /*
   * On a busy computer QEMU may let a slice end meanwhile, or a hart stand still between taking its thread and counting it: then who came first is another
   * than the test thinks. Once more then.
   */
  bool found = false;
  uint64_t tries = 0;
  for (; tries < 50 && !found; tries++) {
    CHECK(occupy(0, count, 0), accelerators);
    found = wait_at_the_oldest(count);
    vacate(0, count);
  }
  CHECK(found, accelerators);
  print("payload: %d tries to find who waits where\n", tries);
}

static void guest_gives_way(void) {
  uint64_t count = usable();
  CHECK(occupy(0, count, MIG_GUEST), accelerators);
  if (count == accelerators) CHECK(go_flags(thread_at(count, user_spin), MIG_GUEST) == MIG_ERR_QUEUE_FULL, count);
  if (count < accelerators) {
    vacate(0, count);
    return;
  }
  /* A thread of the class takes one guest's place, at once; and then there is room for a guest again. */
  for (uint64_t i = 0; i < count; i++) {
    struct thread *thread = thread_at(count, user_trip), *guest = NULL;
    A(thread, 0) = i + 1;
    CHECK(go(thread) == OK, 0);
    for (int both = 0; both < 2; both++) {
      struct thread *came = wait_any();
      CHECK(came && came->last.reason == (came == thread ? 8 : MIG_REASON_RECALL), came ? came->last.reason : 0);
      if (came != thread) guest = came;
    }
    CHECK(guest && thread->returns == 1, i);
    if (!guest) return;
    CHECK(thread->last.hart == guest->last.hart, thread->last.hart);
    CHECK(X(thread, 21) == (i + 1) << 4, X(thread, 21));
    CHECK(occupy(guest - threads, 1, MIG_GUEST), i);
  }
  vacate(0, count);
  /* Threads of the class are no guests' place. */
  CHECK(occupy(0, count, 0), accelerators);
  CHECK(go_flags(thread_at(count, user_spin), MIG_GUEST) == MIG_ERR_QUEUE_FULL, count);
  vacate(0, count);
}

static void guest_comes_home(void) {
  struct thread *guest = thread_at(0, user_trip);
  A(guest, 0) = 4;
  CHECK(go_flags(guest, MIG_GUEST) == OK, 0);
  CHECK(back(guest) == 8, guest->last.reason);
  /* It may use the class's registers, as its save area has them. */
  CHECK(X(guest, 21) == 4 << 4 && vectors(guest)->state == MIG_STATE_DISCARDED, X(guest, 21));
  guest = thread_at(0, user_spin);
  A(guest, 0) = 5;
  CHECK(go_flags(guest, MIG_GUEST) == OK && soon_running(guest), 0);
  settle(2000);
  CHECK(brought_back(guest), guest->last.reason);
  CHECK(!take(), 0);
}

/* A guest that waits for an answer gives way when it has it. */
static void guest_asks(void) {
  if (usable() < accelerators) return;
  uint64_t others = accelerators - 1;
  CHECK(occupy(0, others, 0), accelerators);
  struct thread *guest = thread_at(others, user_trip), *thread = thread_at(others + 1, user_ecall);
  CHECK(go_flags(guest, MIG_GUEST | MIG_ASK_FOR_CALLS) == OK, 0);
  if (!asks(guest, 8)) return;
  CHECK(go(thread) == OK, 0);
  settle(2000);
  CHECK((place(guest) & 0xff) == MIG_RUNNING && !take(), place(guest));
  guest->run.frame.epc += 4;
  answer(guest, MIG_GO_ON);
  CHECK(back(guest) == MIG_REASON_RECALL, guest->last.reason);
  CHECK(back(thread) == 8, thread->last.reason);
  vacate(0, others);
}

void tests_guests(void) {
  run_test("threads spread over the harts", spread);
  run_test("a thread waits where one came first", waits_at_the_oldest);
  run_test("guests give way to threads of the class", guest_gives_way);
  run_test("a guest comes home by itself, or recalled", guest_comes_home);
  run_test("a guest that asks gives way afterwards", guest_asks);
}
