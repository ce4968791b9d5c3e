/* Memory and strings: what a C library would give. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memset(void *to, int value, size_t bytes);
void copy(void *to, const void *from, uint64_t bytes);
bool bytes_equal(const void *a, const void *b, uint64_t bytes);
bool text_equal(const char *a, const char *b);
uint64_t text_length(const char *text);

/*
 * The value of a word `name=value` in a space-separated line: where it starts, and its length; none when
 * there is no such word.
 */
const char *word_value(const char *line, const char *name, uint64_t *length);

/* Is the word's value exactly this text? */
bool word_is(const char *line, const char *name, const char *value);

/* Decimal number at *at, which moves past it; -1 when there is none. */
int64_t text_number(const char **at, const char *end);

#endif
