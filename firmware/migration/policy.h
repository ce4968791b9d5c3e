/* Which accelerator hart a thread goes to. `migrate.policy=` in the boot arguments chooses. */
#ifndef POLICY_H
#define POLICY_H

#include "task.h"

struct policy {
  const char *name;
  /*
   * One of the candidates (at least one): harts of the class whose VLEN suits the thread. The caller asks
   * again with the rest when it has no room.
   */
  struct hart *(*choose)(const struct task *task, struct hart *const *candidates, uint32_t count);
};

extern const struct policy *policy;
void policy_init(const char *bootargs);

#endif
