/** Open files: the console, and the ends of pipes. Descriptors of processes stand for them, several for one after dup and fork. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct process;
struct pipe;
struct task;

enum { FILES = 32 };

struct open_file {
  enum file_kind { FILE_CONSOLE, FILE_READS_PIPE, FILE_WRITES_PIPE } kind;
  int references;     /* descriptors of all processes, and calls that use it now */
  bool at_once;       /* O_NONBLOCK: what would wait gives EAGAIN */
  struct pipe *pipe;
};

/** The file of a descriptor; NULL when it is not open. */
struct open_file *file_of(const struct process *p, uint64_t descriptor);
/** Give a file the lowest free descriptor from `least` on. @return it, or -EMFILE */
int64_t file_open(struct process *p, struct open_file *f, uint64_t least, bool closes_on_exec);
void file_close(struct process *p, uint64_t descriptor);
/** Let go of a reference; the last one closes the file. */
void file_drop(struct open_file *f);
/** Descriptors 0 to 2: the console. */
void files_begin(struct process *p);
/** A child has its parent's. */
void files_copy(struct process *child, const struct process *parent);
void files_close(struct process *p);

/** Both ends of a new pipe, with no descriptor yet. @return false when memory is used up */
bool pipe_open(struct open_file *ends[2]);
/** An end has lost its last descriptor. */
void pipe_close(struct open_file *end);
/** @return bytes read, 0 when nobody writes any more, -EAGAIN, -EFAULT, -ERESTART */
int64_t pipe_read(struct open_file *end, uint64_t va, uint64_t bytes);
/** @return bytes written, -EPIPE (and SIGPIPE) when nobody reads any more, -EAGAIN, -EFAULT, -ERESTART */
int64_t pipe_write(struct task *self, struct open_file *end, uint64_t va, uint64_t bytes);
/** What poll says of an end: POLLIN, POLLOUT, POLLERR, POLLHUP. */
int16_t pipe_poll(const struct open_file *end);
/** Those who poll; any change of any pipe wakes them. */
extern struct list pipe_pollers;
