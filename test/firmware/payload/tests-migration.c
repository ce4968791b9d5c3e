/*
 * The migration extension: trips, refusals, recalls, rings. Works with any number of accelerator harts, none
 * included.
 */
#include "payload.h"

enum { ENTRIES = 16, AREA = 48 + 32 * 512, THREADS = 12 };

static uint8_t ring_memory[MIG_RING_BYTES(ENTRIES)] __attribute__((aligned(64)));
static struct mig_ring *const ring = (struct mig_ring *)ring_memory;
static uint64_t ring_entries;

struct thread {
  uint64_t tid;
  struct run run;
  struct mig_completion last;
  uint64_t returns;
  uint8_t area[AREA] __attribute__((aligned(16)));
};
static struct thread threads[THREADS];
static uint64_t next_tid = 100;

static struct mig_vector_state *vectors(struct thread *thread) { return (struct mig_vector_state *)thread->area; }
static uint64_t lane64(struct thread *thread, int v, int i) {
  return ((uint64_t *)(vectors(thread)->registers + (uint64_t)v * vectors(thread)->vlenb))[i];
}
static uint32_t lane32(struct thread *thread, int v, int i) {
  return ((uint32_t *)(vectors(thread)->registers + (uint64_t)v * vectors(thread)->vlenb))[i];
}

static uint64_t announce_bit(void) { return 1ull << MIG_DESCRIBE_INTERRUPT(SBI(MIG_EID, MIG_DESCRIBE, 0).value); }

static void use_ring(uint64_t entries) {
  ring_entries = entries;
  struct answer answer = SBI(MIG_EID, MIG_SET_RING, ring, entries);
  CHECK(answer.error == OK, answer.error);
}

/* A fresh thread that will start at this code. */
static struct thread *thread_at(int index, const void *code) {
  struct thread *thread = &threads[index];
  memset(&thread->run, 0, sizeof thread->run);
  memset(thread->area, 0, sizeof(struct mig_vector_state));
  thread->tid = next_tid++;
  thread->returns = 0;
  thread->run.frame.epc = user_va(code);
  for (int i = 0; i < 31; i++) thread->run.frame.x[i] = 0x1000 + i;
  for (int i = 0; i < 32; i++) thread->run.frame.f[i] = 0xffffffff00000000ull + i;
  return thread;
}
#define X(thread, n) (thread)->run.frame.x[(n) - 1]
#define A(thread, n) (thread)->run.frame.x[9 + (n)]

static int64_t go_flags(struct thread *thread, uint64_t flags) {
  return SBI(MIG_EID, MIG_MIGRATE, 0, satp_1, thread->tid, &thread->run.frame, thread->area, flags).error;
}
static int64_t go(struct thread *thread) { return go_flags(thread, 0); }
static uint64_t place(struct thread *thread) { return SBI(MIG_EID, MIG_STATUS, thread->tid).value; }

/* Take one completion, if there is one: its thread, or none. */
static struct thread *take(void) {
  uint32_t head = ring->head;
  if (head == ring->tail) return NULL;
  __asm__ volatile("fence r, rw" ::: "memory");
  struct mig_completion *entry = &ring->entry[head & (ring_entries - 1)];
  struct thread *thread = NULL;
  for (int i = 0; i < THREADS; i++)
    if (threads[i].tid == entry->tid) thread = &threads[i];
  CHECK(thread != NULL, entry->tid);
  if (thread) {
    thread->last = *entry;
    thread->returns++;
  }
  __asm__ volatile("fence rw, w" ::: "memory");
  ring->head = head + 1;
  return thread;
}

static struct thread *wait_any(void) {
  for (uint64_t end = now() + 20000000; now() < end;) {
    struct thread *thread = take();
    if (thread) return thread;
  }
  return NULL;
}

/* Wait for this thread's completion; the reason, or all-ones when it does not come. */
static uint64_t back(struct thread *thread) {
  struct thread *came = wait_any();
  CHECK(came == thread, came ? came->tid : 0);
  return came == thread ? thread->last.reason : UINT64_MAX;
}

static uint64_t trip(struct thread *thread) {
  int64_t error = go(thread);
  CHECK(error == OK, error);
  return error ? UINT64_MAX : back(thread);
}

static bool soon_running(struct thread *thread) {
  for (uint64_t end = now() + 10000000; now() < end;)
    if ((place(thread) & 0xff) == MIG_RUNNING) return true;
  return false;
}

static void settle(uint64_t ticks) {
  for (uint64_t end = now() + ticks; now() < end;) {
  }
}

/* Until so many completions wait in the ring, without a call of firmware. */
static void settle_ring(uint32_t count) {
  for (uint64_t end = now() + 10000000; ring->tail - ring->head < count && now() < end;) {
  }
}

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
  CHECK(!thread->last.queued, 0);
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

/*
 * Class 1 moves x and f registers only, needs no save area, and has no vector unit even where the hart has
 * one.
 */
static void class_of_custom_instructions(void) {
  struct thread *thread = thread_at(0, user_ecall);
  uint64_t value = SBI(MIG_EID, MIG_DESCRIBE, 1).value;
  CHECK(MIG_DESCRIBE_HARTS(value) == 1, value);
  CHECK(MIG_DESCRIBE_VLENB(value) == 0, value);
  CHECK(SBI(MIG_EID, MIG_MIGRATE, 1, satp_1, thread->tid, &thread->run.frame, 0, 0).error == OK, 0);
  CHECK(back(thread) == 8, thread->last.reason);
  uint64_t hart = thread->last.hart;
  thread->run.frame.epc = user_va(user_look);
  CHECK(SBI(MIG_EID, MIG_MIGRATE, 1, satp_1, thread->tid, &thread->run.frame, 0, 0).error == OK, 0);
  CHECK(back(thread) == 2, thread->last.reason);
  CHECK(thread->last.hart == hart, thread->last.hart);
  /* Its harts are not those of class 0. */
  CHECK(trip(thread) == 8, thread->last.reason);
  CHECK(thread->last.hart != hart, thread->last.hart);
}

