/* Threads that stay on their accelerator hart while the supervisor serves them. */
#include "threads.h"

static void call_asked(void) {
  struct thread *thread = thread_at(0, user_trip);
  A(thread, 0) = 5;
  CHECK(go_flags(thread, MIG_ASK_FOR_CALLS) == OK, 0);
  uint64_t hart = 0;
  for (uint64_t i = 0; i < 10; i++) {
    if (!asks(thread, 8)) return;
    if (!i) hart = thread->last.hart;
    CHECK(thread->last.hart == hart, thread->last.hart);
    CHECK(thread->run.frame.epc == user_va(user_trip) + 28, thread->run.frame.epc);
    CHECK(X(thread, 21) == (5 << 4) + i, X(thread, 21));
    /* Its vector registers stay where they are, and a system call keeps them here. */
    CHECK(vectors(thread)->state == MIG_STATE_LIVE, vectors(thread)->state);
    CHECK(!i || A(thread, 5) == 5 + 100 * i * (i + 1) / 2, A(thread, 5));
    CHECK((place(thread) & 0xff) == MIG_RUNNING, place(thread));
    CHECK(go(thread) == MIG_ERR_DUPLICATE_TID, 0);
    A(thread, 2) = 100 * (i + 1);
    thread->run.frame.epc += 4;
    answer(thread, MIG_GO_ON);
  }
  if (!asks(thread, 8)) return;
  CHECK(thread->returns == 0, thread->returns);
  settle(5000);
  answer(thread, MIG_COME_HOME);
  CHECK(back(thread) == 8, thread->last.reason);
  CHECK(!(thread->last.flags & MIG_ENTRY_ASKS), thread->last.flags);
  CHECK(thread->last.flags & MIG_ENTRY_FLOATS, thread->last.flags);
  CHECK(thread->run.frame.answer == MIG_NOT_ASKED, thread->run.frame.answer);
  CHECK(vectors(thread)->state == MIG_STATE_DISCARDED, vectors(thread)->state);
  CHECK(X(thread, 21) == (5 << 4) + 10, X(thread, 21));
  CHECK(thread->run.frame.f[10] == 0x4024000000000000, thread->run.frame.f[10]);
  /* Waiting is not the thread's time. QEMU counts the time of its host. */
  CHECK(thread->last.instructions >= 8 + 10 * 5, thread->last.instructions);
  if (!on_qemu) CHECK(thread->last.instructions < 5000, thread->last.instructions);
}

static void fault_asked(void) {
  struct thread *thread = thread_at(0, user_fault);
  unmap_fresh();
  A(thread, 0) = 70;
  A(thread, 3) = FRESH + 8;
  CHECK(go_flags(thread, MIG_ASK_FOR_FAULTS) == OK, 0);
  if (!asks(thread, 13)) return;
  CHECK(thread->last.tval == FRESH + 8, thread->last.tval);
  CHECK(thread->run.frame.epc == user_va(user_fault_at), thread->run.frame.epc);
  /* No fence: firmware makes the page known to the hart that asked. */
  map_fresh();
  answer(thread, MIG_GO_ON);
  CHECK(back(thread) == 8, thread->last.reason);
  CHECK(!(thread->last.flags & MIG_ENTRY_ASKS), thread->last.flags);
  CHECK(A(thread, 6) == 70 && A(thread, 7) == 70, A(thread, 6));
  CHECK(thread->returns == 1, thread->returns);
  /* Not served: the registers come home as for a fault that was not asked. */
  thread = thread_at(1, user_fault);
  unmap_fresh();
  A(thread, 0) = 71;
  A(thread, 3) = FRESH;
  CHECK(go_flags(thread, MIG_ASK_FOR_FAULTS | MIG_ASK_FOR_CALLS) == OK, 0);
  if (!asks(thread, 13)) return;
  answer(thread, MIG_COME_HOME);
  CHECK(back(thread) == 13, thread->last.reason);
  CHECK(thread->last.tval == FRESH, thread->last.tval);
  CHECK(thread->last.state == MIG_STATE_RESIDENT, thread->last.state);
  CHECK(lane32(thread, 30, 3) == 74, lane32(thread, 30, 3));
  map_fresh();
}

/* What is not asked comes home at once. */
static void others_not_asked(void) {
  struct thread *thread = thread_at(0, user_break);
  CHECK(go_flags(thread, MIG_ASK_FOR_FAULTS | MIG_ASK_FOR_CALLS) == OK, 0);
  CHECK(back(thread) == 3, thread->last.reason);
  CHECK(!(thread->last.flags & (MIG_ENTRY_ASKS | MIG_ENTRY_FLOATS)), thread->last.flags);
  thread = thread_at(1, user_ecall);
  CHECK(go_flags(thread, MIG_ASK_FOR_FAULTS) == OK, 0);
  CHECK(back(thread) == 8, thread->last.reason);
  CHECK(!(thread->last.flags & MIG_ENTRY_ASKS), thread->last.flags);
}

static void nonsense(void) {
  static const uint32_t nonsenses[] = {MIG_NOT_ASKED, 4, 77, 0xffffffff};
  for (unsigned i = 0; i < sizeof nonsenses / sizeof *nonsenses; i++) {
    struct thread *thread = thread_at(0, user_trip);
    CHECK(go_flags(thread, MIG_ASK_FOR_CALLS) == OK, 0);
    if (!asks(thread, 8)) return;
    answer(thread, nonsenses[i]);
    CHECK(back(thread) == 8, thread->last.reason);
    CHECK(!(thread->last.flags & MIG_ENTRY_ASKS), nonsenses[i]);
    CHECK(thread->returns == 1, thread->returns);
  }
  CHECK(!take(), 0);
}

