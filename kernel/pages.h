/** Physical memory: runs of 2^order pages (a binary buddy allocator), and small pieces of them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Find memory in the device tree and take all that the tree, the initrd and the kernel don't lie in. */
void pages_init(const void *tree, uint32_t tree_bytes, uint64_t initrd_pa, uint64_t initrd_bytes);

/** 2^order pages, zeroed, aligned to their size; NULL when memory is used up. */
void *pages_take(int order);
/** The same with whatever they held before, for who fills them. */
void *pages_take_raw(int order);
/** One page, uncleared, unless that would leave no more than so many. */
void *pages_take_spare(uint64_t left);
void pages_give(void *pages, int order);
/** The least order that holds this many bytes. */
int pages_order(uint64_t bytes);

/** A zeroed piece of memory of up to one page; NULL when memory is used up. */
void *piece_take(size_t bytes);
void piece_give(void *piece, size_t bytes);

/** Clear a page, copy a page (page-fill.c). */
void page_clear(void *page);
/** Clear some of a page, from an address that is no more than this after its beginning. @return how many bytes: they divide a page */
uint64_t page_clear_step(void *at);
/** Clear by cbo.zero from now on, in blocks of so many bytes: every hart that the kernel runs on has it. 0: by stores. */
void page_clear_by_blocks(uint32_t bytes);
void page_copy(void *restrict to, const void *restrict from);

/** One more mapping shares this page: each drops it, the last one gives it back. */
void page_share(void *page);
void page_drop(void *page);
/** Do several share it? */
bool page_shared(const void *page);

/** Remember that a page held code; was it so before? (See space-fault.c: such a page needs a fence before it holds other code.) */
bool page_holds_code(void *page);

/** A debugging aid: from now on, have the nth request for pages or a piece find no memory (1: the next; 0: none). */
void pages_fail(uint64_t nth);

uint64_t pages_total(void);
uint64_t pages_free(void);
/** Bytes of pieces that are free in pages that are not. */
uint64_t pieces_free(void);
