/** Areas of an address space: ranges of user addresses, what may be done there, and what the bytes begin as. */
#pragma once
#include "list.h"
#include <stdbool.h>
#include <stdint.h>

enum { PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4 };

/** The end of user addresses (Sv39's lower half, less a page so that no address past it wraps). */
static const uint64_t USER_END = 0x3ffffff000;

/** Bytes behind an area, for file-backed ones: `bytes` of `data` appear from `va` on, zeros elsewhere. */
struct backing {
  const uint8_t *data;
  uint64_t va, bytes;
};

/** What the program says about huge pages. */
enum huge_advice { HUGE_AS_BOOTED, HUGE_WANTED, HUGE_UNWANTED };

struct area {
  struct list link;
  uint64_t start, end;
  int prot;
  bool locked; /* its pages stay in memory */
  enum huge_advice huge;
  struct backing backing;
};

/** By address, never overlapping. `recent` is where the last search ended: the next is mostly for the same area. */
struct areas {
  struct list list;
  struct list *recent;
};

static inline struct area *area_of(struct list *l) { return member_of(l, struct area, link); }

void areas_init(struct areas *all);
/** The first area that ends above va; the list's own link when there is none. */
struct list *area_first_above(struct areas *all, uint64_t va);
/** The area that holds va; NULL: none. */
struct area *area_at(struct areas *all, uint64_t va);
/** Put a new one among the others, in whose way it is not; it may become one with the one before it. */
void area_add(struct areas *all, struct area *a);
/** Take one out and free it. */
void area_drop(struct areas *all, struct area *a);
/** Make va a border between areas. @return false when memory is used up */
bool area_split(struct areas *all, uint64_t va);
/** Areas from va to `end` have changed: those that are alike now become one. */
void areas_join(struct areas *all, uint64_t va, uint64_t end);
/** Is no address of the range in an area? */
bool areas_vacant(struct areas *all, uint64_t va, uint64_t bytes);
/** Is every address of the range in an area? */
bool areas_cover(struct areas *all, uint64_t va, uint64_t bytes);
/** The highest free range for mmap, a multiple of `align` at its start; 0: none. */
uint64_t areas_find(struct areas *all, uint64_t bytes, uint64_t align);
