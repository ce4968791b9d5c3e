/* The registers of a unit (Xhartdot's) travel like those of vectors, and system calls keep them. */
#include "threads.h"

enum { D0 = 0, D7 = 7, DOTACC = 8 };

static void describe_unit(void) {
  uint64_t value = SBI(MIG_EID, MIG_DESCRIBE, MIG_CLASS_XHARTDOT).value;
  CHECK(MIG_DESCRIBE_HARTS(value) >= 1, value);
  CHECK(MIG_DESCRIBE_VLENB(value) == 0, value);
  CHECK(SBI(MIG_EID, MIG_AREA, MIG_CLASS_XHARTDOT).value == sizeof threads[0].unit, 0);
  CHECK(SBI(MIG_EID, MIG_AREA, 7).error == MIG_ERR_UNKNOWN_CLASS, 0);
  uint64_t vlenb = MIG_DESCRIBE_VLENB(SBI(MIG_EID, MIG_DESCRIBE, MIG_CLASS_VECTOR).value);
  CHECK(SBI(MIG_EID, MIG_AREA, MIG_CLASS_VECTOR).value == MIG_VECTOR_BYTES(vlenb), vlenb);
  struct thread *thread = thread_at(0, user_dot);
  uint64_t frame = (uint64_t)&thread->run.frame;
  CHECK(SBI(MIG_EID, MIG_MIGRATE, MIG_CLASS_XHARTDOT, satp_1, 7, frame, 0, 0).error == MIG_ERR_BAD_POINTER, 0);
  CHECK(SBI(MIG_EID, MIG_MIGRATE, MIG_CLASS_XHARTDOT, satp_1, 7, frame, thread->unit + 8, 0).error == MIG_ERR_BAD_POINTER, 0);
  CHECK(SBI(MIG_EID, MIG_MIGRATE, MIG_CLASS_XHARTDOT, satp_1, 7, frame, ram_end - 64, 0).error == MIG_ERR_BAD_POINTER, 0);
}

static void kept(void) {
  struct thread *thread = thread_at(0, user_dot);
  A(thread, 0) = 0x0102030405060708;
  A(thread, 1) = 0x0101010101010101;
  CHECK(trip_unit(thread) == 8, thread->last.reason);
  CHECK(thread->last.state == MIG_STATE_RESIDENT, thread->last.state);
  CHECK(unit(thread)->state == MIG_STATE_RESIDENT, unit(thread)->state);
  CHECK(unit(thread)->word[D0] == 0x0102030405060708, unit(thread)->word[D0]);
  CHECK(unit(thread)->word[D7] == 0x0101010101010101, unit(thread)->word[D7]);
  CHECK(unit(thread)->word[DOTACC] == 36, unit(thread)->word[DOTACC]);
  /* Lazy restore goes by the word and the stamp, and does not look at the memory. */
  unit(thread)->word[DOTACC] = 1000;
  thread->run.frame.epc += 4;
  CHECK(trip_unit(thread) == 8, thread->last.reason);
  CHECK(A(thread, 5) == 0x0102030405060708, A(thread, 5));
  CHECK(A(thread, 6) == 72, A(thread, 6));
  /* Memory changed by the supervisor, with the word that says so. */
  unit(thread)->word[DOTACC] = 1000;
  unit(thread)->state = MIG_STATE_SAVED;
  thread->run.frame.epc += 4;
  CHECK(trip_unit(thread) == 8, thread->last.reason);
  CHECK(A(thread, 6) == 1036, A(thread, 6));
}

static void unchanged(void) {
  struct thread *thread = thread_at(0, user_dot), *other = thread_at(1, user_dot);
  A(thread, 0) = A(thread, 1) = 2;
  CHECK(trip_unit(thread) == 8, 0);
  uint64_t stamp = unit(thread)->stamp;
  CHECK(trip_unit(other) == 8, 0);
  CHECK(unit(other)->stamp != stamp, stamp);
  /*
   * It reads its registers only: the memory still has them, and they are not stored again. But it is no longer what was saved under the stamp,
   * which another hart may still hold.
   */
  for (int i = 0; i < 2; i++) {
    unit(thread)->word[D7 - 1] = 70 + i;
    unit(thread)->state = MIG_STATE_SAVED;
    thread->run.frame.epc = user_va(user_dot_look);
    CHECK(trip_unit(thread) == 8, 0);
    CHECK(A(thread, 5) == 2 && A(thread, 6) == 4, A(thread, 6));
    CHECK(unit(thread)->stamp != stamp, unit(thread)->stamp);
    stamp = unit(thread)->stamp;
    CHECK(unit(thread)->state == MIG_STATE_RESIDENT, unit(thread)->state);
    CHECK(unit(thread)->word[D7 - 1] == 70u + i, unit(thread)->word[D7 - 1]);
  }
}

