#include "migrate.h"
#include "bootargs.h"
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
  uint64_t bytes;      /* of a save area, */
  int order;           /* and of its pages */
  uint64_t away;       /* tasks that the firmware has, guests included */
  struct list waiting; /* tasks that wait for room in the firmware's queues, first come first served */
  struct list sent;    /* tasks that the firmware has, those that it has longest first */
} classes[MIG_CLASS_COUNT];
/** Tasks in all of these queues. */
static uint32_t waiting;
/** Boot word migrate.guests=on: general tasks go to accelerator harts that nothing else wants. */
static bool guests;
static uint64_t interrupt = MIG_INTERRUPT_SOFTWARE;
static bool present;

static struct sbi_result call(uint64_t fid, const uint64_t arguments[6]) { return sbi_call(MIG_EID, fid, arguments); }

void migration_init(void) {
  for (int c = 0; c < MIG_CLASS_COUNT; c++) {
    list_init(&classes[c].waiting);
    list_init(&classes[c].sent);
  }
  guests = bootargs_have("migrate.guests=on");
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
    classes[c].order = pages_order(area.value);
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

/** End a task's absence, for the reason in its completion. */
static void come_back(struct task *t) {
  if (t->completion.flags & MIG_ENTRY_FLOATS) t->floats_in = NULL; /* the frame's are newer than any hart's */
  asking_home(t, t->completion.reason);
  task_returned(t);
}

/** End the absence of a task that the firmware does not have. */
static void stay(struct task *t, uint64_t reason) {
  list_remove(&t->queue);
  t->awaits_class = -1;
  waiting--;
  t->completion = (struct mig_completion){.tid = (uint64_t)t->tid, .reason = reason, .flags = MIG_ENTRY_QUEUED};
  come_back(t);
}

/** Where a task's registers of a class are kept while it is not on a hart that has them; NULL: nowhere yet. */
static void *save_area(const struct task *t, int class) {
  return class == MIG_CLASS_VECTOR ? (void *)t->vector : t->units[class];
}

/** See that there is one. @return false when memory is used up */
static bool provide_area(struct task *t, int class) {
  if (class == MIG_CLASS_VECTOR)
    return (t->vector && t->vector_order >= classes[class].order) || vector_area(t, classes[class].vlenb);
  if (!t->units[class]) t->units[class] = pages_take(classes[class].order);
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
    if (t->units[c]) pages_give(t->units[c], classes[c].order);
}

/** Ask the firmware to take a task. @param more flags of enum mig_flags */
static int64_t offer(struct task *t, int class, uint64_t more) {
  uint64_t flags = (t->keep_vector ? MIG_KEEP_OVER_SYSCALL : 0) | asking_flags(t) | more;
  int64_t error;
  do
    error = call(MIG_MIGRATE, (uint64_t[6]){(uint64_t)class, t->satp, (uint64_t)t->tid, (uint64_t)&t->frame->registers,
                                            (uint64_t)save_area(t, class), flags})
                .error;
  while (error == INVALID_PARAM && asking_refused(&flags));
  if (!error) {
    classes[class].away++;
    t->asked.trips++;
    list_remove(&t->queue);
    list_append(&classes[class].sent, &t->queue);
    t->slice_end = now() + scheduler_slice();
  }
  return error;
}

/** Does a task of the class wait while another has its hart? */
static bool crowded(const struct class *class) {
  return class->away > class->harts || !list_empty(&class->waiting);
}

uint64_t migration_slice_end(void) {
  uint64_t first = NEVER;
  for (struct class *class = classes; class < classes + MIG_CLASS_COUNT; class++)
    if (crowded(class) && !list_empty(&class->sent))
      first = smaller(first, member_of(class->sent.next, struct task, queue)->slice_end);
  return first;
}

void migration_tick(void) {
  for (struct class *class = classes; class < classes + MIG_CLASS_COUNT; class++) {
    while (crowded(class) && !list_empty(&class->sent)) {
      struct task *t = member_of(class->sent.next, struct task, queue);
      if (t->slice_end > now()) break;
      /* It comes home, and goes out again behind the others. */
      list_remove(&t->queue);
      list_append(&class->sent, &t->queue);
      t->slice_end = now() + scheduler_slice();
      migration_recall(t);
    }
  }
}

/** When a task of the process was sent last, as a number that grows; by pid. */
static uint64_t *served(const struct task *t) {
  enum { REMEMBERED = 64 };
  static uint64_t turns[REMEMBERED];
  return &turns[t->process->pid % REMEMBERED];
}

/** The next in a queue: of the processes that wait the one whose turn is longest ago, and of that the task that came first. */
static struct task *next_waiting(struct list *queue) {
  struct task *next = NULL;
  for (struct list *l = queue->next; l != queue; l = l->next) {
    struct task *t = member_of(l, struct task, queue);
    if (!next || *served(t) < *served(next)) next = t;
  }
  return next;
}

static void take_turn(const struct task *t) {
  static uint64_t turn;
  *served(t) = ++turn;
}

/** Hand waiting tasks of a class to the firmware while it has room. */
static void send_waiting(int class) {
  for (struct task *t; (t = next_waiting(&classes[class].waiting));) {
    int64_t error = offer(t, class, 0);
    if (error == MIG_ERR_QUEUE_FULL) return; /* a completion will make room */
    take_turn(t);
    if (error) {
      chat("task %d can't leave: error %d", (int64_t)t->tid, error);
      stay(t, MIGRATION_REFUSED);
      continue;
    }
    t->awaits_class = -1;
    waiting--;
  }
}

/** The current task is another's now: it goes on when it is back. */
static _Noreturn void leave(struct task *t, int class) {
  t->state = TASK_AWAY;
  t->sent_for = class;
  t->context.ra = (uint64_t)return_from_afar;
  t->context.sp = (uint64_t)t->frame;
  schedule_away();
}

void migration_send(struct task *t, int class) {
  if (!provide_area(t, class)) return;
  state_save(t); /* the firmware takes the registers from memory */
  /* Those who wait come first. */
  int64_t error = list_empty(&classes[class].waiting) ? offer(t, class, 0) : MIG_ERR_QUEUE_FULL;
  if (error == MIG_ERR_QUEUE_FULL) { /* a completion will make room */
    t->awaits_class = class;
    waiting++;
    list_append(&classes[class].waiting, &t->queue);
  } else if (error) {
    chat("task %d can't leave: error %d", (int64_t)t->tid, error);
    return;
  } else {
    take_turn(t);
  }
  leave(t, class);
}

bool migration_has_idle(int class) { return migration_offers(class) && classes[class].away < classes[class].harts; }

void migration_offer_guest(struct task *t) {
  struct hart_mask all = harts_all();
  if (!guests || t->affinity.bits[0] != all.bits[0] || t->affinity.bits[1] != all.bits[1]) return;
  for (int c = 0; c < MIG_CLASS_COUNT; c++) {
    if (!migration_has_idle(c) || !provide_area(t, c)) continue;
    state_save(t);
    if (!offer(t, c, MIG_GUEST)) leave(t, c);
    state_load(t);
  }
}

void migration_hint(struct task *t, enum mig_hint hint, int class) {
  if (migration_offers(class)) call(MIG_HINT, (uint64_t[6]){(uint64_t)t->tid, hint, (uint64_t)class});
}

void migration_recall(struct task *t) {
  if (t->awaits_class >= 0)
    stay(t, MIG_REASON_RECALL);
  else /* an unknown tid here is a task whose completion is in a ring already: it comes back by itself */
    call(MIG_RECALL, (uint64_t[6]){(uint64_t)t->tid});
}

void migration_drain(void) {
  struct mig_ring *ring = this_hart()->ring;
  if (!ring) return;
  for (uint32_t head = ring->head; head != ring->tail;) {
    __asm__ volatile("fence r, rw" ::: "memory"); /* the entry, and what came with it, after the tail that announced it */
    const struct mig_completion *entry = &ring->entry[head % RING_PLACES];
    struct task *t = task_find((int)entry->tid);
    if (!t || t->state != TASK_AWAY) panic("a completion for task %u, which is not away", entry->tid);
    t->completion = *entry;
    __asm__ volatile("fence rw, w" ::: "memory");
    ring->head = ++head;
    struct class *class = &classes[t->sent_for];
    if (t->completion.flags & MIG_ENTRY_ASKS) {
      asking_serve(t, &t->completion, crowded(class));
    } else {
      class->away--;
      list_remove(&t->queue);
      come_back(t);
    }
  }
  for (uint64_t left = waiting ? offered : 0; left; left &= left - 1) send_waiting(__builtin_ctzll(left));
}
