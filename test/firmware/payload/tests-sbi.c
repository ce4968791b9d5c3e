/* SBI 2.0, protection, and traps that firmware hands on. */
#include "payload.h"

extern uint8_t secondary_start[], stack_secondary[];

/* The other hart's life: it counts what reaches it and can be told to stop. */
static volatile uint64_t secondary_runs, secondary_ipis, secondary_stop, secondary_argument;
void secondary(uint64_t hart, uint64_t argument) {
  secondary_argument = argument;
  secondary_runs++;
  csr_write(satp, satp_1);
  __asm__ volatile("sfence.vma");
  for (;;) {
    csr_set(sie, 2);
    if (!(csr_read(sip) & 2)) __asm__ volatile("wfi");
    if (csr_read(sip) & 2) {
      csr_clear(sip, 2);
      secondary_ipis++;
    }
    if (work_asked) {
      work_asked = 0;
      work_of_other_hart();
      __atomic_store_n(&work_done, 1, __ATOMIC_RELEASE);
    }
    if (secondary_stop) {
      secondary_stop = 0;
      SBI(HSM, 1, 0);
    }
  }
}

static bool soon(volatile uint64_t *word, uint64_t value) {
  for (uint64_t end = now() + 10000000; now() < end;)
    if (*word == value) return true;
  return false;
}

static void base(void) {
  CHECK(SBI(BASE, 0, 0).value == 2 << 24, SBI(BASE, 0, 0).value);
  static const uint64_t present[] = {BASE, TIME, IPI, RFENCE, HSM, SRST, DBCN, MIG_EID, 1, 2};
  for (unsigned i = 0; i < sizeof present / sizeof *present; i++) CHECK(SBI(BASE, 3, present[i]).value != 0, present[i]);
  CHECK(SBI(BASE, 3, 0x504D55).value == 0, 0);
  CHECK(SBI(BASE, 99, 0).error == NOT_SUPPORTED, 0);
  CHECK(SBI(0x12345678, 0, 0).error == NOT_SUPPORTED, 0);
  static const uint64_t extensions[] = {TIME, IPI, RFENCE, HSM, SRST, DBCN, MIG_EID};
  for (unsigned i = 0; i < sizeof extensions / sizeof *extensions; i++)
    CHECK(SBI(extensions[i], 77, 0).error == NOT_SUPPORTED, extensions[i]);
}

static void console(void) {
  static const char text[] = "";
  struct answer answer = SBI(DBCN, 0, 0, text);
  CHECK(answer.error == OK && answer.value == 0, answer.error);
  answer = SBI(DBCN, 0, 12, "hello there\n");
  CHECK(answer.error == OK && answer.value == 12, answer.value);
  /* Firmware's memory, a device, past the end of RAM, a wrap, an upper half. */
  CHECK(SBI(DBCN, 0, 8, 0x80000000).error == INVALID_PARAM, 0);
  CHECK(SBI(DBCN, 0, 0x200000, 0x7ff00000).error == INVALID_PARAM, 0);
  CHECK(SBI(DBCN, 1, 8, 0x80001000).error == INVALID_PARAM, 0);
  CHECK(SBI(DBCN, 0, 8, 0x10000000).error == INVALID_PARAM, 0);
  CHECK(SBI(DBCN, 0, 8, ram_end - 4).error == INVALID_PARAM, 0);
  CHECK(SBI(DBCN, 0, -1, 0x80200000).error == INVALID_PARAM, 0);
  CHECK(SBI(DBCN, 0, 8, 0x80200000, 1).error == INVALID_PARAM, 0);
}

static void timer(void) {
  SBI(TIME, 0, now() + 100000000);
  CHECK(!(csr_read(sip) & 32), csr_read(sip));
  SBI(TIME, 0, now() + 1000);
  uint64_t end = now() + 10000000;
  while (!(csr_read(sip) & 32) && now() < end) {
  }
  CHECK(csr_read(sip) & 32, csr_read(sip));
  SBI(TIME, 0, -1);
  CHECK(!(csr_read(sip) & 32), csr_read(sip));
}

static void hart_states(void) {
  if (!other_hart) return;
  uint64_t stack = (uint64_t)stack_secondary + 16384;
  CHECK(SBI(HSM, 2, boot_hart).value == 0, 0);
  CHECK(SBI(HSM, 2, other_hart).value == 1, 0);
  CHECK(SBI(HSM, 2, 4711).error == INVALID_PARAM, 0);
  CHECK(SBI(HSM, 0, 4711, secondary_start, 0).error == INVALID_PARAM, 0);
  CHECK(SBI(HSM, 0, other_hart, 0x80000000, 0).error == INVALID_ADDRESS, 0);
  CHECK(SBI(HSM, 0, other_hart, 0x10000000, 0).error == INVALID_ADDRESS, 0);
  CHECK(SBI(HSM, 0, other_hart, secondary_start, stack).error == OK, 0);
  CHECK(soon(&secondary_runs, 1), secondary_runs);
  CHECK(secondary_argument == stack, secondary_argument);
  CHECK(SBI(HSM, 2, other_hart).value == 0, 0);
  CHECK(SBI(HSM, 0, other_hart, secondary_start, stack).error == ALREADY_AVAILABLE, 0);
  /* Stop it and start it again. */
  secondary_stop = 1;
  SBI(IPI, 0, 1, other_hart);
  uint64_t end = now() + 10000000;
  while (SBI(HSM, 2, other_hart).value != 1 && now() < end) {
  }
  CHECK(SBI(HSM, 2, other_hart).value == 1, 0);
  CHECK(SBI(HSM, 0, other_hart, secondary_start, stack).error == OK, 0);
  CHECK(soon(&secondary_runs, 2), secondary_runs);
}

