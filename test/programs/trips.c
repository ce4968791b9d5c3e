/*
 * Threads that hold a value of their own in every register, do something that may move them to another hart, and look whether each
 * register is what the ABI promises. Arguments: seed, threads, rounds of each, application harts, whether there is a dot-product unit,
 * how to end. It needs no library, so that it is short and nothing but what it says crosses.
 *
 * A wrong register ends it with status 1 and a line that says which one, on which thread, around what.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t u64;

enum { THREADS = 16, PLACES = 2 * THREADS, SPINNERS = 4, MAX_VLENB = 128, UNIT = 9, PAGE = 4096, FRESH_PAGES = 4 };
enum { AS_ONE = 98, NANOSLEEP = 101, SETAFFINITY = 122, YIELD = 124, KILL = 129, TGKILL = 131, ALTSTACK = 132, ACTION = 134,
       PRCTL = 167, GETPID = 172, GETPPID = 173, GETTID = 178, MUNMAP = 215, CLONE = 220, MMAP = 222, MPROTECT = 226, MADVISE = 233,
       WRITE = 64, EXIT = 93, EXIT_GROUP = 94, FUTEX = AS_ONE };
enum { SIGILL = 4, SIGTRAP = 5, SIGKILL = 9, SIGUSR1 = 10, SIGSEGV = 11, SIGUSR2 = 12 };
enum { KEEP_VECTOR = 0x4d494700, HINT, CALLS, FAULTS }; /* prctl */

/* What the assembly loads and stores; its offsets are below. */
struct registers {
  u64 x[32], f[32], fcsr, vstart, vl, vtype, vcsr, vlenb, unit[UNIT], reserved;
};
struct area {
  struct registers in, out;
  u64 kept[16];
  _Alignas(16) uint8_t v_in[32 * MAX_VLENB], v_out[32 * MAX_VLENB];
};
_Static_assert(sizeof(struct registers) == 640 && offsetof(struct area, kept) == 1280, "as the assembly has it");
_Static_assert(offsetof(struct area, v_in) == 1408 && offsetof(struct area, v_out) == 5504, "as the assembly has it");

