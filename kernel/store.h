/**
 * Pages that were put out of the way (MADV_PAGEOUT): in ordinary memory, but small. A page of zeros takes none; one with few different
 * runs of 64-bit words takes a piece of up to 2 KiB; any other is kept as it is, and gains nothing.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/** Names a stored page; fits into 44 bits. */
typedef uint64_t stored_t;

/** Take a page over. @return false when memory is used up: the page is still the caller's */
bool store_put(void *page, stored_t *stored);
/** A page with the stored contents; what is stored is given up by one of its sharers. NULL when memory is used up: nothing changed. */
void *store_take(stored_t stored);
/** One more shares it. */
void store_share(stored_t stored);
/** One less does. */
void store_drop(stored_t stored);
