/**
 * The kernel lock. Whoever runs kernel code holds it, from trap entry to the return to user mode; only the idle loop gives it up
 * in between. Interrupts stay off all that time, so the holder is never interrupted and one lock needs no order.
 */
#pragma once

void kernel_lock(void);
void kernel_unlock(void);
