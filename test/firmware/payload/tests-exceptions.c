/* Why else a thread comes back. */
#include "threads.h"

static void exceptions(void) {
  struct thread *thread = thread_at(0, user_illegal);
  CHECK(trip(thread) == 2, thread->last.reason);
  CHECK(thread->run.frame.epc == user_va(user_illegal), 0);
  CHECK(thread->last.tval == 0xffffffff || thread->last.tval == 0, thread->last.tval);
  thread = thread_at(0, user_break);
  CHECK(trip(thread) == 3, thread->last.reason);
  /* Firmware's own memory, through no mapping that allows it: a page of the user's that points there. */
  map_page(0x40040000, 0x80000000, 2 | 16);
  thread = thread_at(0, user_load);
  A(thread, 3) = 0x40040000;
  CHECK(trip(thread) == 5, thread->last.reason);
  map_page(0x40040000, 0, 0);
  /* Supervisor memory is no user's. */
  thread = thread_at(0, user_load);
  A(thread, 3) = 0x80200000;
  CHECK(trip(thread) == 13, thread->last.reason);
  CHECK(thread->last.tval == 0x80200000, thread->last.tval);
  /* A translation mode that the hart lacks. */
  thread = thread_at(0, user_trip);
  CHECK(SBI(MIG_EID, MIG_MIGRATE, 0, 7ull << 60, thread->tid, &thread->run.frame, thread->area, 0).error == OK, 0);
  CHECK(back(thread) == 1, thread->last.reason);
}

/* Whatever a misaligned load does on this hart, it does it on the accelerator hart too. */
static void misaligned(void) {
  struct thread *thread = thread_at(0, user_load), *here = thread_at(1, user_load);
  A(here, 3) = DATA + 1;
  uint64_t cause = run_user(&here->run);
  A(thread, 3) = DATA + 1;
  CHECK(trip(thread) == cause, thread->last.reason);
  CHECK(cause == 8 || (cause == 4 && csr_read(stval) == DATA + 1 && thread->last.tval == DATA + 1), cause);
  print("payload: a misaligned load ends by cause %d\n", cause);
}

void tests_exceptions(void) {
  run_test("other exceptions", exceptions);
  run_test("misaligned access", misaligned);
}
