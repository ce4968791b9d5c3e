/* Calls through a table of functions that divide: indirect jumps and the slowest integer instructions. */
#include "kernels.h"

static uint64_t divide(uint64_t x) { return x / 7 + x % 13; }
static uint64_t digits(uint64_t x)
{
	uint64_t sum = 0;

	for (; x; x /= 10)
		sum += x % 10;
	return sum;
}
static uint64_t gcd(uint64_t x)
{
	uint64_t y = 360360;

	while (y) {
		uint64_t rest = x % y;

		x = y;
		y = rest;
	}
	return x;
}
static uint64_t mix(uint64_t x) { return (x << 5) ^ (x >> 3); }

static uint64_t (*const volatile functions[])(uint64_t) = { divide, digits, gcd, mix };

uint64_t calls(int rounds)
{
	uint64_t sum = 1;

	for (int n = 0; n < rounds * 1000; n++)
		sum = sum * 5 + functions[n & 3](sum & 0xffffff);
	return sum;
}
