/** Calls of the supervisor binary interface 2.0. */
#pragma once
#include <stdint.h>

struct sbi_result {
  int64_t error; /* 0, or negative: SBI_ERR_*, enum mig_error */
  uint64_t value;
};

/** In the header, so that the arguments need not go through memory. */
static inline struct sbi_result sbi_call(uint64_t extension, uint64_t fid, const uint64_t arguments[6]) {
  register uint64_t a0 __asm__("a0") = arguments[0];
  register uint64_t a1 __asm__("a1") = arguments[1];
  register uint64_t a2 __asm__("a2") = arguments[2];
  register uint64_t a3 __asm__("a3") = arguments[3];
  register uint64_t a4 __asm__("a4") = arguments[4];
  register uint64_t a5 __asm__("a5") = arguments[5];
  register uint64_t a6 __asm__("a6") = fid;
  register uint64_t a7 __asm__("a7") = extension;
  __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a6), "r"(a7) : "memory");
  return (struct sbi_result){(int64_t)a0, a1};
}

/** Does the firmware have this extension? */
int sbi_has(uint64_t extension);

/** What this hart is: mvendorid, marchid, mimpid (0 to 2); 0 when the firmware does not say. */
uint64_t sbi_identity(int which);

/** Raise this hart's timer interrupt at a time; UINT64_MAX: not at all. */
void sbi_set_timer(uint64_t time);
void sbi_send_ipi(uint64_t hart);
int64_t sbi_start_hart(uint64_t hart, uint64_t entry_pa, uint64_t opaque);
/** Fences on every hart, those that only the firmware knows included: it calls threads of the address space back from them first. */
void sbi_remote_fence_i(void);
void sbi_remote_sfence(uint64_t va, uint64_t bytes, uint64_t asid);
/** Power off, with a reason. Comes back when the firmware refuses. */
void sbi_shut_down(uint32_t reason);
/** Write to the debug console. @return bytes written, or negative when there is none */
int64_t sbi_console_write(uint64_t pa, uint64_t bytes);
/** @return bytes read, or negative when there is no debug console */
int64_t sbi_console_read(uint64_t pa, uint64_t bytes);
