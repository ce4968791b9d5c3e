/**
 * Page tables of Sv39 (privileged specification, "Sv39: Page-Based 39-bit Virtual-Memory System"): a page has its entry at level 0, 2 MiB
 * may have one at level 1.
 */
#pragma once
#include "pages.h"
#include "riscv.h"

enum : uint64_t {
  PTE_V = 1, PTE_R = 2, PTE_W = 4, PTE_X = 8, PTE_U = 16, PTE_A = 64, PTE_D = 128,
  PTE_LEAF = PTE_R | PTE_W | PTE_X,
  PTE_PPN_SHIFT = 10,
};

enum { ENTRIES = 512 };
static const uint64_t HUGE_SIZE = 1 << 21;

static inline void *page_at(uint64_t pte) { return at_physical(pte >> PTE_PPN_SHIFT << PAGE_SHIFT); }
static inline bool pte_is_table(uint64_t pte) { return (pte & (PTE_V | PTE_LEAF)) == PTE_V; }
static inline uint64_t pte_to(const void *page) { return physical(page) >> PAGE_SHIFT << PTE_PPN_SHIFT; }

/**
 * The bits of a leaf for this protection (PROT_*); without any the entry is invalid but still names the page. Accessed and dirty
 * are set from the start: nothing here pages out by age, and harts that fault to have them set need not.
 */
uint64_t pte_bits(int prot);

/** A table with the kernel's half filled in; NULL when memory is used up. */
uint64_t *table_create(void);
/** The entry of a level for va; NULL when a table on the way is missing (and, with `make`, can't be made). */
uint64_t *table_entry(uint64_t *root, uint64_t va, int level, bool make);
/** The entry of level 0 for va, below an entry of level 1 that is empty or a table; NULL when that can't be made. */
uint64_t *table_below(uint64_t *upper, uint64_t va);
/** The first entry of level 1 in use from *va on; *va goes on to what it is for. NULL: none below `end`. */
uint64_t *table_next_upper(uint64_t *root, uint64_t *va, uint64_t end);

/** An entry in use, and the first address that it is for. */
struct mapping {
  uint64_t *entry;
  uint64_t va;
  int level;
};
static inline uint64_t mapping_bytes(const struct mapping *m) { return m->level ? HUGE_SIZE : PAGE_SIZE; }
/** Find the first one from m->va on that begins below `end`; a huge page that reaches across m->va is one. @return false: there is none */
bool table_next(uint64_t *root, struct mapping *m, uint64_t end);
/** The entry for va, as far down as there are tables for it: it may be empty, or a missing table's (level 1). NULL entry: not even that. */
struct mapping table_at(uint64_t *root, uint64_t va);
