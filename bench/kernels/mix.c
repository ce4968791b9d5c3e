/* The scalar mix: runs seven kernels in turn and writes their checksums to the console. */
#include "../runtime/console.h"
#include "kernels.h"

static const struct {
	const char *name;
	uint64_t (*run)(int rounds);
	int rounds;
} kernels[] = {
	{ "sieve", sieve, 12 * ROUNDS },    { "crc", crc, 40 * ROUNDS },     { "sort", sort, 5 * ROUNDS },
	{ "bytecode", bytecode, 30 * ROUNDS }, { "matrix", matrix, 12 * ROUNDS }, { "calls", calls, 100 * ROUNDS },
	{ "chase", chase, 60 * ROUNDS },
};

int main(void)
{
	for (unsigned n = 0; n < sizeof(kernels) / sizeof(kernels[0]); n++) {
		put(kernels[n].name);
		put(" ");
		put_checksum(kernels[n].run(kernels[n].rounds));
	}
	return 0;
}
