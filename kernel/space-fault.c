/* Pages come when they are touched: fresh ones, and copies of those that are shared and written to. */
#include "errno.h"
#include "sbi.h"
#include "space-parts.h"
#include "text.h"

bool mapping_shared(const struct mapping *m) {
  char *page = page_at(*m->entry);
  for (uint64_t at = 0; at < mapping_bytes(m); at += PAGE_SIZE)
    if (page_shared(page + at)) return true;
  return false;
}

bool mapping_holds_code(const struct mapping *m) {
  char *page = page_at(*m->entry);
  bool before = false;
  for (uint64_t at = 0; at < mapping_bytes(m); at += PAGE_SIZE) before |= page_holds_code(page + at);
  return before;
}

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
void space_code_begins(void *page) {
  if (page_holds_code(page)) sbi_remote_fence_i();
  __asm__ volatile("fence.i" ::: "memory");
}

/** First touch. */
static enum fault begin(const struct area *a, const struct mapping *m) {
  char *page = pages_take(0);
  if (!page) return FAULT_NO_MEMORY;
  fill(a, m->va, page);
  if (a->prot & PROT_EXEC) space_code_begins(page);
  __asm__ volatile("fence rw, rw" ::: "memory"); /* the contents before the entry, for harts that walk the table meanwhile */
  *m->entry = pte_to(page) | pte_bits(a->prot);
  return FAULT_SERVED;
}

/** A write to a page that may not be written to though its area may: it is shared, or was. */
static enum fault unshare(struct space *s, const struct area *a, struct mapping m, uint64_t va) {
  if (!mapping_shared(&m)) {
    *m.entry |= PTE_W;
    return FAULT_SERVED;
  }
  if (m.level) {
    space_huge_split(s, &m);
    m = table_at(s->root, va);
  }
  char *old = page_at(*m.entry), *page = pages_take_raw(0);
  if (!page) return FAULT_NO_MEMORY;
  page_copy(page, old);
  if (a->prot & PROT_EXEC) space_code_begins(page);
  /* No hart may read the old page once another can write to the new one, or write to it once it is the other space's alone. */
  *m.entry &= ~(uint64_t)PTE_V;
  space_fence(s, m.va, PAGE_SIZE);
  *m.entry = pte_to(page) | pte_bits(a->prot);
  page_drop(old);
  return FAULT_SERVED;
}

/** Have the page at va there, for an access that its area allows. */
static enum fault serve(struct space *s, const struct area *a, uint64_t va, int access) {
  struct mapping m = {table_entry(s->root, va, 1, true), round_down(va, HUGE_SIZE), 1};
  if (!m.entry) return FAULT_NO_MEMORY;
  if (!*m.entry && space_huge_begin(s, a, &m)) return FAULT_SERVED;
  if (!*m.entry || pte_is_table(*m.entry)) m = (struct mapping){table_below(m.entry, va), round_down(va, PAGE_SIZE), 0};
  if (!m.entry) return FAULT_NO_MEMORY;
  if (!*m.entry) return begin(a, &m);
  if (*m.entry & PTE_STORED) return space_page_in(s, a, &m);
  /* A page that is there and may be used: another hart was faster, or this one remembers an older entry. */
  return access & PROT_WRITE && !(*m.entry & PTE_W) ? unshare(s, a, m, va) : FAULT_SERVED;
}

enum fault space_fault(struct space *s, uint64_t va, int access) {
  const struct area *a = area_at(&s->areas, va);
  if (!a) return FAULT_UNMAPPED;
  int allowed = a->prot & PROT_WRITE ? a->prot | PROT_READ : a->prot;
  if (!(allowed & access)) return FAULT_FORBIDDEN;
  uint64_t major = s->faults.major;
  enum fault result = serve(s, a, va, access);
  if (result == FAULT_SERVED && s->faults.major == major) s->faults.minor++;
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

bool space_resident(struct space *s, uint64_t va) {
  struct mapping m = table_at(s->root, va);
  return m.entry && *m.entry && !pte_is_table(*m.entry) && !(*m.entry & PTE_STORED);
}

int space_populate(struct space *s, uint64_t va, uint64_t bytes) {
  uint64_t end = va + bytes;
  for (struct list *l = area_first_above(&s->areas, va); l != &s->areas.list && area_of(l)->start < end; l = l->next) {
    struct area *a = area_of(l);
    if (!a->prot) continue;
    int access = a->prot & PROT_WRITE ? PROT_WRITE : a->prot & -a->prot; /* a copy on write would fault again */
    for (uint64_t at = va > a->start ? va : a->start; at < a->end && at < end;) {
      if (!space_at(s, at, access)) return -ENOMEM;
      struct mapping m = table_at(s->root, at);
      at = m.va + mapping_bytes(&m);
    }
  }
  return 0;
}

struct faults space_faults(const struct space *s) { return s->faults; }
