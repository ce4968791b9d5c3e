// Tables of strings, jump tables, static data with addresses.
#include <stdio.h>
#include <string.h>

static const char *const names[] = {"zero", "one", "two", "three", "four", "five"};

static int twice(int n) { return 2 * n; }
static int square(int n) { return n * n; }
static int negate(int n) { return -n; }

__attribute__((noinline)) static const char *day(int n) {
  switch (n) {
    case 0: return "monday";
    case 1: return "tuesday";
    case 2: return "wednesday";
    case 3: return "thursday";
    case 4: return "friday";
    case 7: return "\a\t\"quoted\" \\ \x7f";
    default: return "weekend";
  }
}

static const struct { const char *key; int (*apply)(int); } table[] = {
    {"twice", twice}, {"square", square}, {"negate", negate}};

int main(void) {
  char text[100] = "";
  for (int i = 0; i < 6; i++) strcat(strcat(text, names[i]), ",");
  puts(text);
  for (int i = 0; i < 9; i++) printf("%s ", day(i));
  for (unsigned i = 0; i < 3; i++) printf("%s %d ", table[i].key, table[i].apply(7));
  printf("%zu\n", strlen(text));
  return 0;
}
