/* Files: the console, pipes, and nothing else: no file can be opened by its name. */
#include "calls.h"
#include "clock.h"
#include "console.h"
#include "errno.h"
#include "file.h"
#include "masking.h"
#include "riscv.h"
#include "scheduler.h"
#include "space.h"
#include "task.h"
#include "text.h"
#include "user.h"

enum { AT_EMPTY_PATH = 0x1000, IOV_MAX = 1024, LONGEST_PATH = 256, O_WRITE = 1, O_READ_WRITE = 2, O_NONBLOCK = 04000, O_CLOEXEC = 02000000 };

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

/** Write from user memory to a file, or read from it. */
static int64_t transfer(struct task *self, struct open_file *f, uint64_t va, uint64_t bytes, bool writing) {
  switch (f->kind) {
  case FILE_READS_PIPE:
    return writing ? -EBADF : pipe_read(f, va, bytes);
  case FILE_WRITES_PIPE:
    return writing ? pipe_write(self, f, va, bytes) : -EBADF;
  default:
    return writing ? write_out(self, va, bytes) : read_in(va, bytes);
  }
}

/** One transfer; the file stays even if another thread closes its descriptor meanwhile. */
static int64_t once(struct task *self, const uint64_t *a, bool writing) {
  struct open_file *f = file_of(self->process, a[0]);
  if (!f) return -EBADF;
  f->references++;
  int64_t result = transfer(self, f, a[1], a[2], writing);
  file_drop(f);
  return result;
}

int64_t sys_write(struct task *self, const uint64_t *a) { return once(self, a, true); }
int64_t sys_read(struct task *self, const uint64_t *a) { return once(self, a, false); }

static int64_t transfer_spans(struct task *self, struct open_file *f, const uint64_t *a, bool writing) {
  int64_t total = 0;
  for (uint64_t i = 0; i < a[2]; i++) {
    struct span s;
    if (!copy_from_user(&s, a[1] + i * sizeof s, sizeof s)) return total ? total : -EFAULT;
    int64_t n = transfer(self, f, s.va, s.bytes, writing);
    if (n < 0) return total ? total : n;
    total += n;
    if ((uint64_t)n < s.bytes) break;
  }
  return total;
}

