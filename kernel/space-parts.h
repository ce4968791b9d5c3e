/** What an address space is made of, for the files that do something to it: space*.c. */
#pragma once
#include "space.h"
#include "table.h"

extern uint64_t boot_table[];

struct space {
  struct areas areas;
  uint64_t *root;
  uint16_t asid;
  int tasks;
  bool destroyed;   /* and kept only until no hart has it loaded */
  bool lock_future;
  uint64_t changes; /* that harts must be told of: mappings taken away, or made other */
  uint64_t brk_start, brk;
};

/**
 * Have every hart forget these translations, all of them when `bytes` is 0 (needed where tables went). Firmware also calls the tasks
 * of this space back from accelerator harts before it returns. (A task goes there with a fence of its own.)
 */
void space_fence(struct space *s, uint64_t va, uint64_t bytes);

/** Make va a border: no area and no huge page lies across it. @return false when memory is used up */
bool space_split(struct space *s, uint64_t va);

/** Is the page, or one of the 2 MiB, another space's too? */
bool mapping_shared(const struct mapping *m);
/** The entry's bits for this protection: pages that are shared can't be written to. */
uint64_t mapping_bits(const struct mapping *m, int prot);
