#include "table.h"
#include "area.h"
#include "text.h"

extern uint64_t boot_table[]; /* see entry.S */

uint64_t pte_bits(int prot) {
  uint64_t bits = 0;
  if (prot & PROT_READ) bits |= PTE_R;
  if (prot & PROT_WRITE) bits |= PTE_R | PTE_W; /* write without read is reserved */
  if (prot & PROT_EXEC) bits |= PTE_X;
  return bits ? bits | PTE_V | PTE_U | PTE_A | PTE_D : 0;
}

uint64_t *table_create(void) {
  uint64_t *root = pages_take(0);
  if (root) memcpy(root + ENTRIES / 2, boot_table + ENTRIES / 2, PAGE_SIZE / 2);
  return root;
}

static uint64_t *slot(uint64_t *table, uint64_t va, int level) {
  return &table[va >> (PAGE_SHIFT + 9 * level) & (ENTRIES - 1)];
}

/** The table that an entry names; NULL when it is missing (and, with `make`, can't be made). */
static inline uint64_t *table_of(uint64_t *e, bool make) {
  if (*e) return page_at(*e);
  void *next = make ? pages_take(0) : NULL;
  if (next) *e = pte_to(next) | PTE_V;
  return next;
}

uint64_t *table_entry(uint64_t *root, uint64_t va, int level, bool make) {
  uint64_t *table = root;
  for (int above = 2; above > level; above--)
    if (!(table = table_of(slot(table, va, above), make))) return NULL;
  return slot(table, va, level);
}

uint64_t *table_below(uint64_t *upper, uint64_t va) {
  uint64_t *table = table_of(upper, true);
  return table ? slot(table, va, 0) : NULL;
}

struct mapping table_at(uint64_t *root, uint64_t va) {
  uint64_t *e = table_entry(root, va, 1, false);
  if (!e || !pte_is_table(*e)) return (struct mapping){e, round_down(va, HUGE_SIZE), 1};
  return (struct mapping){slot(page_at(*e), va, 0), round_down(va, PAGE_SIZE), 0};
}

uint64_t *table_next_upper(uint64_t *root, uint64_t *va, uint64_t end) {
  static const uint64_t GIANT = (uint64_t)ENTRIES * HUGE_SIZE; /* what one table of level 1 maps */
  while (*va < end) {
    uint64_t *e = table_entry(root, *va, 1, false);
    if (e && *e) return e;
    uint64_t step = e ? HUGE_SIZE : GIANT;
    *va = round_down(*va, step) + step;
  }
  return NULL;
}

bool table_next(uint64_t *root, struct mapping *m, uint64_t end) {
  for (uint64_t *upper; (upper = table_next_upper(root, &m->va, end));) {
    if (!pte_is_table(*upper)) {
      *m = (struct mapping){upper, round_down(m->va, HUGE_SIZE), 1};
      return true;
    }
    uint64_t *e = slot(page_at(*upper), m->va, 0);
    do {
      if (*e) {
        *m = (struct mapping){e, m->va, 0};
        return true;
      }
      e++;
      m->va += PAGE_SIZE;
    } while (m->va % HUGE_SIZE && m->va < end);
  }
  return false;
}
