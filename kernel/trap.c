#include "calls.h"
#include "console.h"
#include "hart.h"
#include "lock.h"
#include "migrate.h"
#include "plic.h"
#include "print.h"
#include "scheduler.h"
#include "space.h"
#include "state.h"
#include "trap.h"

void user_trap(void);
void user_returned(void);
_Noreturn void kernel_trap(struct frame *frame);
void before_user(void);

static void interrupt(uint64_t number) {
  if (number == migration_interrupt()) {
    csr_clear(sip, 1ull << number); /* before the look into the ring */
    migration_drain();
    return;
  }
  uint32_t hart = this_hart()->id, irq;
  switch (number) {
  case INTERRUPT_TIMER:
    scheduler_tick();
    return;
  case INTERRUPT_EXTERNAL:
    irq = plic_claim(hart);
    if (irq && irq == console_irq()) console_receive();
    if (irq) plic_complete(hart, irq);
    return;
  case INTERRUPT_SOFTWARE: /* a poke from another hart, which is answered at the trap's end */
    csr_clear(sip, 1ull << number);
    return;
  default:
    panic("interrupt %u, which nobody asked for", number);
  }
}

void interrupts_take(void) {
  for (uint64_t pending = csr_read(sip) & csr_read(sie); pending; pending &= pending - 1)
    interrupt((uint64_t)__builtin_ctzll(pending));
}

/** An exception of user code: what is to be done with the task. */
struct verdict {
  enum { GO_ON, SIGNAL, SEND } what;
  int signo, code; /* SIGNAL */
  int class;       /* SEND */
  bool early;      /* SEND: it could go on here too */
};

static const struct verdict go_on = {.what = GO_ON};
static struct verdict signal(int signo, int code) { return (struct verdict){.what = SIGNAL, .signo = signo, .code = code}; }

/** An illegal instruction: one that other harts have, the first vector instruction on this one, or really illegal. */
static struct verdict illegal(struct task *t, uint64_t bits, int class_refused) {
  const struct verdict nobodys = signal(SIGILL, ILL_ILLOPC);
  int class;
  if (!migration_class_of(t, bits, &class)) return signal(SIGSEGV, SEGV_MAPERR);
  if (class < 0 && class_refused >= 0) return go_on; /* this hart may have what that one lacks */
  if (class == class_refused) return nobodys; /* a hart of that class did not like it either */
  if (migration_offers(class)) return (struct verdict){.what = SEND, .class = class};
  if (class == MIG_CLASS_VECTOR && this_hart()->has_vector && !(csr_read(sstatus) & STATUS_VS))
    return vector_begin(t) ? go_on : signal(SIGKILL, SI_KERNEL);
  return nobodys;
}

static enum fault touch(struct task *t, uint64_t va, int access) {
  return va < USER_END ? space_fault(t->process->space, va, access) : FAULT_UNMAPPED;
}

bool page_fault_served(struct task *t, uint64_t cause, uint64_t va) {
  int access = cause == CAUSE_FETCH_PAGE ? PROT_EXEC : cause == CAUSE_LOAD_PAGE ? PROT_READ : cause == CAUSE_STORE_PAGE ? PROT_WRITE : 0;
  return access && touch(t, va, access) == FAULT_SERVED;
}

static struct verdict page_fault(struct task *t, uint64_t va, int access) {
  enum fault fault = touch(t, va, access);
  switch (fault) {
  case FAULT_SERVED:
    return go_on;
  case FAULT_NO_MEMORY:
    print("no memory left for task %d", (int64_t)t->tid);
    return signal(SIGKILL, SI_KERNEL);
  default:
    return signal(SIGSEGV, fault == FAULT_UNMAPPED ? SEGV_MAPERR : SEGV_ACCERR);
  }
}

/** It wants to be where this class is: now, where that makes nobody wait. */
static struct verdict soon(struct task *t, int class) {
  if (migration_has_idle(class)) return (struct verdict){.what = SEND, .class = class, .early = true};
  migration_hint(t, MIG_WILL_NEED, class);
  return go_on;
}

