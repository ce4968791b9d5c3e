/* Primes by sieving: byte stores with growing strides. */
#include "kernels.h"

#define LIMIT 200000

static uint8_t composite[LIMIT];

uint64_t sieve(int rounds)
{
	uint64_t sum = 0;

	for (int round = 0; round < rounds; round++) {
		for (int n = 0; n < LIMIT; n++)
			composite[n] = 0;
		for (int n = 2; n < LIMIT; n++) {
			if (composite[n])
				continue;
			sum += n;
			for (int multiple = n + n; multiple < LIMIT; multiple += n)
				composite[multiple] = 1;
		}
	}
	return sum;
}
