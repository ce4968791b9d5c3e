/** Waiting on a word of user memory. */
#pragma once
#include <stdint.h>

struct space;

/** Wake up to `count` tasks that wait at the address with any of these bits. @return how many */
int futex_wake(struct space *s, uint64_t va, int count, uint32_t bits);