/* A fence is over although the thread has no answer; and it counts for the thread when it goes on. */
static void fenced(void) {
  struct thread *thread = thread_at(0, user_ask_loads);
  map_fresh();
  A(thread, 3) = FRESH;
  CHECK(go_flags(thread, MIG_ASK_FOR_CALLS) == OK, 0);
  for (int i = 0; i < 3; i++) {
    if (!asks(thread, 8)) return;
    CHECK(SBI(RFENCE, 1, 0, -1, 0, -1).error == OK, 0);
    CHECK(SBI(RFENCE, 0, 0, -1).error == OK, 0);
    CHECK((place(thread) & 0xff) == MIG_RUNNING && !take(), place(thread));
    thread->run.frame.epc += 4;
    answer(thread, MIG_GO_ON);
  }
  if (!asks(thread, 8)) return;
  unmap_fresh();
  CHECK(SBI(RFENCE, 2, 0, -1, FRESH, 4096, 1).error == OK, 0);
  thread->run.frame.epc += 4;
  answer(thread, MIG_GO_ON);
  CHECK(back(thread) == 13, thread->last.reason);
  CHECK(thread->last.tval == FRESH, thread->last.tval);
  map_fresh();
}

static void recalled(void) {
  struct thread *thread = thread_at(0, user_trip);
  A(thread, 0) = 9;
  CHECK(go_flags(thread, MIG_ASK_FOR_CALLS) == OK, 0);
  if (!asks(thread, 8)) return;
  CHECK(SBI(MIG_EID, MIG_RECALL, thread->tid).error == OK, 0);
  settle(3000);
  CHECK(SBI(MIG_EID, MIG_RECALL, thread->tid).error == OK, 0);
  CHECK((place(thread) & 0xff) == MIG_RUNNING && !take(), place(thread));
  thread->run.frame.epc += 4;
  A(thread, 6) = 1234;
  answer(thread, MIG_GO_ON);
  CHECK(back(thread) == MIG_REASON_RECALL, thread->last.reason);
  CHECK(thread->run.frame.epc == user_va(user_trip) + 32 && A(thread, 6) == 1234, thread->run.frame.epc);
  CHECK(vectors(thread)->state == MIG_STATE_RESIDENT && lane64(thread, 1, 0) == 9, vectors(thread)->state);
  CHECK(SBI(MIG_EID, MIG_RECALL, thread->tid).error == MIG_ERR_UNKNOWN_TID, 0);
  /* It was coming home anyway: for what it asked. */
  thread = thread_at(1, user_trip);
  CHECK(go_flags(thread, MIG_ASK_FOR_CALLS) == OK, 0);
  if (!asks(thread, 8)) return;
  CHECK(SBI(MIG_EID, MIG_RECALL, thread->tid).error == OK, 0);
  answer(thread, MIG_COME_HOME);
  CHECK(back(thread) == 8, thread->last.reason);
  settle(2000);
  CHECK(!take(), 0);
}

/* No room for the question: the thread comes home, when there is room for that. */
static void ring_full(void) {
  use_ring(1);
  struct thread *first = thread_at(0, user_ecall), *second = thread_at(1, user_trip);
  CHECK(go(first) == OK, 0);
  settle_ring(1);
  int64_t error;
  while ((error = go_flags(second, MIG_ASK_FOR_CALLS)) == MIG_ERR_QUEUE_FULL) {
  }
  CHECK(error == OK, error);
  for (uint64_t end = now() + 10000000; (place(second) & 0xff) != MIG_RETURNING && now() < end;) {
  }
  CHECK((place(second) & 0xff) == MIG_RETURNING, place(second));
  CHECK(back(first) == 8, 0);
  CHECK(back(second) == 8, second->last.reason);
  CHECK(!(second->last.flags & MIG_ENTRY_ASKS), second->last.flags);
  use_ring(ENTRIES);
}

/* A frame whose pages are not in a row is copied, both ways, and can't hold an answer. */
static void scattered_frame(void) {
  struct thread *thread = thread_at(0, user_trip);
  struct mig_frame *frame = (struct mig_frame *)(SCATTERED + 4096 - 256);
  A(thread, 0) = 6;
  *frame = thread->run.frame;
  CHECK(SBI(MIG_EID, MIG_MIGRATE, 0, satp_1, thread->tid, frame, thread->area, MIG_ASK_FOR_CALLS).error == OK, 0);
  CHECK(back(thread) == 8, thread->last.reason);
  CHECK(!(thread->last.flags & MIG_ENTRY_ASKS), thread->last.flags);
  CHECK(frame->x[20] == 6 << 4 && frame->epc == user_va(user_trip) + 28, frame->x[20]);
  CHECK(frame->x[30] == 0x1000 + 30 && frame->f[10] == 0x4028000000000000 && frame->f[31] == 0xffffffff0000001full, frame->f[10]);
}

void tests_asks(void) {
  run_test("a system call is asked", call_asked);
  run_test("a page fault is asked", fault_asked);
  run_test("other exceptions are not asked", others_not_asked);
  run_test("nonsense for an answer", nonsense);
  run_test("fences while a thread asks", fenced);
  run_test("recall while a thread asks", recalled);
  run_test("no room for a question", ring_full);
  run_test("a frame of scattered pages", scattered_frame);
}
