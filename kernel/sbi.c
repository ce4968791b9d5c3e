#include "sbi.h"

enum : uint64_t {
  BASE = 0x10,
  TIME = 0x54494D45,
  IPI = 0x735049,
  RFENCE = 0x52464E43,
  HSM = 0x48534D,
  SRST = 0x53525354,
  DBCN = 0x4442434E,
  EVERY_HART = UINT64_MAX, /* as hart_mask_base: the mask is ignored and all harts are meant */
};

int sbi_has(uint64_t extension) {
  struct sbi_result r = sbi_call(BASE, 3, (uint64_t[6]){extension});
  return r.error == 0 && r.value != 0;
}

uint64_t sbi_identity(int which) {
  struct sbi_result r = sbi_call(BASE, 4 + (uint64_t)which, (uint64_t[6]){0});
  return r.error ? 0 : r.value;
}

void sbi_set_timer(uint64_t time) { sbi_call(TIME, 0, (uint64_t[6]){time}); }

void sbi_send_ipi(uint64_t hart) { sbi_call(IPI, 0, (uint64_t[6]){1, hart}); }

int64_t sbi_start_hart(uint64_t hart, uint64_t entry_pa, uint64_t opaque) {
  return sbi_call(HSM, 0, (uint64_t[6]){hart, entry_pa, opaque}).error;
}

void sbi_remote_fence_i(void) { sbi_call(RFENCE, 0, (uint64_t[6]){0, EVERY_HART}); }

void sbi_remote_sfence(uint64_t va, uint64_t bytes, uint64_t asid) {
  sbi_call(RFENCE, 2, (uint64_t[6]){0, EVERY_HART, va, bytes, asid});
}

void sbi_shut_down(uint32_t reason) { sbi_call(SRST, 0, (uint64_t[6]){0, reason}); }

int64_t sbi_console_write(uint64_t pa, uint64_t bytes) {
  struct sbi_result r = sbi_call(DBCN, 0, (uint64_t[6]){bytes, pa, 0});
  return r.error ? r.error : (int64_t)r.value;
}

int64_t sbi_console_read(uint64_t pa, uint64_t bytes) {
  struct sbi_result r = sbi_call(DBCN, 1, (uint64_t[6]){bytes, pa, 0});
  return r.error ? r.error : (int64_t)r.value;
}
