#include "isa.h"
#include "generated/extensions.h"
#include "text.h"

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c; }
static bool digit(char c) { return c >= '0' && c <= '9'; }

/** Is what lies here nothing but a version: `2`, `2p1`? */
static bool is_version(const char *at, const char *end) {
  while (at < end && digit(*at)) at++;
  if (end - at > 1 && lower(*at) == 'p')
    for (at++; at < end && digit(*at);) at++;
  return at == end;
}

/** The bits of one name, a version behind it left aside. Names that mean nothing to programs have none. */
static uint64_t named(const char *at, const char *end) {
  for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
    const char *name = extensions[i].name, *c = at;
    while (*name && c < end && lower(*c) == *name) name++, c++;
    if (!*name && is_version(c, end)) return extensions[i].bits;
  }
  return 0;
}

/** `rv64imafdc_zba`, as older trees have it (unprivileged specification, "ISA Extension Naming Conventions"). */
static uint64_t of_string(const char *at) {
  uint64_t bits = 0;
  if (lower(at[0]) != 'r' || lower(at[1]) != 'v') return 0;
  for (at += 2; digit(*at);) at++;
  while (*at) {
    const char *start = at;
    char letter = lower(*at++);
    if (letter == 'z' || letter == 's' || letter == 'x') {
      while (*at && *at != '_') at++;
    } else {
      while (digit(*at)) at++;
      if (at > start + 1 && lower(*at) == 'p' && digit(at[1]))
        for (at++; digit(*at);) at++;
    }
    bits |= named(start, at);
  }
  return bits;
}

uint64_t isa_read(struct node cpu) {
  struct property list = tree_property(cpu, "riscv,isa-extensions");
  const char *string = tree_string(cpu, "riscv,isa");
  if (!list.bytes) return string ? of_string(string) : 0;
  uint64_t bits = 0;
  for (const char *at = list.bytes, *last = at + list.length; at < last; at += strlen(at) + 1)
    bits |= named(at, at + strlen(at));
  return bits;
}