/** Do one transfer a span until one is cut short. */
static int64_t each_span(struct task *self, const uint64_t *a, bool writing) {
  struct open_file *f = file_of(self->process, a[0]);
  if (!f) return -EBADF;
  if (a[2] > IOV_MAX) return -EINVAL;
  f->references++;
  int64_t result = transfer_spans(self, f, a, writing);
  file_drop(f);
  return result;
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

int64_t sys_pipe2(struct task *self, const uint64_t *a) {
  struct process *p = self->process;
  struct open_file *ends[2];
  if (a[1] & ~(uint64_t)(O_NONBLOCK | O_CLOEXEC)) return -EINVAL;
  if (!pipe_open(ends)) return -ENOMEM;
  int32_t descriptors[2];
  for (int i = 0; i < 2; i++) {
    ends[i]->references++; /* until it is clear whether it stays */
    ends[i]->at_once = a[1] & O_NONBLOCK;
    descriptors[i] = (int32_t)file_open(p, ends[i], 0, a[1] & O_CLOEXEC);
  }
  int64_t error = descriptors[0] < 0 || descriptors[1] < 0 ? -EMFILE : copy_to_user(a[0], descriptors, sizeof descriptors) ? 0 : -EFAULT;
  for (int i = 0; i < 2; i++) {
    if (error && descriptors[i] >= 0) file_close(p, (uint64_t)descriptors[i]);
    file_drop(ends[i]);
  }
  return error;
}

int64_t sys_fcntl(struct task *self, const uint64_t *a) {
  enum { DUP = 0, GET_DESCRIPTOR_FLAGS = 1, SET_DESCRIPTOR_FLAGS = 2, GET_STATUS_FLAGS = 3, SET_STATUS_FLAGS = 4, DUP_CLOEXEC = 1030 };
  struct process *p = self->process;
  struct open_file *f = file_of(p, a[0]);
  if (!f) return -EBADF;
  switch (a[1]) {
  case DUP:
  case DUP_CLOEXEC:
    return a[2] < FILES ? file_open(p, f, a[2], a[1] == DUP_CLOEXEC) : -EINVAL;
  case GET_DESCRIPTOR_FLAGS:
    return p->closes_on_exec[(uint32_t)a[0]];
  case SET_DESCRIPTOR_FLAGS:
    p->closes_on_exec[(uint32_t)a[0]] = a[2] & 1;
    return 0;
  case GET_STATUS_FLAGS:
    return (f->kind == FILE_CONSOLE ? O_READ_WRITE : f->kind == FILE_WRITES_PIPE ? O_WRITE : 0) | (f->at_once ? O_NONBLOCK : 0);
  case SET_STATUS_FLAGS:
    if (f->kind != FILE_CONSOLE) f->at_once = a[2] & O_NONBLOCK; /* the console's is everyone's */
    return 0;
  default:
    return -EINVAL;
  }
}

int64_t sys_dup(struct task *self, const uint64_t *a) {
  struct open_file *f = file_of(self->process, a[0]);
  return f ? file_open(self->process, f, 0, false) : -EBADF;
}

int64_t sys_dup3(struct task *self, const uint64_t *a) {
  struct process *p = self->process;
  struct open_file *f = file_of(p, a[0]);
  if (a[0] == a[1] || a[2] & ~(uint64_t)O_CLOEXEC) return -EINVAL;
  if (!f || (uint32_t)a[1] >= FILES) return -EBADF;
  if (file_of(p, a[1])) file_close(p, a[1]);
  return file_open(p, f, (uint32_t)a[1], a[2] & O_CLOEXEC);
}

int64_t sys_close(struct task *self, const uint64_t *a) {
  if (!file_of(self->process, a[0])) return -EBADF;
  file_close(self->process, a[0]);
  return 0;
}

int64_t sys_lseek(struct task *self, const uint64_t *a) { return file_of(self->process, a[0]) ? -ESPIPE : -EBADF; }

int64_t sys_ioctl(struct task *self, const uint64_t *a) { return file_of(self->process, a[0]) ? -ENOTTY : -EBADF; }

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

static int64_t stat_file(const struct open_file *f, uint64_t va) {
  enum { CHARACTER_DEVICE = 0020000, PIPE = 0010000, TTY = 4 << 8 | 64 };
  struct stat s = {.inode = 3, .mode = CHARACTER_DEVICE | 0620, .links = 1, .special = TTY, .block_size = 1024};
  if (f->kind != FILE_CONSOLE) s = (struct stat){.inode = 4, .mode = PIPE | 0600, .links = 1, .block_size = PAGE_SIZE};
  return copy_to_user(va, &s, sizeof s) ? 0 : -EFAULT;
}

int64_t sys_fstat(struct task *self, const uint64_t *a) {
  const struct open_file *f = file_of(self->process, a[0]);
  return f ? stat_file(f, a[1]) : -EBADF;
}

int64_t sys_newfstatat(struct task *self, const uint64_t *a) {
  char path[LONGEST_PATH];
  int64_t length = copy_text_from_user(path, a[1], sizeof path);
  if (length < 0) return length;
  if (length > 0 || !(a[3] & AT_EMPTY_PATH)) return -ENOENT;
  const struct open_file *f = file_of(self->process, a[0]);
  return f ? stat_file(f, a[2]) : -EBADF;
}

struct polled {
  int32_t fd;
  int16_t events, returned;
};

enum { POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16, POLLNVAL = 32 };

static int16_t poll_file(const struct open_file *f, int16_t events) {
  if (!f) return POLLNVAL;
  int16_t able = f->kind == FILE_CONSOLE ? (int16_t)(POLLOUT | (console_ready() ? POLLIN : 0)) : pipe_poll(f);
  return able & (events | POLLERR | POLLHUP);
}

/** Fill in what is ready. @return how many entries are */
static int64_t poll_once(const struct process *p, struct polled *polled, uint64_t count) {
  int64_t ready = 0;
  for (uint64_t i = 0; i < count; i++) {
    polled[i].returned = polled[i].fd < 0 ? 0 : poll_file(file_of(p, (uint64_t)polled[i].fd), polled[i].events);
    ready += polled[i].returned != 0;
  }
  return ready;
}

/** Wait until something may be ready. With pipes, input from the console is looked for a hundred times a second: it wakes its readers only. */
static enum woken poll_wait(const struct process *p, const struct polled *polled, uint64_t count, uint64_t deadline) {
  bool pipes = false;
  for (uint64_t i = 0; i < count; i++) {
    const struct open_file *f = polled[i].fd < 0 ? NULL : file_of(p, (uint64_t)polled[i].fd);
    pipes |= f && f->kind != FILE_CONSOLE;
  }
  if (!pipes) return console_ready() ? clock_wait(deadline) : console_wait(deadline);
  uint64_t look = now() + timebase() / 100;
  enum woken woken = sleep_on(&pipe_pollers, smaller(deadline, look));
  return woken == WOKEN_BY_TIME && look < deadline ? WOKEN : woken;
}

int64_t sys_ppoll(struct task *self, const uint64_t *a) {
  enum { MOST = FILES };
  const struct process *p = self->process;
  struct polled polled[MOST];
  uint64_t deadline = NEVER;
  if (a[1] > MOST) return -EINVAL;
  if (!copy_from_user(polled, a[0], a[1] * sizeof *polled)) return -EFAULT;
  if (a[2]) {
    int64_t error = clock_deadline(a[2], true, &deadline);
    if (error) return error;
  }
  int64_t ready;
  while (!(ready = poll_once(p, polled, a[1]))) {
    enum woken woken = poll_wait(p, polled, a[1], deadline);
    if (woken == WOKEN_BY_SIGNAL) return -EINTR;
    if (woken == WOKEN_BY_TIME) break;
  }
  return copy_to_user(a[0], polled, a[1] * sizeof *polled) ? ready : -EFAULT;
}
