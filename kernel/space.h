/** Address spaces: areas (what may be mapped where) and page tables (what is), filled page by page at first touch. */
#pragma once
#include "area.h"
#include <stdbool.h>
#include <stdint.h>

struct space;

struct space *space_create(void);
/**
 * A copy on write: both share the pages, and who writes to one gets a copy of it. Threads that run in the old space lose their right to
 * write before it returns, those on accelerator harts by a recall. Nobody holds the new one yet. @return NULL when memory is used up
 */
struct space *space_fork(struct space *s);
/** Give back all of a space that no task runs in any more. */
void space_destroy(struct space *s);
uint64_t space_satp(const struct space *s);
/** One more task runs in it, or whoever makes one holds it until that does: with one, no fence need reach another hart. */
void space_hold(struct space *s);
/** One less: without any the space is destroyed. */
void space_drop(struct space *s);
/** Load it on this hart. */
void space_enter(struct space *s);
/** Leave a destroyed space, if this hart still has it loaded. For idle harts, which keep the space of their last task. */
void space_leave_destroyed(void);

/** Map an area at a fixed address, replacing what was there. @return 0 or -ENOMEM */
int space_map(struct space *s, uint64_t va, uint64_t bytes, int prot, struct backing backing);
/** The highest free address for this many bytes, 0 for none. */
uint64_t space_find(struct space *s, uint64_t bytes);
/** Is nothing mapped there? */
bool space_vacant(struct space *s, uint64_t va, uint64_t bytes);
/** Is every page mapped there? */
bool space_mapped(struct space *s, uint64_t va, uint64_t bytes);
/** @return 0 or -ENOMEM, as for the calls below; nothing was changed then */
int space_unmap(struct space *s, uint64_t va, uint64_t bytes);
int space_protect(struct space *s, uint64_t va, uint64_t bytes, int prot);
/** Let the area that ends at va reach further. @return false: something is in the way, or none ends there */
bool space_grow(struct space *s, uint64_t va, uint64_t bytes);
/** Move pages and area. The old place is of one area, or it is -EFAULT. */
int space_move(struct space *s, uint64_t from, uint64_t bytes, uint64_t to, uint64_t new_bytes);
/** Give pages back: they read as zeros (or the file) again. */
void space_discard(struct space *s, uint64_t va, uint64_t bytes);
/** Put pages into the store until they are touched, but for those that another space shares, and those for which there is no room. */
void space_page_out(struct space *s, uint64_t va, uint64_t bytes);
/** Which kind of pages a range is to have from now on (madvise). @return 0 or -ENOMEM */
int space_want_huge(struct space *s, uint64_t va, uint64_t bytes, enum huge_advice advice);
/** By the word hugepages= of the boot arguments. */
void space_huge_init(void);
/** What mmap aligns so many bytes to. */
uint64_t space_alignment(uint64_t bytes);
/** Touch every page of every area, for writing where that is allowed. @return 0 or -ENOMEM */
int space_populate(struct space *s, uint64_t va, uint64_t bytes);
/** Keep a range's pages from the store and from being discarded; or no longer. @return 0 or -ENOMEM */
int space_lock(struct space *s, uint64_t va, uint64_t bytes, bool on);
/** Is part of the range locked? */
bool space_locked(struct space *s, uint64_t va, uint64_t bytes);
/** From now on every new area is locked, and populated at once unless `lazily` (mlockall's MCL_FUTURE, MCL_ONFAULT). */
void space_lock_future(struct space *s, bool on, bool lazily);
/** Is the page at va in memory? */
bool space_resident(struct space *s, uint64_t va);
/** The end of the heap; grow or shrink it. @return the end afterwards */
uint64_t space_brk(struct space *s, uint64_t end);
void space_set_brk(struct space *s, uint64_t start);

enum fault { FAULT_SERVED, FAULT_UNMAPPED, FAULT_FORBIDDEN, FAULT_NO_MEMORY };
/** Faults served, as getrusage counts them: major ones had to bring a page back from the store. */
struct faults {
  uint64_t minor, major;
};
struct faults space_faults(const struct space *s);
/** A page fault at va by an access of this kind (PROT_*). */
enum fault space_fault(struct space *s, uint64_t va, int access);
/** Where the kernel finds the byte at va, served as an access of this kind by user code would be; NULL when that would be a fault. */
void *space_at(struct space *s, uint64_t va, int access);
