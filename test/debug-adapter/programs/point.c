/* For stepping through C: locals, recursion, threads that all go to the vector hart. */
#include <pthread.h>
#include <stdio.h>

struct point {
  int x, y;
  double weight;
};

static double data[16];

static void *worker(void *arg) {
  long id = (long)arg;
  double out[4];
  double *in = data + 4 * id;
  asm volatile("vsetivli zero, 4, e64, m1, ta, ma\n\t"
               "vle64.v v8, (%0)\n\t"
               "vfadd.vv v8, v8, v8\n\t"
               "vse64.v v8, (%1)"
               :
               : "r"(in), "r"(out)
               : "memory");
  printf("worker %ld: %g\n", id, out[3]);
  return 0;
}

static int factorial(int n) {
  if (n < 2)
    return 1;
  return n * factorial(n - 1);
}

int main(void) {
  struct point p = {3, -4, 2.5};
  for (int i = 0; i < 16; i++)
    data[i] = i;
  p.x = factorial(p.x + 2);
  pthread_t threads[3];
  for (long i = 0; i < 3; i++)
    pthread_create(&threads[i], 0, worker, (void *)i);
  for (int i = 0; i < 3; i++)
    pthread_join(threads[i], 0);
  printf("%d\n", p.x);
  return 7;
}