/* What lies between loading and storing all registers. Each instruction is 4 bytes long: handlers step over the one that failed. */
__asm__(".option push\n.option arch, +v\n.option norvc\n.option norelax\n"
        ".macro body_spin\n1: addi a0, a0, -1\n bnez a0, 1b\n.endm\n"
        ".macro body_call\n ecall\n.endm\n"
        ".macro body_load\n ld a0, (a1)\n.endm\n"
        ".macro body_store\n sd a0, (a1)\n.endm\n"
        ".macro body_illegal\n csrrw x0, cycle, x0\n.endm\n"
        ".macro body_break\n ebreak\n.endm\n"
        ".macro body_jump\n jalr a0, (a1)\n.endm\n"
        ".macro body_soon\n slti x0, x0, 1\n.endm\n"
        ".macro body_done\n slti x0, x0, 2\n.endm\n"
        ".macro body_vload\n vl1re64.v v8, (a1)\n.endm\n"
        ".macro body_vstore\n vs1r.v v8, (a1)\n.endm\n"

        ".macro trip name, body, vectors, unit\n"
        ".balign 4\n\\name: mv t6, a0\n"
        " sd ra, 1280(t6)\n sd sp, 1288(t6)\n sd gp, 1296(t6)\n sd tp, 1304(t6)\n"
        " n = 0\n .irp r, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11\n sd \\r, 1312 + 8 * n(t6)\n n = n + 1\n .endr\n"
        ".if \\unit\n"
        " .irp r, 0, 1, 2, 3, 4, 5, 6, 7\n .insn i 0x0b, 0, x\\r, 560 + 8 * \\r(t6)\n .endr\n"
        " ld t0, 624(t6)\n csrw 0x800, t0\n"
        ".endif\n"
        ".if \\vectors\n"
        " csrr t1, vlenb\n sd t1, 552(t6)\n slli t1, t1, 3\n li t0, 1408\n add t0, t0, t6\n"
        " vl8re8.v v0, (t0)\n add t0, t0, t1\n vl8re8.v v8, (t0)\n add t0, t0, t1\n"
        " vl8re8.v v16, (t0)\n add t0, t0, t1\n vl8re8.v v24, (t0)\n"
        " ld t0, 528(t6)\n ld t1, 536(t6)\n vsetvl x0, t0, t1\n"
        " ld t0, 544(t6)\n csrw vcsr, t0\n ld t0, 520(t6)\n csrw vstart, t0\n"
        ".endif\n"
        " ld t0, 512(t6)\n fscsr t0\n"
        " n = 0\n .rept 32\n fld_numbered %n\n n = n + 1\n .endr\n"
        " n = 1\n .rept 30\n ld_numbered %n\n n = n + 1\n .endr\n"
        " body_\\body\n"
        " n = 1\n .rept 31\n sd_numbered %n\n n = n + 1\n .endr\n"
        " n = 0\n .rept 32\n fsd_numbered %n\n n = n + 1\n .endr\n"
        " frcsr t0\n sd t0, 1152(t6)\n"
        ".if \\vectors\n"
        " csrr t0, vstart\n sd t0, 1160(t6)\n csrr t0, vl\n sd t0, 1168(t6)\n csrr t0, vtype\n sd t0, 1176(t6)\n"
        " csrr t0, vcsr\n sd t0, 1184(t6)\n csrr t1, vlenb\n sd t1, 1192(t6)\n csrw vstart, x0\n"
        " slli t1, t1, 3\n li t0, 5504\n add t0, t0, t6\n"
        " vs8r.v v0, (t0)\n add t0, t0, t1\n vs8r.v v8, (t0)\n add t0, t0, t1\n"
        " vs8r.v v16, (t0)\n add t0, t0, t1\n vs8r.v v24, (t0)\n"
        ".endif\n"
        ".if \\unit\n"
        " .irp r, 0, 1, 2, 3, 4, 5, 6, 7\n .insn s 0x0b, 1, x\\r, 1200 + 8 * \\r(t6)\n .endr\n"
        " csrr t0, 0x800\n sd t0, 1264(t6)\n"
        ".endif\n"
        " ld ra, 1280(t6)\n ld sp, 1288(t6)\n ld gp, 1296(t6)\n ld tp, 1304(t6)\n"
        " n = 0\n .irp r, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11\n ld \\r, 1312 + 8 * n(t6)\n n = n + 1\n .endr\n"
        " ret\n.endm\n"

        ".altmacro\n"
        ".macro fld_numbered n\n fld f\\n, 256 + 8 * \\n(t6)\n.endm\n"
        ".macro fsd_numbered n\n fsd f\\n, 896 + 8 * \\n(t6)\n.endm\n"
        ".macro ld_numbered n\n ld x\\n, 8 * \\n(t6)\n.endm\n"
        ".macro sd_numbered n\n sd x\\n, 640 + 8 * \\n(t6)\n.endm\n"
        ".irp body, spin, call, load, store, illegal, break, jump, soon, done\n"
        " trip scalar_\\body, \\body, 0, 0\n trip vector_\\body, \\body, 1, 0\n trip both_\\body, \\body, 1, 1\n"
        ".endr\n"
        "trip vector_vload, vload, 1, 0\ntrip both_vload, vload, 1, 1\n"
        "trip vector_vstore, vstore, 1, 0\ntrip both_vstore, vstore, 1, 1\n"
        ".noaltmacro\n.option pop\n"

        /* start_thread(flags, stack, parent's word, child's word, function, argument): the tid, or an error */
        ".balign 4\nstart_thread: addi a1, a1, -16\n sd a4, 0(a1)\n sd a5, 8(a1)\n mv a4, a3\n li a3, 0\n li a7, 220\n ecall\n"
        " beqz a0, 1f\n ret\n1: ld t0, 0(sp)\n ld a0, 8(sp)\n jalr t0\n unimp\n"
        /* a page of code that can be thrown away, and comes back at its next use */
        ".balign 4096\nfar: jr a0\n.balign 4096\n"
        ".globl _start\n_start: mv a0, sp\n andi sp, sp, -16\n call begin\n");

