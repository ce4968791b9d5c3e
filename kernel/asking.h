/**
 * Serving a task where it is: its system calls and page faults come as questions from the accelerator hart (docs/migration.md, "Asking"), and
 * which tasks ask rather than come home.
 */
#pragma once
#include <migration.h>
#include <stdbool.h>
#include <stdint.h>

struct task;

/** How a task's system calls and page faults are served while it is away. AUTO: asked while it would go straight out again. */
enum asking { MOVE, ASK, AUTO };

/** What a task wants of its migrations; its children inherit it. */
struct wishes {
  uint8_t calls;  /* enum asking */
  uint8_t faults; /* MOVE or ASK */
};

/** How often it asked and went; for AUTO, and for debuggers. */
struct asked {
  uint64_t trips, calls, faults; /* all that there were */
  uint32_t calls_in_a_row;       /* asked since it left */
  bool would_sleep;              /* the call that it asks for now, see sleep_on */
  uint64_t home_cycle;           /* when it came home for a system call; 0: never */
};

/** Read the boot words migrate.calls= and migrate.faults=. */
void asking_init(void);
/** What tasks want that say nothing. */
struct wishes asking_default(void);
/** Flags of enum mig_flags for a task that is about to leave. */
uint64_t asking_flags(struct task *t);
/** The firmware does not know these flags: do without from now on. @return false when there are none of ours among them */
bool asking_refused(uint64_t *flags);
/** It came home: take note of why. */
void asking_home(struct task *t, uint64_t reason);
/** Serve and answer a task's question. @param wanted do others wait for the class of hart that it occupies? */
void asking_serve(struct task *t, const struct mig_completion *question, bool wanted);
