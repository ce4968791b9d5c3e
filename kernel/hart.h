/** What the kernel knows of each hart it runs on, by hart id. Ids may have gaps: a hart that is not there is never online. */
#pragma once
#include "list.h"
#include "mask.h"
#include "riscv.h"
#include <migration.h>

enum { MAX_HARTS = 80 };

struct task;
struct frame;
struct space;

/** What a misaligned load does, in riscv_hwprobe's numbers. */
enum misaligned { MISALIGNED_SLOW = 2, MISALIGNED_FAST = 3, MISALIGNED_UNSUPPORTED = 4 };

/** Where a C function that called switch_context goes on. */
struct context {
  uint64_t ra, sp, s[12];
};

/** The first three members are known to trap.S and entry.S. */
struct hart {
  void *kernel_stack;  /* its end; the idle loop's */
  struct frame *frame; /* where user registers are saved at a trap: the running task's frame */
  uint64_t scratch;
  uint32_t id;
  bool online;
  bool has_vector;     /* by its own account: sstatus.VS can be set */
  uint32_t vlenb;      /* 0 without V */
  bool reschedule;     /* the running task's time is up */
  struct list ready;   /* runqueue.c: tasks that wait for this hart */
  struct task *next;   /* scheduler.c: who runs next, before them */
  bool runs;           /* a task; else it idles */
  uint32_t load;       /* tasks ready or running here */
  struct list sleepers; /* scheduler.c: tasks that fell asleep here with a deadline, the earliest first */
  uint64_t timer;      /* when its timer interrupt comes */
  struct space *space; /* that satp holds; NULL: the kernel's own */
  struct task *floats; /* whose values its f registers hold, if that task says so too (state.c) */
  uint64_t space_changes; /* as many of its changes does this hart know */
  struct context idle_context; /* the beginning of its idle loop: an idle hart has nothing to come back to */
  struct mig_ring *ring; /* completions of tasks sent away from here; NULL: none */
  uint64_t extensions;   /* its own, see isa.h */
  uint64_t identity[3];  /* mvendorid, marchid, mimpid */
  uint32_t cbom_bytes, cbop_bytes, cboz_bytes; /* cache blocks of Zicbom, Zicbop, Zicboz; 0 without */
  enum misaligned misaligned;
  uint8_t pmm;           /* senvcfg.PMM, see masking.h */
};

extern struct hart harts[MAX_HARTS];
/** Behind the last one that there is. */
extern struct hart *harts_end;

/** The task that runs on each hart, by hart id; NULL while it idles. The debugger reads this. */
extern struct task *current_task[MAX_HARTS];

/** Volatile: a task may go on on another hart after any call that schedules, so an earlier answer must not be used again. */
static inline struct hart *this_hart(void) {
  struct hart *h;
  __asm__ volatile("mv %0, tp" : "=r"(h));
  return h;
}

static inline struct task *current(void) { return current_task[this_hart()->id]; }

/** Find the harts in the device tree and set the boot hart up. */
void harts_init(uint32_t boot_hart);
/** Start all others. */
void harts_start(void);
/** Make another hart look at its run queue. */
void hart_poke(uint32_t id);

/** The harts that are online. */
struct hart_mask harts_all(void);
/** Those with vectors of this length / 8. */
struct hart_mask harts_with_vlenb(uint32_t vlenb);
uint32_t harts_count(void);
/** What a program may use that runs on this hart: its own extensions, and V where the kernel sends its tasks to harts that have it. */
uint64_t hart_extensions(const struct hart *h);
/** What it may use wherever it runs. */
uint64_t harts_common(void);
