/* A lock by compare and swap, and counters by atomic operations; nobody else is there. */
#include "kernels.h"

static uint64_t counters[64];
static uint32_t lock;

uint64_t locks(int rounds)
{
	uint32_t state = 43;

	for (int n = 0; n < rounds * 100000; n++) {
		uint32_t random = next_random(&state), open = 0;

		while (!__atomic_compare_exchange_n(&lock, &open, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			open = 0;
		counters[random & 63] += random;
		__atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
		__atomic_fetch_add(&counters[random >> 26], 3, __ATOMIC_RELAXED);
	}
	uint64_t sum = 0;

	for (int n = 0; n < 64; n++)
		sum = sum * 31 + counters[n];
	return sum;
}
