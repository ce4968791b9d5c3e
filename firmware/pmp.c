#include "pmp.h"

#include "access.h"
#include "csr.h"
#include "platform.h"

extern uint8_t firmware_start[], firmware_end[];

enum { OFF = 0, TOR = 1 << 3, NAPOT = 3 << 3, READ_WRITE_EXECUTE = 7 };

/* CSR numbers are part of the instruction, so a table of writers. */
#define WRITER(n) \
  static void address_##n(uint64_t value) { csr_write(pmpaddr##n, value); }
WRITER(0)
WRITER(1)
WRITER(2)
WRITER(3)
WRITER(4)
WRITER(5)
WRITER(6)
WRITER(7)
static void (*const write_address[])(uint64_t value) = {address_0, address_1, address_2, address_3,
                                                        address_4, address_5, address_6, address_7};

/* Entries as they are collected: eight fit into pmpcfg0. */
struct entries {
  uint32_t count;
  uint64_t config;
};

static void add(struct entries *entries, uint64_t address, uint64_t config) {
  write_address[entries->count](address);
  entries->config |= config << (8 * entries->count++);
}

/*
 * One entry where the range is a power of two in its place, else a pair: where it starts, and up to where (TOR) nothing is allowed. The
 * last entry is for the rest.
 */
static void close_range(struct entries *entries, uint64_t start, uint64_t end) {
  uint64_t size = end - start;
  if (size >= 8 && !(size & (size - 1)) && start % size == 0 && entries->count + 2 <= sizeof write_address / sizeof *write_address) {
    add(entries, start >> 2 | (size / 8 - 1), NAPOT);
    return;
  }
  if (entries->count + 3 > sizeof write_address / sizeof *write_address) return;
  add(entries, start >> 2, OFF);
  add(entries, end >> 2, TOR);
}

void pmp_init(void) {
  struct entries entries = {0};
  if (probe_pmp(0)) return;
  close_range(&entries, (uint64_t)firmware_start, (uint64_t)firmware_end);
  for (uint32_t i = 0; i < platform.closed_count; i++)
    close_range(&entries, platform.closed[i].start, platform.closed[i].end);
  /* Lowest number wins, so the rest of the address space comes last. */
  add(&entries, UINT64_MAX >> 10, NAPOT | READ_WRITE_EXECUTE);
  csr_write(pmpcfg0, entries.config);
  /* Translations cached so far were checked against the old entries. */
  __asm__ volatile("sfence.vma" ::: "memory");
}
