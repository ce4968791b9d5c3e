/* Files: the console at 0, 1 and 2, and nothing else. */
#include "calls.h"
#include "clock.h"
#include "console.h"
#include "errno.h"
#include "masking.h"
#include "riscv.h"
#include "scheduler.h"
#include "space.h"
#include "task.h"
#include "text.h"
#include "user.h"

enum { AT_EMPTY_PATH = 0x1000, IOV_MAX = 1024, LONGEST_PATH = 256 };

static bool is_console(uint64_t fd) { return (uint32_t)fd <= 2; }

struct span {
  uint64_t va, bytes;
};

/** Write from user memory. @return bytes written; -EFAULT when not even the first could be read */
static int64_t write_out(struct task *self, uint64_t va, uint64_t bytes) {
  for (uint64_t done = 0, n; done < bytes; done += n) {
    const char *from = space_at(self->process->space, masking_address(self->process, va + done), PROT_READ);
    if (!from) return done ? (int64_t)done : -EFAULT;
    n = smaller(bytes - done, PAGE_SIZE - (va + done) % PAGE_SIZE);
    console_write(from, n);
  }
  return (int64_t)bytes;
}

static int64_t read_in(uint64_t va, uint64_t bytes) {
  char buffer[256];
  if (!bytes) return 0;
  int64_t n = console_read(buffer, smaller(bytes, sizeof buffer));
  return n > 0 && !copy_to_user(va, buffer, (uint64_t)n) ? -EFAULT : n;
}

int64_t sys_write(struct task *self, const uint64_t *a) {
  return is_console(a[0]) ? write_out(self, a[1], a[2]) : -EBADF;
}

int64_t sys_read(struct task *self, const uint64_t *a) {
  (void)self;
  return is_console(a[0]) ? read_in(a[1], a[2]) : -EBADF;
}

/** Do one transfer a span until one is cut short. */
static int64_t each_span(struct task *self, const uint64_t *a, bool writing) {
  if (!is_console(a[0])) return -EBADF;
  if (a[2] > IOV_MAX) return -EINVAL;
  int64_t total = 0;
  for (uint64_t i = 0; i < a[2]; i++) {
    struct span s;
    if (!copy_from_user(&s, a[1] + i * sizeof s, sizeof s)) return total ? total : -EFAULT;
    int64_t n = writing ? write_out(self, s.va, s.bytes) : read_in(s.va, s.bytes);
    if (n < 0) return total ? total : n;
    total += n;
    if ((uint64_t)n < s.bytes) break;
  }
  return total;
}

int64_t sys_writev(struct task *self, const uint64_t *a) { return each_span(self, a, true); }
int64_t sys_readv(struct task *self, const uint64_t *a) { return each_span(self, a, false); }

int64_t sys_openat(struct task *self, const uint64_t *a) {
  (void)self;
  char path[LONGEST_PATH];
  int64_t length = copy_text_from_user(path, a[1], sizeof path);
  return length < 0 ? length : -ENOENT;
}

int64_t sys_faccessat(struct task *self, const uint64_t *a) { return sys_openat(self, a); }

int64_t sys_getcwd(struct task *self, const uint64_t *a) {
  (void)self;
  if (a[1] < 2) return -ERANGE;
  return copy_to_user(a[0], "/", 2) ? 2 : -EFAULT;
}

int64_t sys_fcntl(struct task *self, const uint64_t *a) {
  enum { GET_DESCRIPTOR_FLAGS = 1, GET_STATUS_FLAGS = 3, READ_WRITE = 2 };
  (void)self;
  if (!is_console(a[0])) return -EBADF;
  switch (a[1]) {
  case GET_DESCRIPTOR_FLAGS:
    return 0;
  case GET_STATUS_FLAGS:
    return READ_WRITE;
  default:
    return -EINVAL;
  }
}

/* There are the three descriptors and no room for a fourth. */
int64_t sys_dup(struct task *self, const uint64_t *a) {
  (void)self;
  return is_console(a[0]) ? -EMFILE : -EBADF;
}

