/* Quicksort of pseudo-random words: recursion and branches that nobody can guess. */
#include "kernels.h"

#define COUNT 20000

static uint32_t numbers[COUNT];

static void quicksort(uint32_t *low, uint32_t *high)
{
	while (low < high) {
		uint32_t pivot = low[(high - low) / 2], *i = low, *j = high;

		while (i <= j) {
			while (*i < pivot)
				i++;
			while (*j > pivot)
				j--;
			if (i <= j) {
				uint32_t swapped = *i;

				*i++ = *j;
				*j-- = swapped;
			}
		}
		/* The smaller part by recursion, so that the stack stays shallow. */
		if (j - low < high - i) {
			quicksort(low, j);
			low = i;
		} else {
			quicksort(i, high);
			high = j;
		}
	}
}

uint64_t sort(int rounds)
{
	uint64_t sum = 0;
	uint32_t state = 7;

	for (int round = 0; round < rounds; round++) {
		for (int n = 0; n < COUNT; n++)
			numbers[n] = next_random(&state);
		quicksort(numbers, numbers + COUNT - 1);
		for (int n = 1; n < COUNT; n++)
			if (numbers[n - 1] > numbers[n])
				return 0;
		sum = sum * 31 + numbers[COUNT / 2];
	}
	return sum;
}
