#include "calls.h"
#include "errno.h"
#include "print.h"
#include "state.h"

enum { LAST = 512 };

static int64_t (*const table[LAST])(struct task *, const uint64_t *) = {
#define SYSCALL(number, name) [number] = sys_##name,
#include "calls.def"
#undef SYSCALL
};

/* Known to have no effect here that a program could miss, or probed for by C libraries that do well without: not worth a line. */
static bool expected(uint64_t number) {
  enum { RSEQ = 293, CLONE3 = 435 };
  return number == RSEQ || number == CLONE3;
}

static int64_t unknown(uint64_t number) {
  static bool reported[LAST + 1]; /* all numbers beyond the table together: a program can't flood the console */
  uint64_t index = number < LAST ? number : LAST;
  if (!reported[index] && !expected(number)) print("unknown system call %u gives ENOSYS", number);
  reported[index] = true;
  return -ENOSYS;
}

void system_call(struct task *t) {
  uint64_t arguments[6], number = *frame_x(t->frame, A7);
  for (int i = 0; i < 6; i++) arguments[i] = *frame_x(t->frame, A0 + i);
  t->in_call = true;
  if (!t->keep_vector) vector_discard(t);
  t->first_argument = arguments[0];
  int64_t result = number < LAST && table[number] ? table[number](t, arguments) : unknown(number);
  if (t->in_call) *frame_x(t->frame, A0) = (uint64_t)result; /* rt_sigreturn put other registers there */
}
