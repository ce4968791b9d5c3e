/*
 * Malicious programs beside one that looks after itself. Arguments: seed, attacking processes, steps of each of their threads,
 * whether there is a dot-product unit.
 *
 * The threads of each attacker use vectors, so that they are on accelerator harts where there are any, and there make system calls with
 * arguments from a generator, damage the frames of their signals, put their stack pointer where no stack is, and reach for devices and
 * for memory that isn't theirs. They live as long as their handlers can help it; what is left of them is killed. The first process holds
 * values in its memory and registers the whole time. It ends with status 0 if it is as it was and has as much free memory.
 *
 * A thread keeps the save areas of its registers until it ends. So the first process uses whatever the chip has before it looks how much
 * memory is free: as a guest it may get them at any time.
 */
#include <stddef.h>
#include <stdint.h>

typedef uint64_t u64;

enum { PRCTL = 167, ALTSTACK = 132, ACTION = 134, TGKILL = 131, KILL = 129, GETPID = 172, GETTID = 178, CLONE = 220, WAIT = 260, YIELD = 124,
       SYSINFO = 179, EXIT = 93, EXIT_GROUP = 94, WRITE = 64, CLOSE = 57, TKILL = 130, MMAP = 222, MUNMAP = 215, SIGRETURN = 139 };
enum { SIGILL = 4, SIGTRAP = 5, SIGBUS = 7, SIGKILL = 9, SIGUSR1 = 10, SIGSEGV = 11, SIGUSR2 = 12, SIGCHLD = 17 };
enum { THREADS = 3, PAGE = 4096, FREE = 5 /* word of struct sysinfo */, CHECKS_BEFORE_KILL = 60 };

/* A thread's alternate stack begins with it, so that handlers find it whatever their registers hold. */
static struct thread {
  _Alignas(65536) uint8_t alternate[32768];
  uint8_t stack[16384], data[8192];
  u64 random, steps, forks;
} threads[THREADS];
_Static_assert(sizeof(struct thread) == 65536, "handlers mask their stack pointer");

void attack(struct thread *t);
__asm__(".balign 4\nstart_thread: mv a5, a2\n li a2, 0\n li a3, 0\n li a4, 0\n li a7, 220\n ecall\n beqz a0, 1f\n ret\n"
        "1: mv a0, a5\n call attack\n"
        ".globl _start\n_start: mv a0, sp\n andi sp, sp, -16\n call begin\n");
long start_thread(u64 flags, void *stack, struct thread *);

#define VECTORS(code) ".option push\n.option arch, +v\n.option norvc\n" code "\n.option pop\n"
static void on_vector_hart(void) { __asm__ volatile(VECTORS("vsetvli t0, x0, e64, m8, ta, ma\nvmv.v.x v8, t0") ::: "t0"); }

static long call(long number, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
  register u64 a0 __asm__("a0") = a, a1 __asm__("a1") = b, a2 __asm__("a2") = c, a3 __asm__("a3") = d, a4 __asm__("a4") = e,
                   a5 __asm__("a5") = f, a7 __asm__("a7") = (u64)number;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a7) : "memory");
  return (long)a0;
}

static u64 next(struct thread *t) {
  u64 s = t->random;
  s ^= s << 13, s ^= s >> 7, s ^= s << 17;
  return t->random = s;
}

static u64 below(struct thread *t, u64 n) { return (next(t) >> 16) % n; }

/* The mailbox's, ACLINT's, interrupt controller's, console's pages; firmware and kernel; edges of numbers and of address spaces. */
static u64 address(struct thread *t) {
  static const u64 edges[] = {0x10100000, 0x10100018, 0x10101008, 0x2000000, 0x2004000, 0xc000000, 0x10000000, 0x100000, 0x80000000, 0x80200000,
                              0xffffffc080200000, 0xffffffffffffffff, 0x4000000000, 0x3ffffff000, 0x3ffffffff8, 1ull << 63, 0, 8, 4096};
  switch (below(t, 4)) {
  case 0: return next(t);
  case 1: return (u64)t->data + below(t, 2) * PAGE + (below(t, 2) ? 0 : below(t, PAGE));
  default: return edges[below(t, sizeof edges / sizeof *edges)] + (below(t, 4) ? 0 : below(t, 64) - 32);
  }
}

