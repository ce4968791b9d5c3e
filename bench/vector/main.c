/*
 * One vector kernel again and again over arrays that stay in the cache: COUNT elements of BITS bits; with FLOATS they are numbers that sums and
 * products of do not leave, most of them inexact.
 */
#include "../kernels/kernels.h"
#include "../runtime/console.h"

/* Of one of the .S files beside this. @return what is to go into the checksum */
uint64_t kernel(long count, void *z, const void *x, const void *y);

#define BYTES (COUNT * BITS / 8)

static union {
	uint8_t bytes[BYTES];
	uint32_t words[BYTES / 4];
	uint64_t longs[BYTES / 8];
	float floats[BYTES / 4];
	double doubles[BYTES / 8];
} x, y, z;

static void fill(void)
{
	uint32_t state = 41;

	for (int n = 0; n < BYTES; n++) {
		x.bytes[n] = next_random(&state) | 1;
		y.bytes[n] = next_random(&state) | 1;
	}
#if defined(FLOATS) && BITS == 32
	for (int n = 0; n < COUNT; n++) {
		x.floats[n] = (n % 1000 - 500) / 999.0f;
		y.floats[n] = (n % 777) / 778.0f;
	}
#elif defined(FLOATS)
	for (int n = 0; n < COUNT; n++) {
		x.doubles[n] = (n % 1000 - 500) / 999.0;
		y.doubles[n] = (n % 777) / 778.0;
	}
#elif defined(OFFSETS)
	for (int n = 0; n < COUNT; n++)
		y.words[n] = next_random(&state) % COUNT * 4;
#elif defined(TEXT)
	x.bytes[COUNT - 1] = 0;
#endif
}

int main(void)
{
	uint64_t sum = 0;

	fill();
	for (int round = 0; round < ROUNDS; round++)
		sum = sum * 3 + kernel(COUNT, &z, &x, &y);
	for (int n = 0; n < BYTES / 8; n++)
		sum = sum * 31 + z.longs[n];
	put_checksum(sum);
	return 0;
}
