/** The console: standard input and output of the user's program. A 16550 UART where there is one, else the SBI debug console. */
#pragma once
#include "task.h"
#include "tree.h"

void console_found(struct node n);
/** Receive by interrupt on this hart. */
void console_listen(uint32_t hart);
void console_write(const char *bytes, uint64_t length);
/**
 * Take up to `length` received bytes, waiting for the first. Ctrl-D is the end of the input.
 * @return bytes taken, 0 at the end, -EINTR when a signal came first
 */
int64_t console_read(char *bytes, uint64_t length);
/** Can console_read give something at once? */
bool console_ready(void);
/** Wait until it can, until a time in ticks, or until a signal. */
enum woken console_wait(uint64_t deadline);
/** Use the SBI debug console even where there is a UART. */
void console_use_sbi(void);
/** Serve the UART's interrupt, or look for input where there is none. */
void console_receive(void);
/** The UART's interrupt number, 0 for none. */
uint32_t console_irq(void);
/** Must input be looked for at the timer, and does someone wait for it? */
bool console_polled(void);
