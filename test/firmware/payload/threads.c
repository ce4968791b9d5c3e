#include "threads.h"

static uint8_t ring_memory[MIG_RING_BYTES(ENTRIES)] __attribute__((aligned(64)));
struct mig_ring *const ring = (struct mig_ring *)ring_memory;
static uint64_t ring_entries;

struct thread threads[THREADS];
uint64_t next_tid = 100;

uint64_t lane64(struct thread *thread, int v, int i) {
  return ((uint64_t *)(vectors(thread)->registers + (uint64_t)v * vectors(thread)->vlenb))[i];
}
uint32_t lane32(struct thread *thread, int v, int i) {
  return ((uint32_t *)(vectors(thread)->registers + (uint64_t)v * vectors(thread)->vlenb))[i];
}

uint64_t announce_bit(void) { return 1ull << MIG_DESCRIBE_INTERRUPT(SBI(MIG_EID, MIG_DESCRIBE, 0).value); }

void use_ring(uint64_t entries) {
  ring_entries = entries;
  struct answer answer = SBI(MIG_EID, MIG_SET_RING, ring, entries);
  CHECK(answer.error == OK, answer.error);
}

struct thread *thread_at(int index, const void *code) {
  struct thread *thread = &threads[index];
  memset(&thread->run, 0, sizeof thread->run);
  memset(thread->area, 0, sizeof(struct mig_vector_state));
  memset(thread->unit, 0, sizeof thread->unit);
  thread->tid = next_tid++;
  thread->returns = 0;
  thread->run.frame.epc = user_va(code);
  for (int i = 0; i < 31; i++) thread->run.frame.x[i] = 0x1000 + i;
  for (int i = 0; i < 32; i++) thread->run.frame.f[i] = 0xffffffff00000000ull + i;
  return thread;
}

int64_t go_flags(struct thread *thread, uint64_t flags) {
  return SBI(MIG_EID, MIG_MIGRATE, 0, satp_1, thread->tid, &thread->run.frame, thread->area, flags).error;
}
int64_t go(struct thread *thread) { return go_flags(thread, 0); }
int64_t go_unit(struct thread *thread) {
  return SBI(MIG_EID, MIG_MIGRATE, MIG_CLASS_XHARTDOT, satp_1, thread->tid, &thread->run.frame, thread->unit, 0).error;
}
uint64_t place(struct thread *thread) { return SBI(MIG_EID, MIG_STATUS, thread->tid).value; }

struct thread *take(void) {
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
    thread->returns += !(entry->flags & MIG_ENTRY_ASKS);
  }
  __asm__ volatile("fence rw, w" ::: "memory");
  ring->head = head + 1;
  return thread;
}

struct thread *wait_any(void) {
  for (uint64_t end = now() + 20000000; now() < end;) {
    struct thread *thread = take();
    if (thread) return thread;
  }
  return NULL;
}

uint64_t back(struct thread *thread) {
  struct thread *came = wait_any();
  CHECK(came == thread, came ? came->tid : 0);
  return came == thread ? thread->last.reason : UINT64_MAX;
}

bool asks(struct thread *thread, uint64_t reason) {
  struct thread *came = wait_any();
  CHECK(came == thread, came ? came->tid : 0);
  if (came != thread) return false;
  CHECK(thread->last.flags & MIG_ENTRY_ASKS, thread->last.flags);
  CHECK(thread->last.reason == reason, thread->last.reason);
  CHECK(thread->run.frame.answer == MIG_ASKED, thread->run.frame.answer);
  return thread->last.flags & MIG_ENTRY_ASKS;
}

void answer(struct thread *thread, uint32_t answer) { __atomic_store_n(&thread->run.frame.answer, answer, __ATOMIC_RELEASE); }

bool brought_back(struct thread *thread) {
  CHECK(SBI(MIG_EID, MIG_RECALL, thread->tid).error == OK, thread->tid);
  return back(thread) == MIG_REASON_RECALL;
}

static uint64_t round(struct thread *thread, int64_t error) {
  CHECK(error == OK, error);
  return error ? UINT64_MAX : back(thread);
}
uint64_t trip(struct thread *thread) { return round(thread, go(thread)); }
uint64_t trip_unit(struct thread *thread) { return round(thread, go_unit(thread)); }

bool soon_running(struct thread *thread) {
  for (uint64_t end = now() + 10000000; now() < end;)
    if ((place(thread) & 0xff) == MIG_RUNNING) return true;
  return false;
}

void settle(uint64_t ticks) {
  for (uint64_t end = now() + ticks; now() < end;) {
  }
}

void settle_ring(uint32_t count) {
  for (uint64_t end = now() + 10000000; ring->tail - ring->head < count && now() < end;) {
  }
}
