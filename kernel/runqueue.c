#include "runqueue.h"
#include "state.h"

/** Loads from here on are not told apart. */
enum { LEVELS = 8 };

/** The harts of each load: the first are idle. So a hart is found without looking at all of them. */
static struct hart_mask loaded[LEVELS];
/** Those with a load of two or more: from them others take. */
static struct hart_mask crowded;

static uint32_t level(uint32_t load) { return load < LEVELS ? load : LEVELS - 1; }

static void set_load(struct hart *h, uint32_t load) {
  uint32_t from = level(h->load), to = level(load);
  h->load = load;
  if (from == to) return;
  mask_remove(&loaded[from], h->id);
  mask_add(&loaded[to], h->id);
  if (load < 2)
    mask_remove(&crowded, h->id);
  else
    mask_add(&crowded, h->id);
}

void queue_open(struct hart *h) {
  list_init(&h->ready);
  mask_add_atomically(&loaded[0], h->id);
}

bool queue_allows(const struct task *t, const struct hart *h) {
  struct hart_mask eligible = vector_harts(t);
  return mask_has(&eligible, h->id);
}

void queue_append(struct hart *h, struct task *t) {
  t->hart = h->id;
  list_append(&h->ready, &t->queue);
  set_load(h, h->load + 1);
}

struct hart *queue_place(struct task *t) {
  struct hart_mask eligible = vector_harts(t), least = {0};
  for (int l = 0; l < LEVELS && mask_empty(least); l++) least = mask_both(loaded[l], eligible);
  struct hart *h = &harts[mask_has(&least, t->hart) ? t->hart : mask_first(least)];
  queue_append(h, t);
  return h;
}

static void take(struct hart *from, struct task *t) {
  list_remove(&t->queue);
  set_load(from, from->load - 1);
}

void queue_remove(struct task *t) { take(&harts[t->hart], t); }

/** The first task of another hart's queue that may run on this one. */
static struct task *first_for(const struct hart *h, const struct hart *from) {
  for (struct list *l = from->ready.next; l != &from->ready; l = l->next) {
    struct task *t = member_of(l, struct task, queue);
    if (queue_allows(t, h)) return t;
  }
  return NULL;
}

/** A task for this hart from another whose load is at least this: where it is greatest, first. */
static struct task *steal(struct hart *h, uint32_t least_load) {
  for (uint32_t l = LEVELS; l-- > level(least_load);) {
    for (struct hart_mask from = loaded[l]; !mask_empty(from);) {
      struct hart *other = &harts[mask_first(from)];
      mask_remove(&from, other->id);
      struct task *t = other == h ? NULL : first_for(h, other);
      if (!t) continue;
      take(other, t);
      return t;
    }
  }
  return NULL;
}

struct task *queue_next(struct hart *h) {
  if (list_empty(&h->ready)) return mask_empty(crowded) ? NULL : steal(h, 2); /* a load of one is about to be taken up where it is */
  struct task *t = member_of(h->ready.next, struct task, queue);
  take(h, t);
  return t;
}

void queue_runs(struct hart *h, bool runs) {
  bool ran = h->runs;
  h->runs = runs;
  if (ran != runs) set_load(h, runs ? h->load + 1 : h->load - 1);
}

bool queue_rivals(struct hart *h) {
  struct task *t = list_empty(&h->ready) && !mask_empty(crowded) ? steal(h, h->load + 2) : NULL;
  if (t) queue_append(h, t);
  return !list_empty(&h->ready);
}
