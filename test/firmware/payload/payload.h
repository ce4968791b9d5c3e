/*
 * The test payload: a supervisor of a few hundred lines that calls firmware in every way it should and should
 * not.
 */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "migration.h"

#define csr_read(name)                                     \
  ({                                                       \
    uint64_t value_;                                       \
    __asm__ volatile("csrr %0, " #name : "=r"(value_) : : "memory"); \
    value_;                                                \
  })
#define csr_write(name, value) __asm__ volatile("csrw " #name ", %0" : : "r"((uint64_t)(value)) : "memory")
#define csr_set(name, value) __asm__ volatile("csrs " #name ", %0" : : "r"((uint64_t)(value)) : "memory")
#define csr_clear(name, value) __asm__ volatile("csrc " #name ", %0" : : "r"((uint64_t)(value)) : "memory")

enum {
  BASE = 0x10,
  TIME = 0x54494D45,
  IPI = 0x735049,
  RFENCE = 0x52464E43,
  HSM = 0x48534D,
  SRST = 0x53525354,
  DBCN = 0x4442434E,
};
enum { OK = 0, NOT_SUPPORTED = -2, INVALID_PARAM = -3, INVALID_ADDRESS = -5, ALREADY_AVAILABLE = -6 };

struct answer {
  int64_t error;
  uint64_t value;
};
struct answer sbi(uint64_t extension, uint64_t fid, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5);
#define SBI(extension, fid, ...) sbi_pad((extension), (fid), __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define sbi_pad(e, f, a, b, c, d, g, h, ...) sbi(e, f, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), (uint64_t)(g), (uint64_t)(h))

void *memcpy(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
void print(const char *format, ...);

/* A check that fails says so and is counted; the line names the test and what was seen. */
extern const char *test_name;
extern uint64_t failures;
void check(bool good, const char *what, uint64_t seen, int line);
#define CHECK(condition, seen) check((condition), #condition, (uint64_t)(seen), __LINE__)
void run_test(const char *name, void (*test)(void));

/* What the last traps in S-mode were. */
struct trap_seen {
  volatile uint64_t cause, epc, tval, status, exceptions, interrupts;
};
extern struct trap_seen seen;

struct run {
  struct mig_frame frame;
  uint64_t ksp, ktp;
};
uint64_t run_user(struct run *run);

/* Memory of the test: page tables, and what the tree says. */
extern uint64_t satp_1, satp_2; /* two address spaces, ASIDs 1 and 2, same pages */
extern uint64_t ram_end, boot_hart, hart_total, accelerators, other_hart;
enum { USER = 0x40000000, DATA = 0x40010000, FRESH = 0x40020000, READ_ONLY = 0x40100000, SCATTERED = 0x40108000 };
void memory_init(void);
void map_page(uint64_t va, uint64_t pa, uint64_t bits);
void map_fresh(void);   /* FRESH becomes a page of data */
void unmap_fresh(void); /* and is one no longer; no fence */
uint64_t user_va(const void *code);

void tests_sbi(void);
/* What the other hart does when work is asked of it; its end is told by work_done. */
extern volatile uint64_t work_asked, work_done;
void work_of_other_hart(void);
void tests_migration(void);

/* What the tree says of the machine. */
extern bool has_mailbox, on_qemu, harts_in_turn;

extern uint8_t user_hints[], user_hints_done[];
extern uint8_t user_dot[], user_dot_look[], user_dot_fault[], user_dot_fault_at[], user_dot_spin[];
extern uint8_t user_trip[], user_fault[], user_fault_at[], user_fault_middle[], user_fault_middle_at[], user_spin[], user_illegal[],
    user_break[], user_load[], user_pingpong[], user_look[], user_ecall[], user_count[], user_ask_loads[];

static inline uint64_t now(void) { return csr_read(time); }

#endif
