/*
 * A malicious supervisor: every call of the migration extension with what it must refuse, its memory changed under threads that are away,
 * and calls at random. After each step firmware must be unharmed: threads travel as ever, and so do those of another hart meanwhile.
 */
#include "threads.h"

/* Set by the host before the start. */
volatile uint64_t campaign_seed = 1;

static uint64_t random_state;
static uint64_t next(void) {
  uint64_t z = random_state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}
static uint64_t below(uint64_t n) { return (next() >> 32) * n >> 32; }

/* The other hart: its own thread goes out and back all the time, whatever happens here. */
extern uint8_t secondary_start[], stack_secondary[];
static uint8_t other_memory[MIG_RING_BYTES(4)] __attribute__((aligned(64)));
static struct thread other_thread;
static volatile uint64_t other_trips, other_wrong, other_over;

void secondary(uint64_t hart, uint64_t argument) {
  struct mig_ring *home = (struct mig_ring *)other_memory;
  struct thread *thread = &other_thread;
  csr_write(satp, satp_1);
  __asm__ volatile("sfence.vma");
  thread->tid = 1ull << 40;
  other_wrong += SBI(MIG_EID, MIG_SET_RING, home, 4).error != OK;
  thread->run.frame.epc = user_va(user_trip);
  A(thread, 0) = 77;
  for (int i = 1; i < 4; i++) A(thread, i) = 1ull << (i + 32);
  while (!other_over) {
    int64_t error = go_flags(thread, MIG_KEEP_OVER_SYSCALL);
    if (error == MIG_ERR_QUEUE_FULL) continue;
    if (error) {
      other_wrong += 1000;
      break;
    }
    while (home->head == home->tail) {
    }
    __asm__ volatile("fence r, rw" ::: "memory");
    struct mig_completion entry = home->entry[home->head & 3];
    home->head++;
    other_wrong += entry.tid != thread->tid;
    if (entry.reason == MIG_REASON_RECALL) continue; /* this side recalls at random, and fences */
    other_wrong += entry.reason != 8 || A(thread, 0) != 77 || X(thread, 21) != (77 << 4) + other_trips;
    other_trips++;
    thread->run.frame.epc += 4;
  }
  other_over = 2;
  for (;;) __asm__ volatile("wfi");
}

static void start_other(void) {
  if (!other_hart) return;
  SBI(HSM, 0, other_hart, secondary_start, (uint64_t)stack_secondary + 16384);
}

/* A step is over: a thread of this hart makes a whole trip, nothing else is in the ring, and the other hart got on. */
static void unharmed(const char *step, uint64_t n) {
  uint64_t before = failures, trips = other_trips;
  struct thread *thread = thread_at(THREADS - 1, user_trip);
  A(thread, 0) = 21;
  int64_t error;
  for (uint64_t end = now() + 10000000; (error = go_flags(thread, MIG_KEEP_OVER_SYSCALL)) == MIG_ERR_QUEUE_FULL && now() < end;) {
  }
  CHECK(error == OK, error);
  uint64_t reason = error ? 0 : back(thread);
  for (int i = 0; reason == MIG_REASON_RECALL && i < 100; i++) reason = trip(thread);
  CHECK(reason == 8, reason);
  CHECK(X(thread, 21) == 21 << 4 && X(thread, 31) == 0x1000 + 30, X(thread, 21));
  CHECK(lane64(thread, 1, 0) == 21 && lane64(thread, 8, 1) == 22, lane64(thread, 1, 0));
  CHECK(!take(), ring->tail);
  for (uint64_t end = now() + 10000000; other_hart && other_trips == trips && now() < end;) {
  }
  CHECK(!other_hart || other_trips != trips, other_trips);
  CHECK(other_wrong == 0, other_wrong);
  if (failures != before) print("FAIL after %s %d\n", step, n);
}

/* Addresses that are nobody's to give. */
static uint64_t bad_addresses[20];
static uint32_t bad_count;

