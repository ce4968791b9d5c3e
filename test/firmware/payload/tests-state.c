/* The registers that travel, and when they do not. */
#include "threads.h"

static void system_call(void) {
  struct thread *thread = thread_at(0, user_trip);
  A(thread, 0) = 21;
  csr_clear(sip, announce_bit());
  CHECK(trip(thread) == 8, thread->last.reason);
  CHECK(csr_read(sip) & announce_bit(), csr_read(sip));
  CHECK(thread->last.tval == 0, thread->last.tval);
  CHECK(SBI(HSM, 2, thread->last.hart).error == INVALID_PARAM, thread->last.hart);
  CHECK(thread->last.instructions >= 8 && thread->last.cycles >= 8, thread->last.instructions);
  CHECK(thread->last.state == MIG_STATE_DISCARDED, thread->last.state);
  CHECK(!(thread->last.flags & MIG_ENTRY_QUEUED), 0);
  CHECK(vectors(thread)->state == MIG_STATE_DISCARDED, vectors(thread)->state);
  CHECK(thread->run.frame.epc == user_va(user_trip) + 28, thread->run.frame.epc);
  /* 42.0, in the bits of a double; its neighbours untouched. */
  CHECK(thread->run.frame.f[10] == 0x4045000000000000, thread->run.frame.f[10]);
  CHECK(thread->run.frame.f[11] == 0xffffffff0000000bull, thread->run.frame.f[11]);
  CHECK(X(thread, 21) == 21 << 4, X(thread, 21));
  for (int n = 1; n < 31; n++)
    if (n != 10 && n != 14 && n != 21) CHECK(X(thread, n) == 0x1000ull + n - 1, n);
}

static void vectors_kept(void) {
  struct thread *thread = thread_at(0, user_trip);
  A(thread, 0) = 5;
  A(thread, 2) = 1000;
  CHECK(go_flags(thread, MIG_KEEP_OVER_SYSCALL) == OK, 0);
  CHECK(back(thread) == 8, 0);
  CHECK(vectors(thread)->state == MIG_STATE_RESIDENT, vectors(thread)->state);
  CHECK(vectors(thread)->vl == vectors(thread)->vlenb / 8, vectors(thread)->vl);
  CHECK(vectors(thread)->vtype == 0xd8, vectors(thread)->vtype);
  CHECK(lane64(thread, 1, 0) == 5 && lane64(thread, 1, 1) == 5, lane64(thread, 1, 1));
  CHECK(lane64(thread, 8, 0) == 5 && lane64(thread, 8, 1) == 6, lane64(thread, 8, 1));
  /* Again: the registers are still there (lazy restore), and go on from where they were. */
  thread->run.frame.epc += 4;
  CHECK(go_flags(thread, MIG_KEEP_OVER_SYSCALL) == OK, 0);
  CHECK(back(thread) == 8, 0);
  CHECK(lane64(thread, 1, 1) == 1005, lane64(thread, 1, 1));
  CHECK(A(thread, 5) == 1005, A(thread, 5));
  /* Memory changed by the supervisor, with the word that says so. */
  ((uint64_t *)(vectors(thread)->registers + vectors(thread)->vlenb))[0] = 7;
  vectors(thread)->state = MIG_STATE_SAVED;
  thread->run.frame.epc += 4;
  CHECK(go_flags(thread, MIG_KEEP_OVER_SYSCALL) == OK, 0);
  CHECK(back(thread) == 8, 0);
  CHECK(A(thread, 5) == 1007, A(thread, 5));
  /* Others use the hart in between: the memory counts. */
  for (int i = 1; i < 5; i++) {
    struct thread *other = thread_at(i, user_trip);
    A(other, 0) = 90 + i;
    trip(other);
  }
  CHECK(vectors(thread)->state == MIG_STATE_RESIDENT, vectors(thread)->state);
  thread->run.frame.epc += 4;
  CHECK(trip(thread) == 8, 0);
  CHECK(A(thread, 5) == 2007, A(thread, 5));
  CHECK(vectors(thread)->state == MIG_STATE_DISCARDED, vectors(thread)->state);
  /* After a discard nothing of the old values is left. */
  thread->run.frame.epc = user_va(user_look);
  CHECK(trip(thread) == 8, 0);
  CHECK(A(thread, 5) == UINT64_MAX, A(thread, 5));
  CHECK(A(thread, 6) == 1ull << 63, A(thread, 6));
}

static void nothing_leaks(void) {
  struct thread *first = thread_at(0, user_trip), *second;
  for (int i = 1; i < 6; i++) {
    A(first, 0) = 0x5ec4e7;
    first->run.frame.epc = user_va(user_trip);
    trip(first);
    second = thread_at(i, user_look);
    CHECK(trip(second) == 8, 0);
    CHECK(A(second, 5) == 0, A(second, 5));
    CHECK(A(second, 6) == 1ull << 63, A(second, 6));
  }
}

