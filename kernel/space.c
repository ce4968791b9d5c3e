#include "space.h"
#include "errno.h"
#include "hart.h"
#include "pages.h"
#include "sbi.h"
#include "text.h"

enum {
  PTE_V = 1, PTE_R = 2, PTE_W = 4, PTE_X = 8, PTE_U = 16, PTE_A = 64, PTE_D = 128,
  PTE_PPN_SHIFT = 10, ENTRIES = 512,
};

/* mmap's areas go below this, from the top down; the stack and the trampoline lie above. */
static const uint64_t MMAP_TOP = 0x3f00000000;
static const uint64_t LOWEST = 0x10000;

struct area {
  struct list link;
  uint64_t start, end;
  int prot;
  struct backing backing;
};

struct space {
  uint64_t *root;
  uint16_t asid;
  int tasks;
  uint64_t changes; /* that harts must be told of: mappings taken away, or made other */
  bool lock_future;
  uint64_t brk_start, brk;
  struct list areas; /* by address, never overlapping */
};

extern uint64_t boot_table[];

static void *page_at(uint64_t pte) { return at_physical(pte >> PTE_PPN_SHIFT << PAGE_SHIFT); }
static uint64_t pte_to(const void *page) { return physical(page) >> PAGE_SHIFT << PTE_PPN_SHIFT; }

struct space *space_create(void) {
  struct space *s = piece_take(sizeof *s);
  if (!s) return NULL;
  s->root = pages_take(0);
  if (!s->root) {
    piece_give(s, sizeof *s);
    return NULL;
  }
  memcpy(s->root + ENTRIES / 2, boot_table + ENTRIES / 2, PAGE_SIZE / 2);
  list_init(&s->areas);
  return s;
}

void space_set_asid(struct space *s, uint16_t asid) { s->asid = asid; }
uint64_t space_satp(const struct space *s) { return SATP_SV39 | (uint64_t)s->asid << 44 | physical(s->root) >> PAGE_SHIFT; }
void space_share(struct space *s, int tasks) { s->tasks = tasks; }
void space_lock_future(struct space *s, bool on) { s->lock_future = on; }

/**
 * Translations are not forgotten when a hart leaves a space for its idle loop, as the same task is likely to come back. If it
 * changed its mappings on another hart in between, they are now.
 */
void space_enter(struct space *s) {
  struct hart *h = this_hart();
  if (h->space == s && h->space_changes == s->changes) return;
  if (h->space != s) csr_write(satp, space_satp(s));
  h->space = s;
  h->space_changes = s->changes;
  __asm__ volatile("sfence.vma" ::: "memory"); /* whether the hart has ASIDs is not asked: spaces change seldom */
}

/** The entry for a page; NULL when a table on the way is missing (and, with `make`, can't be made). */
static uint64_t *entry(struct space *s, uint64_t va, bool make) {
  uint64_t *table = s->root;
  for (int level = 2; level > 0; level--) {
    uint64_t *e = &table[va >> (PAGE_SHIFT + 9 * level) & (ENTRIES - 1)];
    if (!*e) {
      void *next = make ? pages_take(0) : NULL;
      if (!next) return NULL;
      *e = pte_to(next) | PTE_V;
    }
    table = page_at(*e);
  }
  return &table[va >> PAGE_SHIFT & (ENTRIES - 1)];
}

/** The first entry from *va on that is in use; *va becomes its address. NULL when there is none before `end`. */
static uint64_t *next_entry(struct space *s, uint64_t *va, uint64_t end) {
  static const uint64_t TABLE = (uint64_t)ENTRIES * PAGE_SIZE; /* what one last-level table maps */
  while (*va < end) {
    uint64_t *e = entry(s, *va, false);
    if (!e) {
      *va = round_down(*va, TABLE) + TABLE;
      continue;
    }
    do {
      if (*e++) return e - 1;
      *va += PAGE_SIZE;
    } while (*va % TABLE && *va < end);
  }
  return NULL;
}

/**
 * Permission bits for an area's protection; without any, the entry is invalid but still names the page. Accessed and dirty are
 * set from the start: nothing here pages out by age, and harts that fault to have them set need not.
 */
static uint64_t permissions(int prot) {
  uint64_t bits = 0;
  if (prot & PROT_READ) bits |= PTE_R;
  if (prot & PROT_WRITE) bits |= PTE_R | PTE_W; /* write without read is reserved */
  if (prot & PROT_EXEC) bits |= PTE_X;
  return bits ? bits | PTE_V | PTE_U | PTE_A | PTE_D : 0;
}

/**
 * Have every hart forget these translations. While other tasks share the space that can't wait until it is entered again; the firmware
 * then also calls tasks of this space back from accelerator harts. (A task goes there with a fence of its own.)
 */