static void choose_bad(void) {
  uint64_t end = 0x801c0000; /* of firmware's memory */
  const uint64_t list[] = {
      0x80000000,         end - 4096,         end - 64,           /* firmware's memory, and across its end */
      0x10000000,         0x2000000,          0x10100000,         /* devices */
      0x40030000,         READ_ONLY,          READ_ONLY - 64,     /* unmapped, read-only, both */
      DATA,               DATA + 4096 - 16,                       /* a user's page, and across its end */
      ram_end,            ram_end - 8,        0xbffffff8,         /* where RAM ends, where the map ends */
      0xffffffffffffff00, 0xfffffffffffffff8, 0x4000000000000000, /* wraps; not canonical */
      0,                  0x7ffffffff8,       0xffffffc000000000,
  };
  memcpy(bad_addresses, list, sizeof list);
  bad_count = sizeof list / sizeof *list;
}

static int64_t migrate(uint64_t class, uint64_t satp, uint64_t tid, uint64_t frame, uint64_t area, uint64_t flags) {
  return SBI(MIG_EID, MIG_MIGRATE, class, satp, tid, frame, area, flags).error;
}

static void bad_arguments(void) {
  struct thread *thread = thread_at(0, user_trip);
  uint64_t frame = (uint64_t)&thread->run.frame, area = (uint64_t)thread->area;
  for (uint32_t i = 0; i < bad_count; i++) {
    uint64_t bad = bad_addresses[i];
    CHECK(migrate(0, satp_1, 7, bad, area, 0) == MIG_ERR_BAD_POINTER, bad);
    CHECK(migrate(0, satp_1, 7, frame, bad, 0) == MIG_ERR_BAD_POINTER, bad);
    CHECK(migrate(0, satp_1, 7, bad, bad, MIG_ASK_FOR_CALLS | MIG_ASK_FOR_FAULTS) == MIG_ERR_BAD_POINTER, bad);
    /* A ring's address is physical. */
    int64_t error = SBI(MIG_EID, MIG_SET_RING, bad, 64).error;
    CHECK(error == MIG_ERR_BAD_POINTER, bad);
  }
  for (uint64_t odd = 1; odd < 16; odd++) {
    if (odd % 8) CHECK(migrate(0, satp_1, 7, frame + odd, area, 0) == MIG_ERR_BAD_POINTER, odd);
    CHECK(migrate(0, satp_1, 7, frame, area + odd, 0) == MIG_ERR_BAD_POINTER, odd);
    CHECK(SBI(MIG_EID, MIG_SET_RING, (uint64_t)ring + odd, 16).error == MIG_ERR_BAD_POINTER, odd);
  }
  static const uint64_t entries[] = {3, 12, 4095, 4097, 8192, 1ull << 32, 1ull << 63, UINT64_MAX};
  for (unsigned i = 0; i < sizeof entries / sizeof *entries; i++)
    CHECK(SBI(MIG_EID, MIG_SET_RING, ring, entries[i]).error == MIG_ERR_BAD_POINTER, entries[i]);
  static const uint64_t classes[] = {2, 31, 32, 63, 64, 1ull << 32, 1ull << 63, UINT64_MAX};
  for (unsigned i = 0; i < sizeof classes / sizeof *classes; i++) {
    CHECK(migrate(classes[i], satp_1, 7, frame, area, 0) == MIG_ERR_UNKNOWN_CLASS, classes[i]);
    CHECK(SBI(MIG_EID, MIG_DESCRIBE, classes[i]).error == MIG_ERR_UNKNOWN_CLASS, classes[i]);
    CHECK(SBI(MIG_EID, MIG_AREA, classes[i]).error == MIG_ERR_UNKNOWN_CLASS, classes[i]);
  }
  for (int bit = 5; bit < 64; bit++) CHECK(migrate(0, satp_1, 7, frame, area, 1ull << bit) == INVALID_PARAM, bit);
  static const uint64_t tids[] = {0, 7, UINT64_MAX, 1ull << 63};
  for (unsigned i = 0; i < sizeof tids / sizeof *tids; i++) {
    CHECK(SBI(MIG_EID, MIG_RECALL, tids[i]).error == MIG_ERR_UNKNOWN_TID, tids[i]);
    CHECK(SBI(MIG_EID, MIG_STATUS, tids[i]).value == MIG_UNKNOWN, tids[i]);
  }
  for (uint64_t kind = 3; kind < 8; kind++) CHECK(SBI(MIG_EID, MIG_HINT, 7, kind).error == INVALID_PARAM, kind);
  for (uint64_t fid = 8; fid < 16; fid++) CHECK(SBI(MIG_EID, fid, frame, area).error == NOT_SUPPORTED, fid);
  unharmed("bad arguments", 0);
}

