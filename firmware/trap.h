/* Traps taken in M-mode. */
#ifndef TRAP_H
#define TRAP_H

#include "hart.h"

/* Every trap that entry.S does not serve itself, on harts that are no accelerators or not yet. */
void trap(struct regs *regs);

/* Leave firmware with these registers (entry.S). */
_Noreturn void trap_return(struct regs *regs);

/* A trap that firmware itself should not have caused. */
_Noreturn void trap_panic(uint64_t cause, uint64_t value, uint64_t pc, uint64_t ra);

/* Hand the trap to the supervisor as if the hart had delegated it. */
void trap_redirect(struct regs *regs, uint64_t cause, uint64_t value);

#endif
