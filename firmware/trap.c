#include "trap.h"

#include "access.h"
#include "console.h"
#include "csr.h"
#include "ipi.h"
#include "migration/accelerator.h"
#include "migration/origin.h"
#include "sbi/sbi.h"
#include "timer.h"

extern uint8_t unsafe_start[], unsafe_end[], unsafe_caught[];

static _Noreturn void panic(const struct regs *regs) {
  console_print("firmware: hart %d: unexpected trap in M-mode: cause %x, value %x, pc %x, ra %x\n",
                (uint64_t)hart_self()->id, regs->cause, regs->tval, regs->epc, regs->x[REG_RA]);
  csr_write(mie, 0);
  for (;;) wait_for_interrupt();
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

/* `rdtime` on a hart without the time CSR; nothing else is emulated. True: done. */
static bool emulate_time(struct regs *regs) {
  struct hart *self = hart_self();
  uint32_t word;
  if (!self->mtime || !probe_time()) return false;
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
      ipi_take(regs);
      break;
    case INTERRUPT_MT:
      timer_expired();
      break;
    default:
      panic(regs);
  }
}

static void exception(struct regs *regs) {
  if (hart_is_accelerator(hart_self())) {
    accelerator_leave(regs, regs->cause, regs->tval);
    return;
  }
  switch (regs->cause) {
    case CAUSE_ECALL_S:
      sbi_call(regs);
      break;
    case CAUSE_ILLEGAL:
      if (emulate_time(regs)) break;
      /* fallthrough */
    default:
      trap_redirect(regs, regs->cause, regs->tval);
  }
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
  if (hart_is_accelerator(hart_self()))
    accelerator_next(regs);
  else
    origin_deliver();
}
