#include "power.h"
#include "riscv.h"
#include "sbi.h"

/* A reset reason of the range that the SBI leaves to firmware vendors: ours carries the status in its low byte. */
static const uint32_t REASON_STATUS = 0xF0000000;

/* "sifive,test": 0x5555 ends well, 0x3333 with a status in the upper half. */
static volatile uint32_t *finisher;

void power_found(struct node n) {
  uint64_t address, size;
  if (tree_reg(n, 0, &address, &size)) finisher = at_physical(address);
}

void power_off(unsigned status) {
  sbi_shut_down(REASON_STATUS + (status & 0xff));
  if (finisher) *finisher = status ? status << 16 | 0x3333 : 0x5555;
  sbi_shut_down(status ? 1 : 0); /* firmware that knows only the standard's reasons: none, failure */
  for (;;) __asm__ volatile("wfi");
}
