/* An integer matrix product: multiplications and regular loads. */
#include "kernels.h"

#define N 64

static int64_t a[N][N], b[N][N], c[N][N];

uint64_t matrix(int rounds)
{
	uint64_t sum = 0;
	uint32_t state = 3;

	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++) {
			a[i][j] = next_random(&state) & 0xffff;
			b[i][j] = next_random(&state) & 0xffff;
		}
	for (int round = 0; round < rounds; round++) {
		for (int i = 0; i < N; i++)
			for (int j = 0; j < N; j++) {
				int64_t cell = 0;

				for (int k = 0; k < N; k++)
					cell += a[i][k] * b[k][j];
				c[i][j] = cell;
			}
		a[round % N][0]++;
		sum = sum * 3 + c[round % N][(round * 7) % N];
	}
	return sum;
}
