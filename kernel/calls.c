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

static int64_t call(struct task *t) {
  uint64_t number = *frame_x(t->frame, A7);
  if (number >= LAST || !table[number]) return unknown(number);
  return table[number](t, frame_x(t->frame, A0)); /* nobody changes them while the call lasts */
}

void system_call(struct task *t) {
  t->in_call = true;
  if (!t->keep_vector) vector_discard(t);
  t->first_argument = *frame_x(t->frame, A0);
  int64_t result = call(t);
  if (t->in_call) *frame_x(t->frame, A0) = (uint64_t)result; /* rt_sigreturn put other registers there */
}

static const bool askable[LAST] = {
#define SYSCALL(number, name)
#define ASKABLE(number, name) [number] = true,
#include "calls.def"
#undef SYSCALL
};

bool call_may_be_asked(const struct task *t) {
  uint64_t number = *frame_x(t->frame, A7);
  return number < LAST && askable[number];
}

bool system_call_asked(struct task *t) {
  t->asked.would_sleep = false;
  int64_t result = call(t);
  if (t->asked.would_sleep && (result == -EINTR || result == -ERESTART)) return false;
  *frame_x(t->frame, A0) = (uint64_t)result;
  t->frame->registers.epc += 4;
  return true;
}
