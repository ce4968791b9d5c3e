// Atomics of both widths and all orders, also compare and exchange.
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

static _Atomic int32_t w = 5;
static _Atomic uint64_t d = 1000;
static _Atomic uint32_t u = 250;
static _Atomic int64_t l = -3;

__attribute__((noinline)) static int cas(int expected, int wanted) {
  return atomic_compare_exchange_strong_explicit(&w, &expected, wanted, memory_order_acq_rel, memory_order_acquire) ? -1 : expected;
}

int main(void) {
  atomic_fetch_add(&w, 3);
  atomic_fetch_or_explicit(&d, 7, memory_order_release);
  atomic_fetch_xor_explicit(&u, 9, memory_order_acquire);
  atomic_fetch_sub_explicit(&l, 4, memory_order_relaxed);
  int a = cas(8, 77), c = cas(8, 99);
  uint64_t old = atomic_exchange(&d, 12);
  printf("%d %lu %u %ld %d %d %lu\n", w, d, u, l, a, c, old);
  return 0;
}
