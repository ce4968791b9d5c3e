#include "accelerator.h"

#include "../csr.h"
#include "../ipi.h"
#include "../trap.h"
#include "ask.h"
#include "class.h"
#include "hint.h"
#include "load.h"
#include "origin.h"
#include "registers.h"
#include "transport.h"

static uint64_t asid_of(uint64_t satp) { return satp >> 44 & 0xffff; }

/* A message may interrupt this hart from now on, or no longer: while it waits, or runs a guest. */
static void listen(struct hart *self, bool on) {
  if (self->accelerator.listening == on) return;
  self->accelerator.listening = on;
  if (transport->listen) transport->listen(on);
}

/* The thread is no longer this hart's business; its registers are in memory. */
static void go_home(struct task *task, uint64_t reason, uint64_t value) {
  struct hart *self = hart_self();
  self->accelerator.current = NULL;
  task->reason = reason;
  task->value = value;
  load_remove(self, task);
  origin_complete(task);
}

/*
 * The thread trapped (cause of the privileged specification) or is stopped (MIG_REASON_RECALL), and its x registers are in its frame: save
 * the others and send it home.
 */
static void leave(uint64_t reason, uint64_t value) {
  struct accelerator *here = &hart_self()->accelerator;
  struct task *task = here->current;
  task->cycles = csr_read(mcycle) - here->start_cycle;
  task->instructions = csr_read(minstret) - here->start_instret;
  /* What the thread has not changed is in the frame already. */
  if ((csr_read(mstatus) & STATUS_FS) == STATUS_FS) {
    float_store(task->frame->f);
    task->floats = true;
  }
  bool may_discard = task->class->clobbered && !(task->flags & MIG_KEEP_OVER_SYSCALL);
  task->class->save(task, may_discard && reason == CAUSE_ECALL_U);
  go_home(task, reason, value);
}

/* Load the thread's state into this hart, but for what the exit loads from its frame. False: it can't run here. */
static bool enter(struct hart *self, struct task *task) {
  struct accelerator *here = &self->accelerator;
  csr_write(satp, task->satp);
  /* An unsupported mode leaves satp as it was: the thread would run in another's memory. */
  if (csr_read(satp) >> 60 != task->satp >> 60) return false;
  /*
   * The kernel's own local fences never reach this hart (it can't name it), so what it cached of this address
   * space is old by now. Instructions too, unless the kernel says that it sends remote fences for those. This comes after `current`:
   * see accelerator_concerned.
   */
  __asm__ volatile("sfence.vma zero, %0" : : "r"(asid_of(task->satp)) : "memory");
  if (!(task->flags & MIG_CODE_CURRENT) || here->code_changed) {
    here->code_changed = false;
    fence_all();
    __asm__ volatile("fence.i" ::: "memory");
  }
  csr_write(scounteren, task->counters);
  if (self->environment) csr_write(0x10a, task->environment); /* senvcfg */

  csr_write(mstatus, here->status | STATUS_FS);
  if (isa_has(self->isa, ISA_D)) float_load(task->frame->f);
  task->class->load(task);
  csr_write(mstatus, here->status | STATUS_FS_CLEAN | task->class->status);
  return true;
}

/* The next thread that runs here. Those that were recalled while they waited go straight home, and guests for whom there is no room. */
static struct task *take(struct hart *self) {
  struct accelerator *here = &self->accelerator;
  for (struct task *task; (task = transport->receive(self));) {
    /*
     * Current before the look at `recall`: who recalls it sets that first and then sends an interrupt, which
     * finds the thread here.
     */
    here->current = task;
    __atomic_store_n(&task->place, MIG_RUNNING, __ATOMIC_SEQ_CST);
    bool guest = task_is_guest(task);
    listen(self, guest);
    fence_all();
    if (__atomic_load_n(&task->recall, __ATOMIC_RELAXED) || (guest && load_waits(self))) {
      go_home(task, MIG_REASON_RECALL, 0);
    } else if (enter(self, task)) {
      return task;
    } else {
      go_home(task, CAUSE_FETCH_ACCESS, task->frame->epc);
    }
  }
  return NULL;
}

