/** Address spaces: areas (what may be mapped where) and page tables (what is), filled page by page at first touch. */
#pragma once
#include "list.h"
#include <stdbool.h>
#include <stdint.h>

enum { PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4 };

/** The end of user addresses (Sv39's lower half, less a page so that no address past it wraps). */
static const uint64_t USER_END = 0x3ffffff000;

struct space;

struct space *space_create(void);
void space_set_asid(struct space *s, uint16_t asid);
uint64_t space_satp(const struct space *s);
/** How many tasks share it: with one, no fence need reach another hart. */
void space_share(struct space *s, int tasks);
/** Load it on this hart. */
void space_enter(struct space *s);

/** Bytes behind an area, for file-backed ones: `bytes` of `data` appear from `va` on, zeros elsewhere. */
struct backing {
  const uint8_t *data;
  uint64_t va, bytes;
};

/** Map an area at a fixed address, replacing what was there. @return 0 or -ENOMEM */
int space_map(struct space *s, uint64_t va, uint64_t bytes, int prot, struct backing backing);
/** The highest free address for this many bytes, 0 for none. */
uint64_t space_find(const struct space *s, uint64_t bytes);
/** Is nothing mapped there? */
bool space_vacant(const struct space *s, uint64_t va, uint64_t bytes);
/** Is every page mapped there? */
bool space_mapped(const struct space *s, uint64_t va, uint64_t bytes);
int space_unmap(struct space *s, uint64_t va, uint64_t bytes);
int space_protect(struct space *s, uint64_t va, uint64_t bytes, int prot);
/** Move pages and area. */
int space_move(struct space *s, uint64_t from, uint64_t bytes, uint64_t to, uint64_t new_bytes);
/** Give anonymous pages back: they read as zeros (or the file) again. */
void space_discard(struct space *s, uint64_t va, uint64_t bytes);
/** Touch every page of every area. @return 0 or -ENOMEM */
int space_populate(struct space *s, uint64_t va, uint64_t bytes);
/** From now on every new area is populated at once (mlockall's MCL_FUTURE). */
void space_lock_future(struct space *s, bool on);
/** The end of the heap; grow or shrink it. @return the end afterwards */
uint64_t space_brk(struct space *s, uint64_t end);
void space_set_brk(struct space *s, uint64_t start);

enum fault { FAULT_SERVED, FAULT_UNMAPPED, FAULT_FORBIDDEN, FAULT_NO_MEMORY };
/** A page fault at va by an access of this kind (PROT_*). */
enum fault space_fault(struct space *s, uint64_t va, int access);
/** Where the kernel finds the byte at va, served as an access of this kind by user code would be; NULL when that would be a fault. */
void *space_at(struct space *s, uint64_t va, int access);
