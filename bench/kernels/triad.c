/* Three arrays of 8 MiB: memory as it streams by. */
#include "kernels.h"

#define COUNT (1 << 20)

static uint64_t a[COUNT], b[COUNT], c[COUNT];

uint64_t triad(int rounds)
{
	uint64_t sum = 0;

	for (int n = 0; n < COUNT; n++) {
		b[n] = n;
		c[n] = n * 7 + 1;
	}
	for (int round = 0; round < rounds; round++) {
		for (int n = 0; n < COUNT; n++)
			a[n] = b[n] + 3 * c[n];
		for (int n = 0; n < COUNT; n++)
			b[n] = a[n] ^ (c[n] >> 1);
		sum += a[round & (COUNT - 1)] + b[COUNT - 1 - round];
	}
	return sum;
}
