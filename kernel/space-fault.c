/* Pages come when they are touched: fresh ones, and copies of those that are shared and written to. */
#include "errno.h"
#include "sbi.h"
#include "space-parts.h"
#include "text.h"

bool mapping_shared(const struct mapping *m) { return page_shared(page_at(*m->entry)); }

uint64_t mapping_bits(const struct mapping *m, int prot) {
  uint64_t bits = pte_bits(prot);
  return bits & PTE_W && mapping_shared(m) ? bits & ~(uint64_t)PTE_W : bits;
}

/** Fill a fresh page with what the area has behind it. */
static void fill(const struct area *a, uint64_t va, char *page) {
  const struct backing *b = &a->backing;
  uint64_t from = va > b->va ? va : b->va, to = smaller(va + PAGE_SIZE, b->va + b->bytes);
  if (b->data && from < to) memcpy(page + (from - va), b->data + (from - b->va), to - from);
}

/** A hart may still hold instructions of a page that held other code before. A page that never did can't be held. */
static void begin_code(void *page) {
  if (page_holds_code(page)) sbi_remote_fence_i();
  __asm__ volatile("fence.i" ::: "memory");
}

/** First touch. */
static enum fault begin(const struct area *a, const struct mapping *m) {
  char *page = pages_take(0);
  if (!page) return FAULT_NO_MEMORY;
  fill(a, m->va, page);
  if (a->prot & PROT_EXEC) begin_code(page);
  __asm__ volatile("fence rw, rw" ::: "memory"); /* the contents before the entry, for harts that walk the table meanwhile */
  *m->entry = pte_to(page) | pte_bits(a->prot);
  return FAULT_SERVED;
}

/** A write to a page that may not be written to though its area may: it is shared, or was. */
static enum fault unshare(struct space *s, const struct area *a, const struct mapping *m) {
  if (!mapping_shared(m)) {
    *m->entry |= PTE_W;
    return FAULT_SERVED;
  }
  char *old = page_at(*m->entry), *page = pages_take(0);
  if (!page) return FAULT_NO_MEMORY;
  memcpy(page, old, PAGE_SIZE);
  if (a->prot & PROT_EXEC) begin_code(page);
  /* No hart may read the old page once another can write to the new one, or write to it once it is the other space's alone. */
  *m->entry &= ~(uint64_t)PTE_V;
  space_fence(s, m->va, PAGE_SIZE);
  *m->entry = pte_to(page) | pte_bits(a->prot);
  page_drop(old);
  return FAULT_SERVED;
}

enum fault space_fault(struct space *s, uint64_t va, int access) {
  const struct area *a = area_at(&s->areas, va);
  if (!a) return FAULT_UNMAPPED;
  int allowed = a->prot & PROT_WRITE ? a->prot | PROT_READ : a->prot;
  if (!(allowed & access)) return FAULT_FORBIDDEN;
  struct mapping m = {table_entry(s->root, va, 0, true), round_down(va, PAGE_SIZE), 0};
  if (!m.entry) return FAULT_NO_MEMORY;
  enum fault result = FAULT_SERVED;
  if (!*m.entry)
    result = begin(a, &m);
  else if (access & PROT_WRITE && !(*m.entry & PTE_W))
    result = unshare(s, a, &m);
  /* Also for an entry that was there already: another hart was faster, or this one remembers an older entry. */
  __asm__ volatile("sfence.vma %0" ::"r"(va) : "memory");
  return result;
}

void *space_at(struct space *s, uint64_t va, int access) {
  if (va >= USER_END) return NULL;
  uint64_t needed = PTE_V | PTE_U | (access & PROT_WRITE ? PTE_W : access & PROT_READ ? PTE_R : PTE_X);
  struct mapping m = table_at(s->root, va);
  if (!m.entry || (*m.entry & needed) != needed) {
    if (space_fault(s, va, access) != FAULT_SERVED) return NULL;
    m = table_at(s->root, va);
  }
  return (char *)page_at(*m.entry) + (va - m.va);
}

int space_populate(struct space *s, uint64_t va, uint64_t bytes) {
  uint64_t end = va + bytes;
  for (struct list *l = area_first_above(&s->areas, va); l != &s->areas.list && area_of(l)->start < end; l = l->next) {
    struct area *a = area_of(l);
    if (!a->prot) continue;
    int access = a->prot & PROT_WRITE ? PROT_WRITE : a->prot & -a->prot; /* a copy on write would fault again */
    for (uint64_t at = va > a->start ? va : a->start; at < a->end && at < end; at += PAGE_SIZE)
      if (!space_at(s, at, access)) return -ENOMEM;
  }
  return 0;
}
