// Frames that are walked, and clean-up when a thread ends within calls.
#include <pthread.h>
#include <stdio.h>
#include <unwind.h>

static _Unwind_Reason_Code step(struct _Unwind_Context *context, void *count) {
  if (_Unwind_GetIP(context)) ++*(int *)count;
  return _URC_NO_REASON;
}

__attribute__((noinline)) static int depth(int n) {
  volatile int count = 0;
  if (n) count = depth(n - 1);
  else _Unwind_Backtrace(step, (void *)&count);
  return count;
}

static void clean(int *value) { printf("clean %d\n", *value); }

__attribute__((noinline)) static void leave(void) {
  int value __attribute__((cleanup(clean))) = 9;
  pthread_exit((void *)4);
}

static void *thread(void *unused) {
  int value __attribute__((cleanup(clean))) = 8;
  leave();
  return unused;
}

int main(void) {
  pthread_t t;
  void *result;
  pthread_create(&t, 0, thread, 0);
  pthread_join(t, &result);
  printf("%d %ld\n", depth(10) - depth(5), (long)result);
  return 0;
}
