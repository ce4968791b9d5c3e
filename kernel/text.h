/** Bytes and strings: what a C compiler expects to find, and the few comparisons that the kernel needs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);

/** Does the text begin with this? */
bool starts_with(const char *s, const char *beginning);
/** Copy a string into a field of `room` bytes, cut if need be, NUL-terminated always. */
void copy_text(char *to, const char *from, size_t room);
