/** Processes: what tasks share, and the family of them that fork and wait make. */
#pragma once
#include "file.h"
#include "list.h"
#include "signal.h"
#include <stdbool.h>
#include <stdint.h>

struct task;
struct space;

/** How a process ended, as wait4 tells it: an exit's status in the second byte, or the signal in the first. */
static inline unsigned status_exited(unsigned status) { return (status & 0xff) << 8; }
static inline unsigned status_killed(int signo) { return (unsigned)signo; }
/** The signal that ended it; 0 for an exit. */
static inline int status_signal(unsigned status) { return status & 0x7f; }
static inline unsigned status_exit(unsigned status) { return status >> 8 & 0xff; }

struct process {
  int pid;
  int group, session;
  char path[256]; /* /proc/self/exe */
  struct space *space; /* NULL once it has ended */
  struct list tasks;
  int task_count;
  bool dying;      /* every task ends itself when it sees this */
  bool ended;      /* all have; it stays for its parent to ask for its status */
  unsigned status; /* of its end, once it is dying or has ended */

  struct list numbered;    /* process.c: by pid */
  struct process *parent;  /* NULL: the first process */
  struct list children, sibling;
  struct list waiters;     /* its tasks that wait for a child */
  struct list release;     /* fork.c: tasks that wait for it to leave their address space (vfork) */
  int exit_signal;         /* that its parent gets when it ends; 0: none */

  struct open_file *files[FILES]; /* by descriptor; NULL: not open */
  bool closes_on_exec[FILES];

  uint8_t masked;  /* masking.c: upper bits of pointers that system calls ignore */
  uint64_t pending;
  struct siginfo details[SIGNALS + 1];
  struct signal_action actions[SIGNALS + 1];
};

void processes_init(void);
/**
 * A new process with no task, in a group and session of its own; NULL when memory is used up.
 * @param space what its tasks will run in; the first task holds it
 */
struct process *process_create(struct space *space);
/** Make a new process the child of another: it has its parent's group, session, signal actions and path. */
void process_adopt(struct process *parent, struct process *child);
/** Free a process that has no task: it has ended and its parent knows, or it never had any. */
void process_free(struct process *p);
struct process *process_find(int pid);
/** All processes, in no order: the one after p, or the first (NULL); NULL behind the last. */
struct process *process_next(const struct process *p);
/** Is there a process in this group? */
bool process_group_exists(int group);
/** Mark a process as ending: each of its tasks exits as soon as it comes by, wherever it is. */
void process_end(struct process *p, unsigned status);
/** Its last task has gone: tell the parent, give children to the first process. The machine ends when no process is left after the first one's end. */
void process_ended(struct process *p);
