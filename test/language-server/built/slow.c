#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Much of the C library. */
int main(int argc, char **argv) {
  asm volatile("vsetivli zero, 4, e32, m1, ta, ma" ::: "memory");
  time_t now = time(NULL);
  printf("%s %f %s\n", ctime(&now), (double)argc, *argv);
  FILE *file = fopen("name", "r");
  if (file) fscanf(file, "%d", &argc);
  return system("true");
}
