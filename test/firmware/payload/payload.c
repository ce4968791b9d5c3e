#include "payload.h"

#include <stdarg.h>

const char *test_name = "";
uint64_t failures;
struct trap_seen seen;
bool has_mailbox, on_qemu, harts_in_turn;
uint64_t satp_1, satp_2, ram_end, boot_hart, hart_total, accelerators, other_hart;
static uint64_t tests;

struct answer sbi(uint64_t extension, uint64_t fid, uint64_t p0, uint64_t p1, uint64_t p2, uint64_t p3, uint64_t p4, uint64_t p5) {
  register uint64_t a0 __asm__("a0") = p0;
  register uint64_t a1 __asm__("a1") = p1;
  register uint64_t a2 __asm__("a2") = p2;
  register uint64_t a3 __asm__("a3") = p3;
  register uint64_t a4 __asm__("a4") = p4;
  register uint64_t a5 __asm__("a5") = p5;
  register uint64_t a6 __asm__("a6") = fid;
  register uint64_t a7 __asm__("a7") = extension;
  __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a6), "r"(a7) : "memory");
  return (struct answer){a0, a1};
}

static void put(char c) { SBI(DBCN, 2, c); }

static void number(uint64_t value, uint64_t radix) {
  if (value >= radix) number(value / radix, radix);
  put("0123456789abcdef"[value % radix]);
}

void print(const char *format, ...) {
  va_list list;
  va_start(list, format);
  for (; *format; format++) {
    if (*format != '%') {
      put(*format);
    } else if (*++format == 's') {
      for (const char *text = va_arg(list, const char *); *text;) put(*text++);
    } else {
      uint64_t value = va_arg(list, uint64_t);
      if (*format == 'x') put('0'), put('x');
      number(value, *format == 'x' ? 16 : 10);
    }
  }
  va_end(list);
}

void check(bool good, const char *what, uint64_t value, int line) {
  if (good) return;
  failures++;
  print("FAIL %s: line %d: %s; saw %x\n", test_name, (uint64_t)line, what, value);
}

void run_test(const char *name, void (*test)(void)) {
  uint64_t before = failures;
  test_name = name;
  test();
  tests++;
  if (failures == before) print("PASS %s\n", name);
}

/* Exceptions skip the instruction; interrupts switch themselves off in sie. */
void supervisor_trap(void) {
  seen.cause = csr_read(scause);
  seen.epc = csr_read(sepc);
  seen.tval = csr_read(stval);
  seen.status = csr_read(sstatus);
  if (seen.cause >> 63) {
    seen.interrupts++;
    csr_clear(sie, 1ull << (seen.cause & 63));
    return;
  }
  seen.exceptions++;
  uint64_t epc = seen.epc;
  uint64_t length = (*(uint16_t *)epc & 3) == 3 ? 4 : 2;
  csr_write(sepc, epc + length);
}

void *memcpy(void *to, const void *from, size_t bytes) {
  uint8_t *d = to;
  const uint8_t *s = from;
  while (bytes--) *d++ = *s++;
  return to;
}
void *memset(void *to, int value, size_t bytes) {
  uint8_t *d = to;
  while (bytes--) *d++ = value;
  return to;
}

/* Page tables: 1 GiB of devices, 1 GiB of RAM, and 2 MiB of small pages at USER. */
static uint64_t root[512] __attribute__((aligned(4096))), middle[512] __attribute__((aligned(4096))),
    leaves[512] __attribute__((aligned(4096)));
static uint8_t pages[8][4096] __attribute__((aligned(4096)));
extern uint8_t user_start_page[];

enum { V = 1, R = 2, W = 4, X = 8, U = 16, A = 64, D = 128 };

void map_page(uint64_t va, uint64_t pa, uint64_t bits) { leaves[va >> 12 & 511] = bits ? pa >> 12 << 10 | bits | V | A | D : 0; }

uint64_t user_va(const void *code) { return USER + ((uint64_t)code - ((uint64_t)user_trip & ~0xfffull)); }

void map_fresh(void) { map_page(FRESH, (uint64_t)pages[2], R | W | U); }
void unmap_fresh(void) { map_page(FRESH, 0, 0); }

void memory_init(void) {
  root[0] = V | R | W | A | D;
  root[1] = (uint64_t)middle >> 12 << 10 | V;
  root[2] = 0x80000ull << 10 | V | R | W | X | A | D;
  middle[0] = (uint64_t)leaves >> 12 << 10 | V;
  map_page(USER, (uint64_t)user_trip & ~0xfffull, R | X | U);
  map_page(DATA, (uint64_t)pages[0], R | W | U);
  map_page(READ_ONLY, (uint64_t)pages[1], R);
  /* Six pages for the supervisor, none beside its neighbour. */
  for (uint64_t i = 0; i < 5; i++) map_page(SCATTERED + i * 4096, (uint64_t)pages[7 - i], R | W);
  uint64_t here = (uint64_t)root >> 12 | 8ull << 60;
  satp_1 = here | 1ull << 44;
  satp_2 = here | 2ull << 44;
  csr_write(satp, satp_1);
  __asm__ volatile("sfence.vma");
}

static uint32_t big_endian(const uint8_t *at) { return (uint32_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3]; }

/* Harts by what SBI says: those it knows are ours. */
static void find_harts(void) {
  for (uint64_t id = 0; id < 8; id++) {
    if (SBI(HSM, 2, id).error) continue;
    hart_total++;
    if (id != boot_hart && !other_hart) other_hart = id;
  }
  uint64_t classes = SBI(MIG_EID, MIG_CLASSES, 0).value;
  if (classes & 1) accelerators = MIG_DESCRIBE_HARTS(SBI(MIG_EID, MIG_DESCRIBE, 0).value);
}

static bool tree_mentions(const uint8_t *tree, const char *text) {
  uint64_t bytes = big_endian(tree + 4), length = 0;
  while (text[length]) length++;
  for (uint64_t at = 0; at + length <= bytes; at++) {
    uint64_t same = 0;
    while (same < length && tree[at + same] == (uint8_t)text[same]) same++;
    if (same == length) return true;
  }
  return false;
}

void main(uint64_t hart, const uint8_t *tree) {
  boot_hart = hart;
  ram_end = 0x80000000ull + (128 << 20);
  print("payload: hart %d, tree %x of %d bytes\n", hart, (uint64_t)tree, (uint64_t)big_endian(tree + 4));
  has_mailbox = tree_mentions(tree, "harthop,mailbox");
  on_qemu = tree_mentions(tree, "qemu,fw-cfg-mmio");
  harts_in_turn = tree_mentions(tree, "policy=fifo");
  find_harts();
  print("payload: %d harts, %d accelerator harts\n", hart_total, accelerators);
  memory_init();
  tests_sbi();
  tests_migration();
  print("payload: %d tests, %d failures\n", tests, failures);
  SBI(SRST, 0, 0, failures ? 0xf0000001 : 0);
  print("payload: still here after the reset call\n");
}