static void nothing_leaks(void) {
  struct thread *first = thread_at(0, user_dot);
  for (int i = 1; i < 6; i++) {
    A(first, 0) = A(first, 1) = 0x5ec4e7;
    first->run.frame.epc = user_va(user_dot);
    trip_unit(first);
    struct thread *second = thread_at(i, user_dot_look);
    CHECK(trip_unit(second) == 8, 0);
    CHECK(A(second, 5) == 0, A(second, 5));
    CHECK(A(second, 6) == 0, A(second, 6));
  }
}

static void page_fault(void) {
  struct thread *thread = thread_at(0, user_dot_fault);
  unmap_fresh();
  A(thread, 0) = 5;
  A(thread, 3) = FRESH + 8;
  CHECK(trip_unit(thread) == 13, thread->last.reason);
  CHECK(thread->last.tval == FRESH + 8, thread->last.tval);
  CHECK(thread->run.frame.epc == user_va(user_dot_fault_at), thread->run.frame.epc);
  CHECK(unit(thread)->word[D0] == 5, unit(thread)->word[D0]);
  CHECK(unit(thread)->word[DOTACC] == 25, unit(thread)->word[DOTACC]);
  map_fresh();
  __asm__ volatile("sfence.vma" ::: "memory");
  CHECK(trip_unit(thread) == 8, thread->last.reason);
  CHECK(A(thread, 5) == 5 && A(thread, 6) == 25, A(thread, 6));
}

static void recalled(void) {
  struct thread *thread = thread_at(0, user_dot_spin);
  A(thread, 0) = A(thread, 1) = 3;
  A(thread, 5) = 0;
  CHECK(go_unit(thread) == OK, 0);
  CHECK(soon_running(thread), place(thread));
  settle(1000);
  CHECK(SBI(MIG_EID, MIG_RECALL, thread->tid).error == OK, 0);
  CHECK(back(thread) == MIG_REASON_RECALL, thread->last.reason);
  /* Every turn of its loop added nine. */
  uint64_t turns = A(thread, 5), sum = unit(thread)->word[DOTACC];
  CHECK(turns > 10 && (sum == 9 * turns || sum == 9 * (turns + 1)), sum);
}

/* A class's instructions are legal to its threads alone, on a hart of several classes too. */
static void apart(void) {
  struct thread *thread = thread_at(0, user_dot);
  CHECK(trip(thread) == 2, thread->last.reason);
  CHECK(thread->run.frame.epc == user_va(user_dot), thread->run.frame.epc);
  thread = thread_at(1, user_trip);
  CHECK(trip_unit(thread) == 2, thread->last.reason);
}

static void both_in_turn(void) {
  struct thread *thread = thread_at(0, user_trip);
  A(thread, 0) = 5;
  A(thread, 1) = 7;
  A(thread, 2) = 1000;
  CHECK(go_flags(thread, MIG_KEEP_OVER_SYSCALL) == OK, 0);
  CHECK(back(thread) == 8, 0);
  uint64_t vector_pc = thread->run.frame.epc + 4, dot_pc = user_va(user_dot);
  for (uint64_t i = 1; i < 5; i++) {
    thread->run.frame.epc = dot_pc;
    CHECK(trip_unit(thread) == 8, thread->last.reason);
    dot_pc = thread->run.frame.epc + 4;
    CHECK(unit(thread)->word[DOTACC] == 35 * i, unit(thread)->word[DOTACC]);
    CHECK(vectors(thread)->state == MIG_STATE_RESIDENT, vectors(thread)->state);
    thread->run.frame.epc = vector_pc;
    CHECK(go_flags(thread, MIG_KEEP_OVER_SYSCALL) == OK, 0);
    CHECK(back(thread) == 8, 0);
    CHECK(A(thread, 5) == 5 + 1000 * i, A(thread, 5));
    CHECK(unit(thread)->state == MIG_STATE_RESIDENT, unit(thread)->state);
    vector_pc = thread->run.frame.epc + 4;
  }
}

void tests_unit(void) {
  run_test("describe a unit", describe_unit);
  run_test("a unit's registers kept over system calls, resident, saved", kept);
  run_test("registers that were not changed are not saved again", unchanged);
  run_test("no register of another thread's unit is seen", nothing_leaks);
  run_test("page fault with a unit's registers", page_fault);
  run_test("recall with a unit's registers", recalled);
  run_test("classes keep their instructions apart", apart);
  run_test("one thread, two classes in turn", both_in_turn);
}
