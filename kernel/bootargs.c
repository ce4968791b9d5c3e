#include "bootargs.h"
#include "text.h"

static const char *words = "";

void bootargs_init(const char *arguments) {
  if (arguments) words = arguments;
}

bool bootargs_have(const char *word) {
  size_t length = strlen(word);
  for (const char *a = words; *a;) {
    if (starts_with(a, word) && (a[length] == 0 || a[length] == ' ')) return true;
    while (*a && *a != ' ') a++;
    while (*a == ' ') a++;
  }
  return false;
}

uint64_t bootargs_number(const char *word) {
  for (const char *a = words; *a;) {
    if (starts_with(a, word)) {
      uint64_t value = 0;
      for (a += strlen(word); *a >= '0' && *a <= '9'; a++) value = 10 * value + (uint64_t)(*a - '0');
      return value;
    }
    while (*a && *a != ' ') a++;
    while (*a == ' ') a++;
  }
  return 0;
}
