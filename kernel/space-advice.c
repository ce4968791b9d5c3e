/* What a program wants of the pages of a range: that they stay in memory, that they are huge. */
#include "errno.h"
#include "space-parts.h"

bool space_locked(struct space *s, uint64_t va, uint64_t bytes) {
  struct list *l = area_first_above(&s->areas, va);
  for (; l != &s->areas.list && area_of(l)->start < va + bytes; l = l->next)
    if (area_of(l)->locked) return true;
  return false;
}

int space_lock(struct space *s, uint64_t va, uint64_t bytes, bool on) {
  if (!space_split(s, va) || !space_split(s, va + bytes)) return -ENOMEM;
  struct list *l = area_first_above(&s->areas, va);
  for (; l != &s->areas.list && area_of(l)->start < va + bytes; l = l->next) area_of(l)->locked = on;
  areas_join(&s->areas, va, va + bytes);
  return 0;
}

void space_lock_future(struct space *s, bool on, bool lazily) {
  s->lock_future = on;
  s->lock_lazily = lazily;
}

int space_want_huge(struct space *s, uint64_t va, uint64_t bytes, enum huge_advice advice) {
  if (!space_split(s, va) || !space_split(s, va + bytes)) return -ENOMEM;
  struct list *l = area_first_above(&s->areas, va);
  for (; l != &s->areas.list && area_of(l)->start < va + bytes; l = l->next) area_of(l)->huge = advice;
  areas_join(&s->areas, va, va + bytes);
  return 0;
}
