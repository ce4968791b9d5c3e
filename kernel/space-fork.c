/* The copy of a space for a new process. */
#include "space-parts.h"

/** Give the pages of an area to both. @return false when memory is used up; what was shared until then is */
static bool share(struct space *from, struct space *to, const struct area *a, bool *lost) {
  for (struct mapping m = {.va = a->start}; table_next(from->root, &m, a->end); m.va += mapping_bytes(&m)) {
    uint64_t *copy = table_entry(to->root, m.va, 0, true);
    if (!copy) return false;
    page_share(page_at(*m.entry));
    *lost |= *m.entry & PTE_W;
    *copy = *m.entry &= ~(uint64_t)PTE_W;
  }
  return true;
}

static bool copy_areas(struct space *from, struct space *to, bool *lost) {
  for (struct list *l = from->areas.list.next; l != &from->areas.list; l = l->next) {
    struct area *a = piece_take(sizeof *a);
    if (!a) return false;
    *a = *area_of(l);
    list_append(&to->areas.list, &a->link);
    if (!share(from, to, a, lost)) return false;
  }
  return true;
}

struct space *space_fork(struct space *s) {
  struct space *copy = space_create();
  if (!copy) return NULL;
  copy->brk_start = s->brk_start;
  copy->brk = s->brk;
  bool lost = false, done = copy_areas(s, copy, &lost);
  if (lost) space_fence(s, 0, 0);
  if (done) return copy;
  space_destroy(copy);
  return NULL;
}