/* One console descriptor in another's place is the same console. */
int64_t sys_dup3(struct task *self, const uint64_t *a) {
  (void)self;
  if (a[0] == a[1]) return -EINVAL;
  return is_console(a[0]) && is_console(a[1]) ? (int64_t)a[1] : -EBADF;
}

int64_t sys_close(struct task *self, const uint64_t *a) {
  (void)self;
  return is_console(a[0]) ? 0 : -EBADF;
}

int64_t sys_lseek(struct task *self, const uint64_t *a) {
  (void)self;
  return is_console(a[0]) ? -ESPIPE : -EBADF;
}

int64_t sys_ioctl(struct task *self, const uint64_t *a) {
  (void)self;
  return is_console(a[0]) ? -ENOTTY : -EBADF;
}

int64_t sys_readlinkat(struct task *self, const uint64_t *a) {
  char path[LONGEST_PATH];
  int64_t length = copy_text_from_user(path, a[1], sizeof path);
  if (length < 0) return length;
  if (strcmp(path, "/proc/self/exe") != 0) return -ENOENT;
  uint64_t n = smaller(strlen(self->process->path), a[3]);
  return copy_to_user(a[2], self->process->path, n) ? (int64_t)n : -EFAULT;
}

/** Linux's struct stat for 64-bit RISC-V. */
struct stat {
  uint64_t device, inode;
  uint32_t mode, links, user, group;
  uint64_t special, padding;
  int64_t size;
  int32_t block_size, padding2;
  int64_t blocks, times[6];
  uint32_t unused[2];
};
_Static_assert(sizeof(struct stat) == 128, "struct stat");

static int64_t stat_console(uint64_t va) {
  enum { CHARACTER_DEVICE = 0020000, MODE = 0620, TTY = 4 << 8 | 64 };
  struct stat s = {.inode = 3, .mode = CHARACTER_DEVICE | MODE, .links = 1, .special = TTY, .block_size = 1024};
  return copy_to_user(va, &s, sizeof s) ? 0 : -EFAULT;
}

int64_t sys_fstat(struct task *self, const uint64_t *a) {
  (void)self;
  return is_console(a[0]) ? stat_console(a[1]) : -EBADF;
}

int64_t sys_newfstatat(struct task *self, const uint64_t *a) {
  (void)self;
  char path[LONGEST_PATH];
  int64_t length = copy_text_from_user(path, a[1], sizeof path);
  if (length < 0) return length;
  if (length > 0 || !(a[3] & AT_EMPTY_PATH)) return -ENOENT;
  return is_console(a[0]) ? stat_console(a[2]) : -EBADF;
}

struct polled {
  int32_t fd;
  int16_t events, returned;
};

/** Fill in what is ready. @return how many entries are */
static int64_t poll_once(struct polled *polled, uint64_t count) {
  enum { POLLIN = 1, POLLOUT = 4, POLLNVAL = 32 };
  int64_t ready = 0;
  int16_t able = POLLOUT | (console_ready() ? POLLIN : 0);
  for (uint64_t i = 0; i < count; i++) {
    struct polled *p = &polled[i];
    p->returned = p->fd < 0 ? 0 : is_console((uint64_t)p->fd) ? p->events & able : POLLNVAL;
    ready += p->returned != 0;
  }
  return ready;
}

int64_t sys_ppoll(struct task *self, const uint64_t *a) {
  enum { MOST = 16 };
  (void)self;
  struct polled polled[MOST];
  uint64_t deadline = NEVER;
  if (a[1] > MOST) return -EINVAL;
  if (!copy_from_user(polled, a[0], a[1] * sizeof *polled)) return -EFAULT;
  if (a[2]) {
    int64_t error = clock_deadline(a[2], true, &deadline);
    if (error) return error;
  }
  int64_t ready;
  while (!(ready = poll_once(polled, a[1]))) { /* input is all there is to wait for */
    enum woken woken = console_ready() ? clock_wait(deadline) : console_wait(deadline);
    if (woken == WOKEN_BY_SIGNAL) return -EINTR;
    if (woken == WOKEN_BY_TIME) break;
  }
  return copy_to_user(a[0], polled, a[1] * sizeof *polled) ? ready : -EFAULT;
}
