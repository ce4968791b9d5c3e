/* A walk through a shuffled list that fills 256 KiB: nothing but loads that wait for each other. */
#include "kernels.h"

#define COUNT 32768

static uint64_t next[COUNT];

uint64_t chase(int rounds)
{
	uint32_t state = 11;
	uint64_t at = 0, sum = 0;

	for (int n = 0; n < COUNT; n++)
		next[n] = n;
	/* One cycle through all (Sattolo's shuffle). */
	for (int n = COUNT - 1; n > 0; n--) {
		int other = next_random(&state) % n;
		uint64_t swapped = next[n];

		next[n] = next[other];
		next[other] = swapped;
	}
	for (int64_t n = 0; n < (int64_t)rounds * COUNT; n++) {
		at = next[at];
		sum += at ^ n;
	}
	return sum;
}
