/* Traps taken in M-mode. */
#ifndef TRAP_H
#define TRAP_H

#include "hart.h"

void trap(struct regs *regs);

/* Hand the trap to the supervisor as if the hart had delegated it. */
void trap_redirect(struct regs *regs, uint64_t cause, uint64_t value);

#endif
