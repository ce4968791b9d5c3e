/* Vector instructions between printf calls: a system call may clobber the vector registers, memory and scalars may not change. */
#include <stdint.h>
#include <stdio.h>

enum { COUNT = 1000 };
static double a[COUNT], b[COUNT];

static void axpy(double factor, const double *x, double *y, size_t n) {
  while (n) {
    size_t vl;
    __asm__ volatile(".option push\n.option arch, +v\n"
                     "vsetvli %0, %1, e64, m4, ta, ma\n"
                     "vle64.v v8, (%2)\n"
                     "vle64.v v16, (%3)\n"
                     "vfmacc.vf v16, %4, v8\n"
                     "vse64.v v16, (%3)\n"
                     ".option pop\n"
                     : "=&r"(vl)
                     : "r"(n), "r"(x), "r"(y), "f"(factor)
                     : "memory");
    x += vl, y += vl, n -= vl;
  }
}

static double sum(const double *x, size_t n) {
  double total = 0;
  while (n) {
    size_t vl;
    __asm__ volatile(".option push\n.option arch, +v\n"
                     "vsetvli %0, %2, e64, m8, ta, ma\n"
                     "vfmv.s.f v24, %1\n"
                     "vle64.v v8, (%3)\n"
                     "vfredosum.vs v24, v8, v24\n"
                     "vfmv.f.s %1, v24\n"
                     ".option pop\n"
                     : "=&r"(vl), "+f"(total)
                     : "r"(n), "r"(x)
                     : "memory");
    x += vl, n -= vl;
  }
  return total;
}

int main(int argc, char **argv) {
  for (int i = 0; i < COUNT; i++) a[i] = i, b[i] = 1.0 / (i + 1);
  for (int round = 1; round <= 3; round++) {
    axpy(0.5, a, b, COUNT);
    printf("round %d: %.12f\n", round, sum(b, COUNT));
    fflush(stdout);
  }
  printf("%d arguments, the last is %s\n", argc, argv[argc - 1]);
  return 0;
}
