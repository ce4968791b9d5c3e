/** What an address space is made of, for the files that do something to it: space*.c. */
#pragma once
#include "space.h"
#include "store.h"
#include "table.h"

extern uint64_t boot_table[];

struct space {
  struct areas areas;
  uint64_t *root;
  uint16_t asid;
  int tasks;
  bool destroyed;   /* and kept only until no hart has it loaded */
  bool lock_future; /* new areas are locked, */
  bool lock_lazily; /* but their pages come when touched */
  uint64_t changes; /* that harts must be told of: mappings taken away, or made other */
  uint64_t brk_start, brk;
  struct faults faults;
  struct list spare_tables; /* one for each huge page: see space-huge.c */
};

/**
 * Have every hart forget these translations, all of them when `bytes` is 0 (needed where tables went). Firmware also calls the tasks
 * of this space back from accelerator harts before it returns. (A task goes there with a fence of its own.)
 */
void space_fence(struct space *s, uint64_t va, uint64_t bytes);

/** What an entry names that has no valid bit: a page nobody may use (protection none), or one in the store. Bits 8 and 9 are software's. */
static const uint64_t PTE_STORED = 1 << 9;

/** Make va a border: no area and no huge page lies across it. @return false when memory is used up */
bool space_split(struct space *s, uint64_t va);

/** Huge pages (space-huge.c). Begin one where the area wants it and has room. @return false: take a page */
bool space_huge_begin(struct space *s, const struct area *a, const struct mapping *m);
/** Take one apart into pages. Needs no memory. */
void space_huge_split(struct space *s, const struct mapping *m);
/** The same for all of a range. */
void space_huge_split_all(struct space *s, uint64_t va, uint64_t end);
/** The same for one that reaches across va, if there is. */
void space_huge_cut(struct space *s, uint64_t va);
/** Give one back; every hart has forgotten it. */
void space_huge_drop(struct space *s, const struct mapping *m);
/** Put a spare table by for one more; take one away. @return false when memory is used up */
bool space_huge_spare(struct space *s);
void space_huge_unspare(struct space *s);

/** Bring a page back from the store (space-out.c). */
enum fault space_page_in(struct space *s, const struct area *a, const struct mapping *m);

/** See that no hart executes what a page held before. */
void space_code_begins(void *page);

/** Is the page, or one of the 2 MiB, another space's too? */
bool mapping_shared(const struct mapping *m);
/** Remember that they hold code; did one of them before? */
bool mapping_holds_code(const struct mapping *m);
/** The entry's bits for this protection: pages that are shared can't be written to. */
uint64_t mapping_bits(const struct mapping *m, int prot);