static u64 argument(struct thread *t) {
  switch (below(t, 4)) {
  case 0: return below(t, 64);
  case 1: return (u64)t->data + below(t, sizeof t->data);
  case 2: return -below(t, 8);
  default: return address(t);
  }
}

static void any_call(struct thread *t) {
  u64 number = below(t, 300);
  /* These kill whom they please, as they should, or end the attack. Clones are counted below. */
  if (number == KILL || number == TKILL || number == TGKILL || number == CLONE || number == EXIT || number == EXIT_GROUP) return;
  if (number == MUNMAP || number == MMAP + 4) return;
  u64 a = argument(t), b = argument(t), c = argument(t), d = argument(t), e = argument(t), f = argument(t);
  on_vector_hart();
  call((long)number, a, b, c, d, e, f);
}

struct context {
  u64 pc, x[31];
};

static struct thread *self(void *frame) { return (struct thread *)((u64)frame & ~65535ull); }

/* Whatever failed: go on with the next step, on a stack that is one. */
static void recover(int signo, void *info, uint8_t *ucontext) {
  (void)signo;
  struct context *context = (void *)(ucontext + 176);
  struct thread *t = self(info);
  context->pc = (u64)attack;
  context->x[1] = (u64)(t->stack + sizeof t->stack);
  context->x[9] = (u64)t;
}

/* Give back a frame other than the one that came. */
static void damage(int signo, void *info, uint8_t *ucontext) {
  (void)signo;
  struct thread *t = self(info);
  struct context *context = (void *)(ucontext + 176);
  uint32_t *head = (void *)(ucontext + 176 + 776);
  u64 *record = (void *)(head + 2); /* vstart, vl, vtype, vcsr, vlenb, address of the registers */
  static const u64 lengths[] = {0, 1, 8, 15, 16, 32, 48, 64, 128, 1 << 12, 1 << 20, 1ull << 32, 1ull << 60, ~0ull};
  u64 what = below(t, 12);
  if (what >= 3 && what <= 6 && below(t, 4)) what = 11; /* these are its death */
  switch (what) {
  case 0: context->pc = address(t); break;
  case 1: context->pc |= 1; break;
  case 2: context->x[1] = address(t); break;
  case 3: record[4] = lengths[below(t, 14)]; break;
  case 4: head[1] = (uint32_t)(below(t, 2) ? next(t) : below(t, 2) * 8), record[4] = lengths[below(t, 14)]; break;
  case 5: head[0] = (uint32_t)(below(t, 2) ? 0x4d494700 + below(t, 300) : next(t)); break;
  case 6: record[5] = address(t); break;
  case 7: ((u64 *)(ucontext + 16))[below(t, 3)] = address(t); break; /* its alternate stack */
  case 8: *(u64 *)(ucontext + 40) = next(t) & ~((u64)1 << (SIGSEGV - 1) | (u64)1 << (SIGILL - 1)); break;
  case 9: *(u64 *)(ucontext + 176 + 512) = next(t); break; /* fcsr */
  default: record[below(t, 4)] = below(t, 2) ? next(t) : lengths[below(t, 14)]; break;
  }
}

static void handle(int signo, void *handler, u64 flags) {
  struct { void *handler; u64 flags, mask; } action = {handler, flags, 0};
  call(ACTION, (u64)signo, (u64)&action, 0, 8, 0, 0);
}

