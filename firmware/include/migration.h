/*
 * SBI extension "MIG": how a supervisor sends a user thread to a hart that has the instructions it needs, and
 * gets it back. The one header that firmware, kernel and (by DWARF) the debugger share. The protocol in
 * words: docs/migration.md.
 *
 * Call as any SBI call: a7 = MIG_EID, a6 = one of mig_fid, a0... = arguments; a0 = error, a1 = value on
 * return.
 */
#ifndef MIGRATION_H
#define MIGRATION_H

#define MIG_EID 0x084D4947 /* experimental range, "MIG" */

#ifndef __ASSEMBLER__
#include <stdint.h>

enum mig_fid {
  MIG_CLASSES = 0,  /* () -> bit mask of the classes that have accelerator harts */
  MIG_DESCRIBE = 1, /* (class) -> packed: see MIG_DESCRIBE_* */
  MIG_SET_RING = 2, /* (physical address of a struct mig_ring, entries: a power of two, 0 unregisters) */
  MIG_MIGRATE = 3,  /* (class, satp, tid, struct mig_frame *, struct mig_vector_state *, enum mig_flags) */
  MIG_RECALL = 4,   /* (tid): it comes back with MIG_REASON_RECALL, unless it was coming back already */
  MIG_STATUS = 5,   /* (tid) -> enum mig_place in bits 7:0, hart id in bits 63:8 where queued or running */
  MIG_HINT = 6,     /* (tid, enum mig_hint, class) */
  MIG_AREA = 7,     /* (class) -> bytes of the save area that a thread of the class needs, 16-byte aligned */
};

/*
 * Errors beside the standard ones (SBI_ERR_*): each refusal has its own code, and a refused call changed
 * nothing.
 */
enum mig_error {
  MIG_ERR_UNKNOWN_CLASS = -1001, /* no accelerator hart has that class */
  MIG_ERR_BAD_POINTER = -1002,   /* not mapped, not writable, misaligned, not RAM, or firmware's own */
  MIG_ERR_DUPLICATE_TID = -1003, /* a thread of that tid is away already */
  MIG_ERR_QUEUE_FULL = -1004,    /* every queue that may take the thread is full: try again after a completion */
  MIG_ERR_UNKNOWN_TID = -1005,   /* recall: no such thread is away (its completion may be in the ring by now) */
  MIG_ERR_NO_RING = -1006,       /* migrate: this hart registered no completion ring, so the thread could not return */
  MIG_ERR_VLEN = -1007,          /* live vector state of a VLEN that no accelerator hart of the class has */
};

/*
 * MIG_DESCRIBE packs: accelerator harts of the class [15:0], places in each hart's queue [31:16], vlenb of
 * the largest hart [47:32] (0 for a class without vector state), the supervisor
 * interrupt number that announces completions [55:48] (16 where local interrupt 16 can be delegated, else 1:
 * the supervisor software interrupt), and [56] set when the harts differ in VLEN.
 */
#define MIG_DESCRIBE_HARTS(value) ((value) & 0xffff)
#define MIG_DESCRIBE_DEPTH(value) ((value) >> 16 & 0xffff)
#define MIG_DESCRIBE_VLENB(value) ((value) >> 32 & 0xffff)
#define MIG_DESCRIBE_INTERRUPT(value) ((value) >> 48 & 0xff)
#define MIG_DESCRIBE_MIXED(value) ((value) >> 56 & 1)

/* Each class is an extension that only accelerator harts have; numbers are those of classNames in isa/classes.ts. */
enum mig_class_number {
  MIG_CLASS_VECTOR = 0,
  MIG_CLASS_XHARTDOT = 1,
  MIG_CLASS_COUNT
};

/* Announcing interrupts: write 0 to their bit of sip to clear, BEFORE reading the ring. */
enum mig_interrupt {
  MIG_INTERRUPT_SOFTWARE = 1,
  MIG_INTERRUPT_LOCAL = 16,
};

enum mig_flags {
  MIG_KEEP_OVER_SYSCALL = 1, /* a system call saves the class's state even where the class lets calls clobber it */
  MIG_CODE_CURRENT = 2,      /* no code changed here since the last remote fence.i: arrival needs none */
  MIG_ASK_FOR_CALLS = 4,     /* a system call is asked (enum mig_answer) rather than brought home */
  MIG_ASK_FOR_FAULTS = 8,    /* and so is a page fault */
  MIG_GUEST = 16,            /* a general thread, which gives way to threads of the class at once: it comes back by MIG_REASON_RECALL */
};

/*
 * An asked thread stays on its accelerator hart, stopped, while the supervisor serves it. Its registers stand in its frame; the ring has
 * an entry with MIG_ENTRY_ASKS, and the word `answer` of the frame says MIG_ASKED. The supervisor reads and changes epc and the x registers
 * there (f registers and the state of the class stay in the hart), then stores the answer (release). It must answer every question, soon, and not before it has taken the entry out of the ring. Where the
 * ring has no room, or the frame's pages are not in a row, the thread comes home instead of asking. Any other answer is MIG_COME_HOME.
 */