/* Save areas that say what no save could. */
static void bad_state(void) {
  static const uint32_t vlenbs[] = {0, 1, 15, 24, 33, 4096, UINT32_MAX};
  for (unsigned i = 0; i < sizeof vlenbs / sizeof *vlenbs; i++)
    for (uint32_t word = MIG_STATE_SAVED; word <= MIG_STATE_RESIDENT; word++) {
      struct thread *thread = thread_at(0, user_trip);
      vectors(thread)->state = word;
      vectors(thread)->vlenb = vlenbs[i];
      CHECK(go(thread) == MIG_ERR_VLEN, vlenbs[i]);
    }
  uint32_t vlenb = MIG_DESCRIBE_VLENB(SBI(MIG_EID, MIG_DESCRIBE, 0).value);
  for (int i = 0; i < 24; i++) {
    struct thread *thread = thread_at(0, user_ecall);
    struct mig_vector_state *state = vectors(thread);
    *state = (struct mig_vector_state){.state = i % 3 ? MIG_STATE_SAVED + i % 2 : (uint32_t)next(), .vlenb = vlenb};
    state->vstart = next(), state->vl = next(), state->vtype = next(), state->vcsr = next(), state->stamp = next();
    for (int n = 0; n < 31; n++) thread->run.frame.x[n] = next();
    thread->run.frame.fcsr = next();
    thread->run.frame.answer = (uint32_t)next();
    uint64_t kept = thread->run.frame.x[20];
    uint64_t reason = trip(thread);
    for (int n = 0; reason == MIG_REASON_RECALL && n < 100; n++) reason = trip(thread);
    CHECK(reason == 8, reason);
    CHECK(thread->run.frame.x[20] == kept, i);
  }
  unharmed("bad state", 0);
}

/* Address spaces and program counters that lead nowhere, or into firmware: the thread faults, on its hart, and comes home. */
static uint64_t bad_root[512] __attribute__((aligned(4096)));

static void bad_spaces(void) {
  for (int i = 0; i < 512; i++) bad_root[i] = 0;
  /* All of firmware, and the devices, for users. */
  bad_root[1] = 0x80000ull << 10 | 0xdf;
  bad_root[2] = 0x00000ull << 10 | 0xdf;
  uint64_t open = (uint64_t)bad_root >> 12 | 8ull << 60 | 3ull << 44;
  const uint64_t spaces[] = {open,
                             8ull << 60 | 0x80000,         /* a root in firmware's memory */
                             8ull << 60 | 0x10000,         /* in a device */
                             8ull << 60 | 0xffffffffffful, /* where no memory is */
                             8ull << 60,
                             9ull << 60 | (satp_1 & 0xfffffffffffull), /* more levels than there are */
                             10ull << 60 | (satp_1 & 0xfffffffffffull),
                             5ull << 60 | (satp_1 & 0xfffffffffffull), /* a reserved mode */
                             15ull << 60,
                             0};
  const uint64_t counters[] = {user_va(user_ecall), 0x80000000, 0x40000000, 1, 0, UINT64_MAX, 1ull << 62, 0x2000000, 0x80001000};
  for (unsigned s = 0; s < sizeof spaces / sizeof *spaces; s++)
    for (unsigned c = 0; c < sizeof counters / sizeof *counters; c++) {
      struct thread *thread = thread_at(0, user_ecall);
      thread->run.frame.epc = counters[c];
      uint64_t reason;
      do {
        int64_t error = migrate(0, spaces[s], thread->tid, (uint64_t)&thread->run.frame, (uint64_t)thread->area, 0);
        CHECK(error == OK, error);
        reason = error ? 0 : back(thread);
      } while (reason == MIG_REASON_RECALL);
      /* Fetches that fault or are refused; what lies there may be executed only where the supervisor's own memory is. */
      bool refused = reason == 0 || reason == 1 || reason == 2 || reason == 12;
      CHECK(refused || (spaces[s] >> 60 == 9 && reason == 8), reason);
      if (!refused) print("space %d, pc %x: reason %d\n", (uint64_t)s, counters[c], reason);
    }
  /* Firmware's memory and the devices that are firmware's, mapped for users: loads and stores are refused. */
  bad_root[3] = (uint64_t)user_trip >> 30 << 28 | 0xdf;
  uint64_t code = 3ull << 30 | ((uint64_t)user_load & 0x3fffffff);
  static const uint64_t closed[] = {0x40000000, 0x40000000 + 65536, 0x80000000 + 0x2000000, 0x80000000 + 0x200bff8, 0x80000000 + 0x2004000};
  for (unsigned i = 0; i < sizeof closed / sizeof *closed; i++) {
    struct thread *thread = thread_at(0, user_load);
    uint64_t reason;
    do {
      thread->run.frame.epc = code;
      A(thread, 3) = closed[i];
      int64_t error = migrate(0, open, thread->tid, (uint64_t)&thread->run.frame, (uint64_t)thread->area, 0);
      CHECK(error == OK, error);
      reason = error ? 0 : back(thread);
    } while (reason == MIG_REASON_RECALL);
    CHECK(reason == 5, reason);
    CHECK(A(thread, 5) == 0x1000 + 14, A(thread, 5));
  }
  unharmed("bad spaces", 0);
}