static void fence(struct space *s, uint64_t va, uint64_t bytes) {
  __asm__ volatile("sfence.vma" ::: "memory");
  s->changes++;
  this_hart()->space_changes = s->changes;
  if (s->tasks == 1) return;
  sbi_remote_sfence(va, bytes, s->asid);
  for (struct hart *h = harts; h < harts_end; h++)
    if (h->space == s) h->space_changes = s->changes;
}

static struct area *area_of(struct list *l) { return member_of(l, struct area, link); }

/** The first area that ends above va; the head's own link when there is none. */
static struct list *first_above(const struct space *s, uint64_t va) {
  struct list *l = s->areas.next;
  while (l != &s->areas && area_of(l)->end <= va) l = l->next;
  return l;
}

static struct area *area_at(const struct space *s, uint64_t va) {
  struct list *l = first_above(s, va);
  return l != &s->areas && area_of(l)->start <= va ? area_of(l) : NULL;
}

/** Make va a border between areas. @return false when memory is used up */
static bool split(struct space *s, uint64_t va) {
  struct area *a = area_at(s, va);
  if (!a || a->start == va) return true;
  struct area *lower = piece_take(sizeof *lower);
  if (!lower) return false;
  *lower = *a;
  lower->end = a->start = va;
  list_insert_before(&a->link, &lower->link);
  return true;
}

/** Anonymous neighbours of equal protection become one, so that a heap that grows stays one area. */
static void join_previous(struct space *s, struct area *a) {
  struct list *l = a->link.previous;
  if (l == &s->areas) return;
  struct area *p = area_of(l);
  if (p->end != a->start || p->prot != a->prot || p->backing.data || a->backing.data) return;
  a->start = p->start;
  list_remove(&p->link);
  piece_give(p, sizeof *p);
}

/** Free the pages of a range. Entries first lose their valid bit, then every hart forgets them, then the pages are free. */
static void release(struct space *s, uint64_t va, uint64_t end) {
  bool any = false;
  uint64_t *e;
  for (uint64_t at = va; (e = next_entry(s, &at, end)); at += PAGE_SIZE) {
    *e &= ~(uint64_t)PTE_V;
    any = true;
  }
  if (!any) return;
  fence(s, va, end - va);
  for (uint64_t at = va; (e = next_entry(s, &at, end)); at += PAGE_SIZE) {
    pages_give(page_at(*e), 0);
    *e = 0;
  }
}

int space_unmap(struct space *s, uint64_t va, uint64_t bytes) {
  uint64_t end = va + bytes;
  if (!split(s, va) || !split(s, end)) return -ENOMEM;
  for (struct list *l = first_above(s, va), *next; l != &s->areas && area_of(l)->start < end; l = next) {
    struct area *a = area_of(l);
    next = l->next;
    release(s, a->start, a->end);
    list_remove(l);
    piece_give(a, sizeof *a);
  }
  return 0;
}

int space_map(struct space *s, uint64_t va, uint64_t bytes, int prot, struct backing backing) {
  int error = space_unmap(s, va, bytes);
  if (error) return error;
  struct area *a = piece_take(sizeof *a);
  if (!a) return -ENOMEM;
  *a = (struct area){.start = va, .end = va + bytes, .prot = prot, .backing = backing};
  list_insert_before(first_above(s, va), &a->link);
  join_previous(s, a);
  return s->lock_future && prot ? space_populate(s, va, bytes) : 0;
}

bool space_vacant(const struct space *s, uint64_t va, uint64_t bytes) {
  struct list *l = first_above(s, va);
  return l == &s->areas || area_of(l)->start >= va + bytes;
}

bool space_mapped(const struct space *s, uint64_t va, uint64_t bytes) {
  for (uint64_t at = va; at < va + bytes;) {
    const struct area *a = area_at(s, at);
    if (!a) return false;
    at = a->end;
  }
  return true;
}

uint64_t space_find(const struct space *s, uint64_t bytes) {
  uint64_t top = MMAP_TOP;
  for (struct list *l = s->areas.previous; l != &s->areas; l = l->previous) {
    struct area *a = area_of(l);
    if (a->start >= top) continue;
    if (a->end <= top && top - a->end >= bytes) break;
    top = a->start;
  }
  return top >= bytes && top - bytes >= LOWEST ? top - bytes : 0;
}

int space_protect(struct space *s, uint64_t va, uint64_t bytes, int prot) {
  uint64_t end = va + bytes;
  if (!space_mapped(s, va, bytes)) return -ENOMEM;
  if (!split(s, va) || !split(s, end)) return -ENOMEM;
  bool lost = false, code = false;
  for (struct list *l = first_above(s, va); l != &s->areas && area_of(l)->start < end; l = l->next) {
    struct area *a = area_of(l);
    a->prot = prot;
    uint64_t *e;
    for (uint64_t at = a->start; (e = next_entry(s, &at, a->end)); at += PAGE_SIZE) {
      uint64_t page = *e >> PTE_PPN_SHIFT << PTE_PPN_SHIFT, bits = permissions(prot);
      lost |= *e & ~bits & (PTE_V | PTE_R | PTE_W | PTE_X);
      code |= (bits & PTE_X) && page_holds_code(page_at(*e));
      *e = page | bits;
    }
  }
  __asm__ volatile("sfence.vma; fence.i" ::: "memory");
  if (lost) fence(s, va, bytes); /* who only gained a permission faults once at most, see space_fault */
  if (code) sbi_remote_fence_i();
  return 0;
}