enum kind { SCALAR, VECTOR, BOTH, KINDS };
typedef void crossing(struct area *);
#define BODY(name) extern crossing scalar_##name, vector_##name, both_##name;
BODY(spin) BODY(call) BODY(load) BODY(store) BODY(illegal) BODY(break) BODY(jump) BODY(soon) BODY(done) BODY(vload) BODY(vstore)
enum body { SPIN, CALL, LOAD, STORE, ILLEGAL, BREAK, JUMP, SOON, DONE, VLOAD, VSTORE };
#define THREE(name) {#name, {scalar_##name, vector_##name, both_##name}}
static const struct { const char *name; crossing *of[KINDS]; } bodies[] = {
    [SPIN] = THREE(spin), [CALL] = THREE(call), [LOAD] = THREE(load), [STORE] = THREE(store), [ILLEGAL] = THREE(illegal),
    [BREAK] = THREE(break), [JUMP] = THREE(jump), [SOON] = THREE(soon), [DONE] = THREE(done),
    [VLOAD] = {"vload", {NULL, vector_vload, both_vload}}, [VSTORE] = {"vstore", {NULL, vector_vstore, both_vstore}},
};
extern uint8_t far[];
long start_thread(u64 flags, void *stack, int *parent, int *child, void *function, void *argument);

/* A place for a thread: its alternate stack begins with it, so that handlers find it. */
static struct thread {
  _Alignas(65536) uint8_t alternate[32768];
  uint8_t stack[16384];
  struct area area;
  u64 random, handler_random;
  int number, tid;
  volatile int alive; /* the tid while it lives: the kernel clears it */
  volatile u64 faults, signals;
  u64 trips, signals_to_self;
  bool keeps; /* its vectors over system calls */
  uint8_t *fresh;
  int rounds;
} places[PLACES];
_Static_assert(sizeof(struct thread) == 65536, "a thread of each 64 KiB");

static volatile int wrong, lock, arrived, released;
static volatile u64 trips, guarded;
static u64 seed, threads, rounds, harts;
static bool has_unit;
static int pid;

static long call(long number, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
  register u64 a0 __asm__("a0") = a, a1 __asm__("a1") = b, a2 __asm__("a2") = c, a3 __asm__("a3") = d, a4 __asm__("a4") = e,
                   a5 __asm__("a5") = f, a7 __asm__("a7") = (u64)number;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a7) : "memory");
  return (long)a0;
}

/* %d and %x are 64 bits wide, %s a text. */
static void print(const char *format, ...) {
  char line[200];
  unsigned n = 0;
  va_list arguments;
  va_start(arguments, format);
  for (; *format && n < sizeof line - 24; format++) {
    if (*format != '%') {
      line[n++] = *format;
      continue;
    }
    format++;
    if (*format == 's') {
      for (const char *s = va_arg(arguments, const char *); *s && n < sizeof line - 24;) line[n++] = *s++;
      continue;
    }
    u64 value = va_arg(arguments, u64), base = *format == 'x' ? 16 : 10;
    char digits[20];
    int count = 0;
    do digits[count++] = "0123456789abcdef"[value % base];
    while (value /= base);
    while (count) line[n++] = digits[--count];
  }
  va_end(arguments);
  call(WRITE, 1, (u64)line, n, 0, 0, 0);
}

static u64 next(u64 *state) {
  u64 z = *state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}
static u64 below(struct thread *t, u64 n) { return (next(&t->random) >> 32) * n >> 32; }

/* The first of several that find something wrong says it. */
#define FAIL(...)                                              \
  do {                                                         \
    if (!__atomic_exchange_n(&wrong, 1, __ATOMIC_SEQ_CST)) {   \
      print(__VA_ARGS__);                                      \
      call(EXIT_GROUP, 1, 0, 0, 0, 0, 0);                      \
    }                                                          \
    for (;;) call(YIELD, 0, 0, 0, 0, 0, 0);                    \
  } while (0)

