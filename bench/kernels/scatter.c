/* Loads and stores at random places of 32 MiB: each in a page that no TLB has at hand. */
#include "kernels.h"

#define COUNT (1 << 22)

static uint64_t cells[COUNT];

uint64_t scatter(int rounds)
{
	uint32_t state = 23;
	uint64_t sum = 0;

	for (int n = 0; n < rounds * 100000; n++) {
		uint32_t at = next_random(&state) & (COUNT - 1);

		sum = sum * 3 + cells[at];
		cells[at ^ 0x12345] += at;
	}
	return sum;
}
