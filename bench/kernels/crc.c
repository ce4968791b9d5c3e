/* CRC-32 with a table: loads that depend on the last. */
#include "kernels.h"

#define BYTES 65536

static uint32_t table[256];
static uint8_t data[BYTES];

uint64_t crc(int rounds)
{
	uint32_t state = 1, sum = ~0u;

	for (uint32_t n = 0; n < 256; n++) {
		uint32_t c = n;

		for (int bit = 0; bit < 8; bit++)
			c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
		table[n] = c;
	}
	for (int n = 0; n < BYTES; n++)
		data[n] = next_random(&state);
	for (int round = 0; round < rounds; round++)
		for (int n = 0; n < BYTES; n++)
			sum = table[(sum ^ data[n]) & 255] ^ (sum >> 8);
	return ~sum;
}
