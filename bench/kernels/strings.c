/* Words copied, measured, compared and looked up in a hash table, byte by byte. */
#include "kernels.h"

#define WORDS 2048
#define LONGEST 24
#define BUCKETS 1024

static char words[WORDS][LONGEST], copy[LONGEST];
static uint16_t first[BUCKETS], next[WORDS];

static int length(const char *s)
{
	int n = 0;

	while (s[n])
		n++;
	return n;
}

static int compare(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a - *b;
}

static unsigned hash(const char *s)
{
	unsigned h = 5381;

	while (*s)
		h = h * 33 ^ (uint8_t)*s++;
	return h % BUCKETS;
}

uint64_t strings(int rounds)
{
	uint32_t state = 37;
	uint64_t sum = 0;

	for (int n = 0; n < WORDS; n++) {
		int size = 3 + next_random(&state) % (LONGEST - 4);

		for (int k = 0; k < size; k++)
			words[n][k] = 'a' + next_random(&state) % 6;
		words[n][size] = 0;
		next[n] = first[hash(words[n])];
		first[hash(words[n])] = n + 1;
	}
	for (int round = 0; round < rounds; round++)
		for (int n = 0; n < WORDS; n++) {
			const char *word = words[(n * 77 + round) % WORDS];
			int at = 0;

			do
				copy[at] = word[at];
			while (word[at++]);
			for (unsigned found = first[hash(copy)]; found; found = next[found - 1])
				if (compare(words[found - 1], copy) == 0) {
					sum = sum * 3 + found + length(copy);
					break;
				}
		}
	return sum;
}