/* Threads in a queue or on a hart, and the supervisor scribbles over what it gave. */
static void scribbles(void) {
  for (int round = 0; round < 12; round++) {
    struct thread *thread = thread_at(0, user_spin), *queued = thread_at(1, user_trip);
    CHECK(go(thread) == OK, round);
    CHECK(soon_running(thread) || (place(thread) & 0xff) == MIG_QUEUED, place(thread));
    int64_t error;
    while ((error = go(queued)) == MIG_ERR_QUEUE_FULL) {
    }
    CHECK(error == OK, error);
    CHECK(go(thread) == MIG_ERR_DUPLICATE_TID, round);
    for (int i = 0; i < 2; i++) {
      uint8_t *frame = (uint8_t *)&threads[i].run.frame, *area = threads[i].area;
      for (uint64_t n = 0; n < sizeof(struct mig_frame) / 8; n++)
        if (round & 1) ((uint64_t *)frame)[n] = next();
      for (uint64_t n = 0; n < sizeof(struct mig_vector_state) / 8; n++)
        if (round & 2) ((uint64_t *)area)[n] = next();
    }
    uint32_t head = ring->head, tail = ring->tail;
    if (round % 3 == 1) ring->head = head + 5;
    if (round % 3 == 2) ring->head = (uint32_t)next(), ring->tail = (uint32_t)next();
    SBI(MIG_EID, MIG_RECALL, thread->tid);
    SBI(MIG_EID, MIG_RECALL, queued->tid);
    settle(500);
    if (round % 3) ring->head = head;
    if (round % 3 == 2 && ring->tail - head > ENTRIES) ring->tail = tail;
    /* Both come, for whatever reason. */
    uint64_t returns = 0;
    for (uint64_t end = now() + 10000000; returns < 2 && now() < end;) {
      if (round % 3 == 2 && ring->tail == tail) SBI(MIG_EID, MIG_STATUS, 0);
      returns += take() != NULL;
    }
    CHECK(returns == 2, returns);
    CHECK(place(thread) == MIG_UNKNOWN && place(queued) == MIG_UNKNOWN, round);
    use_ring(ENTRIES);
    unharmed("scribbles", (uint64_t)round);
  }
}

