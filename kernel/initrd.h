/** The initial RAM disk: a cpio archive ("newc" format) in memory. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

void initrd_init(const void *archive, uint64_t bytes);

struct file {
  const uint8_t *data; /* NULL: no such file */
  uint64_t bytes;
};

/** The file of this name. */
struct file initrd_file(const char *name);
