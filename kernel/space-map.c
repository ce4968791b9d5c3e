/* What system calls do to the areas of a space, and to the pages that lie there. */
#include "errno.h"
#include "sbi.h"
#include "space-parts.h"

/**
 * A level-1 entry of a table that is to be freed: no hart may walk through it, but the kernel still does.
 */
static const uint64_t PTE_DETACHED = 1 << 8;

bool space_vacant(struct space *s, uint64_t va, uint64_t bytes) { return areas_vacant(&s->areas, va, bytes); }
bool space_mapped(struct space *s, uint64_t va, uint64_t bytes) { return areas_cover(&s->areas, va, bytes); }

uint64_t space_find(struct space *s, uint64_t bytes) {
  uint64_t align = space_alignment(bytes), va = areas_find(&s->areas, bytes, align);
  return va || align == PAGE_SIZE ? va : areas_find(&s->areas, bytes, PAGE_SIZE);
}

bool space_split(struct space *s, uint64_t va) {
  if (!area_split(&s->areas, va)) return false;
  space_huge_cut(s, va);
  return true;
}

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
    if (*e & PTE_STORED)
      store_drop(*e >> PTE_PPN_SHIFT);
    else if (*e)
      page_drop(page_at(*e));
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
    if (!pte_is_table(*upper)) {
      *upper &= ~(uint64_t)PTE_V;
      any = true;
    } else if (base >= floor && next <= ceiling) {
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
    if (!pte_is_table(*upper) && !(*upper & PTE_DETACHED)) {
      space_huge_drop(s, &(struct mapping){upper, next - HUGE_SIZE, 1});
      continue;
    }
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

/** Map an area like this one, in place of what was there. @return 0 or -ENOMEM: nothing changed */
static int map_like(struct space *s, const struct area *like) {
  struct area *a = piece_take(sizeof *a);
  if (!a) return -ENOMEM;
  int error = space_unmap(s, like->start, like->end - like->start);
  if (error) {
    piece_give(a, sizeof *a);
    return error;
  }
  *a = *like;
  area_add(&s->areas, a);
  return 0;
}

/** Have the new pages of a locked area there. Those for which there is no memory are left to faults, as in Linux. */
static void populate_locked(struct space *s, const struct area *a, uint64_t va, uint64_t bytes) {
  if (a->locked && !s->lock_lazily) space_populate(s, va, bytes);
}

int space_map(struct space *s, uint64_t va, uint64_t bytes, int prot, struct backing backing) {
  struct area a = {.start = va, .end = va + bytes, .prot = prot, .backing = backing, .locked = s->lock_future};
  int error = map_like(s, &a);
  if (!error) populate_locked(s, &a, va, bytes);
  return error;
}

bool space_grow(struct space *s, uint64_t va, uint64_t bytes) {
  struct area *a = area_at(&s->areas, va - 1);
  if (!a || a->end != va || !areas_vacant(&s->areas, va, bytes)) return false;
  a->end += bytes;
  populate_locked(s, a, va, bytes);
  return true;
}

int space_protect(struct space *s, uint64_t va, uint64_t bytes, int prot) {
  uint64_t end = va + bytes;
  if (!space_split(s, va) || !space_split(s, end)) return -ENOMEM;
  bool lost = false, code = false;
  for (struct list *l = area_first_above(&s->areas, va); l != &s->areas.list && area_of(l)->start < end; l = l->next) {
    struct area *a = area_of(l);
    a->prot = prot;
    for (struct mapping m = {.va = a->start}; table_next(s->root, &m, a->end); m.va += mapping_bytes(&m)) {
      if (*m.entry & PTE_STORED) continue;
      uint64_t page = *m.entry >> PTE_PPN_SHIFT << PTE_PPN_SHIFT, bits = mapping_bits(&m, prot);
      lost |= *m.entry & ~bits & (PTE_V | PTE_LEAF);
      code |= (bits & PTE_X) && mapping_holds_code(&m);
      *m.entry = page | bits;
    }
  }
  areas_join(&s->areas, va, end);
  __asm__ volatile("sfence.vma; fence.i" ::: "memory");
  if (lost) space_fence(s, va, bytes); /* who only gained a permission faults once at most, see space_fault */
  if (code) sbi_remote_fence_i();
  return 0;
}

/** See that there are tables for whatever a range holds to move. @return false when memory is used up */
static bool prepare_tables(struct space *s, uint64_t from, uint64_t bytes, uint64_t to) {
  for (struct mapping m = {.va = from}; table_next(s->root, &m, from + bytes); m.va += mapping_bytes(&m))
    if (!table_entry(s->root, m.va - from + to, m.level, true)) return false;
  return true;
}

int space_move(struct space *s, uint64_t from, uint64_t bytes, uint64_t to, uint64_t new_bytes) {
  if (!space_split(s, from) || !space_split(s, from + bytes)) return -ENOMEM;
  struct area *a = area_at(&s->areas, from);
  if (!a || a->end != from + bytes) return -EFAULT;
  struct area moved = *a;
  moved.start = to;
  moved.end = to + new_bytes;
  moved.backing.va += to - from;
  int error = map_like(s, &moved);
  if (error) return error;
  if ((to - from) % HUGE_SIZE) space_huge_split_all(s, from, from + bytes);
  if (!prepare_tables(s, from, bytes, to)) {
    space_unmap(s, to, new_bytes);
    return -ENOMEM;
  }
  for (struct mapping m = {.va = from}; table_next(s->root, &m, from + bytes); m.va += mapping_bytes(&m)) {
    *table_entry(s->root, m.va - from + to, m.level, true) = *m.entry;
    *m.entry = 0;
  }
  space_fence(s, from, bytes);
  space_unmap(s, from, bytes); /* splits nothing any more */
  populate_locked(s, &moved, to + bytes, new_bytes - bytes);
  return 0;
}

void space_discard(struct space *s, uint64_t va, uint64_t bytes) {
  space_huge_cut(s, va);
  space_huge_cut(s, va + bytes);
  release(s, va, va + bytes, 0, 0);
}
