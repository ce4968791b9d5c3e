/* What a program says: a name and a checksum, the same on every emulator. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdint.h>

/* Of bare.S or user.S. */
void console(const char *characters, long count);

static inline void put(const char *text)
{
	long length = 0;

	while (text[length])
		length++;
	console(text, length);
}

static inline void put_checksum(uint64_t value)
{
	char digits[17];

	for (int n = 0; n < 16; n++)
		digits[n] = "0123456789abcdef"[(value >> (60 - 4 * n)) & 15];
	digits[16] = '\n';
	console(digits, 17);
}

#endif
