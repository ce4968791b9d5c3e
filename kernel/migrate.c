#include "migrate.h"
#include "errno.h"
#include "generated/classes.h"
#include "pages.h"
#include "print.h"
#include "sbi.h"
#include "scheduler.h"
#include "space.h"
#include "state.h"
#include "text.h"
#include "user.h"

/* Of a ring, a power of two that fits in a page. The firmware keeps what does not fit until there is room. */
enum { RING_PLACES = 32, INVALID_PARAM = -3 };
_Static_assert(MIG_RING_BYTES(RING_PLACES) <= PAGE_SIZE, "a ring in a page");

extern char return_from_afar[];

/** A bit for each class that accelerator harts have. */
static uint64_t offered;
static struct class {
  uint64_t harts, depth, vlenb;
  uint64_t bytes;      /* of a save area */
  struct list waiting; /* tasks that wait for room in the firmware's queues, first come first served */
} classes[MIG_CLASS_COUNT];
static uint64_t interrupt = MIG_INTERRUPT_SOFTWARE;
static bool present;

static struct sbi_result call(uint64_t fid, const uint64_t arguments[6]) { return sbi_call(MIG_EID, fid, arguments); }

void migration_init(void) {
  for (int c = 0; c < MIG_CLASS_COUNT; c++) list_init(&classes[c].waiting);
  present = sbi_has(MIG_EID);
  if (!present) return;
  uint64_t mask = call(MIG_CLASSES, (uint64_t[6]){0}).value;
  for (int c = 0; c < MIG_CLASS_COUNT; c++) {
    if (!(mask >> c & 1)) continue;
    struct sbi_result r = call(MIG_DESCRIBE, (uint64_t[6]){(uint64_t)c});
    struct sbi_result area = call(MIG_AREA, (uint64_t[6]){(uint64_t)c});
    if (r.error || area.error) continue;
    offered |= 1ull << c;
    classes[c].bytes = area.value;
    classes[c].harts = MIG_DESCRIBE_HARTS(r.value);
    classes[c].depth = MIG_DESCRIBE_DEPTH(r.value);
    classes[c].vlenb = MIG_DESCRIBE_VLENB(r.value);
    interrupt = MIG_DESCRIBE_INTERRUPT(r.value);
    chat("class %d: %u harts, queues of %u, vlenb up to %u, announced by interrupt %u", (int64_t)c, classes[c].harts,
         classes[c].depth, classes[c].vlenb, interrupt);
  }
}

void migration_set_ring(struct hart *h) {
  if (!present) return;
  struct mig_ring *ring = pages_take(0);
  if (!ring) panic("no memory for the completion ring of hart %u", (uint64_t)h->id);
  struct sbi_result r = call(MIG_SET_RING, (uint64_t[6]){physical(ring), RING_PLACES});
  if (r.error) panic("the firmware refuses the completion ring of hart %u: error %d", (uint64_t)h->id, r.error);
  h->ring = ring;
}

bool migration_offers(int class) { return class >= 0 && offered >> class & 1; }
bool migration_offers_any(void) { return offered != 0; }
uint64_t migration_interrupt(void) { return interrupt; }

bool migration_class_of(const struct task *t, uint64_t bits, int *class) {
  uint16_t half[2] = {0};
  if (bits) { /* the hart says which instruction it was */
    *class = class_of((uint32_t)bits);
    return true;
  }
  uint64_t pc = t->frame->registers.epc;
  const uint16_t *first = space_at(t->process->space, pc, PROT_EXEC);
  if (!first) return false;
  half[0] = *first;
  if ((half[0] & 3) == 3) { /* 32 bits long: the second half may lie on the next page */
    const uint16_t *second = space_at(t->process->space, pc + 2, PROT_EXEC);
    if (!second) return false;
    half[1] = *second;
  }
  *class = class_of((uint32_t)half[1] << 16 | half[0]);
  return true;
}

/** End a task's absence. */
static void come_back(struct task *t, struct mig_completion completion) {
  t->completion = completion;
  if (completion.flags & MIG_ENTRY_FLOATS) t->floats_in = NULL; /* the frame has others than the hart where it was */
  asking_home(t, completion.reason);
  task_ready(t);
}

/** Where a task's registers of a class are kept while it is not on a hart that has them; NULL: nowhere yet. */
static void *save_area(const struct task *t, int class) {
  return class == MIG_CLASS_VECTOR ? (void *)t->vector : t->units[class];
}

/** See that there is one. @return false when memory is used up */
static bool provide_area(struct task *t, int class) {
  if (class == MIG_CLASS_VECTOR) return vector_area(t, classes[class].vlenb);
  if (!t->units[class]) t->units[class] = pages_take(pages_order(classes[class].bytes));
  return t->units[class];
}

bool migration_unit_saved(const struct task *t, int class) {
  const struct mig_state *unit = t->units[class];
  return unit && (unit->state == MIG_STATE_SAVED || unit->state == MIG_STATE_RESIDENT);
}

uint64_t migration_unit_bytes(int class) { return classes[class].bytes - sizeof(struct mig_state); }

