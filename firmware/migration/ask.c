#include "ask.h"

#include "../csr.h"
#include "../ipi.h"
#include "origin.h"

/*
 * What the supervisor did for the thread reaches this hart's caches: it may have mapped the page, or filled it with code. Larger changes
 * are its own to fence.
 */
static void renew(const struct task *task, uint64_t cause, uint64_t value) {
  if (cause == CAUSE_ECALL_U) return;
  __asm__ volatile("sfence.vma %0, %1" : : "r"(value), "r"(task->satp >> 44 & 0xffff) : "memory");
  if (cause == CAUSE_FETCH_PAGE) __asm__ volatile("fence.i" ::: "memory");
}

bool ask(struct task *task, uint64_t cause, uint64_t value) {
  struct accelerator *here = &hart_self()->accelerator;
  struct mig_frame *frame = task->frame;
  /* The answer comes in the supervisor's own frame; a copy would not hear of it. */
  if (task->scattered && task->scattered->frame_copied) return false;
  task->reason = cause;
  task->value = value;
  task->cycles = csr_read(mcycle) - here->start_cycle;
  task->instructions = csr_read(minstret) - here->start_instret;
  here->asking = true;
  frame->answer = MIG_ASKED;
  uint32_t answer = MIG_NOT_ASKED;
  if (origin_ask(task)) {
    while ((answer = __atomic_load_n(&frame->answer, __ATOMIC_ACQUIRE)) == MIG_ASKED) {
      pause_hart();
      ipi_poll();
    }
  }
  frame->answer = MIG_NOT_ASKED;
  here->asking = false;
  /* The wait is not the thread's. */
  here->start_cycle = csr_read(mcycle) - task->cycles;
  here->start_instret = csr_read(minstret) - task->instructions;
  if (answer != MIG_GO_ON) return false;
  renew(task, cause, value);
  return true;
}