static void suspend(void) {
  csr_write(sie, 32);
  SBI(TIME, 0, now() + 2000);
  CHECK(SBI(HSM, 3, 0).error == OK, 0);
  CHECK(csr_read(sip) & 32, csr_read(sip));
  SBI(TIME, 0, -1);
  csr_write(sie, 0);
  CHECK(SBI(HSM, 3, 0x80000000).error == NOT_SUPPORTED, 0);
  CHECK(SBI(HSM, 3, 5).error == INVALID_PARAM, 0);
}

static void interrupts(void) {
  SBI(IPI, 0, 1, boot_hart);
  CHECK(csr_read(sip) & 2, csr_read(sip));
  csr_clear(sip, 2);
  CHECK(!(csr_read(sip) & 2), csr_read(sip));
  CHECK(SBI(IPI, 0, 1, 4711).error == INVALID_PARAM, 0);
  CHECK(SBI(IPI, 0, 2, -2).error == INVALID_PARAM, 0);
  if (!other_hart) return;
  uint64_t before = secondary_ipis;
  CHECK(SBI(IPI, 0, 1, other_hart).error == OK, 0);
  CHECK(soon(&secondary_ipis, before + 1), secondary_ipis);
  /* All harts: this one too. */
  CHECK(SBI(IPI, 0, 0, -1).error == OK, 0);
  CHECK(soon(&secondary_ipis, before + 2), secondary_ipis);
  CHECK(csr_read(sip) & 2, csr_read(sip));
  csr_clear(sip, 2);
}

static void fences(void) {
  CHECK(SBI(RFENCE, 0, 0, -1).error == OK, 0);
  CHECK(SBI(RFENCE, 1, 0, -1, 0, 0).error == OK, 0);
  CHECK(SBI(RFENCE, 1, 1, boot_hart, 0x40000000, 8192).error == OK, 0);
  CHECK(SBI(RFENCE, 2, 0, -1, 0, -1, 3).error == OK, 0);
  CHECK(SBI(RFENCE, 1, 0, -1, -4096ull, 8192).error == INVALID_ADDRESS, 0);
  CHECK(SBI(RFENCE, 0, 1, 4711).error == INVALID_PARAM, 0);
  CHECK(SBI(RFENCE, 3, 0, -1).error == NOT_SUPPORTED, 0);
}

static void illegal(void) {
  uint64_t before = seen.exceptions;
  uint64_t at;
  __asm__ volatile("la %0, 1f\n.option push\n.option norvc\n1: .word 0xffffffff\n.option pop\n" : "=r"(at)::"memory");
  CHECK(seen.exceptions == before + 1, seen.exceptions);
  CHECK(seen.cause == 2, seen.cause);
  CHECK(seen.epc == at, seen.epc);
  CHECK(seen.tval == 0xffffffff || seen.tval == 0, seen.tval);
  CHECK(seen.status & 0x100, seen.status);
  /* From U-mode: SPP says so, SIE becomes SPIE. */
  struct run run = {.frame.epc = user_va(user_illegal)};
  CHECK(run_user(&run) == 2, csr_read(scause));
  CHECK(run.frame.epc == user_va(user_illegal), run.frame.epc);
  CHECK(!(csr_read(sstatus) & 0x100), csr_read(sstatus));
  CHECK(csr_read(sstatus) & 0x20, csr_read(sstatus));
  CHECK(!(csr_read(sstatus) & 2), csr_read(sstatus));
}

static uint64_t load_faults(uint64_t va) {
  uint64_t before = seen.exceptions, value;
  __asm__ volatile("ld %0, 0(%1)" : "=r"(value) : "r"(va) : "memory");
  return seen.exceptions == before ? 0 : seen.cause;
}

static uint64_t store_faults(uint64_t va) {
  uint64_t before = seen.exceptions;
  __asm__ volatile("sd zero, 0(%0)" : : "r"(va) : "memory");
  return seen.exceptions == before ? 0 : seen.cause;
}

static void protection(void) {
  CHECK(load_faults(0x80000000) == 5, seen.cause);
  CHECK(store_faults(0x80000000) == 7, seen.cause);
  CHECK(store_faults(0x801bfff8) == 7, seen.cause);
  CHECK(store_faults(0x02000000) == 7, seen.cause);
  CHECK(store_faults(0x02004000) == 7, seen.cause);
  CHECK(load_faults(0x801c0000) == 0, seen.cause);
  CHECK(seen.epc != 0, 0);
  CHECK(load_faults(0x40030000) == 13, seen.cause);
  CHECK(seen.tval == 0x40030000, seen.tval);
}

static void reset_refused(void) {
  CHECK(SBI(SRST, 0, 3, 0).error == INVALID_PARAM, 0);
  CHECK(SBI(SRST, 0, 0, 2).error == INVALID_PARAM, 0);
  CHECK(SBI(SRST, 0, 0, 0xf0000100).error == NOT_SUPPORTED, 0);
}

void tests_sbi(void) {
  run_test("base extension", base);
  run_test("debug console refuses bad memory", console);
  run_test("timer", timer);
  run_test("hart states", hart_states);
  run_test("retentive suspend", suspend);
  run_test("inter-processor interrupts", interrupts);
  run_test("remote fences", fences);
  run_test("illegal instruction is handed on", illegal);
  run_test("firmware and timer are protected", protection);
  run_test("reset refuses what it does not know", reset_refused);
}
