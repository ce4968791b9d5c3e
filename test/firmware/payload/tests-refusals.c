/* The calls that describe classes, and what firmware refuses. */
#include "threads.h"

static void no_class(void) {
  struct thread *thread = thread_at(0, user_trip);
  CHECK(SBI(MIG_EID, MIG_CLASSES, 0).value == 0, 0);
  CHECK(SBI(MIG_EID, MIG_DESCRIBE, 0).error == MIG_ERR_UNKNOWN_CLASS, 0);
  use_ring(ENTRIES);
  CHECK(go(thread) == MIG_ERR_UNKNOWN_CLASS, 0);
  CHECK(SBI(MIG_EID, MIG_RECALL, thread->tid).error == MIG_ERR_UNKNOWN_TID, 0);
  CHECK(place(thread) == MIG_UNKNOWN, 0);
}

static void describe(void) {
  uint64_t value = SBI(MIG_EID, MIG_DESCRIBE, 0).value;
  CHECK(SBI(MIG_EID, MIG_CLASSES, 0).value & 1, 0);
  CHECK(MIG_DESCRIBE_HARTS(value) == accelerators, value);
  CHECK(MIG_DESCRIBE_DEPTH(value) >= 1, value);
  CHECK(MIG_DESCRIBE_VLENB(value) >= 16, value);
  uint64_t interrupt = MIG_DESCRIBE_INTERRUPT(value);
  CHECK(interrupt == 16 || interrupt == 1, value);
  CHECK(SBI(MIG_EID, MIG_DESCRIBE, 7).error == MIG_ERR_UNKNOWN_CLASS, 0);
  CHECK(SBI(MIG_EID, MIG_HINT, 5, MIG_WILL_NEED).error == OK, 0);
  CHECK(SBI(MIG_EID, MIG_HINT, 5, 9).error == INVALID_PARAM, 0);
  print("payload: depth %d, vlenb %d, announced by interrupt %d\n", MIG_DESCRIBE_DEPTH(value), MIG_DESCRIBE_VLENB(value), interrupt);
}

static void bad_rings(void) {
  struct thread *thread = thread_at(0, user_trip);
  CHECK(go(thread) == MIG_ERR_NO_RING, 0);
  CHECK(SBI(MIG_EID, MIG_SET_RING, 0x80000000, 16).error == MIG_ERR_BAD_POINTER, 0);
  CHECK(SBI(MIG_EID, MIG_SET_RING, 0x801bff80, 16).error == MIG_ERR_BAD_POINTER, 0);
  CHECK(SBI(MIG_EID, MIG_SET_RING, 0x10000000, 16).error == MIG_ERR_BAD_POINTER, 0);
  CHECK(SBI(MIG_EID, MIG_SET_RING, ram_end - 64, 16).error == MIG_ERR_BAD_POINTER, 0);
  CHECK(SBI(MIG_EID, MIG_SET_RING, -64ull, 16).error == MIG_ERR_BAD_POINTER, 0);
  CHECK(SBI(MIG_EID, MIG_SET_RING, (uint64_t)ring + 8, 16).error == MIG_ERR_BAD_POINTER, 0);
  CHECK(SBI(MIG_EID, MIG_SET_RING, ring, 12).error == MIG_ERR_BAD_POINTER, 0);
  CHECK(SBI(MIG_EID, MIG_SET_RING, ring, 1ull << 40).error == MIG_ERR_BAD_POINTER, 0);
  CHECK(go(thread) == MIG_ERR_NO_RING, 0);
  use_ring(ENTRIES);
}

static int64_t go_with(uint64_t class, uint64_t frame, uint64_t area) {
  return SBI(MIG_EID, MIG_MIGRATE, class, satp_1, 7, frame, area, 0).error;
}

static void bad_pointers(void) {
  struct thread *thread = thread_at(0, user_trip);
  uint64_t frame = (uint64_t)&thread->run.frame, area = (uint64_t)thread->area;
  static const uint64_t bad[] = {
      0x80000000,         /* firmware's memory */
      0x801bffc0,         /* its last bytes: the kernel's begin inside */
      0x10000000,         /* a device: mapped, but no RAM */
      0x40030000,         /* not mapped */
      READ_ONLY,          /* no permission to write */
      DATA,               /* a user page, SUM off */
      READ_ONLY - 64,     /* unmapped, then read-only */
      DATA + 4096 - 16,   /* runs into an unmapped page */
      0xffffffffffffff00, /* wraps */
      0x4000000000000000, /* not canonical */
  };
  for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
    CHECK(go_with(0, bad[i], area) == MIG_ERR_BAD_POINTER, bad[i]);
    CHECK(go_with(0, frame, bad[i]) == MIG_ERR_BAD_POINTER, bad[i]);
  }
  CHECK(go_with(0, ram_end - 8, area) == MIG_ERR_BAD_POINTER, 0);
  CHECK(go_with(0, frame, ram_end - 64) == MIG_ERR_BAD_POINTER, 0);
  CHECK(go_with(0, frame + 4, area) == MIG_ERR_BAD_POINTER, 0);
  CHECK(go_with(0, frame, area + 8) == MIG_ERR_BAD_POINTER, 0);
  CHECK(go_with(2, frame, area) == MIG_ERR_UNKNOWN_CLASS, 0);
  CHECK(go_with(64, frame, area) == MIG_ERR_UNKNOWN_CLASS, 0);
  CHECK(go_with(-1, frame, area) == MIG_ERR_UNKNOWN_CLASS, 0);
  CHECK(SBI(MIG_EID, MIG_MIGRATE, 0, satp_1, 7, frame, area, 1ull << 20).error == INVALID_PARAM, 0);
  vectors(thread)->state = MIG_STATE_SAVED;
  vectors(thread)->vlenb = 24;
  CHECK(go_with(0, frame, area) == MIG_ERR_VLEN, 0);
  /* Nothing of this left a trace. */
  CHECK(SBI(MIG_EID, MIG_STATUS, 7).value == MIG_UNKNOWN, 0);
  CHECK(ring->head == ring->tail, ring->tail);
}

void tests_refusals(void) {
  run_test("describe", describe);
  run_test("rings that firmware refuses", bad_rings);
  run_test("pointers that firmware refuses", bad_pointers);
}

void tests_no_class(void) { run_test("no class without accelerator harts", no_class); }