/** A hint instruction (isa/xharthint.ts): slti x0, x0, 2 * class + 1 for `soon`, + 2 for `done`. On accelerator hart the firmware stepped over it. */
static struct verdict hinted(struct task *t, uint64_t bits, int from) {
  uint64_t immediate = bits >> 20 & 0x7ff;
  if (from < 0) t->frame->registers.epc += 4;
  if (immediate % 2) return soon(t, (int)(immediate / 2));
  if (from < 0) migration_hint(t, MIG_WONT_NEED, (int)(immediate / 2) - 1);
  return go_on;
}

/** Judge an exception, taken on this hart or brought back from one of class `from` (-1: this hart). */
static struct verdict judge(struct task *t, uint64_t cause, uint64_t value, int from) {
  switch (cause) {
  case CAUSE_ECALL_USER:
    t->frame->registers.epc += 4;
    system_call(t);
    return t->leaves_for < 0 ? go_on : soon(t, t->leaves_for);
  case CAUSE_FETCH_PAGE:
    return page_fault(t, value, PROT_EXEC);
  case CAUSE_LOAD_PAGE:
    return page_fault(t, value, PROT_READ);
  case CAUSE_STORE_PAGE:
    return page_fault(t, value, PROT_WRITE);
  case CAUSE_ILLEGAL:
    return illegal(t, value, from);
  case CAUSE_BREAKPOINT:
    return signal(SIGTRAP, TRAP_BRKPT);
  case CAUSE_LOAD_MISALIGNED:
  case CAUSE_STORE_MISALIGNED:
  case 0: /* of a fetch */
    return signal(SIGBUS, BUS_ADRALN);
  case CAUSE_FETCH_ACCESS:
  case CAUSE_LOAD_ACCESS:
  case CAUSE_STORE_ACCESS:
    return signal(SIGSEGV, SEGV_ACCERR);
  case MIG_CAUSE_HINT:
    return hinted(t, value, from);
  case MIGRATION_REFUSED:
    return signal(SIGILL, ILL_ILLOPC);
  case MIG_REASON_RECALL: /* whoever recalled it left a signal, or only wanted it off that hart */
    return go_on;
  default:
    panic("exception %u from user mode at %x", cause, t->frame->registers.epc);
  }
}

/** Serve an exception of the current task, or send it where what it needs is. @param from as for `judge` */
static void serve(struct task *t, uint64_t cause, uint64_t value, int from) {
  uint64_t pc = t->frame->registers.epc;
  struct verdict v = judge(t, cause, value, from);
  if (v.what == GO_ON) return;
  if (v.what == SIGNAL) {
    bool of_instruction = cause == CAUSE_ILLEGAL || cause == CAUSE_BREAKPOINT;
    signal_fault(v.signo, v.code, of_instruction ? pc : value);
    return;
  }
  if (signal_pending(t)) return; /* first things first: it will trap here again */
  migration_send(t, v.class);    /* comes back only when it could not */
  if (!v.early) signal_fault(SIGILL, ILL_ILLOPC, pc);
}

/** From trap.S, for a trap out of user mode. */
void user_trap(void) {
  uint64_t cause = csr_read(scause), value = csr_read(stval);
  kernel_lock();
  struct task *t = current();
  t->in_call = false;
  t->leaves_for = -1;
  if (cause & CAUSE_INTERRUPT)
    interrupt(cause & ~CAUSE_INTERRUPT);
  else
    serve(t, cause, value, -1);
}

/** From trap.S, when a task is back that was away: what made it leave is served as if it had trapped here. */
void user_returned(void) {
  struct task *t = current();
  serve(t, t->completion.reason, t->completion.tval, t->sent_for);
}

/** From trap.S, for a trap out of the kernel, where no interrupt comes: a fault of the kernel. */
void kernel_trap(struct frame *frame) {
  panic("exception %u in the kernel at %x, value %x", csr_read(scause), frame->registers.epc, csr_read(stval));
}

/** From trap.S, last thing before user mode; gives the kernel lock back. */
void before_user(void) {
  for (;;) {
    struct task *t = current();
    if (t->process->dying) task_exit(t->process->status);
    if (this_hart()->reschedule || !mask_has(&t->affinity, this_hart()->id)) {
      yield();
      continue;
    }
    if (signal_pending(t)) {
      signal_deliver(t);
      continue;
    }
    signal_restart(t, true);
    if (list_empty(&this_hart()->ready)) break;
    migration_offer_guest(t);
    break;
  }
  csr_clear(sstatus, STATUS_SPP);
  csr_set(sstatus, STATUS_SPIE);
  kernel_unlock();
}
