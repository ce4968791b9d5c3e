/* Remote fences reach the accelerator harts. */
#include "threads.h"

/* A thread of the fenced address space is on its way home before the fence is over. */
static void fence_recalls(void) {
  for (int kind = 0; kind < 3; kind++) {
    struct thread *thread = thread_at(0, user_spin);
    CHECK(go(thread) == OK, 0);
    CHECK(soon_running(thread), place(thread));
    if (kind == 0) {
      /* Another address space's fence leaves it alone. */
      CHECK(SBI(RFENCE, 2, 0, 0, 0, -1, 2).error == OK, 0);
      CHECK((place(thread) & 0xff) == MIG_RUNNING, place(thread));
      CHECK(SBI(RFENCE, 2, 0, 0, FRESH, 4096, 1).error == OK, 0);
    } else if (kind == 1) {
      CHECK(SBI(RFENCE, 1, 0, -1, 0, -1).error == OK, 0);
    } else {
      CHECK(SBI(RFENCE, 0, 1, boot_hart).error == OK, 0);
    }
    CHECK((place(thread) & 0xff) != MIG_RUNNING, place(thread));
    CHECK(back(thread) == MIG_REASON_RECALL, thread->last.reason);
  }
}

/* After the fence the accelerator hart uses the new mapping. */
static void fence_then_unmap(void) {
  struct thread *thread = thread_at(0, user_load);
  map_fresh();
  A(thread, 3) = FRESH;
  CHECK(trip(thread) == 8, thread->last.reason);
  unmap_fresh();
  CHECK(SBI(RFENCE, 2, 0, 0, FRESH, 4096, 1).error == OK, 0);
  thread->run.frame.epc = user_va(user_load);
  CHECK(trip(thread) == 13, thread->last.reason);
}

void tests_fences(void) {
  run_test("remote fences recall first", fence_recalls);
  run_test("a fenced page is gone on the accelerator hart", fence_then_unmap);
}