/* A vtype of the 22 that every VLEN has, with any policy, and a vl that fits VLEN 128. */
static void choose_type(struct thread *t, struct registers *r) {
  int sew = (int)below(t, 4), least = sew - 3, lmul = least + (int)below(t, (u64)(4 - least));
  r->vtype = (u64)(lmul & 7) | (u64)sew << 3 | below(t, 4) << 6;
  u64 most = 128u >> (3 + sew);
  most = lmul < 0 ? most >> -lmul : most << lmul;
  r->vl = below(t, most + 1);
}

static void fill(struct thread *t, enum kind kind) {
  struct registers *r = &t->area.in;
  for (int n = 1; n < 32; n++) r->x[n] = next(&t->random);
  for (int n = 0; n < 32; n++) r->f[n] = next(&t->random);
  r->x[31] = (u64)&t->area;
  r->fcsr = below(t, 32) | below(t, 5) << 5;
  for (int n = 0; n < UNIT; n++) r->unit[n] = next(&t->random);
  if (kind == SCALAR) return;
  choose_type(t, r);
  r->vcsr = below(t, 8);
  r->vstart = below(t, 2) ? 0 : below(t, 16);
  u64 *v = (u64 *)t->area.v_in;
  for (unsigned n = 0; n < sizeof t->area.v_in / 8; n++) v[n] = next(&t->random);
}

struct expected {
  u64 x10;         /* a0 afterwards */
  bool any_x10;    /* it is looked at by the caller */
  bool zeroed_v8;  /* it was loaded from a fresh page */
  bool may_clobber; /* vectors: a system call */
};

static bool discarded(const struct thread *t) {
  const struct registers *out = &t->area.out;
  if (out->vtype != 1ull << 63 || out->vl || out->vstart || out->vcsr) return false;
  const u64 *v = (const u64 *)t->area.v_out;
  for (u64 n = 0; n < 4 * out->vlenb; n++)
    if (~v[n]) return false;
  return true;
}

/* Every register, once and again: a0 after the body. */
static u64 cross(struct thread *t, enum kind kind, enum body body, u64 number, const u64 arguments[6], struct expected e) {
  const struct registers *in = &t->area.in, *out = &t->area.out;
  struct registers *r = &t->area.in;
  if (body == VLOAD || body == VSTORE) r->vstart = 0; /* all of the register */
  for (int n = 0; n < 6; n++) r->x[10 + n] = arguments[n];
  if (body == CALL) r->x[17] = number;
  u64 handled = t->signals;
  bodies[body].of[kind](&t->area);
  t->trips++;

  u64 where = t->trips, what = body == CALL ? number : 0, who = (u64)t->number;
#define WRONG(register, n, is, was) \
  FAIL("thread %d, trip %d, %s %d, %s: " register " is %x, was %x\n", who, where, bodies[body].name, what, \
       kind == SCALAR ? "scalar" : kind == VECTOR ? "vector" : "both", (u64)(n), (u64)(is), (u64)(was))
  for (int n = 1; n < 32; n++) {
    if (n == 10 && (e.any_x10 || out->x[10] == e.x10)) continue;
    if (n == 10 || out->x[n] != in->x[n]) WRONG("x%d", n, out->x[n], n == 10 ? e.x10 : in->x[n]);
  }
  for (int n = 0; n < 32; n++)
    if (out->f[n] != in->f[n]) WRONG("f%d", n, out->f[n], in->f[n]);
  if (out->fcsr != in->fcsr) WRONG("fcsr (%d)", 3, out->fcsr, in->fcsr);
  for (int n = 0; kind == BOTH && n < UNIT; n++)
    if (out->unit[n] != in->unit[n]) WRONG("unit word %d", n, out->unit[n], in->unit[n]);
  if (kind == SCALAR) return out->x[10];
  /* Clobbered is what a system call may leave of vectors; a handler that ran then has no values to give back. */
  if (e.may_clobber && !t->keeps && (t->signals != handled || discarded(t))) return out->x[10];
  if (out->vlenb != in->vlenb) WRONG("vlenb (%d)", 0, out->vlenb, in->vlenb);
  if (out->vtype != in->vtype) WRONG("vtype (%d)", 0, out->vtype, in->vtype);
  if (out->vl != in->vl) WRONG("vl (%d)", 0, out->vl, in->vl);
  if (out->vcsr != in->vcsr) WRONG("vcsr (%d)", 0, out->vcsr, in->vcsr);
  if (out->vstart != in->vstart) WRONG("vstart (%d)", 0, out->vstart, in->vstart);
  const u64 *is = (const u64 *)t->area.v_out, *was = (const u64 *)t->area.v_in;
  u64 words = in->vlenb / 8;
  for (u64 n = 0; n < 32 * words; n++) {
    u64 right = e.zeroed_v8 && n / words == 8 ? 0 : was[n];
    if (is[n] != right) WRONG("word %d of v0 to v31", n, is[n], right);
  }
  return out->x[10];
}

