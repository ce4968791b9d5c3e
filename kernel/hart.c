#include "hart.h"
#include "migrate.h"
#include "lock.h"
#include "pages.h"
#include "print.h"
#include "sbi.h"
#include "scheduler.h"
#include "tree.h"

struct hart harts[MAX_HARTS];
struct hart *harts_end = harts;
struct task *current_task[MAX_HARTS];
/** For entry.S. */
const uint64_t hart_bytes = sizeof(struct hart);

extern char _entry_hart[], trap_entry[];
void hart_main(struct hart *h);

/** The CSRs of the hart that this runs on. */
static void set_up(struct hart *h) {
  csr_write(sscratch, 0);
  csr_write(stvec, (uint64_t)trap_entry);
  csr_write(scounteren, 7); /* cycle, time and instret for user code */
  csr_set(sstatus, STATUS_VS);
  h->has_vector = csr_read(sstatus) & STATUS_VS;
  if (h->has_vector) h->vlenb = (uint32_t)csr_read(0xc22);
  csr_clear(sstatus, STATUS_VS);
  migration_set_ring(h);
  csr_write(sie, 1 << INTERRUPT_SOFTWARE | 1 << INTERRUPT_TIMER | 1 << INTERRUPT_EXTERNAL | 1 << MIG_INTERRUPT_LOCAL);
  __atomic_store_n(&h->online, true, __ATOMIC_RELEASE); /* last: the boot hart goes on when it sees this */
}

void harts_init(uint32_t boot_hart) {
  struct node cpus = tree_find(tree_root(), "cpus");
  for (struct node cpu = tree_child(cpus); cpu.at; cpu = tree_next(cpu)) {
    const char *type = tree_string(cpu, "device_type");
    uint64_t id = tree_number(cpu, "reg", MAX_HARTS);
    if (!type || type[0] != 'c' || !tree_enabled(cpu) || id >= MAX_HARTS) continue;
    char *stack = pages_take(KERNEL_STACK_ORDER);
    if (!stack) panic("no memory for the stack of hart %u", id);
    harts[id].id = (uint32_t)id;
    if (harts_end <= &harts[id]) harts_end = &harts[id + 1];
    __atomic_store_n(&harts[id].kernel_stack, stack + ((uint64_t)PAGE_SIZE << KERNEL_STACK_ORDER), __ATOMIC_RELEASE);
  }
  if (boot_hart >= MAX_HARTS || !harts[boot_hart].kernel_stack)
    panic("the device tree does not have the boot hart, hart %u", (uint64_t)boot_hart);
  __asm__ volatile("mv tp, %0" ::"r"(&harts[boot_hart]));
  set_up(&harts[boot_hart]);
}

void harts_start(void) {
  for (struct hart *h = harts; h < harts_end; h++) {
    if (!h->kernel_stack || h->online) continue;
    enum { ALREADY_AVAILABLE = -6 }; /* it came by itself, see entry.S */
    int64_t error = sbi_start_hart(h->id, physical(_entry_hart), (uint64_t)h);
    if (error && error != ALREADY_AVAILABLE) {
      print("hart %u does not start: SBI error %d", (uint64_t)h->id, error);
      continue;
    }
    while (!__atomic_load_n(&h->online, __ATOMIC_ACQUIRE)) /* one after the other: set_up needs no lock */
      ;
  }
}

/** Where a hart begins that the boot hart started. */
void hart_main(struct hart *h) {
  set_up(h);
  kernel_lock();
  idle();
}

void hart_poke(uint32_t id) { sbi_send_ipi(id); }

struct hart_mask harts_all(void) {
  struct hart_mask all = {0};
  for (const struct hart *h = harts; h < harts_end; h++)
    if (h->online) mask_add(&all, h->id);
  return all;
}

uint32_t harts_count(void) {
  uint32_t n = 0;
  for (const struct hart *h = harts; h < harts_end; h++) n += h->online;
  return n;
}

bool harts_all_vector(void) {
  for (const struct hart *h = harts; h < harts_end; h++)
    if (h->online && !h->has_vector) return false;
  return true;
}
