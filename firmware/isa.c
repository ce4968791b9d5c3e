#include "isa.h"

#include <stdbool.h>

static const struct {
  const char *name;
  enum isa_extension extension;
} names[] = {
    {"f", ISA_F},
    {"d", ISA_D},
    {"v", ISA_V},
    {"sstc", ISA_SSTC},
    {"zicbom", ISA_ZICBOM},
    {"zicboz", ISA_ZICBOZ},
    {"svpbmt", ISA_SVPBMT},
    {"svade", ISA_SVADE},
    {"svadu", ISA_SVADU},
    {"sscofpmf", ISA_SSCOFPMF},
    {"smstateen", ISA_SMSTATEEN},
    {"xhartdot", ISA_XHARTDOT},
    {"xharthint", ISA_XHARTHINT},
};

static char lower(char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; }
static bool digit(char c) { return c >= '0' && c <= '9'; }

/* Is the rest of a name nothing but a version: digits, perhaps p and digits? */
static bool is_version(const char *text, const char *end) {
  while (text < end && digit(*text)) text++;
  if (text < end && lower(*text) == 'p' && text + 1 < end && digit(text[1]))
    for (text++; text < end && digit(*text);) text++;
  return text == end;
}

/* One whole name from text to end. Never a search within it: `svinval` is not V. */
static isa_set named(const char *text, const char *end) {
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
    const char *name = names[i].name, *at = text;
    while (*name && at < end && lower(*at) == *name) name++, at++;
    if (!*name && is_version(at, end)) return 1u << names[i].extension;
  }
  return 0;
}

/* What one extension brings with it. */
static isa_set implied(isa_set set) {
  if (isa_has(set, ISA_V)) set |= 1u << ISA_D;
  if (isa_has(set, ISA_D)) set |= 1u << ISA_F;
  return set;
}

isa_set isa_parse(const char *at) {
  isa_set set = 0;
  if (lower(at[0]) != 'r' || lower(at[1]) != 'v') return 0;
  for (at += 2; digit(*at);) at++;
  while (*at) {
    char letter = lower(*at);
    const char *start = at++;
    if (letter == '_') continue;
    if (letter == 's' || letter == 'x' || letter == 'z') {
      /* A name of many letters lasts until the next underscore. */
      while (*at && *at != '_') at++;
    } else {
      /*
       * One letter, perhaps with a version: `i2p1`. A p with no digit before it is an extension of its own.
       */
      while (digit(*at)) at++;
      if (at > start + 1 && lower(*at) == 'p' && digit(at[1]))
        for (at++; digit(*at);) at++;
      if (letter == 'g') set |= 1u << ISA_F | 1u << ISA_D;
    }
    set |= named(start, at);
  }
  return implied(set);
}

isa_set isa_parse_list(const char *list, uint32_t bytes) {
  isa_set set = 0;
  for (const char *at = list, *last = list + bytes; at < last;) {
    const char *end = at;
    while (end < last && *end) end++;
    set |= named(at, end);
    at = end + 1;
  }
  return implied(set);
}