static enum kind any_kind(struct thread *t) {
  static const enum kind kinds[] = {VECTOR, VECTOR, VECTOR, SCALAR, BOTH, BOTH};
  return kinds[below(t, has_unit ? 6 : 4)];
}

static u64 around(struct thread *t, enum body body, u64 a0, u64 a1, struct expected e) {
  enum kind kind = any_kind(t);
  if (kind == SCALAR && (body == VLOAD || body == VSTORE)) kind = VECTOR;
  fill(t, kind);
  return cross(t, kind, body, 0, (u64[6]){a0, a1}, e);
}

/* A system call with every register in use. */
static long trip_call(struct thread *t, u64 number, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
  enum kind kind = any_kind(t);
  fill(t, kind);
  return (long)cross(t, kind, CALL, number, (u64[6]){a, b, c, d, e, f}, (struct expected){.any_x10 = true, .may_clobber = true});
}
static void want(struct thread *t, long is, long should, const char *what) {
  if (is != should) FAIL("thread %d, trip %d: %s gives %x rather than %x\n", (u64)t->number, t->trips, what, (u64)is, (u64)should);
}

enum { WAIT = 0, WAKE = 1, PRIVATE = 128, EAGAIN = 11, EINTR = 4, ESRCH = 3 };

static void wait_while(struct thread *t, volatile int *word, int value, int flags) {
  while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value) {
    long error = trip_call(t, FUTEX, (u64)word, WAIT | flags, (u64)value, 0, 0, 0);
    if (error && error != -EAGAIN && error != -EINTR) want(t, error, 0, "futex wait");
  }
}
static void wake(struct thread *t, volatile int *word, u64 count) {
  if (trip_call(t, FUTEX, (u64)word, WAKE | PRIVATE, count, 0, 0, 0) < 0) FAIL("thread %d: futex wake\n", (u64)t->number);
}

