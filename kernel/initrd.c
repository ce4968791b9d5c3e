#include "initrd.h"
#include "riscv.h"
#include "text.h"

/* A member: a header of 8-digit hexadecimal fields, its name, its data; name and data each end on a multiple of 4. */
enum { HEADER = 110, FIELD_SIZE = 6 + 6 * 8, FIELD_NAME_SIZE = 6 + 11 * 8 };

static const uint8_t *archive;
static uint64_t length;

void initrd_init(const void *data, uint64_t bytes) {
  archive = data;
  length = bytes;
}

static uint64_t field(const uint8_t *header, int at) {
  uint64_t value = 0;
  for (int i = 0; i < 8; i++) {
    uint8_t c = header[at + i];
    value = value << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return value;
}

struct file initrd_file(const char *name) {
  for (uint64_t at = 0; at + HEADER <= length;) {
    const uint8_t *header = archive + at;
    if (memcmp(header, "070701", 6) != 0) break;
    uint64_t name_bytes = field(header, FIELD_NAME_SIZE), bytes = field(header, FIELD_SIZE);
    uint64_t data = round_up(at + HEADER + name_bytes, 4);
    if (data + bytes > length) break;
    const char *own = (const char *)header + HEADER;
    if (starts_with(own, "./")) own += 2;
    if (strcmp(own, name) == 0) return (struct file){archive + data, bytes};
    at = round_up(data + bytes, 4);
  }
  return (struct file){0};
}
