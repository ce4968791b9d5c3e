/* Branches that nothing foretells: a scanner of random text, class by class, and the lengths of Collatz's sequences. */
#include "kernels.h"

#define BYTES 65536

static uint8_t text[BYTES];

static uint64_t scan(uint64_t sum)
{
	enum { BETWEEN, WORD, NUMBER, COMMENT } state = BETWEEN;
	uint64_t value = 0;

	for (int n = 0; n < BYTES; n++) {
		uint8_t c = text[n];

		if (state == COMMENT) {
			if (c < 16)
				state = BETWEEN;
		} else if (c < 40) {
			if (state == NUMBER)
				sum += value;
			value = 0;
			state = c < 6 ? COMMENT : BETWEEN;
		} else if (c < 128) {
			if (state == WORD)
				sum ^= value << (c & 7);
			value = state == NUMBER ? value * 10 + c : c;
			state = NUMBER;
		} else {
			if (c & 1)
				value += c;
			else if (c & 2)
				value ^= sum;
			else
				sum++;
			state = WORD;
		}
	}
	return sum + value;
}

static uint64_t collatz(uint64_t from)
{
	uint64_t steps = 0;

	for (uint64_t n = from; n != 1; steps++) {
		if (n & 1)
			n = 3 * n + 1;
		else
			n >>= 1;
	}
	return steps;
}

uint64_t branchy(int rounds)
{
	uint32_t state = 5;
	uint64_t sum = 0;

	for (int n = 0; n < BYTES; n++)
		text[n] = next_random(&state);
	for (int round = 0; round < rounds; round++) {
		sum = scan(sum * 3);
		for (uint64_t n = 1; n < 2000; n++)
			sum += collatz(n + round);
	}
	return sum;
}
