/* Kernels, each of another temper; each returns a checksum that depends on all it did. */
#ifndef KERNELS_H
#define KERNELS_H

#include <stdint.h>

uint64_t branchy(int rounds);
uint64_t bytecode(int rounds);
uint64_t calls(int rounds);
uint64_t chase(int rounds);
uint64_t crc(int rounds);
uint64_t fractal(int rounds);
uint64_t leaves(int rounds);
uint64_t locks(int rounds);
uint64_t matrix(int rounds);
uint64_t methods(int rounds);
uint64_t orbits(int rounds);
uint64_t scatter(int rounds);
uint64_t sieve(int rounds);
uint64_t sort(int rounds);
uint64_t strings(int rounds);
uint64_t triad(int rounds);

/* A reproducible stream of numbers (xorshift, Marsaglia 2003). */
static inline uint32_t next_random(uint32_t *state)
{
	uint32_t x = *state;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return *state = x;
}

#endif
