/* A hart as firmware sees it, and the table of all of them. */
#ifndef HART_H
#define HART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "isa.h"
#include "lock.h"
#include "offsets.h"
#include "migration.h"

/*
 * The registers of whoever was interrupted, on the stack of the hart; the first 32 words in the order of
 * struct mig_frame.
 */
struct regs {
  uint64_t epc;
  uint64_t x[31]; /* x1 to x31 */
  uint64_t status;
  uint64_t cause;
  uint64_t tval;
  uint64_t unused;
};

/* x register n of the interrupted, n from 1. */
#define REG_RA 0
#define REG_SP 1
#define REG_A(n) (9 + (n))

/* Hart state, with the numbers of SBI's HSM extension. */
enum hart_state {
  HART_STARTED = 0,
  HART_STOPPED = 1,
  HART_START_PENDING = 2,
  HART_STOP_PENDING = 3,
  HART_SUSPENDED = 4,
};

enum fence_kind { FENCE_I, FENCE_VMA, FENCE_VMA_ASID };

/* A remote fence that this hart asked for; read by the harts it asked. */
struct fence_request {
  enum fence_kind kind;
  uint64_t start;
  uint64_t size; /* all-ones: everything */
  uint64_t asid;
  uint32_t waiting; /* harts that have not acknowledged yet */
};

struct task;
struct mig_ring;

/* A page of the mailbox device (compatible "harthop,mailbox"): the words that other harts sent to one. */
struct mailbox {
  uint64_t send;     /* write: behind the others; dropped when there is no room */
  uint64_t status;   /* read: words that wait [15:0], room [31:16] */
  uint64_t receive;  /* read: takes the oldest out; 0 when there is none */
  uint64_t announce; /* write 1: bit 16 of the hart's mip */
};
enum { MAILBOX_PAGE = 4096 };

/* A hart's half of the migrations that start on it. Accelerator harts write its ring themselves, so all of it is under the lock. */
struct origin {
  struct lock lock;
  struct mig_ring *ring; /* physical, or none registered */
  uint32_t entries;
  uint32_t tail;
  uint32_t away;     /* threads that left and have no completion yet; changed atomically, without the lock */
  struct task *kept; /* came back, not in the ring yet: oldest first */
  struct task *kept_last;
};

/* An accelerator hart's half. */
struct accelerator {
  struct task *current; /* the thread on this hart */
  bool asking;          /* it waits for the supervisor's answer */
  bool code_changed;    /* a remote fence.i passed it by while no thread was here */
  bool listening;       /* a message may interrupt it: it waits for one, or runs a guest */
  uint32_t load;        /* threads of its classes queued or running here */
  uint32_t guests;      /* and guests: at most one */
  uint64_t last_tid;    /* who ran here last */
  uint64_t since;       /* as how manyth thread of all harts it came */
  uint64_t stamp[MIG_CLASS_COUNT]; /* by class: the save that its registers still hold, or 0 */
  uint64_t saves;
  uint64_t start_cycle;
  uint64_t start_instret;
  uint64_t status; /* mstatus for a thread, but for the bits of its class */
  /* Reserved by a hint: for this thread, until then on the clock. 0: not reserved. */
  uint64_t reserved_tid;
  uint64_t reserved_until;
};

struct hart {
  uint64_t stack_top; /* up to id: entry.S */
  uint64_t scratch;
  uint64_t scratch1;
  volatile uint32_t *msip; /* its software-interrupt word */
  uint64_t announce;       /* the bit of mip that announces completions */
  struct mig_frame *frame; /* on an accelerator hart: of the thread here */
  uint32_t requests;       /* enum ipi_request: what other harts want of it */
  uint32_t id;
  uint32_t index;
  isa_set isa;
  uint32_t classes; /* bit mask of the migration classes for which it is an accelerator hart; 0: an application hart */
  uint32_t vlenb;   /* 0 without vectors */
  uint32_t phandle; /* of its interrupt controller */
  bool initialised;
  bool local_interrupt; /* local interrupt 16 can be delegated */
  bool environment;     /* senvcfg is there */

  volatile struct mailbox *mailbox; /* none: the machine has no such device */
  volatile uint64_t *mtimecmp;
  volatile uint64_t *mtime;
  bool retry_armed;  /* the machine timer was set for firmware, not for the supervisor */
  uint64_t deadline; /* of the supervisor's timer, all-ones when none */

  uint32_t state; /* enum hart_state */
  bool start_given; /* the next two are written: the state alone says only that some hart claimed the start */
  uint64_t start_pc;
  uint64_t start_argument;

  struct fence_request fence;
  uint64_t fence_from[(MAX_HARTS + 63) / 64]; /* bit n: the hart of index n has a request for this one */

  struct origin origin;
  struct accelerator accelerator;
};

extern uint32_t hart_count;
extern struct hart *hart_of_index[MAX_HARTS];

_Static_assert(offsetof(struct hart, stack_top) == HART_STACK, "entry.S");
_Static_assert(offsetof(struct hart, scratch) == HART_SCRATCH, "entry.S");
_Static_assert(offsetof(struct hart, scratch1) == HART_SCRATCH1, "entry.S");
_Static_assert(offsetof(struct hart, msip) == HART_MSIP, "entry.S");
_Static_assert(offsetof(struct hart, announce) == HART_ANNOUNCE, "entry.S");
_Static_assert(offsetof(struct hart, frame) == HART_FRAME, "migration/entry.S");
_Static_assert(offsetof(struct hart, requests) == HART_REQUESTS, "entry.S");
_Static_assert(offsetof(struct hart, id) == HART_ID, "entry.S");
_Static_assert(offsetof(struct regs, status) == REGS_STATUS, "entry.S");
_Static_assert(offsetof(struct regs, cause) == REGS_CAUSE, "entry.S");
_Static_assert(offsetof(struct regs, tval) == REGS_TVAL, "entry.S");
_Static_assert(sizeof(struct regs) == REGS_BYTES, "entry.S");

/* The hart that runs this. */
static inline struct hart *hart_self(void) {
  struct hart *hart;
  __asm__("mv %0, tp" : "=r"(hart));
  return hart;
}

/* A new entry of the table, or none when it is full or the id is taken. */
struct hart *hart_add(uint32_t id);
struct hart *hart_by_id(uint64_t id);
struct hart *hart_by_phandle(uint32_t phandle);

/* Only firmware knows it: the supervisor's hart numbers leave it out. */
static inline bool hart_is_accelerator(const struct hart *hart) { return hart->classes != 0; }

/*
 * Resolve an SBI hart mask (base all-ones: every application hart). Calls visit for each. False: the mask
 * names a hart that does not exist.
 */
bool hart_mask_each(uint64_t mask, uint64_t base, void (*visit)(struct hart *hart, void *argument), void *argument);

#endif