bool migration_copy(struct task *to, const struct task *from) {
  if (vector_saved(from)) {
    if (!vector_area(to, from->vector->vlenb)) return false;
    memcpy(to->vector, from->vector, MIG_VECTOR_BYTES(from->vector->vlenb));
    to->vector->state = MIG_STATE_SAVED;
  }
  for (int c = 0; c < MIG_CLASS_COUNT; c++) {
    if (!migration_unit_saved(from, c)) continue;
    if (!provide_area(to, c)) return false;
    memcpy(to->units[c], from->units[c], classes[c].bytes);
    to->units[c]->state = MIG_STATE_SAVED;
  }
  return true;
}

void migration_forget(struct task *t) {
  for (int c = 0; c < MIG_CLASS_COUNT; c++)
    if (t->units[c]) pages_give(t->units[c], pages_order(classes[c].bytes));
}

/** Ask the firmware to take a task. */
static int64_t offer(struct task *t, int class) {
  uint64_t flags = (t->keep_vector ? MIG_KEEP_OVER_SYSCALL : 0) | asking_flags(t);
  int64_t error;
  do
    error = call(MIG_MIGRATE, (uint64_t[6]){(uint64_t)class, t->satp, (uint64_t)t->tid, (uint64_t)&t->frame->registers,
                                            (uint64_t)save_area(t, class), flags})
                .error;
  while (error == INVALID_PARAM && asking_refused(&flags));
  return error;
}

/** When a task of the process was sent last, as a number that grows; by pid. */
static uint64_t *served(const struct task *t) {
  enum { REMEMBERED = 64 };
  static uint64_t turns[REMEMBERED];
  return &turns[t->process->pid % REMEMBERED];
}

/** The next in a queue: of the processes that wait the one whose turn is longest ago, and of that the task that came first. */
static struct task *next_waiting(struct list *waiting) {
  struct task *next = NULL;
  for (struct list *l = waiting->next; l != waiting; l = l->next) {
    struct task *t = member_of(l, struct task, queue);
    if (!next || *served(t) < *served(next)) next = t;
  }
  return next;
}

/** The firmware took it, or never will. */
static void take_turn(struct task *t) {
  static uint64_t turn;
  *served(t) = ++turn;
  t->asked.trips++;
}

/** Hand waiting tasks of a class to the firmware while it has room. */
static void send_waiting(int class) {
  for (struct task *t; (t = next_waiting(&classes[class].waiting));) {
    int64_t error = offer(t, class);
    if (error == MIG_ERR_QUEUE_FULL) return; /* a completion will make room */
    list_remove(&t->queue);
    t->awaits_class = -1;
    take_turn(t);
    if (!error) continue;
    chat("task %d can't leave: error %d", (int64_t)t->tid, error);
    come_back(t, (struct mig_completion){.tid = (uint64_t)t->tid, .reason = MIGRATION_REFUSED});
  }
}

void migration_send(struct task *t, int class) {
  if (!provide_area(t, class)) return;
  state_save(t); /* the firmware takes the registers from memory */
  /* Those who wait come first. */
  int64_t error = list_empty(&classes[class].waiting) ? offer(t, class) : MIG_ERR_QUEUE_FULL;
  if (error == MIG_ERR_QUEUE_FULL) { /* a completion will make room */
    t->awaits_class = class;
    list_append(&classes[class].waiting, &t->queue);
  } else if (error) {
    chat("task %d can't leave: error %d", (int64_t)t->tid, error);
    return;
  } else {
    take_turn(t);
  }
  t->state = TASK_AWAY;
  t->sent_for = class;
  t->context.ra = (uint64_t)return_from_afar;
  t->context.sp = (uint64_t)t->frame;
  schedule_away();
}

void migration_recall(struct task *t) {
  if (t->awaits_class >= 0) {
    list_remove(&t->queue);
    t->awaits_class = -1;
    come_back(t, (struct mig_completion){.tid = (uint64_t)t->tid, .reason = MIG_REASON_RECALL, .flags = MIG_ENTRY_QUEUED});
    return;
  }
  /* An unknown tid here is a task whose completion is in a ring already: it comes back by itself. */
  call(MIG_RECALL, (uint64_t[6]){(uint64_t)t->tid});
}

void migration_drain(void) {
  struct hart *h = this_hart();
  if (!h->ring) return;
  uint32_t head = h->ring->head;
  while (head != h->ring->tail) {
    __asm__ volatile("fence r, rw" ::: "memory"); /* the entry, and what came with it, after the tail that announced it */
    struct mig_completion c = h->ring->entry[head % RING_PLACES];
    __asm__ volatile("fence rw, w" ::: "memory");
    h->ring->head = ++head;
    struct task *t = task_find((int)c.tid);
    if (!t || t->state != TASK_AWAY) panic("a completion for task %u, which is not away", c.tid);
    if (c.flags & MIG_ENTRY_ASKS)
      asking_serve(t, &c, !list_empty(&classes[t->sent_for].waiting));
    else
      come_back(t, c);
  }
  for (uint64_t left = offered; left; left &= left - 1) send_waiting(__builtin_ctzll(left));
}
