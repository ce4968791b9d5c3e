/* Mandelbrot's set in single precision: floating point that branches. */
#include "kernels.h"

#define SIDE 128
#define MOST 100

uint64_t fractal(int rounds)
{
	uint64_t sum = 0;

	for (int round = 0; round < rounds; round++)
		for (int row = 0; row < SIDE; row++)
			for (int column = 0; column < SIDE; column++) {
				float x = column * (3.0f / SIDE) - 2.2f, y = row * (2.4f / SIDE) - 1.2f - 0.001f * round;
				float a = x, b = y;
				int steps = 0;

				while (steps < MOST && a * a + b * b < 4.0f) {
					float next = a * a - b * b + x;

					b = 2.0f * a * b + y;
					a = next;
					steps++;
				}
				sum = sum * 3 + steps;
			}
	return sum;
}