static void recall_running(void) {
  struct thread *thread = thread_at(0, user_spin);
  A(thread, 0) = 33;
  A(thread, 5) = 0;
  CHECK(go(thread) == OK, 0);
  CHECK(soon_running(thread), place(thread));
  CHECK(place(thread) >> 8 == 0 || SBI(HSM, 2, place(thread) >> 8).error == INVALID_PARAM, place(thread));
  settle(3000);
  CHECK(go(thread) == MIG_ERR_DUPLICATE_TID, 0);
  CHECK(SBI(MIG_EID, MIG_RECALL, thread->tid).error == OK, 0);
  CHECK(back(thread) == MIG_REASON_RECALL, thread->last.reason);
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

/*
 * The other hart's own threads, ring and fences, at the same time as this one's. Nothing here reports: it
 * counts.
 */
volatile uint64_t work_asked, work_done;
static uint8_t other_memory[MIG_RING_BYTES(4)] __attribute__((aligned(64)));
static struct thread other_thread;
static uint64_t other_trips, other_recalls, other_wrong;

void work_of_other_hart(void) {
  struct mig_ring *other = (struct mig_ring *)other_memory;
  struct thread *thread = &other_thread;
  thread->tid = 1ull << 40;
  thread->run.frame.epc = user_va(user_pingpong);
  A(thread, 0) = 50;
  other_wrong += SBI(MIG_EID, MIG_SET_RING, other, 4).error != OK;
  for (uint64_t end = now() + 200000000; now() < end;) {
    if (go_flags(thread, MIG_KEEP_OVER_SYSCALL)) continue;
    other_trips++;
    /* Everyone's address space: stops whoever runs, its own thread too. */
    if (other_trips % 3 == 0) other_wrong += SBI(RFENCE, 1, 0, -1, 0, -1).error != OK;
    while (other->head == other->tail && now() < end) {
    }
    __asm__ volatile("fence r, rw" ::: "memory");
    struct mig_completion *entry = &other->entry[other->head & 3];
    other_wrong += entry->tid != thread->tid || entry->state != MIG_STATE_RESIDENT;
    if (entry->reason == MIG_REASON_RECALL && entry->queued) other_wrong++;
    other_recalls += entry->reason == MIG_REASON_RECALL;
    other_wrong += entry->reason != MIG_REASON_RECALL && entry->reason != 8;
    if (entry->reason == 8) thread->run.frame.epc += 4;
    bool over = entry->reason == 8 && A(thread, 7) == 93;
    other->head++;
    if (over) break;
  }
  other_wrong += A(thread, 1) != 50 * 51 / 2;
}

static void two_homes(void) {
  if (!other_hart) return;
  work_asked = 1;
  SBI(IPI, 0, 1, other_hart);
  for (int i = 0; i < 40; i++) {
    struct thread *thread = thread_at(i % 4, user_trip);
    A(thread, 0) = i;
    int64_t error;
    while ((error = go_flags(thread, MIG_KEEP_OVER_SYSCALL)) == MIG_ERR_QUEUE_FULL) {
    }
    CHECK(error == OK, error);
    if (i % 4 == 0) CHECK(SBI(RFENCE, 2, 0, -1, 0, -1, 1).error == OK, 0);
    uint64_t reason = back(thread);
    while (reason == MIG_REASON_RECALL) reason = trip(thread);
    CHECK(reason == 8, reason);
    CHECK(X(thread, 21) == (uint64_t)i << 4, X(thread, 21));
  }
  for (uint64_t end = now() + 200000000; !work_done && now() < end;) {
  }
  CHECK(__atomic_load_n(&work_done, __ATOMIC_ACQUIRE), 0);
  CHECK(other_wrong == 0, other_wrong);
  CHECK(other_trips >= 51, other_trips);
  print("payload: the other hart: %d trips, %d recalls\n", other_trips, other_recalls);
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

void tests_migration(void) {
  if (!accelerators) {
    run_test("no class without accelerator harts", no_class);
    return;
  }
  run_test("describe", describe);
  run_test("rings that firmware refuses", bad_rings);
  run_test("pointers that firmware refuses", bad_pointers);
  run_test("a trip to a system call", system_call);
  run_test("vector state kept, resident, saved", vectors_kept);
  run_test("no register of another thread is seen", nothing_leaks);
  run_test("a save area of scattered pages", scattered_area);
  run_test("page fault with floating-point and vector state", page_fault);
  run_test("page fault in the middle of a vector load", page_fault_in_a_vector_load);
  run_test("other exceptions", exceptions);
  run_test("misaligned access", misaligned);
  if (SBI(MIG_EID, MIG_CLASSES, 0).value >> 1 & 1) run_test("a class of custom instructions", class_of_custom_instructions);
  run_test("recall of a running thread", recall_running);
  run_test("queue full, recall of queued threads", queue_full);
  run_test("two returns at once", two_at_once);
  run_test("a full ring loses nothing", ring_full);
  run_test("a return respects masked interrupts", masked);
  run_test("a return while the home hart is in user mode", home_in_user_mode);
  run_test("remote fences recall first", fence_recalls);
  run_test("a fenced page is gone on the accelerator hart", fence_then_unmap);
  run_test("two home harts at once, with fences", two_homes);
  run_test("vector state stays with its VLEN", vlen_kept);
  run_test("six threads go back and forth", pingpong);
}
