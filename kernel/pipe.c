/* Pipes: a page of bytes between those who write and those who read. */
#include "errno.h"
#include "file.h"
#include "pages.h"
#include "riscv.h"
#include "scheduler.h"
#include "user.h"

/* What a write of up to PIPE_BUF bytes (4096) puts in is not mixed with others', so it waits for room for all of it. */
enum { CAPACITY = PAGE_SIZE, ATOMIC = 4096 };
enum { POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16 };

struct pipe {
  char *bytes;
  uint32_t first, last; /* run freely; last - first bytes wait */
  bool read, written;   /* somebody can, still */
  struct list readers, writers;
};

struct list pipe_pollers = {&pipe_pollers, &pipe_pollers};

bool pipe_open(struct open_file *ends[2]) {
  struct pipe *p = piece_take(sizeof *p);
  char *bytes = pages_take(0);
  ends[0] = piece_take(sizeof *ends[0]);
  ends[1] = piece_take(sizeof *ends[1]);
  if (!p || !bytes || !ends[0] || !ends[1]) {
    if (p) piece_give(p, sizeof *p);
    if (bytes) pages_give(bytes, 0);
    for (int i = 0; i < 2; i++)
      if (ends[i]) piece_give(ends[i], sizeof *ends[i]);
    return false;
  }
  *p = (struct pipe){.bytes = bytes, .read = true, .written = true};
  list_init(&p->readers);
  list_init(&p->writers);
  *ends[0] = (struct open_file){.kind = FILE_READS_PIPE, .pipe = p};
  *ends[1] = (struct open_file){.kind = FILE_WRITES_PIPE, .pipe = p};
  return true;
}

void pipe_close(struct open_file *end) {
  struct pipe *p = end->pipe;
  *(end->kind == FILE_READS_PIPE ? &p->read : &p->written) = false;
  wake_all(&p->readers);
  wake_all(&p->writers);
  wake_all(&pipe_pollers);
  if (p->read || p->written) return;
  pages_give(p->bytes, 0);
  piece_give(p, sizeof *p);
}

static uint32_t filled(const struct pipe *p) { return p->last - p->first; }

/** Bytes from an index on that lie in one piece, at most `most`. */
static uint32_t straight(uint32_t index, uint64_t most) { return (uint32_t)smaller(most, CAPACITY - index % CAPACITY); }

int64_t pipe_read(struct open_file *end, uint64_t va, uint64_t bytes) {
  struct pipe *p = end->pipe;
  uint64_t done = 0, n;
  if (!bytes) return 0;
  while (!filled(p)) {
    if (!p->written) return 0;
    if (end->at_once) return -EAGAIN;
    if (sleep_on(&p->readers, NEVER) == WOKEN_BY_SIGNAL) return -ERESTART;
  }
  for (; done < bytes && filled(p); done += n, p->first += (uint32_t)n) {
    n = straight(p->first, smaller(bytes - done, filled(p)));
    if (!copy_to_user(va + done, p->bytes + p->first % CAPACITY, n)) break;
  }
  if (!done) return -EFAULT;
  wake_all(&p->writers);
  wake_all(&pipe_pollers);
  return (int64_t)done;
}

int64_t pipe_write(struct task *self, struct open_file *end, uint64_t va, uint64_t bytes) {
  struct pipe *p = end->pipe;
  uint64_t done = 0, n;
  while (done < bytes) {
    if (!p->read) {
      signal_task(self, SIGPIPE, (struct siginfo){.code = SI_KERNEL});
      return done ? (int64_t)done : -EPIPE;
    }
    uint32_t room = CAPACITY - filled(p);
    bool whole = bytes <= ATOMIC || (self->state == TASK_AWAY && !end->at_once); /* who asks and finds no room does all of it at home */
    if (room < (whole ? bytes - done : 1)) {
      if (end->at_once) return done ? (int64_t)done : -EAGAIN;
      if (sleep_on(&p->writers, NEVER) == WOKEN_BY_SIGNAL) return done ? (int64_t)done : -ERESTART;
      continue;
    }
    n = straight(p->last, smaller(bytes - done, room));
    if (!copy_from_user(p->bytes + p->last % CAPACITY, va + done, n)) return done ? (int64_t)done : -EFAULT;
    p->last += (uint32_t)n;
    done += n;
    wake_all(&p->readers);
    wake_all(&pipe_pollers);
  }
  return (int64_t)done;
}

int16_t pipe_poll(const struct open_file *end) {
  const struct pipe *p = end->pipe;
  if (end->kind == FILE_READS_PIPE) return (int16_t)((filled(p) ? POLLIN : 0) | (p->written ? 0 : POLLHUP));
  return (int16_t)(p->read ? (filled(p) < CAPACITY ? POLLOUT : 0) : POLLOUT | POLLERR);
}