int space_move(struct space *s, uint64_t from, uint64_t bytes, uint64_t to, uint64_t new_bytes) {
  struct area *a = area_at(s, from);
  if (!a || a->end < from + bytes) return -EFAULT;
  struct backing backing = a->backing;
  backing.va += to - from;
  int error = space_map(s, to, new_bytes, a->prot, backing);
  if (error) return error;
  for (uint64_t at = 0; at < bytes; at += PAGE_SIZE)
    if (!entry(s, to + at, true)) return -ENOMEM; /* before anything moved */
  uint64_t *e;
  for (uint64_t at = from; (e = next_entry(s, &at, from + bytes)); at += PAGE_SIZE)
    *entry(s, at - from + to, true) = *e, *e = 0;
  fence(s, from, bytes);
  return space_unmap(s, from, bytes);
}

void space_discard(struct space *s, uint64_t va, uint64_t bytes) { release(s, va, va + bytes); }

int space_populate(struct space *s, uint64_t va, uint64_t bytes) {
  uint64_t end = va + bytes;
  for (struct list *l = first_above(s, va); l != &s->areas && area_of(l)->start < end; l = l->next) {
    struct area *a = area_of(l);
    if (!a->prot) continue;
    for (uint64_t at = va > a->start ? va : a->start; at < a->end && at < end; at += PAGE_SIZE)
      if (space_fault(s, at, a->prot & -a->prot) == FAULT_NO_MEMORY) return -ENOMEM;
  }
  return 0;
}

void space_set_brk(struct space *s, uint64_t start) { s->brk_start = s->brk = start; }

uint64_t space_brk(struct space *s, uint64_t end) {
  uint64_t old = round_up(s->brk, PAGE_SIZE), new = round_up(end, PAGE_SIZE);
  if (end < s->brk_start || new > MMAP_TOP) return s->brk;
  if (new > old && (!space_vacant(s, old, new - old) ||
                    space_map(s, old, new - old, PROT_READ | PROT_WRITE, (struct backing){0}) != 0))
    return s->brk;
  if (new < old) space_unmap(s, new, old - new);
  return s->brk = end;
}

/** Fill a fresh page with what the area has behind it. */
static void fill(const struct area *a, uint64_t va, char *page) {
  const struct backing *b = &a->backing;
  uint64_t from = va > b->va ? va : b->va, to = smaller(va + PAGE_SIZE, b->va + b->bytes);
  if (b->data && from < to) memcpy(page + (from - va), b->data + (from - b->va), to - from);
}

enum fault space_fault(struct space *s, uint64_t va, int access) {
  va = round_down(va, PAGE_SIZE);
  const struct area *a = area_at(s, va);
  if (!a) return FAULT_UNMAPPED;
  int allowed = a->prot & PROT_WRITE ? a->prot | PROT_READ : a->prot;
  if (!(allowed & access)) return FAULT_FORBIDDEN;
  uint64_t *e = entry(s, va, true);
  if (!e) return FAULT_NO_MEMORY;
  if (!(*e & PTE_V)) {
    char *page = *e ? page_at(*e) : pages_take(0);
    if (!page) return FAULT_NO_MEMORY;
    if (!*e) fill(a, va, page);
    if (a->prot & PROT_EXEC) {
      /* A hart may still hold instructions of a page that held other code before. A page that never did can't be held. */
      if (page_holds_code(page)) sbi_remote_fence_i();
      __asm__ volatile("fence.i" ::: "memory");
    }
    __asm__ volatile("fence rw, rw" ::: "memory"); /* the contents before the entry, for harts that walk the table meanwhile */
    *e = pte_to(page) | permissions(a->prot);
  }
  /* Also for an entry that was there already: another hart was faster, or this one remembers an older entry. */
  __asm__ volatile("sfence.vma %0" ::"r"(va) : "memory");
  return FAULT_SERVED;
}

void *space_at(struct space *s, uint64_t va, int access) {
  if (va >= USER_END) return NULL;
  uint64_t *e = entry(s, va, false);
  uint64_t needed = PTE_V | PTE_U | (access & PROT_WRITE ? PTE_W : access & PROT_READ ? PTE_R : PTE_X);
  if (!e || (*e & needed) != needed) {
    if (space_fault(s, va, access) != FAULT_SERVED) return NULL;
    e = entry(s, va, false);
  }
  return (char *)page_at(*e) + va % PAGE_SIZE;
}
