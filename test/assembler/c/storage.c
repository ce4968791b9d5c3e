// Every kind of storage: thread-local, common, weak, aligned, constructors.
#include <stdio.h>

__thread int counter = 7;
static __thread char buffer[40] __attribute__((aligned(64)));
int common_one;
int common_many[100];
static int zeroed[1000];
int initialised[4] = {1, 2, 3, 4};
const int constant[4] = {5, 6, 7, 8};
int *pointers[] = {&initialised[1], &common_many[9], &zeroed[500]};
extern int missing(void) __attribute__((weak));
__attribute__((weak)) int replaceable(void) { return 1; }
__attribute__((constructor(200))) static void second(void) { puts("second"); }
__attribute__((constructor(150))) static void first(void) { puts("first"); }
__attribute__((constructor)) static void third(void) { puts("third"); }
__attribute__((destructor)) static void last(void) { puts("last"); }
__attribute__((section("own_section"))) int own[2] = {11, 12};
extern int __start_own_section[], __stop_own_section[];

int main(int argc, char **argv) {
  counter += argc;
  buffer[5] = (char)counter;
  *pointers[1] = 33;
  *pointers[2] += 4;
  common_one = common_many[9] + *pointers[0] + zeroed[500];
  printf("%d %d %d %d\n", counter, buffer[5], common_one, (int)((long)buffer & 63));
  printf("%d %d %d\n", missing ? missing() : -1, replaceable(), constant[2]);
  printf("%d %d\n", (int)(__stop_own_section - __start_own_section), own[1]);
  return 0;
}
