#include "calls.h"
#include "errno.h"
#include "hart.h"
#include "sbi.h"
#include "space.h"
#include "task.h"

enum {
  MAP_TYPE = 3, MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20, MAP_POPULATE = 0x8000, MAP_FIXED_NOREPLACE = 0x100000,
  MREMAP_MAYMOVE = 1, MREMAP_FIXED = 2, MCL_CURRENT = 1, MCL_FUTURE = 2, MADV_DONTNEED = 4,
};

/** A range of whole user pages? Rounds `bytes` up. */
static bool range(uint64_t va, uint64_t *bytes) {
  if (va % PAGE_SIZE || *bytes > USER_END) return false;
  *bytes = round_up(*bytes, PAGE_SIZE);
  return va <= USER_END - *bytes;
}

int64_t sys_brk(struct task *self, const uint64_t *a) { return (int64_t)space_brk(self->process->space, a[0]); }

int64_t sys_mmap(struct task *self, const uint64_t *a) {
  struct space *s = self->process->space;
  uint64_t va = a[0], bytes = a[1], flags = a[3];
  int prot = (int)a[2] & (PROT_READ | PROT_WRITE | PROT_EXEC);
  if (!(flags & MAP_ANONYMOUS)) return -EBADF; /* no file can be opened that could be mapped */
  if (!(flags & MAP_TYPE) || bytes == 0) return -EINVAL;
  bool fixed = flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
  if (!range(fixed ? va : 0, &bytes)) return fixed && va % PAGE_SIZE ? -EINVAL : -ENOMEM;
  if (flags & MAP_FIXED_NOREPLACE && !space_vacant(s, va, bytes)) return -EEXIST;
  if (!fixed && (va % PAGE_SIZE || va == 0 || !range(va, &bytes) || !space_vacant(s, va, bytes))) va = space_find(s, bytes);
  if (!va) return -ENOMEM;
  int error = space_map(s, va, bytes, prot, (struct backing){0});
  if (!error && flags & MAP_POPULATE) error = space_populate(s, va, bytes);
  return error ? error : (int64_t)va;
}

int64_t sys_munmap(struct task *self, const uint64_t *a) {
  uint64_t bytes = a[1];
  if (bytes == 0 || !range(a[0], &bytes)) return -EINVAL;
  return space_unmap(self->process->space, a[0], bytes);
}

int64_t sys_mprotect(struct task *self, const uint64_t *a) {
  uint64_t bytes = a[1];
  if (!range(a[0], &bytes)) return a[0] % PAGE_SIZE ? -EINVAL : -ENOMEM;
  if (!space_mapped(self->process->space, a[0], bytes)) return -ENOMEM;
  return bytes ? space_protect(self->process->space, a[0], bytes, (int)a[2] & (PROT_READ | PROT_WRITE | PROT_EXEC)) : 0;
}

int64_t sys_mremap(struct task *self, const uint64_t *a) {
  struct space *s = self->process->space;
  uint64_t va = a[0], bytes = a[1], new_bytes = a[2];
  if (new_bytes == 0 || bytes == 0 || !range(va, &bytes) || !range(va, &new_bytes) || a[3] & MREMAP_FIXED) return -EINVAL;
  if (!space_mapped(s, va, bytes)) return -EFAULT;
  if (new_bytes <= bytes) {
    int error = new_bytes < bytes ? space_unmap(s, va + new_bytes, bytes - new_bytes) : 0;
    return error ? error : (int64_t)va;
  }
  if (!(a[3] & MREMAP_MAYMOVE)) return -ENOMEM;
  uint64_t to = space_find(s, new_bytes);
  if (!to) return -ENOMEM;
  int error = space_move(s, va, bytes, to, new_bytes);
  return error ? error : (int64_t)to;
}

int64_t sys_madvise(struct task *self, const uint64_t *a) {
  uint64_t bytes = a[1];
  if (!range(a[0], &bytes)) return -EINVAL;
  if (a[2] == MADV_DONTNEED) space_discard(self->process->space, a[0], bytes);
  return 0; /* the rest is advice */
}

int64_t sys_msync(struct task *self, const uint64_t *a) {
  uint64_t bytes = a[1];
  return range(a[0], &bytes) && space_mapped(self->process->space, a[0], bytes) ? 0 : -ENOMEM;
}

int64_t sys_mlock(struct task *self, const uint64_t *a) {
  uint64_t va = round_down(a[0], PAGE_SIZE), bytes = a[1] + a[0] % PAGE_SIZE;
  if (!range(va, &bytes) || !space_mapped(self->process->space, va, bytes)) return -ENOMEM;
  return space_populate(self->process->space, va, bytes);
}

/* Pages never leave memory unasked, so a lock is nothing but having them there. */
int64_t sys_munlock(struct task *self, const uint64_t *a) {
  (void)self, (void)a;
  return 0;
}

int64_t sys_mlockall(struct task *self, const uint64_t *a) {
  if (a[0] == 0 || a[0] & ~(uint64_t)(MCL_CURRENT | MCL_FUTURE)) return -EINVAL;
  space_lock_future(self->process->space, a[0] & MCL_FUTURE);
  return a[0] & MCL_CURRENT ? space_populate(self->process->space, 0, USER_END) : 0;
}

int64_t sys_munlockall(struct task *self, const uint64_t *a) {
  (void)a;
  space_lock_future(self->process->space, false);
  return 0;
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
