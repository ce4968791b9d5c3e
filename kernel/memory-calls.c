#include "calls.h"
#include "errno.h"
#include "hart.h"
#include "sbi.h"
#include "space.h"
#include "task.h"
#include "text.h"
#include "user.h"

enum { PROTECTIONS = PROT_READ | PROT_WRITE | PROT_EXEC };

/** A range of whole user pages? Rounds `bytes` up. */
static bool range(uint64_t va, uint64_t *bytes) {
  if (va % PAGE_SIZE || *bytes > USER_END) return false;
  *bytes = round_up(*bytes, PAGE_SIZE);
  return va <= USER_END - *bytes;
}

int64_t sys_brk(struct task *self, const uint64_t *a) { return (int64_t)space_brk(self->process->space, a[0]); }

int64_t sys_mmap(struct task *self, const uint64_t *a) {
  enum {
    MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_TYPE = 15, MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20, MAP_LOCKED = 0x2000,
    MAP_POPULATE = 0x8000, MAP_FIXED_NOREPLACE = 0x100000,
  };
  struct space *s = self->process->space;
  uint64_t va = a[0], bytes = a[1], flags = a[3];
  if (!(flags & MAP_ANONYMOUS)) return -EBADF; /* no file can be opened that could be mapped */
  uint64_t type = flags & MAP_TYPE;
  if ((type != MAP_SHARED && type != MAP_PRIVATE) || bytes == 0) return -EINVAL;
  bool fixed = flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
  if (fixed && va % PAGE_SIZE) return -EINVAL;
  if (!range(fixed ? va : 0, &bytes)) return -ENOMEM;
  if (flags & MAP_FIXED_NOREPLACE && !space_vacant(s, va, bytes)) return -EEXIST;
  if (!fixed && (va % PAGE_SIZE || va == 0 || !range(va, &bytes) || !space_vacant(s, va, bytes))) va = space_find(s, bytes);
  if (!va) return -ENOMEM;
  int error = space_map(s, va, bytes, (int)a[2] & PROTECTIONS, (struct backing){0});
  if (error) return error;
  if (flags & MAP_LOCKED) error = space_lock(s, va, bytes, true);
  /* The pages for which there is no memory now are left to faults, as in Linux. */
  if (flags & (MAP_POPULATE | MAP_LOCKED)) space_populate(s, va, bytes);
  return error ? error : (int64_t)va;
}

int64_t sys_munmap(struct task *self, const uint64_t *a) {
  uint64_t bytes = a[1];
  if (bytes == 0 || !range(a[0], &bytes)) return -EINVAL;
  return space_unmap(self->process->space, a[0], bytes);
}

int64_t sys_mprotect(struct task *self, const uint64_t *a) {
  uint64_t bytes = a[1];
  if (a[2] & ~(uint64_t)PROTECTIONS) return -EINVAL;
  if (!range(a[0], &bytes)) return a[0] % PAGE_SIZE ? -EINVAL : -ENOMEM;
  if (!space_mapped(self->process->space, a[0], bytes)) return -ENOMEM;
  return bytes ? space_protect(self->process->space, a[0], bytes, (int)a[2]) : 0;
}

int64_t sys_mremap(struct task *self, const uint64_t *a) {
  enum { MAYMOVE = 1, FIXED = 2 };
  struct space *s = self->process->space;
  uint64_t va = a[0], bytes = a[1], new_bytes = a[2], flags = a[3], to = a[4];
  if (flags & ~(uint64_t)(MAYMOVE | FIXED) || (flags & FIXED && !(flags & MAYMOVE))) return -EINVAL;
  if (new_bytes == 0 || bytes == 0 || !range(va, &bytes) || !range(0, &new_bytes)) return -EINVAL;
  if (!space_mapped(s, va, bytes)) return -EFAULT;
  if (flags & FIXED) {
    if (!range(to, &new_bytes) || (to < va + bytes && va < to + new_bytes)) return -EINVAL;
  } else if (new_bytes <= bytes) {
    int error = new_bytes < bytes ? space_unmap(s, va + new_bytes, bytes - new_bytes) : 0;
    return error ? error : (int64_t)va;
  } else {
    if (space_grow(s, va + bytes, new_bytes - bytes)) return (int64_t)va;
    if (!(flags & MAYMOVE)) return -ENOMEM;
    to = space_find(s, new_bytes);
    if (!to) return -ENOMEM;
  }
  int error = 0;
  if (new_bytes < bytes) {
    error = space_unmap(s, va + new_bytes, bytes - new_bytes);
    bytes = new_bytes;
  }
  if (!error) error = space_move(s, va, bytes, to, new_bytes);
  return error ? error : (int64_t)to;
}

/** What madvise is asked for. The first ones are for access patterns, which change nothing here. */
enum advice {
  MADV_WILLNEED = 3, MADV_DONTNEED = 4, MADV_FREE = 8, MADV_HUGEPAGE = 14, MADV_NOHUGEPAGE = 15, MADV_COLD = 20, MADV_PAGEOUT = 21,
  MADV_POPULATE_READ = 22, MADV_POPULATE_WRITE = 23,
};

