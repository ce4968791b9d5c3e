/* The console: a 16550 UART (TI PC16550D data sheet, section 8). */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "tree.h"

/* Take a UART of the device tree as the console, if there is none yet. */
void console_read(const struct tree *tree, const struct node *node, const char *kind);

/* All bytes together: what another hart writes comes before or after. */
void console_write(const uint8_t *bytes, uint64_t count);
/* A byte that has come, or -1. */
int console_get(void);

/* %s, %d (signed), %x (hexadecimal); all numbers 64 bits wide. */
void console_print(const char *format, ...);

#endif