static void step(struct thread *t) {
  u64 where = address(t);
  switch (below(t, 12)) {
  case 0: on_vector_hart(), call(PRCTL, 0x4d494700 + below(t, 256), argument(t), argument(t), argument(t), argument(t), 0); break;
  case 1: on_vector_hart(), call(PRCTL, 0x4d494700 + below(t, 4), below(t, 4), below(t, 4), 0, 0, 0); break;
  case 2: { /* a signal whose frame lies where the stack pointer is */
    if (below(t, 6)) where = (u64)t->data + 2048 + below(t, 6144); /* else it is most often its death */
    u64 me = (u64)call(GETPID, 0, 0, 0, 0, 0, 0), tid = (u64)call(GETTID, 0, 0, 0, 0, 0, 0);
    register u64 a0 __asm__("a0") = me, a1 __asm__("a1") = tid, a2 __asm__("a2") = SIGUSR2, a7 __asm__("a7") = TGKILL;
    __asm__ volatile("mv s1, sp\nmv sp, %4\n" VECTORS("vsetvli t0, x0, e8, m1, ta, ma") "ecall\nmv sp, s1\n"
                     : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7), "r"(where) : "s1", "t0", "memory");
    break;
  }
  case 3: if (!below(t, 16)) { /* no frame at all */
      register u64 a7 __asm__("a7") = SIGRETURN;
      __asm__ volatile("mv sp, %1\n" VECTORS("vsetvli t0, x0, e8, m1, ta, ma") "ecall\n" : : "r"(a7), "r"(where) : "t0", "memory");
    }
    break;
  case 4: __asm__ volatile(VECTORS("vsetivli t0, 2, e64, m1, ta, ma\nvle64.v v8, (%0)") : : "r"(where) : "t0", "memory"); break;
  case 5: __asm__ volatile(VECTORS("vsetivli t0, 2, e64, m1, ta, ma\nvse64.v v8, (%0)") : : "r"(where) : "t0", "memory"); break;
  case 6: on_vector_hart(), *(volatile u64 *)where = next(t); break;
  case 7: __asm__ volatile(VECTORS("vsetvli t0, x0, e8, m1, ta, ma") "slti x0, x0, 1\nslti x0, x0, 2\nslti x0, x0, 3\nslti x0, x0, 2001\n"
                                   "slti x0, x0, 2047\nslti x0, x0, -1\nslti x0, x0, 2002\n" ::: "t0"); break;
  case 8:
    if (t->forks) t->forks--, on_vector_hart(), call(CLONE, below(t, 2) ? SIGCHLD : next(t), 0, argument(t), argument(t), argument(t), 0);
    break;
  case 9: {
    u64 me = (u64)call(GETPID, 0, 0, 0, 0, 0, 0), tid = (u64)call(GETTID, 0, 0, 0, 0, 0, 0);
    on_vector_hart(), call(TGKILL, me, tid, SIGUSR1, 0, 0, 0);
    break;
  }
  default: any_call(t);
  }
}

void attack(struct thread *t) {
  struct { void *base; u64 flags, bytes; } stack = {t->alternate, 0, sizeof t->alternate};
  call(ALTSTACK, (u64)&stack, 0, 0, 0, 0, 0);
  while (t->steps) t->steps--, step(t);
  for (;;) call(EXIT, 0, 0, 0, 0, 0, 0);
}

static void begin_attack(u64 seed, u64 steps) {
  enum { SIGINFO = 4, ONSTACK = 0x8000000, NODEFER = 0x40000000 };
  for (u64 fd = 0; fd < 3; fd++) call(CLOSE, fd, 0, 0, 0, 0, 0);
  static const int failures[] = {SIGILL, SIGTRAP, SIGBUS, SIGSEGV};
  for (int i = 0; i < 4; i++) handle(failures[i], recover, SIGINFO | ONSTACK | NODEFER);
  handle(SIGUSR1, damage, SIGINFO | ONSTACK | NODEFER);
  handle(SIGUSR2, recover, SIGINFO | NODEFER);
  for (u64 i = 0; i < THREADS; i++) {
    struct thread *t = &threads[i];
    t->random = (seed * THREADS + i + 1) * 0x9e3779b97f4a7c15, t->steps = steps, t->forks = 1;
    if (i) start_thread(0x10f00, t->stack + sizeof t->stack, t); /* memory, files, handlers and process in common */
  }
  attack(&threads[0]);
}

static u64 memory[4 * PAGE / 8];
static uint8_t registers[8][1024];
static int has_unit;

static void fail(const char *what, u64 length) {
  call(WRITE, 1, (u64)what, length, 0, 0, 0);
  call(EXIT_GROUP, 1, 0, 0, 0, 0, 0);
}
#define FAIL(text) fail(text, sizeof text - 1)

