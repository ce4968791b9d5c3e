/* Pages that the program says it won't need soon: MADV_PAGEOUT. */
#include "space-parts.h"

/** Is this a page that can go? One that others map, too, would stay for them. */
static bool can_go(const struct mapping *m) { return !(*m->entry & PTE_STORED) && !mapping_shared(m); }

/** Harts forget them first, and threads that use them on accelerator harts come home; only then are the contents final. */
void space_page_out(struct space *s, uint64_t va, uint64_t bytes) {
  uint64_t end = va + bytes;
  bool any = false;
  space_huge_split_all(s, va, end);
  for (struct mapping m = {.va = va}; table_next(s->root, &m, end); m.va += PAGE_SIZE) {
    if (!can_go(&m)) continue;
    *m.entry &= ~(uint64_t)PTE_V;
    any = true;
  }
  if (!any) return;
  space_fence(s, va, bytes);
  for (struct mapping m = {.va = va}; table_next(s->root, &m, end); m.va += PAGE_SIZE) {
    if (*m.entry & PTE_V || !can_go(&m)) continue;
    stored_t stored;
    if (store_put(page_at(*m.entry), &stored))
      *m.entry = stored << PTE_PPN_SHIFT | PTE_STORED;
    else
      *m.entry = pte_to(page_at(*m.entry)) | pte_bits(area_at(&s->areas, m.va)->prot);
  }
}

enum fault space_page_in(struct space *s, const struct area *a, const struct mapping *m) {
  void *page = store_take(*m->entry >> PTE_PPN_SHIFT);
  if (!page) return FAULT_NO_MEMORY;
  if (a->prot & PROT_EXEC) space_code_begins(page);
  __asm__ volatile("fence rw, rw" ::: "memory"); /* the contents before the entry, for harts that walk the table meanwhile */
  *m->entry = pte_to(page) | pte_bits(a->prot);
  s->faults.major++;
  return FAULT_SERVED;
}
