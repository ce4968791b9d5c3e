#include "area.h"
#include "pages.h"
#include "riscv.h"

/* mmap's areas go below this, from the top down; the stack and the trampoline lie above. */
static const uint64_t MMAP_TOP = 0x3f00000000;
static const uint64_t LOWEST = 0x10000;

void areas_init(struct areas *all) {
  list_init(&all->list);
  all->recent = &all->list;
}

struct list *area_first_above(struct areas *all, uint64_t va) {
  struct list *l = all->recent;
  if (l == &all->list || area_of(l)->start > va) l = all->list.next;
  while (l != &all->list && area_of(l)->end <= va) l = l->next;
  return all->recent = l;
}

struct area *area_at(struct areas *all, uint64_t va) {
  struct list *l = area_first_above(all, va);
  return l != &all->list && area_of(l)->start <= va ? area_of(l) : NULL;
}

/** Anonymous neighbours that are alike become one, so that a heap that grows stays one area. */
static bool alike(const struct area *a, const struct area *b) {
  return a->prot == b->prot && a->locked == b->locked && a->huge == b->huge && !a->backing.data && !b->backing.data;
}

/** Make one of this area and the one before it, where they touch and are alike. */
static void join_previous(struct areas *all, struct area *a) {
  struct list *l = a->link.previous;
  if (l == &all->list || area_of(l)->end != a->start || !alike(area_of(l), a)) return;
  a->start = area_of(l)->start;
  area_drop(all, area_of(l));
}

void area_add(struct areas *all, struct area *a) {
  list_insert_before(area_first_above(all, a->start), &a->link);
  join_previous(all, a);
}

void areas_join(struct areas *all, uint64_t va, uint64_t end) {
  struct list *l = area_first_above(all, va);
  for (; l != &all->list && area_of(l)->start <= end; l = l->next) join_previous(all, area_of(l));
}

void area_drop(struct areas *all, struct area *a) {
  all->recent = &all->list;
  list_remove(&a->link);
  piece_give(a, sizeof *a);
}

bool area_split(struct areas *all, uint64_t va) {
  struct area *a = area_at(all, va);
  if (!a || a->start == va) return true;
  struct area *lower = piece_take(sizeof *lower);
  if (!lower) return false;
  *lower = *a;
  lower->end = a->start = va;
  list_insert_before(&a->link, &lower->link);
  return true;
}

bool areas_vacant(struct areas *all, uint64_t va, uint64_t bytes) {
  struct list *l = area_first_above(all, va);
  return l == &all->list || area_of(l)->start >= va + bytes;
}

bool areas_cover(struct areas *all, uint64_t va, uint64_t bytes) {
  for (uint64_t at = va; at < va + bytes;) {
    const struct area *a = area_at(all, at);
    if (!a) return false;
    at = a->end;
  }
  return true;
}

uint64_t areas_find(struct areas *all, uint64_t bytes, uint64_t align) {
  uint64_t top = MMAP_TOP;
  for (struct list *l = all->list.previous;; l = l->previous) {
    uint64_t floor = l == &all->list ? LOWEST : area_of(l)->end;
    if (l != &all->list && area_of(l)->start >= MMAP_TOP) continue;
    if (top >= bytes && round_down(top - bytes, align) >= floor) return round_down(top - bytes, align);
    if (l == &all->list) return 0;
    top = smaller(top, area_of(l)->start);
  }
}
