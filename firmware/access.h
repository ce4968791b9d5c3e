/*
 * Addresses that came from the supervisor, and CSRs that a hart may lack: nothing here can trap firmware for
 * good.
 */
#ifndef ACCESS_H
#define ACCESS_H

#include <stdbool.h>
#include <stdint.h>

/* Is all of it RAM, and none of it firmware's? */
bool access_ram(uint64_t pa, uint64_t bytes);

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

/*
 * The same for what lies in one leaf of the supervisor's tables, which is told by a look at the leaf. None: who calls tries span_map,
 * which knows all cases.
 */
void *span_in_leaf(uint64_t va, uint64_t bytes);

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