/* What mstatus is while a thread runs: U-mode, S-mode interrupts of no interest. */
static uint64_t thread_status(void) {
  uint64_t off = STATUS_MPP | STATUS_MPRV | STATUS_SUM | STATUS_MXR | STATUS_FS | STATUS_VS | STATUS_MIE;
  return (csr_read(mstatus) & ~off) | STATUS_MPIE;
}

/* Threads that arrived, on any hart. */
static uint64_t arrivals;

struct mig_frame *accelerator_wait(void) {
  struct hart *self = hart_self();
  struct accelerator *here = &self->accelerator;
  if (!here->status) here->status = thread_status();
  for (;;) {
    struct task *task = take(self);
    if (task) {
      task->ran = true;
      here->last_tid = task->tid;
      __atomic_store_n(&here->since, __atomic_add_fetch(&arrivals, 1, __ATOMIC_RELAXED), __ATOMIC_RELAXED);
      self->frame = task->frame;
      here->start_cycle = csr_read(mcycle);
      here->start_instret = csr_read(minstret);
      return task->frame;
    }
    listen(self, true);
    fence_all();
    /*
     * Interrupts are off in M-mode; a pending one ends the WFI all the same, and one that came before it
     * makes it a no-op. Who sent a message before it saw this hart listen did not interrupt it: hence the look.
     */
    if (!transport->waiting(self)) wait_for_interrupt();
    if (csr_read(mip) & 1 << INTERRUPT_MS) ipi_take();
  }
}

static void interrupt(struct hart *self, uint64_t number) {
  if (number == INTERRUPT_MS) ipi_take();
  /* A message, while a guest runs: the interrupt stays pending until it was received. */
  if (number == INTERRUPT_MAILBOX && !load_waits(self)) transport->tidy(self);
  struct task *task = self->accelerator.current;
  if (task && task_is_guest(task) && load_waits(self)) leave(MIG_REASON_RECALL, 0);
}

struct mig_frame *accelerator_trap(struct mig_frame *frame) {
  struct hart *self = hart_self();
  struct task *task = self->accelerator.current;
  uint64_t cause = csr_read(mcause), value = csr_read(mtval);
  if (csr_read(mstatus) & STATUS_MPP) trap_panic(cause, value, csr_read(mepc), 0);
  if (cause & CAUSE_INTERRUPT) {
    interrupt(self, cause & ~CAUSE_INTERRUPT);
    return self->accelerator.current ? frame : NULL;
  }
  if (cause == MIG_CAUSE_HINT) {
    frame->epc += 4;
    if (!hint_ends(task, value)) return frame;
  } else if (ask_wanted(task, cause)) {
    if (ask(task, cause, value)) {
      if (!__atomic_load_n(&task->recall, __ATOMIC_ACQUIRE) && !(task_is_guest(task) && load_waits(self))) return frame;
      cause = MIG_REASON_RECALL;
      value = 0;
    }
  }
  leave(cause, value);
  return NULL;
}

void accelerator_recalled(void) {
  struct hart *self = hart_self();
  struct task *task = self->accelerator.current;
  if (transport->tidy) transport->tidy(self);
  if (!task || self->accelerator.asking) return;
  if (__atomic_load_n(&task->recall, __ATOMIC_ACQUIRE)) leave(MIG_REASON_RECALL, 0);
}

/* Does the fence concern threads with this satp? */
static bool covers(const struct fence_request *request, uint64_t satp) {
  return request->kind != FENCE_VMA_ASID || request->asid == asid_of(satp);
}

void accelerator_fenced(const struct fence_request *request) {
  struct accelerator *here = &hart_self()->accelerator;
  /* One that waits for an answer does not run, and its hart fences now. */
  if (here->current && !here->asking && covers(request, here->current->satp)) leave(MIG_REASON_RECALL, 0);
}

bool accelerator_concerned(struct hart *hart, const struct fence_request *request) {
  struct accelerator *there = &hart->accelerator;
  if (request->kind == FENCE_I) __atomic_store_n(&there->code_changed, true, __ATOMIC_RELAXED);
  /*
   * The supervisor's page tables and instructions, and the word above, before the look at `current`. A hart that takes a thread after
   * this look fences after it took it, and sees them.
   */
  fence_all();
  const struct task *task = __atomic_load_n(&there->current, __ATOMIC_ACQUIRE);
  return task && covers(request, task->satp);
}