/* The save area's pages are in a row for the supervisor only. */
static void scattered_area(void) {
  struct thread *thread = thread_at(0, user_trip);
  uint64_t bytes = MIG_VECTOR_BYTES(MIG_DESCRIBE_VLENB(SBI(MIG_EID, MIG_DESCRIBE, 0).value));
  uint64_t area = SCATTERED + 4096 - 64;
  struct mig_vector_state *state = (struct mig_vector_state *)area;
  if (bytes > 4 * 4096) return;
  memset(state, 0, sizeof *state);
  A(thread, 0) = 5;
  A(thread, 2) = 1000;
  CHECK(SBI(MIG_EID, MIG_MIGRATE, 0, satp_1, thread->tid, &thread->run.frame, area, MIG_KEEP_OVER_SYSCALL).error == OK, 0);
  CHECK(back(thread) == 8, 0);
  CHECK(state->state == MIG_STATE_RESIDENT, state->state);
  uint64_t *v1 = (uint64_t *)(state->registers + state->vlenb), *v8 = (uint64_t *)(state->registers + 8 * state->vlenb);
  CHECK(v1[1] == 5, v1[1]);
  CHECK(v8[1] == 6, v8[1]);
  v1[0] = 9;
  state->state = MIG_STATE_SAVED;
  thread->run.frame.epc += 4;
  CHECK(SBI(MIG_EID, MIG_MIGRATE, 0, satp_1, thread->tid, &thread->run.frame, area, MIG_KEEP_OVER_SYSCALL).error == OK, 0);
  CHECK(back(thread) == 8, 0);
  CHECK(A(thread, 5) == 1009, A(thread, 5));
  CHECK(v8[1] == 6, v8[1]);
}

static void page_fault(void) {
  struct thread *thread = thread_at(0, user_fault);
  unmap_fresh();
  A(thread, 0) = 70;
  A(thread, 3) = FRESH + 8;
  CHECK(trip(thread) == 13, thread->last.reason);
  CHECK(thread->last.tval == FRESH + 8, thread->last.tval);
  CHECK(thread->run.frame.epc == user_va(user_fault_at), thread->run.frame.epc);
  CHECK(thread->last.state == MIG_STATE_RESIDENT, thread->last.state);
  CHECK(lane32(thread, 30, 0) == 70 && lane32(thread, 30, 3) == 73, lane32(thread, 30, 3));
  CHECK(thread->run.frame.f[31] == 0x4051800000000000, thread->run.frame.f[31]);
  CHECK(thread->run.frame.fcsr == 1 << 5, thread->run.frame.fcsr);
  CHECK(vectors(thread)->vcsr == 2 << 1, vectors(thread)->vcsr);
  /* The supervisor serves the fault; it fences here only, it can't name the other hart. */
  map_fresh();
  __asm__ volatile("sfence.vma" ::: "memory");
  CHECK(trip(thread) == 8, thread->last.reason);
  CHECK(A(thread, 6) == 70, A(thread, 6));
  CHECK(A(thread, 7) == 70, A(thread, 7));
}

static void page_fault_in_a_vector_load(void) {
  struct thread *thread = thread_at(0, user_fault_middle);
  unmap_fresh();
  map_page(FRESH - 4096, (uint64_t)&threads[THREADS - 1] & ~0xfffull, 2 | 16);
  A(thread, 3) = FRESH - 16;
  CHECK(trip(thread) == 13, thread->last.reason);
  CHECK(thread->last.tval == FRESH, thread->last.tval);
  CHECK(thread->run.frame.epc == user_va(user_fault_middle_at), thread->run.frame.epc);
  CHECK(vectors(thread)->vstart == 2, vectors(thread)->vstart);
  map_fresh();
  __asm__ volatile("sfence.vma" ::: "memory");
  CHECK(trip(thread) == 8, thread->last.reason);
  map_page(FRESH - 4096, 0, 0);
}

/* Live vector state stays with harts of its VLEN; a thread without any goes wherever the policy says. */
static void vlen_kept(void) {
  struct thread *keeps = thread_at(0, user_trip), *free = thread_at(1, user_trip);
  uint64_t vlenb = 0, seen_harts = 0;
  A(keeps, 0) = 3;
  A(keeps, 2) = 1;
  for (uint64_t i = 0; i < 8; i++) {
    CHECK(go_flags(keeps, MIG_KEEP_OVER_SYSCALL) == OK, 0);
    CHECK(back(keeps) == 8, keeps->last.reason);
    if (!vlenb) vlenb = vectors(keeps)->vlenb;
    CHECK(vectors(keeps)->vlenb == vlenb, vectors(keeps)->vlenb);
    CHECK(lane64(keeps, 1, 0) == 3 + i, lane64(keeps, 1, 0));
    keeps->run.frame.epc += keeps->run.frame.epc == user_va(user_trip) + 28 ? 4 : 0;
    free->run.frame.epc = user_va(user_trip);
    CHECK(trip(free) == 8, 0);
    seen_harts |= 1ull << free->last.hart;
  }
  if (MIG_DESCRIBE_MIXED(SBI(MIG_EID, MIG_DESCRIBE, 0).value)) print("payload: mixed VLEN, harts visited: %x\n", seen_harts);
}

void tests_state(void) {
  run_test("a trip to a system call", system_call);
  run_test("vector state kept, resident, saved", vectors_kept);
  run_test("no register of another thread is seen", nothing_leaks);
  run_test("a save area of scattered pages", scattered_area);
  run_test("page fault with floating-point and vector state", page_fault);
  run_test("page fault in the middle of a vector load", page_fault_in_a_vector_load);
  run_test("vector state stays with its VLEN", vlen_kept);
}