/* A section that one thread is in at a time: 0 free, 1 taken, 2 taken and others wait (Drepper, "Futexes Are Tricky"). */
static void in_section(struct thread *t) {
  int was = 0;
  if (!__atomic_compare_exchange_n(&lock, &was, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
    while (__atomic_exchange_n(&lock, 2, __ATOMIC_ACQUIRE)) wait_while(t, &lock, 2, PRIVATE);
  u64 before = guarded;
  around(t, SPIN, 1 + below(t, 100), 0, (struct expected){0});
  if (guarded != before) FAIL("thread %d, trip %d: two threads in a section of one\n", (u64)t->number, t->trips);
  guarded = before + 1;
  if (__atomic_exchange_n(&lock, 0, __ATOMIC_RELEASE) == 2) wake(t, &lock, 1);
}

/* All threads of the first row come together. */
static void meet(struct thread *t) {
  int round = released;
  if (__atomic_add_fetch(&arrived, 1, __ATOMIC_SEQ_CST) == (int)threads) {
    arrived = 0;
    __atomic_store_n(&released, round + 1, __ATOMIC_SEQ_CST);
    wake(t, &released, 1 << 20);
  } else {
    wait_while(t, &released, round, PRIVATE);
  }
}

/* Signals */

struct context { /* Linux's ucontext of RISC-V */
  u64 flags, link, stack[3], mask[17], pc, x[31];
};
_Static_assert(offsetof(struct context, pc) == 176, "uc_mcontext");

static struct thread *self(void) {
  u64 sp;
  __asm__ volatile("mv %0, sp" : "=r"(sp));
  return (struct thread *)(sp & ~65535ull);
}

static void clobber_floats(u64 value) {
  __asm__ volatile(".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
                   "fmv.d.x f\\n, %0\n.endr\nfscsr %1" : : "r"(value), "r"(value & 31));
}
static void clobber_vectors(u64 value) {
  __asm__ volatile(".option push\n.option arch, +v\nvsetvli t0, x0, e64, m8, ta, ma\n"
                   "vmv.v.x v0, %0\nvmv.v.x v8, %0\nvmv.v.x v16, %0\nvmv.v.x v24, %0\ncsrw vcsr, %1\n.option pop"
                   : : "r"(value), "r"(value & 7) : "t0");
}
static void clobber_unit(u64 value) { __asm__ volatile(".insn i 0x0b, 2, x3, %0, 0\ncsrw 0x800, %0" : : "r"(value)); }

static void handle(int signo, const int *info, struct context *context) {
  struct thread *t = self();
  u64 what = next(&t->handler_random);
  if (info[0] != signo) FAIL("thread %d: signal %d says %d\n", (u64)t->number, (u64)signo, (u64)info[0]);
  if (what & 3) clobber_floats(what);
  if ((what >> 2 & 3) == 0) clobber_vectors(what);
  if ((what >> 4 & 3) == 0) call(GETPPID, 0, 0, 0, 0, 0, 0);
  if ((what >> 6 & 3) == 0) clobber_vectors(~what);
  if (has_unit && (what >> 8 & 3) == 0) clobber_unit(what);
  if (signo == SIGUSR1 || signo == SIGUSR2) {
    t->signals++;
    return;
  }
  t->faults++;
  context->pc += 4;
}

/* What threads do */

static void fault(struct thread *t, enum body body, u64 a1) {
  u64 before = t->faults, a0 = next(&t->random);
  around(t, body, a0, a1, (struct expected){.x10 = a0});
  if (t->faults != before + 1) FAIL("thread %d, trip %d: %d signals of %s\n", (u64)t->number, t->trips, t->faults - before, bodies[body].name);
}

static uint8_t *fresh_page(struct thread *t) {
  uint8_t *page = t->fresh + PAGE * below(t, FRESH_PAGES);
  want(t, trip_call(t, MADVISE, (u64)page, PAGE, 4, 0, 0, 0), 0, "madvise");
  return page;
}

static void touch(struct thread *t) {
  u64 page = (u64)fresh_page(t), value = next(&t->random);
  switch (below(t, 5)) {
  case 0:
    around(t, LOAD, value, page, (struct expected){.x10 = 0});
    return;
  case 1:
    around(t, STORE, value, page, (struct expected){.x10 = value});
    around(t, LOAD, 0, page, (struct expected){.x10 = value});
    return;
  case 2:
    want(t, trip_call(t, MADVISE, (u64)far, PAGE, 4, 0, 0, 0), 0, "madvise");
    around(t, JUMP, 0, (u64)far, (struct expected){.any_x10 = true});
    return;
  case 3:
    around(t, VLOAD, value, page, (struct expected){.x10 = value, .zeroed_v8 = true});
    return;
  default:
    around(t, VSTORE, value, page, (struct expected){.x10 = value});
    for (u64 n = 0; n < t->area.in.vlenb / 8; n++)
      if (((u64 *)page)[n] != ((u64 *)(t->area.v_in + 8 * t->area.in.vlenb))[n])
        FAIL("thread %d, trip %d: vs1r stored something else\n", (u64)t->number, t->trips);
  }
}

/* Its memory goes and comes while others of the process are away. */
static void remap(struct thread *t) {
  long va = trip_call(t, MMAP, 0, 2 * PAGE, 3, 0x22, (u64)-1, 0);
  if (va < 0) FAIL("thread %d: mmap gives %x\n", (u64)t->number, (u64)va);
  around(t, STORE, 7, (u64)va + PAGE, (struct expected){.x10 = 7});
  want(t, trip_call(t, MPROTECT, (u64)va, 2 * PAGE, 1, 0, 0, 0), 0, "mprotect");
  fault(t, STORE, (u64)va + PAGE);
  want(t, trip_call(t, MUNMAP, (u64)va, 2 * PAGE, 0, 0, 0, 0), 0, "munmap");
  u64 before = t->faults;
  around(t, LOAD, 5, (u64)va + PAGE, (struct expected){.any_x10 = true});
  if (t->faults == before + 1 && t->area.out.x[10] != 5) FAIL("thread %d, trip %d: a load that failed wrote a0\n", (u64)t->number, t->trips);
}

static void signal_someone(struct thread *t) {
  if (below(t, 2)) {
    t->signals_to_self++;
    want(t, trip_call(t, TGKILL, (u64)pid, (u64)t->tid, SIGUSR1, 0, 0, 0), 0, "tgkill");
    if (t->signals < t->signals_to_self) FAIL("thread %d, trip %d: its own signal has not come\n", (u64)t->number, t->trips);
    return;
  }
  int tid = places[below(t, PLACES)].alive;
  if (!tid) return;
  long error = trip_call(t, TGKILL, (u64)pid, (u64)tid, below(t, 2) ? SIGUSR1 : SIGUSR2, 0, 0, 0);
  if (error != -ESRCH) want(t, error, 0, "tgkill");
}

static void work(struct thread *t);

static void prepare(struct thread *t) {
  const u64 stack[3] = {(u64)t->alternate, 0, sizeof t->alternate};
  want(t, call(ALTSTACK, (u64)stack, 0, 0, 0, 0, 0), 0, "sigaltstack");
  if (!t->fresh) t->fresh = (uint8_t *)call(MMAP, 0, FRESH_PAGES * PAGE, 3, 0x22, (u64)-1, 0);
  t->tid = (int)call(GETTID, 0, 0, 0, 0, 0, 0);
}

static void run(struct thread *t) {
  prepare(t);
  work(t);
  __atomic_fetch_add(&trips, t->trips, __ATOMIC_SEQ_CST);
  call(EXIT, 0, 0, 0, 0, 0, 0);
}

static void launch(struct thread *t, void *function, int its_rounds) {
  enum { VM = 0x100, FS = 0x200, FILES = 0x400, SIGHAND = 0x800, THREAD = 0x10000, PARENT = 0x100000, CLEAR = 0x200000 };
  t->number = (int)(t - places);
  t->random = seed * 1000 + (u64)t->number, t->handler_random = ~t->random;
  t->rounds = its_rounds;
  t->keeps = false, t->signals = t->signals_to_self = t->trips = 0;
  long tid = start_thread(VM | FS | FILES | SIGHAND | THREAD | PARENT | CLEAR, t->stack + sizeof t->stack, (int *)&t->alive,
                          (int *)&t->alive, function, t);
  if (tid < 0) FAIL("clone gives %x\n", (u64)tid);
}

/* A thread of a thread: it starts, crosses and ends, whatever its parent does meanwhile. */
static void child(struct thread *t) {
  struct thread *c = t + THREADS;
  if (t->number >= THREADS) return;
  launch(c, run, 2);
  around(t, SPIN, 1 + below(t, 500), 0, (struct expected){0});
  for (int alive; (alive = c->alive);) wait_while(t, &c->alive, alive, 0);
  t->random ^= c->random;
}

static void once(struct thread *t) {
  u64 mask, pause[2] = {0, 1000 * below(t, 50)};
  switch (below(t, 20)) {
  case 0:
  case 1:
    around(t, SPIN, 1 + (below(t, 2000) >> below(t, 11)), 0, (struct expected){0});
    return;
  case 2:
    want(t, trip_call(t, GETTID, 0, 0, 0, 0, 0, 0), t->tid, "gettid");
    return;
  case 3:
    want(t, trip_call(t, YIELD, 0, 0, 0, 0, 0, 0), 0, "sched_yield");
    return;
  case 4:
  case 5:
    in_section(t);
    return;
  case 6:
  case 7:
    touch(t);
    return;
  case 8:
    fault(t, ILLEGAL, 0);
    return;
  case 9:
    fault(t, BREAK, 0);
    return;
  case 10:
    fault(t, LOAD, below(t, 2) ? 16 : 1ull << 62);
    return;
  case 11:
  case 12:
    signal_someone(t);
    return;
  case 13:
    mask = 1 + below(t, (1ull << harts) - 1);
    want(t, trip_call(t, SETAFFINITY, 0, sizeof mask, (u64)&mask, 0, 0, 0), 0, "sched_setaffinity");
    return;
  case 14:
    remap(t);
    return;
  case 15:
    if (trip_call(t, NANOSLEEP, (u64)pause, 0, 0, 0, 0, 0) > 0) FAIL("nanosleep gives a positive number\n");
    return;
  case 16: {
    bool keep = below(t, 2);
    t->keeps &= keep;
    want(t, trip_call(t, PRCTL, KEEP_VECTOR, keep, 0, 0, 0, 0), 0, "prctl");
    t->keeps = keep;
    return;
  }
  case 17: /* an older kernel may refuse these; nothing else may change */
    if (below(t, 3)) trip_call(t, PRCTL, below(t, 2) ? CALLS : FAULTS, below(t, 3), 0, 0, 0, 0);
    else trip_call(t, PRCTL, HINT, 1 + below(t, 2), 0, 0, 0, 0);
    return;
  case 18: {
    u64 a0 = next(&t->random);
    around(t, below(t, 2) ? SOON : DONE, a0, 0, (struct expected){.x10 = a0});
    return;
  }
  default:
    child(t);
  }
}

static void work(struct thread *t) {
  for (int round = 0; round < t->rounds; round++) {
    once(t);
    if (t->number < THREADS && round % 4 == 3) meet(t);
  }
}

/* Threads that are away when the process ends. */
static volatile int spinning;
static void spin(struct thread *t) {
  prepare(t);
  __atomic_fetch_add(&spinning, 1, __ATOMIC_SEQ_CST);
  for (;;) {
    around(t, SPIN, 1 + below(t, 300), 0, (struct expected){0});
    if (below(t, 2)) trip_call(t, GETTID, 0, 0, 0, 0, 0, 0);
  }
}

static u64 number(const char *text) {
  u64 n = 0;
  for (; *text >= '0' && *text <= '9'; text++) n = 10 * n + (u64)(*text - '0');
  return n;
}

static void install(int signo) {
  const u64 action[3] = {(u64)handle, 0x08000000 | 0x10000000 | 4, 0}; /* SA_ONSTACK, SA_RESTART, SA_SIGINFO */
  call(ACTION, (u64)signo, (u64)action, 0, 8, 0, 0);
}

void begin(char **stack) {
  static const int signals[] = {SIGILL, SIGTRAP, SIGUSR1, SIGSEGV, SIGUSR2};
  seed = number(stack[2]), threads = number(stack[3]), rounds = number(stack[4]), harts = number(stack[5]);
  has_unit = number(stack[6]);
  u64 end = number(stack[7]);
  pid = (int)call(GETPID, 0, 0, 0, 0, 0, 0);
  for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) install(signals[i]);
  for (u64 i = 0; i < threads; i++) launch(&places[i], run, (int)rounds);
  for (u64 i = 0; i < threads; i++)
    for (int alive; (alive = places[i].alive);) call(FUTEX, (u64)&places[i].alive, WAIT, (u64)alive, 0, 0, 0);
  print("%d trips\n", trips);
  if (end) {
    for (int i = 0; i < SPINNERS; i++) launch(&places[i], spin, 0);
    while (spinning < SPINNERS) call(YIELD, 0, 0, 0, 0, 0, 0);
    if (end > 1) call(KILL, (u64)pid, SIGKILL, 0, 0, 0, 0);
  }
  call(EXIT_GROUP, wrong, 0, 0, 0, 0, 0);
}

void *memset(void *to, int value, size_t bytes) {
  volatile uint8_t *at = to;
  while (bytes--) *at++ = (uint8_t)value;
  return to;
}