int64_t sys_madvise(struct task *self, const uint64_t *a) {
  struct space *s = self->process->space;
  uint64_t va = a[0], bytes = a[1], advice = a[2];
  if (!range(va, &bytes)) return -EINVAL;
  int error = 0;
  switch (advice) {
  case MADV_DONTNEED:
  case MADV_FREE: /* "may discard": at once */
  case MADV_PAGEOUT:
  case MADV_COLD:
    if (space_locked(s, va, bytes)) return -EINVAL;
    if (advice == MADV_PAGEOUT)
      space_page_out(s, va, bytes);
    else if (advice != MADV_COLD)
      space_discard(s, va, bytes);
    break;
  case MADV_HUGEPAGE:
  case MADV_NOHUGEPAGE:
    error = space_want_huge(s, va, bytes, advice == MADV_HUGEPAGE ? HUGE_WANTED : HUGE_UNWANTED);
    break;
  case MADV_POPULATE_READ:
  case MADV_POPULATE_WRITE:
    error = space_populate(s, va, bytes);
    break;
  default:
    if (advice > MADV_WILLNEED) return -EINVAL;
  }
  /* Done for what is mapped, also when not all is. */
  return error ? error : space_mapped(s, va, bytes) ? 0 : -ENOMEM;
}

int64_t sys_mincore(struct task *self, const uint64_t *a) {
  struct space *s = self->process->space;
  uint64_t va = a[0], bytes = a[1];
  if (va % PAGE_SIZE) return -EINVAL;
  if (!range(va, &bytes) || !space_mapped(s, va, bytes)) return -ENOMEM;
  for (uint64_t n = 0; n < bytes / PAGE_SIZE; n++) {
    uint8_t there = space_resident(s, va + n * PAGE_SIZE);
    if (!copy_to_user(a[2] + n, &there, 1)) return -EFAULT;
  }
  return 0;
}

int64_t sys_msync(struct task *self, const uint64_t *a) {
  enum { ASYNC = 1, INVALIDATE = 2, SYNC = 4 };
  uint64_t bytes = a[1];
  if (a[0] % PAGE_SIZE || a[2] & ~(uint64_t)(ASYNC | INVALIDATE | SYNC) || (a[2] & ASYNC && a[2] & SYNC)) return -EINVAL;
  return range(a[0], &bytes) && space_mapped(self->process->space, a[0], bytes) ? 0 : -ENOMEM;
}

/** Lock or unlock what lies in a range, which need not begin with a page. */
static int64_t lock(struct space *s, uint64_t va, uint64_t bytes, bool on) {
  bytes += va % PAGE_SIZE;
  va = round_down(va, PAGE_SIZE);
  if (!range(va, &bytes) || !space_mapped(s, va, bytes)) return -ENOMEM;
  return space_lock(s, va, bytes, on);
}

int64_t sys_mlock(struct task *self, const uint64_t *a) { return sys_mlock2(self, (uint64_t[6]){a[0], a[1], 0}); }

int64_t sys_mlock2(struct task *self, const uint64_t *a) {
  enum { ONFAULT = 1 };
  struct space *s = self->process->space;
  if (a[2] & ~(uint64_t)ONFAULT) return -EINVAL;
  int64_t error = lock(s, a[0], a[1], true);
  return error || a[2] ? error : space_populate(s, round_down(a[0], PAGE_SIZE), a[1] + a[0] % PAGE_SIZE);
}

int64_t sys_munlock(struct task *self, const uint64_t *a) { return lock(self->process->space, a[0], a[1], false); }

int64_t sys_mlockall(struct task *self, const uint64_t *a) {
  enum { CURRENT = 1, FUTURE = 2, ONFAULT = 4 };
  struct space *s = self->process->space;
  if (a[0] & ~(uint64_t)(CURRENT | FUTURE | ONFAULT) || !(a[0] & (CURRENT | FUTURE))) return -EINVAL;
  space_lock_future(s, a[0] & FUTURE, a[0] & ONFAULT);
  if (!(a[0] & CURRENT)) return 0;
  space_lock(s, 0, USER_END, true); /* splits nothing */
  return a[0] & ONFAULT ? 0 : space_populate(s, 0, USER_END);
}

int64_t sys_munlockall(struct task *self, const uint64_t *a) {
  (void)a;
  space_lock_future(self->process->space, false, false);
  return space_lock(self->process->space, 0, USER_END, false);
}

/* Its flag for "this thread only" is not looked at: the thread may go on on any hart. */
int64_t sys_riscv_flush_icache(struct task *self, const uint64_t *a) {
  (void)self, (void)a;
  __asm__ volatile("fence.i" ::: "memory");
  sbi_remote_fence_i();
  return 0;
}

int64_t sys_membarrier(struct task *self, const uint64_t *a) {
  (void)self;
  return a[0] == 0 ? 0 : -EINVAL; /* the query: no command is there */
}
