#include "asking.h"
#include "bootargs.h"
#include "calls.h"
#include "migrate.h"
#include "space.h"
#include "trap.h"

enum {
  /* A task that needs the accelerator again so soon after a system call does better to ask: moving costs about 2,000 cycles. */
  THRASHING_CYCLES = 10000,
  /* After so many calls in a row it may have stopped computing and be better off at home. If it was not, it is out again at once. */
  MOST_CALLS = 32,
  /* While others wait for its hart it may ask until it had it for so long, some times what a trip costs. */
  FAIR_CYCLES = 10000,
};

static struct wishes initial = {.calls = AUTO, .faults = ASK};
/** Flags that the firmware takes. */
static uint64_t known = MIG_ASK_FOR_CALLS | MIG_ASK_FOR_FAULTS;

void asking_init(void) {
  if (bootargs_have("migrate.calls=move")) initial.calls = MOVE;
  if (bootargs_have("migrate.calls=ask")) initial.calls = ASK;
  if (bootargs_have("migrate.faults=move")) initial.faults = MOVE;
}

struct wishes asking_default(void) { return initial; }

/** Was it at home for a moment only? */
static bool thrashes(const struct task *t) {
  return t->asked.home_cycle && csr_read(cycle) - t->asked.home_cycle < THRASHING_CYCLES;
}

uint64_t asking_flags(struct task *t) {
  uint64_t flags = 0;
  if (t->wishes.calls == ASK || (t->wishes.calls == AUTO && thrashes(t))) flags |= MIG_ASK_FOR_CALLS;
  if (t->wishes.faults == ASK) flags |= MIG_ASK_FOR_FAULTS;
  t->asked.calls_in_a_row = 0;
  return flags & known;
}

bool asking_refused(uint64_t *flags) {
  if (!(*flags & known)) return false;
  *flags &= ~known;
  known = 0;
  return true;
}

void asking_home(struct task *t, uint64_t reason) {
  if (reason == CAUSE_ECALL_USER) t->asked.home_cycle = csr_read(cycle);
}

/** A system call: can it be served here, and is it to be? @param cycles that the task has had its hart */
static bool call(struct task *t, uint64_t cycles, bool wanted) {
  if (!call_may_be_asked(t)) return false;
  if (t->wishes.calls == AUTO && (t->asked.calls_in_a_row >= MOST_CALLS || (wanted && cycles >= FAIR_CYCLES))) return false;
  if (!system_call_asked(t)) return false;
  t->asked.calls_in_a_row++;
  t->asked.calls++;
  return true;
}

void asking_serve(struct task *t, const struct mig_completion *question, bool wanted) {
  struct task **here = &current_task[this_hart()->id], *interrupted = *here;
  bool served = false;
  *here = t; /* system calls and faults are the current task's */
  if (!signal_pending(t)) {
    if (question->reason == CAUSE_ECALL_USER)
      served = call(t, question->cycles, wanted);
    else if ((served = page_fault_served(t, question->reason, question->tval)))
      t->asked.faults++;
  }
  *here = interrupted;
  __atomic_store_n(&t->frame->registers.answer, served ? MIG_GO_ON : MIG_COME_HOME, __ATOMIC_RELEASE);
  /* A signal to itself, or a change of its mask that lets one in: it is delivered at home. */
  if (served && signal_pending(t)) migration_recall(t);
}
