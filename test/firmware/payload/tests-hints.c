/* What threads say that they will do: the call, and the instructions of Xharthint. */
#include "threads.h"

static int64_t hint(uint64_t tid, uint64_t kind, uint64_t class) { return SBI(MIG_EID, MIG_HINT, tid, kind, class).error; }

static bool guest_refused(struct thread *guest) {
  /* With registers of one VLEN it could go to some harts only. */
  vectors(guest)->state = MIG_STATE_UNSUPPORTED;
  int64_t error = go_flags(guest, MIG_GUEST);
  CHECK(error == OK || error == MIG_ERR_QUEUE_FULL, error);
  if (!error) CHECK(brought_back(guest), guest->last.reason);
  return error == MIG_ERR_QUEUE_FULL;
}

/* All harts reserved: none is wholly idle. On QEMU a reservation may be over before the next call. */
static bool reserved_once(struct thread *guest) {
  for (int tries = 0; tries < 200; tries++) {
    for (uint64_t i = 0; i < accelerators; i++) CHECK(hint(5000 + i, MIG_WILL_NEED, 0) == OK, i);
    if (guest_refused(guest)) return true;
  }
  return false;
}

static void reserve(void) {
  struct thread *guest = thread_at(0, user_spin);
  CHECK(hint(5, 9, 0) == INVALID_PARAM, 0);
  CHECK(hint(5, MIG_WILL_NEED, 9) == MIG_ERR_UNKNOWN_CLASS, 0);
  CHECK(!guest_refused(guest), 0);
  CHECK(reserved_once(guest), accelerators);
  /* Taken back: one hart is free again. */
  CHECK(hint(5000, MIG_WONT_NEED, 0) == OK, 0);
  CHECK(!guest_refused(guest), 0);
  /* Used up: the thread has come and gone. */
  CHECK(reserved_once(guest), accelerators);
  struct thread *thread = thread_at(1, user_ecall);
  thread->tid = 5000;
  CHECK(trip(thread) == 8, thread->last.reason);
  CHECK(!guest_refused(guest), 0);
  /* Forgotten in time. */
  CHECK(reserved_once(guest), accelerators);
  uint64_t from = csr_read(cycle);
  while (csr_read(cycle) - from < 40000) {
  }
  CHECK(!guest_refused(guest), 0);
  for (uint64_t i = 0; i < accelerators; i++) CHECK(hint(5000 + i, MIG_WONT_NEED, 0) == OK, i);
}

/* A thread whose registers nobody needs to keep ready goes on from memory all the same. */
static void forget(void) {
  struct thread *thread = thread_at(0, user_trip);
  A(thread, 0) = 5;
  A(thread, 2) = 1000;
  CHECK(go_flags(thread, MIG_KEEP_OVER_SYSCALL) == OK, 0);
  CHECK(back(thread) == 8, 0);
  CHECK(vectors(thread)->state == MIG_STATE_RESIDENT, vectors(thread)->state);
  CHECK(hint(thread->tid, MIG_WONT_NEED, 0) == OK, 0);
  /* Now this memory is read, though the word says that the hart still has it. */
  ((uint64_t *)(vectors(thread)->registers + vectors(thread)->vlenb))[0] = 7;
  thread->run.frame.epc += 4;
  CHECK(go_flags(thread, MIG_KEEP_OVER_SYSCALL) == OK, 0);
  CHECK(back(thread) == 8, 0);
  CHECK(A(thread, 5) == 1007, A(thread, 5));
}

static bool has_instructions(void) {
  struct thread *here = thread_at(0, user_hints);
  return run_user(&here->run) == MIG_CAUSE_HINT;
}

static void instructions_at_home(void) {
  struct thread *here = thread_at(0, user_hints);
  CHECK(run_user(&here->run) == MIG_CAUSE_HINT, csr_read(scause));
  CHECK(csr_read(stval) == 0x00102013 && here->run.frame.epc == user_va(user_hints), csr_read(stval));
}

static void instructions_away(void) {
  struct thread *thread = thread_at(0, user_hints);
  CHECK(trip(thread) == MIG_CAUSE_HINT, thread->last.reason);
  CHECK(A(thread, 5) == 7, A(thread, 5));
  CHECK(thread->last.tval == 0x00202013, thread->last.tval);
  CHECK(thread->run.frame.epc == user_va(user_hints_done) + 4, thread->run.frame.epc);
  /* A guest goes home for either. */
  thread = thread_at(1, user_hints);
  CHECK(go_flags(thread, MIG_GUEST) == OK, 0);
  CHECK(back(thread) == MIG_CAUSE_HINT, thread->last.reason);
  CHECK(thread->run.frame.epc == user_va(user_hints) + 4 && A(thread, 5) != 7, thread->run.frame.epc);
}

void tests_hints(void) {
  run_test("a hint reserves a hart", reserve);
  run_test("a hint lets go of registers", forget);
  if (!has_instructions()) return;
  run_test("hint instructions at home", instructions_at_home);
  run_test("hint instructions away", instructions_away);
}
