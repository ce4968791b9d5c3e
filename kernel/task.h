/** Tasks: the threads that run in processes. */
#pragma once
#include "hart.h"
#include "asking.h"
#include "process.h"
#include <migration.h>

/** A task's user registers while it is not in user mode; at the end of its kernel stack. */
struct frame {
  struct mig_frame registers;
};
_Static_assert(sizeof(struct frame) == 528, "FRAME in trap.S");

enum { RA = 1, SP = 2, TP = 4, A0 = 10, A1 = 11, A2 = 12, A7 = 17 };
/** Register x1 to x31 of a frame. */
static inline uint64_t *frame_x(struct frame *f, int n) { return &f->registers.x[n - 1]; }

enum task_state {
  TASK_RUNNING, /* on a hart */
  TASK_READY,   /* in the run queue */
  TASK_ASLEEP,  /* until woken, a time, or a signal */
  TASK_AWAY,    /* with the firmware or an accelerator hart, or waiting for room there: migration.c */
  TASK_DEAD,
};

enum woken { WOKEN, WOKEN_BY_TIME, WOKEN_BY_SIGNAL };

enum { NAME_BYTES = 16, KERNEL_STACK_ORDER = 1 };

struct task {
  int tid;
  char name[NAME_BYTES];
  uint64_t satp;
  enum task_state state;
  struct process *process;
  struct list sibling;  /* in process->tasks */
  struct list numbered; /* task.c: by tid */

  void *stack;
  struct frame *frame;
  struct context context;

  /* scheduler.c */
  struct list queue;  /* the run queue, or what the task sleeps on */
  struct list timed;  /* the list of those with a deadline */
  uint64_t deadline;
  enum woken woken;
  bool firm;          /* no signal ends its sleep, only its process's end */
  struct hart_mask affinity;
  uint32_t hart;      /* where it runs or ran last */
  uint64_t slice_end;

  /* signal.c */
  uint64_t blocked, pending;
  uint64_t awaited; /* sigtimedwait: these wake it, blocked or not */
  struct siginfo details[SIGNALS + 1];
  struct alternate_stack alternate;
  bool restore_mask; /* sigsuspend: the mask to go back to once a handler has run */
  uint64_t saved_mask;
  bool in_call;      /* the last trap was a system call whose first argument was: */
  uint64_t first_argument;

  uint64_t clear_child_tid; /* user address, 0: none */

  /* futex.c: where it waits */
  uint64_t futex;
  uint32_t futex_bits;

  const struct hart *floats_in; /* state.c: whose f registers hold the task's, as the frame has them or newer; NULL: the frame alone */

  /* migrate.c, state.c */
  struct mig_vector_state *vector; /* NULL: never used the vector unit */
  int vector_order;
  bool keep_vector;               /* over system calls, which else discard them */
  struct mig_state *units[MIG_CLASS_COUNT]; /* by class: save areas of registers that the kernel knows nothing of; NULL: never used */
  struct wishes wishes;
  struct asked asked;
  int leaves_for;                 /* by the hint that its system call was: a class; -1: none */
  int sent_for;                   /* the class that it left for last */
  int awaits_class;               /* waits in the kernel's own outbound queue of this class; -1: doesn't */
  struct mig_completion completion;

  uint8_t pmm; /* masking.c: senvcfg.PMM while it runs */
};

void tasks_init(void);
/**
 * A new task with all registers zero, not yet ready; NULL when memory is used up. The first of a process has its pid as its tid. Each holds the
 * address space.
 */
struct task *task_create(struct process *p, const char *name);
/** Give a new task what it has from the one that made it: mask, affinity, and how its system calls are served. */
void task_inherit(struct task *t, const struct task *from);
/** Undo task_create for a task that was never ready. */
void task_abandon(struct task *t);
struct task *task_find(int tid);
/** A number that no task, process, group or session has. */
int task_number(void);
/** How many there are. */
int tasks_count(void);
/** Free what dead tasks leave. They can't do it themselves: they die on their own kernel stacks. */
void tasks_reap(void);
/** End the current task; if it is its process's last, that too, and with this status if it is not ending already. */
_Noreturn void task_exit(unsigned status);
/** Make a task that sleeps, runs elsewhere or is away come by the end of its trap, where signals are looked for. */
void task_nudge(struct task *t);
