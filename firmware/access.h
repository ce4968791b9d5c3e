/*
 * Addresses that came from the supervisor, and CSRs that a hart may lack: nothing here can trap firmware for
 * good.
 */
#ifndef ACCESS_H
#define ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "platform.h"

/* Is all of it RAM, and none of it firmware's? */
bool access_ram_anywhere(uint64_t pa, uint64_t bytes);
static inline bool access_ram(uint64_t pa, uint64_t bytes) {
  /* Most of it lies behind firmware, in one piece. */
  bool behind = pa >= platform.behind.start && pa < platform.behind.end && bytes <= platform.behind.end - pa;
  return behind || access_ram_anywhere(pa, bytes);
}

enum { SPAN_PAGES = 6 };

/* A piece of supervisor memory, page by page: 48 + 32 * 512 bytes (VLEN 4096) at any alignment fit. */
struct span {
  uint64_t first; /* offset in the first page */
  uint64_t bytes;
  uint64_t page[SPAN_PAGES]; /* physical */
};

/*
 * Resolve [va, va + bytes) by the supervisor's translation in force. Every page is read and written once as
 * the supervisor, so permissions and accessed and dirty bits are the hardware's own business. False: some of
 * it is not mapped, not writable, not RAM, or firmware's.
 */
bool span_map(struct span *span, uint64_t va, uint64_t bytes);
void span_read(const struct span *span, uint64_t offset, void *to, uint64_t bytes);
void span_write(const struct span *span, uint64_t offset, const void *from, uint64_t bytes);
/* The whole span as one piece of physical memory, or none when its pages are not in a row. */
void *span_pointer(const struct span *span);

/* A leaf of the supervisor's tables: which virtual addresses it maps, and where to. */
struct leaf {
  uint64_t first, size; /* nothing while size is 0 */
  uint64_t page;        /* physical address of the first */
};

/*
 * Where [va, va + bytes) lies, when it lies in one leaf of the supervisor's tables that the supervisor may write, in RAM that is not
 * firmware's. The leaf is kept for the next question. None: who asks tries span_map, which knows all cases.
 */
static inline void *leaf_span(struct leaf *leaf, uint64_t va, uint64_t bytes);
/* Find the leaf of this address; false: none, or one that is out of the ordinary. */
bool leaf_find(struct leaf *leaf, uint64_t va);

static inline void *leaf_span(struct leaf *leaf, uint64_t va, uint64_t bytes) {
  if (va % 8 || (va - leaf->first >= leaf->size && !leaf_find(leaf, va))) return 0;
  uint64_t offset = va - leaf->first, pa = leaf->page + offset;
  return leaf->size - offset >= bytes && access_ram(pa, bytes) ? (void *)pa : 0;
}

/* In access.S. Each returns 0, or 1 + mcause of the exception that it met. */
uint64_t unsafe_touch(uint64_t va);                              /* as S: load a double-word, store it again */
uint64_t unsafe_fetch(uint64_t va, uint32_t *word, uint64_t privilege); /* instruction bytes, as this privilege */

/* CSRs that a hart may lack. */
uint64_t probe_pmp(uint64_t address0);
uint64_t probe_menvcfg_set(uint64_t bits);
uint64_t probe_time(void);
uint64_t probe_mcounteren(uint64_t value);
uint64_t probe_senvcfg(uint64_t value);
uint64_t probe_mstateen0_set(uint64_t bits);
uint64_t probe_hint(uint64_t value);

#endif
