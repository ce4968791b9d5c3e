/* The scalar mix: runs each kernel and writes its checksum to the console. */
#include "kernels.h"

#define UART ((volatile uint8_t *)0x10000000)

static void put(const char *text)
{
	while (*text)
		*UART = *text++;
}

static void put_hex(uint64_t value)
{
	for (int shift = 60; shift >= 0; shift -= 4)
		*UART = "0123456789abcdef"[(value >> shift) & 15];
}

static const struct {
	const char *name;
	uint64_t (*run)(int rounds);
	int rounds;
} kernels[] = {
	{ "sieve", sieve, 12 * SCALE },    { "crc", crc, 40 * SCALE },     { "sort", sort, 5 * SCALE },
	{ "bytecode", bytecode, 30 * SCALE }, { "matrix", matrix, 12 * SCALE }, { "calls", calls, 100 * SCALE },
	{ "chase", chase, 60 * SCALE },
};

int main(void)
{
	for (unsigned n = 0; n < sizeof(kernels) / sizeof(kernels[0]); n++) {
		put(kernels[n].name);
		put(" ");
		put_hex(kernels[n].run(kernels[n].rounds));
		put("\n");
	}
	return 0;
}
