/** The kernel's own words on the console. The console belongs to the user's program, so they are few. */
#pragma once

/** Formats: %s, %d and %u (64 bits), %x (64 bits). */
void print(const char *format, ...);
/** The same, only when the boot arguments hold `verbose`. */
void chat(const char *format, ...);
/** Say what is wrong and power off with a failure. */
_Noreturn void panic(const char *format, ...);

void print_be_verbose(void);
