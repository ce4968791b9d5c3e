/* Bodies that attract each other, in doubles; with CLEAR_FLAGS the exception flags are cleared at every pair, so that none may be taken for raised. */
#include "kernels.h"

#define BODIES 8

static double at[BODIES][3], speed[BODIES][3], mass[BODIES];

static void attract(int i, int j)
{
	double d[3], square = 0.01;

	for (int k = 0; k < 3; k++) {
		d[k] = at[i][k] - at[j][k];
		square += d[k] * d[k];
	}
#ifdef CLEAR_FLAGS
	__asm__ volatile("csrw fflags, zero" ::: "memory");
#endif
	double pull = 0.001 / (square * __builtin_sqrt(square));

	for (int k = 0; k < 3; k++) {
		speed[i][k] -= d[k] * mass[j] * pull;
		speed[j][k] += d[k] * mass[i] * pull;
	}
}

uint64_t orbits(int rounds)
{
	uint32_t state = 29;
	uint64_t sum = 0;

	for (int i = 0; i < BODIES; i++) {
		mass[i] = 1 + (next_random(&state) & 15) / 16.0;
		for (int k = 0; k < 3; k++)
			at[i][k] = (int32_t)next_random(&state) / 65536.0 / 4096.0;
	}
	for (int round = 0; round < rounds * 1000; round++) {
		for (int i = 0; i < BODIES; i++)
			for (int j = i + 1; j < BODIES; j++)
				attract(i, j);
		for (int i = 0; i < BODIES; i++)
			for (int k = 0; k < 3; k++)
				at[i][k] += 0.001 * speed[i][k];
	}
	for (int i = 0; i < BODIES; i++)
		for (int k = 0; k < 3; k++) {
			union {
				double value;
				uint64_t bits;
			} all = { at[i][k] };

			sum = sum * 31 + all.bits;
		}
	return sum;
}
