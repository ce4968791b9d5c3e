#include "policy.h"

#include "../text.h"

/* First in, first out: threads go to the harts in turn, whatever these have to do. */
static struct hart *choose_in_turn(const struct task *task, struct hart *const *candidates, uint32_t count) {
  static uint32_t last;
  /*
   * The next index after the last one, and past the end the lowest. Two harts that choose at once may choose
   * the same: no harm.
   */
  struct hart *next = NULL, *lowest = candidates[0];
  for (uint32_t i = 0; i < count; i++) {
    struct hart *hart = candidates[i];
    if (hart->index > last && (!next || hart->index < next->index)) next = hart;
    if (hart->index < lowest->index) lowest = hart;
  }
  if (!next) next = lowest;
  last = next->index;
  return next;
}

static struct hart *choose_least_loaded(const struct task *task, struct hart *const *candidates, uint32_t count) {
  struct hart *best = candidates[0];
  for (uint32_t i = 1; i < count; i++)
    if (candidates[i]->accelerator.load < best->accelerator.load) best = candidates[i];
  return best;
}

/*
 * Back to where it was last, whose registers may still be its own, unless another hart has less to do by more
 * than one thread.
 */
static struct hart *choose_sticky(const struct task *task, struct hart *const *candidates, uint32_t count) {
  struct hart *best = choose_least_loaded(task, candidates, count);
  for (uint32_t i = 0; i < count; i++) {
    const struct accelerator *it = &candidates[i]->accelerator;
    if (it->last_tid == task->tid && it->load <= best->accelerator.load + 1) return candidates[i];
  }
  return best;
}

static const struct policy policies[] = {
    {"sticky", choose_sticky},
    {"least-loaded", choose_least_loaded},
    {"fifo", choose_in_turn},
};
const struct policy *policy = &policies[0];

void policy_init(const char *bootargs) {
  for (unsigned i = 0; i < sizeof policies / sizeof *policies; i++)
    if (word_is(bootargs, "migrate.policy", policies[i].name)) policy = &policies[i];
}
