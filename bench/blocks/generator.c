/*
 * A program that writes code and runs it, as a compiler at run time does: in each of PAGES pages BLOCKS blocks that are like no others, LOOPS times round, then
 * all pages anew with other code. It writes a dot for each page, and a checksum after GENERATIONS.
 */
#include "../runtime/console.h"

#define WORDS 1024

static uint32_t code[PAGES][WORDS] __attribute__((aligned(4096)));

enum { RA = 1, T0 = 5, A0 = 10, A1 = 11 };

static uint32_t immediate(uint32_t op, int rd, int rs1, int value) { return op | rd << 7 | rs1 << 15 | (uint32_t)value << 20; }
static uint32_t addi(int rd, int rs1, int value) { return immediate(0x13, rd, rs1, value); }
static uint32_t andi(int rd, int rs1, int value) { return immediate(0x7013, rd, rs1, value); }
static uint32_t xori(int rd, int rs1, int value) { return immediate(0x4013, rd, rs1, value); }

/* beq and bne, to a place so many bytes further. */
static uint32_t branch(uint32_t op, int rs1, int distance)
{
	uint32_t d = distance;

	return op | rs1 << 15 | (d >> 12 & 1) << 31 | (d >> 5 & 63) << 25 | (d >> 1 & 15) << 8 | (d >> 11 & 1) << 7;
}
static uint32_t beqz(int rs1, int distance) { return branch(0x63, rs1, distance); }
static uint32_t bnez(int rs1, int distance) { return branch(0x1063, rs1, distance); }

/* uint64_t page(loops, sum): pairs of blocks, of which the second is skipped or not. */
static void generate(uint32_t *to, uint32_t seed)
{
	uint32_t *start = to;

	for (int n = 0; n < BLOCKS / 2; n++) {
		*to++ = xori(A1, A1, (seed * 7 + n * 13) & 0x7ff);
		*to++ = addi(A1, A1, (seed >> 5 ^ n) & 0x7ff);
		*to++ = andi(T0, A1, 1 << (n & 7));
		*to++ = beqz(T0, 8);
		*to++ = addi(A1, A1, (seed + n * 3) & 0x7ff);
	}
	*to++ = addi(A0, A0, -1);
	*to = bnez(A0, (start - to) * 4);
	to++;
	*to++ = addi(A0, A1, 0);
	*to = immediate(0x67, 0, RA, 0);
}

int main(void)
{
	uint64_t sum = 1;

	for (uint32_t generation = 0; generation < GENERATIONS; generation++)
		for (uint32_t page = 0; page < PAGES; page++) {
			generate(code[page], generation * PAGES + page);
			__asm__ volatile("fence.i" ::: "memory");
			sum = ((uint64_t(*)(uint64_t, uint64_t))code[page])(LOOPS, sum);
			put(".");
		}
	put_checksum(sum);
	return 0;
}
