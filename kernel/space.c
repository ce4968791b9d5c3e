#include "asid.h"
#include "hart.h"
#include "sbi.h"
#include "space-parts.h"
#include "task.h"

struct space *space_create(void) {
  struct space *s = piece_take(sizeof *s);
  if (!s) return NULL;
  s->root = table_create();
  s->asid = asid_take();
  if (!s->root || !s->asid) {
    if (s->asid) asid_give(s->asid);
    if (s->root) pages_give(s->root, 0);
    piece_give(s, sizeof *s);
    return NULL;
  }
  areas_init(&s->areas);
  list_init(&s->spare_tables);
  return s;
}

/** Free what is left of a destroyed space, unless a hart has it loaded: the kernel's own half is in that table. */
static void free_unless_loaded(struct space *s) {
  for (const struct hart *h = harts; h < harts_end; h++)
    if (h->space == s) return;
  asid_give(s->asid);
  pages_give(s->root, 0);
  piece_give(s, sizeof *s);
}

void space_leave_destroyed(void) {
  struct space *s = this_hart()->space;
  if (!s || !s->destroyed) return;
  this_hart()->space = NULL;
  csr_write(satp, SATP_SV39 | physical(boot_table) >> PAGE_SHIFT);
  __asm__ volatile("sfence.vma" ::: "memory");
  free_unless_loaded(s);
}

/*
 * Other harts may still have it loaded, idle. What they remember of its user half is never used: they leave with a fence, and until then
 * they run the kernel only.
 */
void space_destroy(struct space *s) {
  space_unmap(s, 0, USER_END); /* splits nothing, so it needs no memory */
  for (uint64_t *e = s->root; e < s->root + ENTRIES / 2; e++) {
    if (!*e) continue;
    pages_give(page_at(*e), 0);
    *e = 0;
  }
  s->destroyed = true;
  for (const struct hart *h = harts; h < harts_end; h++)
    if (h->space == s && h != this_hart()) hart_poke(h->id);
  if (this_hart()->space == s)
    space_leave_destroyed();
  else
    free_unless_loaded(s);
}

uint64_t space_satp(const struct space *s) { return SATP_SV39 | (uint64_t)s->asid << 44 | physical(s->root) >> PAGE_SHIFT; }
void space_hold(struct space *s) { s->tasks++; }
void space_drop(struct space *s) {
  if (--s->tasks == 0) space_destroy(s);
}

/**
 * Translations are not forgotten when a hart leaves a space for its idle loop, as the same task is likely to come back. If it
 * changed its mappings on another hart in between, they are now.
 */
void space_enter(struct space *s) {
  struct hart *h = this_hart();
  if (h->space == s && h->space_changes == s->changes) return;
  struct space *old = h->space;
  if (old != s) csr_write(satp, space_satp(s));
  h->space = s;
  h->space_changes = s->changes;
  __asm__ volatile("sfence.vma" ::: "memory"); /* whether the hart has ASIDs is not asked: spaces change seldom */
  if (old && old->destroyed) free_unless_loaded(old);
}

/** Does no hart but this one run a task of the space? Of several one may run; the only one may be away, and ask from there. */
static bool only_here(const struct space *s) {
  const struct task *t = current();
  return s->tasks == 0 || (s->tasks == 1 && t && t->process->space == s && t->state == TASK_RUNNING);
}

void space_fence(struct space *s, uint64_t va, uint64_t bytes) {
  struct hart *self = this_hart();
  __asm__ volatile("sfence.vma" ::: "memory");
  s->changes++;
  if (self->space == s) self->space_changes = s->changes;
  if (only_here(s)) return;
  sbi_remote_sfence(va, bytes, s->asid);
  for (struct hart *h = harts; h < harts_end; h++)
    if (h->space == s) h->space_changes = s->changes;
}

void space_set_brk(struct space *s, uint64_t start) { s->brk_start = s->brk = start; }

uint64_t space_brk(struct space *s, uint64_t end) {
  uint64_t old = round_up(s->brk, PAGE_SIZE), new = round_up(end, PAGE_SIZE);
  if (end < s->brk_start || end > USER_END) return s->brk;
  if (new > old && (!space_vacant(s, old, new - old) ||
                    space_map(s, old, new - old, PROT_READ | PROT_WRITE, (struct backing){0}) != 0))
    return s->brk;
  if (new < old && space_unmap(s, new, old - new) != 0) return s->brk;
  return s->brk = end;
}
