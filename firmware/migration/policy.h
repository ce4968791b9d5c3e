/* Which accelerator hart a thread goes to. `migrate.policy=` in the boot arguments chooses. */
#ifndef POLICY_H
#define POLICY_H

#include "class.h"

struct policy {
  const char *name;
  /*
   * Index of one of the harts whose VLEN suits the thread, or -1 when there is none; not one of the mask `refused`, which had no room.
   */
  int (*choose)(const struct task *task, const struct hart_list *harts, uint64_t refused);
};

void policy_init(const char *bootargs);

/* What the policy in force chooses; as `choose`. */
int policy_choose(const struct task *task, const struct hart_list *harts, uint64_t refused);

/* The same for a guest: a hart with nothing at all to do. */
int policy_choose_idle(const struct task *task, const struct hart_list *harts, uint64_t refused);

#endif
