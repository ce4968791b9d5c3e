#include "policy.h"

#include "../text.h"
#include "area.h"
#include "hint.h"

/* A guest gives way, but not for nothing: it counts less than a thread. */
enum { GUEST = 1, THREAD = 2 };

/* What stands before this thread on that hart. A reservation for another counts as that one's being there. */
static inline uint32_t burden(const struct hart *hart, const struct task *task) {
  const struct accelerator *it = &hart->accelerator;
  uint32_t sum = THREAD * __atomic_load_n(&it->load, __ATOMIC_RELAXED) + GUEST * __atomic_load_n(&it->guests, __ATOMIC_RELAXED);
  return it->reserved_until && hint_reserved(hart, task->tid) ? sum + THREAD : sum;
}

static inline bool eligible(const struct hart_list *harts, uint32_t i, const struct task *task, uint64_t refused) {
  return !(refused >> i & 1) && (!task->vlenb || task->vlenb == harts->hart[i]->vlenb);
}

/* First in, first out: threads go to the harts in turn, whatever these have to do. */
static int choose_in_turn(const struct task *task, const struct hart_list *harts, uint64_t refused) {
  /* Two harts that choose at once may choose the same: no harm. */
  static uint32_t next[MIG_CLASS_COUNT];
  uint32_t *turn = &next[task->class->number];
  for (uint32_t n = 0; n < harts->count; n++) {
    uint32_t i = (*turn + n) % harts->count;
    if (!eligible(harts, i, task, refused)) continue;
    *turn = i + 1;
    return i;
  }
  return -1;
}

/*
 * The one with the least to do. Of equals that are idle each in its turn; else the one whose thread came first, which is likely to go first.
 * Were it any other, a thread could wait there while a hart becomes free that another thread then takes once more.
 */
static int choose_least_loaded(const struct task *task, const struct hart_list *harts, uint64_t refused) {
  static uint32_t turn;
  int best = -1;
  uint32_t least = UINT32_MAX;
  uint64_t first = UINT64_MAX;
  for (uint32_t n = 0, i = turn; n < harts->count && least; n++, i++) {
    if (i >= harts->count) i = 0;
    if (!eligible(harts, i, task, refused)) continue;
    const struct hart *hart = harts->hart[i];
    uint32_t it = burden(hart, task);
    uint64_t since = __atomic_load_n(&hart->accelerator.since, __ATOMIC_RELAXED);
    if (it > least || (it == least && since > first)) continue;
    least = it, first = since, best = i;
  }
  if (!least) turn = best + 1;
  return best;
}

/* Back to the hart whose registers still are its own, if it is idle: waiting costs more than loading them. */
static int choose_sticky(const struct task *task, const struct hart_list *harts, uint64_t refused) {
  for (uint32_t i = 0; task->stamp && i < harts->count; i++) {
    const struct hart *hart = harts->hart[i];
    if (!area_resident(task, hart, task->stamp)) continue;
    if (!burden(hart, task) && eligible(harts, i, task, refused)) return i;
    break;
  }
  return choose_least_loaded(task, harts, refused);
}

int policy_choose_idle(const struct task *task, const struct hart_list *harts, uint64_t refused) {
  int idle = choose_least_loaded(task, harts, refused);
  return idle >= 0 && burden(harts->hart[idle], task) ? -1 : idle;
}

static const struct policy policies[] = {
    {"sticky", choose_sticky},
    {"least-loaded", choose_least_loaded},
    {"fifo", choose_in_turn},
};
static const struct policy *policy = &policies[0];

int policy_choose(const struct task *task, const struct hart_list *harts, uint64_t refused) {
  if (harts->count == 1) return eligible(harts, 0, task, refused) ? 0 : -1;
  return policy->choose(task, harts, refused);
}

void policy_init(const char *bootargs) {
  for (unsigned i = 0; i < sizeof policies / sizeof *policies; i++)
    if (word_is(bootargs, "migrate.policy", policies[i].name)) policy = &policies[i];
}
