/* Four threads, all of which use vector instructions and a mutex; the results do not depend on who comes first. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

enum { THREADS = 4, ROUNDS = 50, ELEMENTS = 256 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t grand_total;
static _Thread_local uint64_t own_total;

static uint64_t square_sum(const uint32_t *x, size_t n) {
  uint64_t total = 0;
  while (n) {
    size_t vl;
    uint64_t part;
    __asm__ volatile(".option push\n.option arch, +v\n"
                     "vsetvli %0, %2, e32, m4, ta, ma\n"
                     "vle32.v v8, (%3)\n"
                     "vmul.vv v8, v8, v8\n"
                     "vmv.s.x v16, zero\n"
                     "vredsum.vs v16, v8, v16\n"
                     "vmv.x.s %1, v16\n"
                     ".option pop\n"
                     : "=&r"(vl), "=r"(part)
                     : "r"(n), "r"(x)
                     : "memory");
    total += (uint32_t)part;
    x += vl, n -= vl;
  }
  return total;
}

static void *work(void *argument) {
  uint32_t data[ELEMENTS];
  uintptr_t self = (uintptr_t)argument;
  for (int round = 0; round < ROUNDS; round++) {
    for (int i = 0; i < ELEMENTS; i++) data[i] = (uint32_t)(self + i + round);
    uint64_t part = square_sum(data, ELEMENTS);
    own_total += part;
    pthread_mutex_lock(&lock);
    grand_total += part;
    pthread_mutex_unlock(&lock);
  }
  return (void *)(uintptr_t)own_total;
}

int main(void) {
  pthread_t threads[THREADS];
  for (uintptr_t i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, work, (void *)(i * 1000));
  uint64_t sum = 0;
  for (int i = 0; i < THREADS; i++) {
    void *result;
    pthread_join(threads[i], &result);
    printf("thread %d: %lu\n", i, (unsigned long)(uintptr_t)result);
    sum += (uintptr_t)result;
  }
  printf("together %lu, %s\n", (unsigned long)grand_total, sum == grand_total ? "as it should be" : "WRONG");
  return sum != grand_total;
}
