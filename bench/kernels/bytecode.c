/* An interpreter for a small stack machine: a switch in a loop, as many a program is at heart. */
#include "kernels.h"

enum operation { PUSH, LOAD, STORE, ADD, MULTIPLY, SUBTRACT, JUMP_IF, XOR, HALT };

/* sum = 1; for (n = 5000; n; n--) sum = (sum * 31 + n) ^ n */
static const int program[] = {
	PUSH, 1, STORE, 0, PUSH, 5000, STORE, 1,
	/* 8: */ LOAD, 0, PUSH, 31, MULTIPLY, LOAD, 1, ADD, LOAD, 1, XOR, STORE, 0,
	LOAD, 1, PUSH, 1, SUBTRACT, STORE, 1, LOAD, 1, JUMP_IF, 8, HALT,
};

static int64_t run(void)
{
	int64_t stack[16], variables[4] = { 0 }, *top = stack;
	const volatile int *volatile start = program;
	const volatile int *code = start;

	for (;;) {
		switch (*code++) {
		case PUSH:
			*top++ = *code++;
			break;
		case LOAD:
			*top++ = variables[*code++];
			break;
		case STORE:
			variables[*code++] = *--top;
			break;
		case ADD:
			top--;
			top[-1] += top[0];
			break;
		case MULTIPLY:
			top--;
			top[-1] *= top[0];
			break;
		case SUBTRACT:
			top--;
			top[-1] -= top[0];
			break;
		case XOR:
			top--;
			top[-1] ^= top[0];
			break;
		case JUMP_IF:
			code = *--top ? start + *code : code + 1;
			break;
		case HALT:
			return variables[0];
		}
	}
}

uint64_t bytecode(int rounds)
{
	uint64_t sum = 0;

	for (int round = 0; round < rounds; round++)
		sum = sum * 7 + run();
	return sum;
}
