#include "user.h"
#include "errno.h"
#include "masking.h"
#include "riscv.h"
#include "space.h"
#include "task.h"
#include "text.h"

static void *at(uint64_t va, int access) {
  struct process *p = current()->process;
  return space_at(p->space, masking_address(p, va), access);
}

/** Bytes from va to the end of its page, or to the end of what is wanted. */
static uint64_t piece(uint64_t va, uint64_t bytes) { return smaller(bytes, PAGE_SIZE - va % PAGE_SIZE); }

bool copy_from_user(void *to, uint64_t va, uint64_t bytes) {
  for (uint64_t n; bytes; bytes -= n, va += n, to = (char *)to + n) {
    const void *from = at(va, PROT_READ);
    if (!from) return false;
    n = piece(va, bytes);
    memcpy(to, from, n);
  }
  return true;
}

bool copy_to_user(uint64_t va, const void *from, uint64_t bytes) {
  struct process *p = current()->process;
  return copy_to_space(p->space, masking_address(p, va), from, bytes);
}

bool copy_to_space(struct space *s, uint64_t va, const void *from, uint64_t bytes) {
  for (uint64_t n; bytes; bytes -= n, va += n, from = (const char *)from + n) {
    void *to = space_at(s, va, PROT_WRITE);
    if (!to) return false;
    n = piece(va, bytes);
    memcpy(to, from, n);
  }
  return true;
}

int64_t copy_text_from_user(char *to, uint64_t va, uint64_t room) {
  for (uint64_t n = 0; n < room; n++) {
    if (!copy_from_user(to + n, va + n, 1)) return -EFAULT;
    if (!to[n]) return (int64_t)n;
  }
  return -ENAMETOOLONG;
}

uint32_t *user_word(uint64_t va, int access) { return va % 4 ? NULL : at(va, access); }
