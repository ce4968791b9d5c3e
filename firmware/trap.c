#include "trap.h"

#include "access.h"
#include "console.h"
#include "csr.h"
#include "ipi.h"
#include "migration/origin.h"
#include "timer.h"

extern uint8_t unsafe_start[], unsafe_end[], unsafe_caught[];

_Noreturn void trap_panic(uint64_t cause, uint64_t value, uint64_t pc, uint64_t ra) {
  console_print("firmware: hart %d: unexpected trap in M-mode: cause %x, value %x, pc %x, ra %x\n",
                (uint64_t)hart_self()->id, cause, value, pc, ra);
  csr_write(mie, 0);
  for (;;) wait_for_interrupt();
}

static _Noreturn void panic(const struct regs *regs) {
  trap_panic(regs->cause, regs->tval, regs->epc, regs->x[REG_RA]);
}

void trap_redirect(struct regs *regs, uint64_t cause, uint64_t value) {
  uint64_t status = regs->status, previous = (status & STATUS_MPP) >> 11;
  csr_write(scause, cause);
  csr_write(stval, value);
  csr_write(sepc, regs->epc);
  status &= ~(uint64_t)(STATUS_SPP | STATUS_SPIE | STATUS_MPP);
  if (previous) status |= STATUS_SPP;
  if (status & STATUS_SIE) status |= STATUS_SPIE;
  status &= ~(uint64_t)STATUS_SIE;
  regs->status = status | STATUS_MPP_S;
  /* Exceptions go to the base even of a vectored stvec. */
  regs->epc = csr_read(stvec) & ~3ull;
}

/*
 * `rdtime` on a hart without the time CSR; nothing else is emulated. True: done. Where the CSR is there illegal instructions do not come
 * here: the supervisor gets them itself (init.c).
 */
static bool emulate_time(struct regs *regs) {
  struct hart *self = hart_self();
  uint32_t word;
  if (!self->mtime) return false;
  if (unsafe_fetch(regs->epc, &word, (regs->status & STATUS_MPP) >> 11)) return false;
  /* csrrs rd, time, x0 */
  if ((word & 0xfffff07f) != 0xc0102073) return false;
  uint32_t rd = word >> 7 & 31;
  if (rd) regs->x[rd - 1] = *self->mtime;
  regs->epc += 4;
  return true;
}

static void interrupt(struct regs *regs, uint64_t number) {
  switch (number) {
    case INTERRUPT_MS:
      ipi_take();
      break;
    case INTERRUPT_MT:
      timer_expired();
      break;
    default:
      panic(regs);
  }
}

/* Environment calls of S-mode go to sbi_call, by entry.S. */
static void exception(struct regs *regs) {
  if (regs->cause == CAUSE_ILLEGAL && emulate_time(regs)) return;
  trap_redirect(regs, regs->cause, regs->tval);
}

void trap(struct regs *regs) {
  if ((regs->status & STATUS_MPP) == STATUS_MPP) {
    bool expected = regs->epc >= (uint64_t)unsafe_start && regs->epc < (uint64_t)unsafe_end;
    if (regs->cause & CAUSE_INTERRUPT || !expected) panic(regs);
    regs->x[REG_A(0)] = regs->cause + 1;
    regs->epc = (uint64_t)unsafe_caught;
    return;
  }
  if (regs->cause & CAUSE_INTERRUPT)
    interrupt(regs, regs->cause & ~CAUSE_INTERRUPT);
  else
    exception(regs);
  origin_look();
}