enum mig_answer {
  MIG_NOT_ASKED = 0,
  MIG_ASKED = 1,     /* firmware: the frame is the supervisor's */
  MIG_GO_ON = 2,     /* supervisor: served; go on there with the registers of the frame (a recall that came meanwhile still counts) */
  MIG_COME_HOME = 3, /* supervisor: not served; a completion with the same reason follows, as if it had not asked */
};

/* Why a thread came back: the mcause of its synchronous exception (8: system call), or this. */
#define MIG_REASON_RECALL 0x1000
/* mcause of a hint instruction (extension Xharthint): tval is the instruction. */
#define MIG_CAUSE_HINT 24

enum mig_place {
  MIG_UNKNOWN = 0,
  MIG_QUEUED = 1,
  MIG_RUNNING = 2,
  MIG_RETURNING = 3,
};

enum mig_hint {
  MIG_WILL_NEED = 1,
  MIG_WONT_NEED = 2,
};

/*
 * A thread's scalar registers. The caller's to read and write again once the thread's completion is in the
 * ring. 8-byte aligned.
 */
struct mig_frame {
  uint64_t epc;
  uint64_t x[31]; /* x1 to x31 */
  uint64_t f[32];
  uint64_t fcsr;
  volatile uint32_t answer; /* enum mig_answer */
  uint32_t reserved;
};

/* What a save area is worth: the word with which each begins. */
enum mig_state_word {
  MIG_STATE_UNSUPPORTED = 0, /* never had any: arrives with zeroed registers (and vill) */
  MIG_STATE_LIVE = 1,        /* in the accelerator hart's registers; this memory is old */
  MIG_STATE_SAVED = 2,       /* in this memory. Who changes the memory sets this: lazy restore would miss it */
  MIG_STATE_RESIDENT = 3,    /* in this memory, and still in the registers of the hart it left */
  MIG_STATE_DISCARDED = 4,   /* clobbered by a system call, as the ABI of vectors has it: arrives with registers of all ones and vill */
};

/*
 * The save area of a class whose registers are declared as a unit (isa/types.ts): its registers in the order in which they are declared,
 * files first, then CSRs. 16-byte aligned.
 */
struct mig_state {
  uint32_t state; /* enum mig_state_word */
  uint32_t reserved;
  uint64_t stamp; /* as below */
  uint64_t word[];
};

/* Bytes of a save area of that many words. */
#define MIG_STATE_BYTES(words) (sizeof(struct mig_state) + 8 * (uint64_t)(words))

/*
 * A thread's vector registers and their state word. Followed by 32 * vlenb bytes: v0 to v31. 16-byte aligned.
 */
struct mig_vector_state {
  uint32_t state; /* enum mig_state_word */
  uint32_t vlenb; /* of the hart that saved it */
  uint64_t vstart;
  uint64_t vl;
  uint64_t vtype;
  uint64_t vcsr;
  uint64_t stamp; /* firmware's name for this save: a hart whose registers still are this save isn't reloaded */
  uint8_t registers[];
};

/* Bytes of a save area for harts of up to this vlenb. */
#define MIG_VECTOR_BYTES(vlenb) (sizeof(struct mig_vector_state) + 32 * (uint64_t)(vlenb))

struct mig_completion {
  uint64_t tid;
  uint64_t reason;       /* mcause, or MIG_REASON_RECALL */
  uint64_t tval;         /* mtval of the exception */
  uint64_t hart;         /* id of the accelerator hart; where it was queued when recalled before it ran */
  uint64_t cycles;       /* spent in the thread on that hart, */
  uint64_t instructions; /* and retired by it; both 0 when it never ran */
  uint64_t state;        /* enum mig_state_word, as in the save area of its class */
  uint64_t flags;        /* enum mig_entry_flags */
};

enum mig_entry_flags {
  MIG_ENTRY_QUEUED = 1, /* it was recalled before it ran */
  MIG_ENTRY_ASKS = 2,   /* no completion: it stays and waits for enum mig_answer */
  MIG_ENTRY_FLOATS = 4, /* its f registers or fcsr are other than those it left with (else the frame's are as they were) */
};

/*
 * The completion ring of a hart, in supervisor memory, 64-byte aligned. Indices run freely; an entry's place
 * is its index modulo the number of entries. Empty when head == tail. Firmware writes entry, then tail; the
 * supervisor reads tail, then entries, then writes head.
 */
struct mig_ring {
  volatile uint32_t head; /* supervisor: next entry to read */
  volatile uint32_t tail; /* firmware: next entry to write */
  uint32_t reserved[14];
  struct mig_completion entry[];
};

#define MIG_RING_BYTES(entries) (sizeof(struct mig_ring) + (uint64_t)(entries) * sizeof(struct mig_completion))

_Static_assert(sizeof(struct mig_frame) == 66 * 8, "mig_frame is 66 double-words");
_Static_assert(sizeof(struct mig_vector_state) == 48, "vector registers start at byte 48");
_Static_assert(sizeof(struct mig_completion) == 64, "a completion is one cache line");
_Static_assert(sizeof(struct mig_ring) == 64, "the ring's entries start on a cache line");

#endif
#endif
