/* HARTS harts share ROUNDS rounds of work among them; the first waits for the others and tells. */
#include "../kernels/kernels.h"
#include "../runtime/console.h"

static uint64_t sum;
static uint32_t done;

static uint64_t work(int rounds, uint32_t state)
{
	uint64_t all = 0;

	for (int n = 0; n < rounds * 1000; n++) {
		uint32_t random = next_random(&state);

		all += random & 64 ? random ^ all >> 3 : random * 7;
	}
	return all;
}

void other(uint32_t hart)
{
	__atomic_fetch_add(&sum, work(ROUNDS / HARTS, hart + 1), __ATOMIC_RELAXED);
	__atomic_fetch_add(&done, 1, __ATOMIC_RELEASE);
}

int main(void)
{
	other(0);
	while (__atomic_load_n(&done, __ATOMIC_ACQUIRE) < HARTS)
		__asm__ volatile(".word 0x0100000f"); /* pause */
	put_checksum(sum);
	return 0;
}
