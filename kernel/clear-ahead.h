/**
 * Pages cleared ahead of time, so that a first touch need not wait for that: so many at start-up, and by harts that have nothing else to
 * do once half of them are used. They count as free, and go back as soon as memory is short.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/** Clear the first ones, unless the boot arguments say clear.ahead=off. */
void ahead_init(void);
/** A page that is zero; NULL: none is left. */
void *ahead_take(void);
/** Give all back to the other free pages. @return false: there was none */
bool ahead_give_back(void);
/** How many pages are kept here. */
uint64_t ahead_pages(void);

/* For a hart that is about to wait, with the kernel lock but for the second. */
/** Is there something to clear? */
bool ahead_begin(void);
/** Clear, without the lock, until a page is done or an interrupt is pending: it waits for a few stores at most. */
void ahead_work(void);
void ahead_end(void);