/* One frame and one save area for several threads at once. */
static void shared_frames(void) {
  struct thread *thread = thread_at(0, user_pingpong);
  A(thread, 0) = 3;
  uint64_t away = 0;
  for (uint64_t tid = 500; tid < 504; tid++)
    away += migrate(0, satp_1, tid, (uint64_t)&thread->run.frame, (uint64_t)thread->area, 0) == OK;
  CHECK(away > 0, away);
  for (uint64_t end = now() + 10000000; away && now() < end;) {
    if (ring->head == ring->tail) continue;
    ring->head++;
    away--;
  }
  CHECK(away == 0, away);
  unharmed("shared frames", 0);
}

/* Memory that random calls may name and harm. */
static uint64_t arena[8192] __attribute__((aligned(4096)));

static uint64_t pointer(void) {
  switch (below(4)) {
    case 0:
      return bad_addresses[below(bad_count)];
    case 1:
      return next() >> below(64);
    default:
      return (uint64_t)arena + (below(4096 * 3) & ~(below(4) ? 15ull : 0ull));
  }
}

static uint64_t any(void) {
  switch (below(5)) {
    case 0:
      return next() >> below(64);
    case 1:
      return below(16);
    case 2:
      return 600 + below(8);
    case 3:
      return -below(4);
    default:
      return pointer();
  }
}

/* May this call of the extension answer so? */
static bool defined(uint64_t fid, int64_t error) {
  if (error == OK) return fid < 8;
  switch (fid) {
    case MIG_DESCRIBE:
    case MIG_AREA:
      return error == MIG_ERR_UNKNOWN_CLASS;
    case MIG_SET_RING:
      return error == MIG_ERR_BAD_POINTER || error == MIG_ERR_NO_RING;
    case MIG_MIGRATE:
      return (error >= MIG_ERR_VLEN && error <= MIG_ERR_UNKNOWN_CLASS && error != MIG_ERR_UNKNOWN_TID) || error == INVALID_PARAM;
    case MIG_RECALL:
      return error == MIG_ERR_UNKNOWN_TID;
    case MIG_HINT:
      return error == INVALID_PARAM || error == MIG_ERR_UNKNOWN_CLASS;
    default:
      return fid > 7 && error == NOT_SUPPORTED;
  }
}

/* Those of the random calls that were taken, by tid. */
static uint32_t outstanding[8];
static uint64_t strangers, asked, sent;

static void answer_all(void) {
  static const uint32_t answers[] = {MIG_GO_ON, MIG_COME_HOME, MIG_NOT_ASKED, 77};
  while (ring->head != ring->tail) {
    __asm__ volatile("fence r, rw" ::: "memory");
    struct mig_completion entry = ring->entry[ring->head & (ENTRIES - 1)];
    ring->head++;
    if (entry.tid - 600 >= 8) {
      strangers++;
      continue;
    }
    if (entry.flags & MIG_ENTRY_ASKS) asked++;
    else if (outstanding[entry.tid - 600]) outstanding[entry.tid - 600]--;
    else strangers++;
  }
  /* A question stands in a frame that may lie anywhere in the arena: whatever says so gets an answer. */
  for (uint64_t i = 0; i < sizeof arena / 8; i++)
    if ((uint32_t)arena[i] == MIG_ASKED) *(volatile uint32_t *)&arena[i] = answers[below(4)];
}

