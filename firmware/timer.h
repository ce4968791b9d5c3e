/* The machine timer: the supervisor's deadline (unless the hart has Sstc) and firmware's own retries. */
#ifndef TIMER_H
#define TIMER_H

#include <stdint.h>

void timer_set(uint64_t deadline);
/* The machine timer interrupt was taken. */
void timer_expired(void);
/* Come back into firmware soon, because the completion ring is full. */
void timer_retry(void);

#endif
