#include "file.h"
#include "errno.h"
#include "pages.h"
#include "process.h"

/** Every descriptor of the console stands for this. */
static struct open_file console = {.kind = FILE_CONSOLE};

struct open_file *file_of(const struct process *p, uint64_t descriptor) {
  return (uint32_t)descriptor < FILES ? p->files[(uint32_t)descriptor] : NULL;
}

int64_t file_open(struct process *p, struct open_file *f, uint64_t least, bool closes_on_exec) {
  for (uint64_t d = least; d < FILES; d++) {
    if (p->files[d]) continue;
    p->files[d] = f;
    p->closes_on_exec[d] = closes_on_exec;
    f->references++;
    return (int64_t)d;
  }
  return -EMFILE;
}

void file_drop(struct open_file *f) {
  if (--f->references || f->kind == FILE_CONSOLE) return;
  pipe_close(f);
  piece_give(f, sizeof *f);
}

void file_close(struct process *p, uint64_t descriptor) {
  struct open_file *f = p->files[(uint32_t)descriptor];
  p->files[(uint32_t)descriptor] = NULL;
  file_drop(f);
}

void files_begin(struct process *p) {
  for (int i = 0; i < 3; i++) file_open(p, &console, 0, false);
}

void files_copy(struct process *child, const struct process *parent) {
  for (int d = 0; d < FILES; d++) {
    child->files[d] = parent->files[d];
    child->closes_on_exec[d] = parent->closes_on_exec[d];
    if (child->files[d]) child->files[d]->references++;
  }
}

void files_close(struct process *p) {
  for (uint64_t d = 0; d < FILES; d++)
    if (p->files[d]) file_close(p, d);
}
