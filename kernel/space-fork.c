/* The copy of a space for a new process. */
#include "space-parts.h"

/** Give what an entry names to both. @return false when memory is used up */
static bool share(struct space *to, const struct mapping *m, bool *lost) {
  uint64_t *copy = table_entry(to->root, m->va, m->level, true);
  if (!copy || (m->level && !space_huge_spare(to))) return false;
  if (*m->entry & PTE_STORED)
    store_share(*m->entry >> PTE_PPN_SHIFT);
  else
    for (uint64_t at = 0; at < mapping_bytes(m); at += PAGE_SIZE) page_share((char *)page_at(*m->entry) + at);
  *lost |= *m->entry & PTE_W;
  *copy = *m->entry &= ~(uint64_t)PTE_W;
  return true;
}

/** @return false when memory is used up; what was shared until then is */
static bool share_all(struct space *from, struct space *to, bool *lost) {
  for (struct list *l = from->areas.list.next; l != &from->areas.list; l = l->next) {
    struct area *a = piece_take(sizeof *a);
    if (!a) return false;
    *a = *area_of(l);
    a->locked = false; /* as the manual of mlock has it */
    list_append(&to->areas.list, &a->link);
  }
  for (struct mapping m = {.va = 0}; table_next(from->root, &m, USER_END); m.va += mapping_bytes(&m))
    if (!share(to, &m, lost)) return false;
  return true;
}

struct space *space_fork(struct space *s) {
  struct space *copy = space_create();
  if (!copy) return NULL;
  copy->brk_start = s->brk_start;
  copy->brk = s->brk;
  bool lost = false, done = share_all(s, copy, &lost);
  if (lost) space_fence(s, 0, 0);
  if (done) return copy;
  space_destroy(copy);
  return NULL;
}
