#include "accelerator.h"

#include "../csr.h"
#include "../ipi.h"
#include "../text.h"
#include "class.h"
#include "origin.h"
#include "registers.h"
#include "transport.h"

static uint64_t asid_of(uint64_t satp) { return satp >> 44 & 0xffff; }

/* Load the thread's state into this hart; the return from the trap enters it. False: it can't run here. */
static bool enter(struct regs *regs, struct task *task) {
  csr_write(satp, task->satp);
  /* An unsupported mode leaves satp as it was: the thread would run in another's memory. */
  if (csr_read(satp) >> 60 != task->satp >> 60) return false;
  /*
   * The kernel's own local fences never reach this hart (it can't name it), so what it cached of this address
   * space is old by now. Instructions too, unless the kernel says that it sends remote fences for those.
   */
  __asm__ volatile("sfence.vma zero, %0" : : "r"(asid_of(task->satp)) : "memory");
  if (!(task->flags & MIG_CODE_CURRENT)) __asm__ volatile("fence.i" ::: "memory");
  csr_write(scounteren, task->counters);
  probe_senvcfg(task->environment);

  if (isa_has(hart_self()->isa, ISA_D)) {
    csr_set(mstatus, STATUS_FS);
    float_load(task->frame.f);
  }
  csr_clear(mstatus, STATUS_VS);
  task->class->load(task);
  copy(regs, &task->frame, sizeof(uint64_t) * 32);
  /* To U-mode, S-mode interrupts of no interest, FS and VS as the class needs them. */
  uint64_t off = STATUS_MPP | STATUS_MPRV | STATUS_SUM | STATUS_MXR | STATUS_VS | STATUS_MIE;
  regs->status = (csr_read(mstatus) & ~off) | STATUS_FS | STATUS_MPIE | task->class->status;
  return true;
}

static void go_home(struct task *task, uint64_t reason, uint64_t value) {
  struct hart *self = hart_self();
  self->accelerator.current = NULL;
  task->reason = reason;
  task->value = value;
  __atomic_store_n(&task->place, MIG_RETURNING, __ATOMIC_RELEASE);
  __atomic_fetch_sub(&self->accelerator.load, 1, __ATOMIC_RELAXED);
  origin_send(task);
}

void accelerator_leave(struct regs *regs, uint64_t reason, uint64_t value) {
  struct accelerator *here = &hart_self()->accelerator;
  struct task *task = here->current;
  task->cycles = csr_read(mcycle) - here->start_cycle;
  task->instructions = csr_read(minstret) - here->start_instret;
  copy(&task->frame, regs, sizeof(uint64_t) * 32);
  if (isa_has(hart_self()->isa, ISA_D)) {
    csr_set(mstatus, STATUS_FS);
    float_store(task->frame.f);
  }
  bool may_discard = task->class->clobbered && !(task->flags & MIG_KEEP_OVER_SYSCALL);
  task->class->save(task, may_discard && reason == CAUSE_ECALL_U);
  go_home(task, reason, value);
}

/* The next thread that runs here. Those that were recalled while they waited go straight home. */
static struct task *take(struct regs *regs) {
  struct hart *self = hart_self();
  for (struct task *task; (task = transport->receive(self));) {
    /*
     * Current before the look at `recall`: who recalls it sets that first and then sends an interrupt, which
     * finds the thread here.
     */
    self->accelerator.current = task;
    __atomic_store_n(&task->place, MIG_RUNNING, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&task->recall, __ATOMIC_SEQ_CST)) {
      go_home(task, MIG_REASON_RECALL, 0);
    } else if (enter(regs, task)) {
      return task;
    } else {
      go_home(task, CAUSE_FETCH_ACCESS, task->frame.epc);
    }
  }
  return NULL;
}

void accelerator_next(struct regs *regs) {
  struct hart *self = hart_self();
  struct accelerator *here = &self->accelerator;
  if (here->current) return;
  for (struct task *task;;) {
    if ((task = take(regs))) {
      task->ran = true;
      here->last_tid = task->tid;
      here->start_cycle = csr_read(mcycle);
      here->start_instret = csr_read(minstret);
      return;
    }
    __atomic_store_n(&here->idle, true, __ATOMIC_SEQ_CST);
    /*
     * Interrupts are off in M-mode; a pending one ends the WFI all the same, and one that came before it
     * makes it a no-op.
     */
    wait_for_interrupt();
    __atomic_store_n(&here->idle, false, __ATOMIC_SEQ_CST);
    ipi_take(regs);
  }
}

void accelerator_recalled(struct regs *regs) {
  struct task *task = hart_self()->accelerator.current;
  if (task && regs && __atomic_load_n(&task->recall, __ATOMIC_ACQUIRE)) accelerator_leave(regs, MIG_REASON_RECALL, 0);
}

void accelerator_fenced(struct regs *regs, const struct fence_request *request) {
  struct task *task = hart_self()->accelerator.current;
  if (!task || !regs) return;
  if (request->kind == FENCE_VMA_ASID && request->asid != asid_of(task->satp)) return;
  accelerator_leave(regs, MIG_REASON_RECALL, 0);
}
