/** Numbers that look random. They come from the timer alone, so a machine that repeats its time repeats them. */
#pragma once
#include <stdint.h>

void random_bytes(void *to, uint64_t bytes);
