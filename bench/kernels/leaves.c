/* A loop whose functions lie in other pages, as those of a library do. */
#include "kernels.h"

#define AWAY __attribute__((noinline, aligned(4096)))

static AWAY uint64_t spread(uint64_t x)
{
	x ^= x >> 31;
	x *= 0x9e3779b97f4a7c15;
	return x ^ x >> 27;
}

static AWAY uint64_t least(const uint64_t *values, unsigned place)
{
	uint64_t a = values[place & 63], b = values[place >> 6 & 63];

	return a < b ? a : b;
}

AWAY uint64_t leaves(int rounds)
{
	static uint64_t values[64];
	uint64_t sum = 1;

	for (int n = 0; n < rounds * 1000; n++) {
		sum = spread(sum + n);
		values[n & 63] = sum;
		sum += least(values, sum & 0xfff);
	}
	return sum;
}