static void fill(u64 seed) {
  for (u64 i = 0; i < sizeof memory / 8; i++) memory[i] = (seed + i) * 0x9e3779b97f4a7c15;
}

/* A word of the scratchpad, and the accumulator. (hdot.set and hdot.get by their formats.) */
static void check_unit(u64 value) {
  u64 word, sum;
  __asm__ volatile(".insn i 0x0b, 2, x3, %2, 0\ncsrw 0x800, %2\nli t0, 300\n1: addi t0, t0, -1\nbnez t0, 1b\nli a7, 124\necall\n"
                   ".insn r 0x0b, 2, 1, %0, x0, x3\ncsrr %1, 0x800"
                   : "=&r"(word), "=&r"(sum) : "r"(value) : "a0", "a7", "t0", "memory");
  if (word != value) FAIL("a word of the scratchpad is another\n");
  if (sum != value) FAIL("the accumulator is another\n");
}

/* Scalar, floating-point and vector registers over some time and a system call, and the unit's; then memory. */
static void check(u64 seed) {
  u64 value = seed * 0x9e3779b97f4a7c15 | 1, integer, floating, vlenb;
  __asm__ volatile(VECTORS("vsetvli t0, x0, e64, m8, ta, ma\nvmv.v.x v8, %3\nfmv.d.x fs0, %3\nmv s1, %3\n"
                           "li t0, 300\n1: addi t0, t0, -1\nbnez t0, 1b\nli a7, 124\necall\n"
                           "mv %0, s1\nfmv.x.d %1, fs0\nvs8r.v v8, (%4)\ncsrr %2, vlenb")
                   : "=&r"(integer), "=&r"(floating), "=&r"(vlenb) : "r"(value), "r"(registers) : "a0", "a7", "t0", "s1", "fs0", "memory");
  if (integer != value) FAIL("an integer register is another\n");
  if (floating != value) FAIL("a floating-point register is another\n");
  for (u64 i = 0; i < vlenb; i++)
    if (((u64 *)registers)[i] != value) FAIL("a vector register is another\n");
  if (has_unit) check_unit(value);
  for (u64 i = 0; i < sizeof memory / 8; i++)
    if (memory[i] != (seed + i) * 0x9e3779b97f4a7c15) FAIL("memory is other\n");
}

static u64 free_memory(void) {
  static u64 info[32];
  call(SYSINFO, (u64)info, 0, 0, 0, 0, 0);
  return info[FREE];
}

static u64 number(const char *text) {
  u64 n = 0;
  while (*text) n = n * 10 + (u64)(*text++ - '0');
  return n;
}

/* One attacker, from its start until it and all that it started are gone. */
static void round_of(u64 seed, u64 steps) {
  if (!call(CLONE, SIGCHLD, 0, 0, 0, 0, 0)) begin_attack(seed, steps);
  for (u64 checks = 0;; checks++) {
    check(seed);
    if (checks >= CHECKS_BEFORE_KILL) call(KILL, (u64)-1, SIGKILL, 0, 0, 0, 0);
    if (call(WAIT, (u64)-1, 0, 1, 0, 0, 0) == -10) return; /* ECHILD */
  }
}

void begin(u64 *arguments) {
  char **words = (char **)(arguments + 1);
  u64 seed = number(words[1]), attackers = number(words[2]), steps = number(words[3]);
  has_unit = number(words[4]) != 0;
  call(PRCTL, 0x4d494700, 1, 0, 0, 0, 0); /* vectors are kept over system calls */
  fill(seed);
  check(seed);
  round_of(seed, 0); /* the kernel has what it keeps */
  u64 before = free_memory();
  for (u64 i = 0; i < attackers; i++) fill(seed * attackers + i), round_of(seed * attackers + i, steps);
  for (u64 i = 0; free_memory() != before; i++) { /* the last may not have left its hart yet */
    if (i == CHECKS_BEFORE_KILL) FAIL("free memory is other\n");
    check(seed * attackers + attackers - 1);
  }
  static const char good[] = "unharmed\n";
  call(WRITE, 1, (u64)good, sizeof good - 1, 0, 0, 0);
  call(EXIT_GROUP, 0, 0, 0, 0, 0, 0);
}
