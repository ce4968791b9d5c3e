/* What a program learns of the harts: AT_HWCAP and riscv_hwprobe. A line for each question; the test knows what it should say. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

struct pair {
  int64_t key;
  uint64_t value;
};

enum { HWPROBE = 258, WHICH_CPUS = 1, EXT_0 = 4, HARTS = 128 };

static int probe(struct pair *pairs, uint64_t count, uint64_t bytes, void *set, unsigned flags) {
  return syscall(HWPROBE, pairs, count, bytes, set, flags) ? errno : 0;
}

static void say(const char *what, int error, const struct pair *p) {
  printf("%s %d %ld %lx\n", what, error, (long)p->key, (unsigned long)p->value);
}

int main(int argc, char **argv) {
  printf("hwcap %lx\n", getauxval(AT_HWCAP));

  struct pair all[20];
  for (int i = 0; i < 20; i++) all[i] = (struct pair){i, 77};
  all[19].key = -5;
  int error = probe(all, 20, 0, NULL, 0);
  for (int i = 0; i < 20; i++) say("all", error, &all[i]);

  uint64_t set[HARTS / 64];
  for (int hart = 0; hart < 5; hart++) {
    struct pair own[] = {{EXT_0, 0}, {9, 0}, {10, 0}};
    set[0] = 1ull << hart, set[1] = 0;
    error = probe(own, 3, sizeof set, set, 0);
    for (int i = 0; i < 3; i++) say("one", error, &own[i]);
  }

  /* The arguments: extensions in bits, hexadecimal. */
  for (int i = 1; i < argc; i++) {
    struct pair wanted[] = {{EXT_0, strtoul(argv[i], NULL, 16)}, {3, 1}};
    set[0] = set[1] = 0;
    error = probe(wanted, 2, sizeof set, set, WHICH_CPUS);
    printf("which %d %lx %lx\n", error, (unsigned long)wanted[0].value, (unsigned long)set[0]);
  }

  struct pair q = {EXT_0, 0}, odd[] = {{EXT_0, 0}, {1000, 1}};
  set[0] = 1, set[1] = 0;
  printf("flags %d\n", probe(&q, 1, 8, set, 2));
  printf("which of no set %d\n", probe(&q, 1, 0, NULL, WHICH_CPUS));
  printf("bad set %d\n", probe(&q, 1, 8, (void *)8, 0));
  printf("bad pairs %d\n", probe((void *)8, 1, 0, NULL, 0));
  error = probe(odd, 2, 8, set, WHICH_CPUS);
  printf("which of an unknown key %d %ld %lx\n", error, (long)odd[1].key, (unsigned long)set[0]);
  set[0] = 0;
  printf("empty set %d\n", probe(&q, 1, 8, set, 0));
  set[0] = 3;
  error = probe(&q, 1, 1, set, 0); /* one byte of a set is enough for eight harts */
  printf("short set %d %d\n", error, q.value != 0);
  return 0;
}
