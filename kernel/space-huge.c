/*
 * 2 MiB of anonymous memory with one entry: one fault instead of 512. Each huge page has a spare table put by, so that it can be taken
 * apart when memory is used up, too.
 */
#include "bootargs.h"
#include "space-parts.h"

enum { HUGE_ORDER = 9 };

static enum { FOR_NONE, FOR_ADVISED, FOR_ALL } policy = FOR_ADVISED;

void space_huge_init(void) {
  if (bootargs_have("hugepages=always")) policy = FOR_ALL;
  if (bootargs_have("hugepages=never")) policy = FOR_NONE;
}

uint64_t space_alignment(uint64_t bytes) { return policy != FOR_NONE && bytes >= HUGE_SIZE ? HUGE_SIZE : PAGE_SIZE; }

static bool wanted(const struct area *a, uint64_t va) {
  if (a->backing.data || a->prot & PROT_EXEC || va < a->start || va + HUGE_SIZE > a->end) return false;
  return a->huge == HUGE_WANTED ? policy != FOR_NONE : policy == FOR_ALL && a->huge == HUGE_AS_BOOTED;
}

bool space_huge_spare(struct space *s) {
  struct list *table = pages_take_raw(0);
  if (table) list_append(&s->spare_tables, table);
  return table;
}

void space_huge_unspare(struct space *s) {
  struct list *table = s->spare_tables.next;
  list_remove(table);
  pages_give(table, 0);
}

bool space_huge_begin(struct space *s, const struct area *a, const struct mapping *m) {
  if (!wanted(a, m->va) || !space_huge_spare(s)) return false;
  void *huge = pages_take(HUGE_ORDER);
  if (!huge) {
    space_huge_unspare(s);
    return false;
  }
  __asm__ volatile("fence rw, rw" ::: "memory"); /* the contents before the entry, for harts that walk the table meanwhile */
  *m->entry = pte_to(huge) | pte_bits(a->prot);
  return true;
}

/* Harts may go on with the huge entry: it says the same, until one of the small ones changes with a fence of its own. */
void space_huge_split(struct space *s, const struct mapping *m) {
  struct list *spare = s->spare_tables.next;
  list_remove(spare);
  uint64_t *table = (uint64_t *)spare;
  for (uint64_t i = 0; i < ENTRIES; i++) table[i] = *m->entry + (i << PTE_PPN_SHIFT);
  __asm__ volatile("fence rw, rw" ::: "memory");
  *m->entry = pte_to(table) | PTE_V;
}

void space_huge_cut(struct space *s, uint64_t va) {
  struct mapping m = table_at(s->root, va);
  if (m.level && m.entry && *m.entry && m.va != va) space_huge_split(s, &m);
}

void space_huge_split_all(struct space *s, uint64_t va, uint64_t end) {
  for (struct mapping m = {.va = va}; table_next(s->root, &m, end); m.va += mapping_bytes(&m))
    if (m.level) space_huge_split(s, &m);
}

void space_huge_drop(struct space *s, const struct mapping *m) {
  char *huge = page_at(*m->entry);
  bool shared = mapping_shared(m);
  *m->entry = 0;
  space_huge_unspare(s);
  if (!shared)
    pages_give(huge, HUGE_ORDER);
  else
    for (uint64_t at = 0; at < HUGE_SIZE; at += PAGE_SIZE) page_drop(huge + at);
}