static void random_calls(void) {
  enum { STEPS = 400 };
  for (uint64_t i = 0; i < sizeof arena / 8; i++) arena[i] = below(3) ? next() : below(6);
  for (uint64_t step = 0; step < STEPS; step++) {
    uint64_t fid = below(4) ? MIG_MIGRATE : below(10);
    uint64_t a[6] = {any(), any(), any(), any(), any(), any()};
    if (fid == MIG_MIGRATE) {
      a[0] = below(8) ? below(2) : any();
      a[1] = below(4) ? satp_1 : any();
      a[2] = 600 + below(8);
      a[3] = (below(8) ? (uint64_t)arena + 8 * below(1500) : pointer());
      a[4] = (below(8) ? (uint64_t)arena + 16 * below(1500) : pointer());
      a[5] = below(8) ? below(32) : any();
      /* Some go where there is code. */
      if (a[3] % 8 == 0 && a[3] - (uint64_t)arena < sizeof arena - 1024 && below(2))
        *(uint64_t *)a[3] = user_va(below(2) ? user_pingpong : user_spin);
    }
    if (fid == MIG_SET_RING && a[1] && a[0] - (uint64_t)arena < sizeof arena) a[0] += 1; /* or completions could not be counted */
    if (fid == MIG_RECALL && a[0] == other_thread.tid) a[0] = 0;
    struct answer answer = sbi(MIG_EID, fid, a[0], a[1], a[2], a[3], a[4], a[5]);
    CHECK(defined(fid, answer.error), answer.error);
    if (!defined(fid, answer.error)) print("fid %d(%x, %x, %x, %x, %x, %x)\n", fid, a[0], a[1], a[2], a[3], a[4], a[5]);
    if (fid == MIG_MIGRATE && answer.error == OK) {
      outstanding[a[2] - 600]++;
      sent++;
    }
    if (fid == MIG_SET_RING && answer.error == OK) {
      answer_all(); /* what came before; nobody is away now */
      use_ring(ENTRIES);
    }
    if (below(4) == 0) SBI(RFENCE, 1 + below(2), 0, -1, 0, -1, below(4));
    answer_all();
    for (int i = 0; i < 8; i++) CHECK(outstanding[i] <= 1, i);
  }
  /* Whoever is still away is called home. */
  uint64_t left = 8;
  for (uint64_t end = now() + 200000; left && now() < end;) {
    left = 0;
    for (int i = 0; i < 8; i++) {
      if (!outstanding[i]) continue;
      left++;
      SBI(MIG_EID, MIG_RECALL, 600 + i);
    }
    answer_all();
  }
  CHECK(left == 0, left);
  for (uint64_t i = 0; left && i < 8; i++)
    if (outstanding[i]) print("thread %d is at %x\n", i, SBI(MIG_EID, MIG_STATUS, 600 + i).value);
  CHECK(strangers == 0, strangers);
  print("payload: %d of %d random calls sent a thread, %d questions\n", sent, (uint64_t)STEPS, asked);
  unharmed("random calls", 0);
}

/* Devices that are firmware's, from S-mode. */
static uint64_t cause_of_load(uint64_t va) {
  uint64_t before = seen.exceptions;
  (void)*(volatile uint64_t *)va;
  return seen.exceptions == before ? 0 : seen.cause;
}
static uint64_t cause_of_store(uint64_t va) {
  uint64_t before = seen.exceptions;
  *(volatile uint64_t *)va = UINT64_MAX;
  return seen.exceptions == before ? 0 : seen.cause;
}
volatile uint64_t campaign_mailbox;

static void devices(void) {
  static const uint64_t closed[] = {0x2000000, 0x2004000, 0x200bff8, 0x2007ff8, 0x80000000, 0x80010000};
  for (unsigned i = 0; i < sizeof closed / sizeof *closed; i++) {
    CHECK(cause_of_load(closed[i]) == 5, closed[i]);
    CHECK(cause_of_store(closed[i]) == 7, closed[i]);
  }
  for (uint64_t at = 0x10100000, hart = 0; campaign_mailbox && hart < campaign_mailbox; hart++, at += 4096)
    for (uint64_t offset = 0; offset <= 0x18; offset += 8) {
      CHECK(cause_of_load(at + offset) == 5, at + offset);
      CHECK(cause_of_store(at + offset) == 7, at + offset);
    }
  unharmed("devices", 0);
}

void tests_sbi(void) {
  random_state = campaign_seed;
  choose_bad();
}

void tests_migration(void) {
  use_ring(ENTRIES);
  start_other();
  run_test("bad arguments", bad_arguments);
  run_test("bad state", bad_state);
  run_test("bad spaces", bad_spaces);
  run_test("scribbles", scribbles);
  run_test("shared frames", shared_frames);
  run_test("devices", devices);
  run_test("random calls", random_calls);
  other_over = 1;
  for (uint64_t end = now() + 10000000; other_hart && other_over != 2 && now() < end;) {
  }
  CHECK(!other_hart || other_over == 2, other_over);
  CHECK(other_wrong == 0, other_wrong);
  print("payload: the other hart made %d trips\n", other_trips);
}
