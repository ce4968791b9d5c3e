/* What system calls do to the areas of a space, and to the pages that lie there. */
#include "errno.h"
#include "sbi.h"
#include "space-parts.h"

/**
 * A level-1 entry of a table that is to be freed: no hart may walk through it, but the kernel still does. Bits 8 and 9 of an entry
 * are software's.
 */
static const uint64_t PTE_DETACHED = 1 << 8;

bool space_vacant(struct space *s, uint64_t va, uint64_t bytes) { return areas_vacant(&s->areas, va, bytes); }
bool space_mapped(struct space *s, uint64_t va, uint64_t bytes) { return areas_cover(&s->areas, va, bytes); }
uint64_t space_find(struct space *s, uint64_t bytes) { return areas_find(&s->areas, bytes, PAGE_SIZE); }

bool space_split(struct space *s, uint64_t va) { return area_split(&s->areas, va); }

/** Take their valid bit from the entries of a range of one table. @return was any in use? */
static bool invalidate(uint64_t *table, uint64_t va, uint64_t end) {
  bool any = false;
  for (uint64_t *e = &table[va / PAGE_SIZE % ENTRIES]; va < end; va += PAGE_SIZE, e++) {
    any |= *e != 0;
    *e &= ~(uint64_t)PTE_V;
  }
  return any;
}

static void empty(uint64_t *table, uint64_t va, uint64_t end) {
  for (uint64_t *e = &table[va / PAGE_SIZE % ENTRIES]; va < end; va += PAGE_SIZE, e++) {
    if (*e) page_drop(page_at(*e));
    *e = 0;
  }
}

/**
 * Free the pages of a range, and the tables that are for addresses from `floor` to `ceiling` only, where no area lies. Entries first
 * lose their valid bit, then every hart forgets them, then pages and tables are free.
 */
static void release(struct space *s, uint64_t va, uint64_t end, uint64_t floor, uint64_t ceiling) {
  bool any = false, tables = false;
  uint64_t *upper;
  for (uint64_t at = va, next; (upper = table_next_upper(s->root, &at, end)); at = next) {
    uint64_t base = round_down(at, HUGE_SIZE);
    next = base + HUGE_SIZE;
    if (base >= floor && next <= ceiling) {
      *upper = (*upper & ~(uint64_t)PTE_V) | PTE_DETACHED;
      any = tables = true;
    } else if (invalidate(page_at(*upper), at, smaller(next, end))) {
      any = true;
    }
  }
  if (!any) return;
  space_fence(s, tables ? 0 : va, tables ? 0 : end - va);
  for (uint64_t at = va, next; (upper = table_next_upper(s->root, &at, end)); at = next) {
    next = round_down(at, HUGE_SIZE) + HUGE_SIZE;
    empty(page_at(*upper), at, smaller(next, end));
    if (!(*upper & PTE_DETACHED)) continue;
    pages_give(page_at(*upper), 0);
    *upper = 0;
  }
}

int space_unmap(struct space *s, uint64_t va, uint64_t bytes) {
  uint64_t end = va + bytes;
  if (!space_split(s, va) || !space_split(s, end)) return -ENOMEM;
  struct list *l = area_first_above(&s->areas, va), *none = &s->areas.list;
  uint64_t floor = l->previous == none ? 0 : area_of(l->previous)->end;
  for (struct list *next; l != none && area_of(l)->start < end; l = next) {
    next = l->next;
    area_drop(&s->areas, area_of(l));
  }
  release(s, va, end, floor, l == none ? USER_END + PAGE_SIZE : area_of(l)->start);
  return 0;
}

int space_map(struct space *s, uint64_t va, uint64_t bytes, int prot, struct backing backing) {
  struct area *a = piece_take(sizeof *a); /* first: without it what was there stays */
  if (!a) return -ENOMEM;
  int error = space_unmap(s, va, bytes);
  if (error) {
    piece_give(a, sizeof *a);
    return error;
  }
  *a = (struct area){.start = va, .end = va + bytes, .prot = prot, .backing = backing};
  area_add(&s->areas, a);
  if (s->lock_future) space_populate(s, va, bytes); /* what finds no memory now is for faults to look for */
  return 0;
}

int space_protect(struct space *s, uint64_t va, uint64_t bytes, int prot) {
  uint64_t end = va + bytes;
  if (!space_split(s, va) || !space_split(s, end)) return -ENOMEM;
  bool lost = false, code = false;
  for (struct list *l = area_first_above(&s->areas, va); l != &s->areas.list && area_of(l)->start < end; l = l->next) {
    struct area *a = area_of(l);
    a->prot = prot;
    for (struct mapping m = {.va = a->start}; table_next(s->root, &m, a->end); m.va += mapping_bytes(&m)) {
      uint64_t page = *m.entry >> PTE_PPN_SHIFT << PTE_PPN_SHIFT, bits = mapping_bits(&m, prot);
      lost |= *m.entry & ~bits & (PTE_V | PTE_LEAF);
      code |= (bits & PTE_X) && page_holds_code(page_at(*m.entry));
      *m.entry = page | bits;
    }
  }
  __asm__ volatile("sfence.vma; fence.i" ::: "memory");
  if (lost) space_fence(s, va, bytes); /* who only gained a permission faults once at most, see space_fault */
  if (code) sbi_remote_fence_i();
  return 0;
}

int space_move(struct space *s, uint64_t from, uint64_t bytes, uint64_t to, uint64_t new_bytes) {
  struct area *a = area_at(&s->areas, from);
  if (!a || a->end < from + bytes) return -EFAULT;
  struct backing backing = a->backing;
  backing.va += to - from;
  if (!space_split(s, from) || !space_split(s, from + bytes)) return -ENOMEM;
  int error = space_map(s, to, new_bytes, a->prot, backing);
  if (error) return error;
  for (uint64_t at = 0; at < bytes; at += PAGE_SIZE)
    if (!table_entry(s->root, to + at, 0, true)) { /* before anything moved */
      space_unmap(s, to, new_bytes);
      return -ENOMEM;
    }
  for (struct mapping m = {.va = from}; table_next(s->root, &m, from + bytes); m.va += PAGE_SIZE) {
    *table_entry(s->root, m.va - from + to, 0, true) = *m.entry;
    *m.entry = 0;
  }
  space_fence(s, from, bytes);
  return space_unmap(s, from, bytes);
}

void space_discard(struct space *s, uint64_t va, uint64_t bytes) { release(s, va, va + bytes, 0, 0); }
