#include "hart.h"
#include "generated/extensions.h"
#include "isa.h"
#include "lock.h"
#include "migrate.h"
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

static struct hart_mask online;
/** By the logarithm of vlenb, which is a power of two of at most 2^13. */
static struct hart_mask by_vlenb[14];

extern char _entry_hart[], trap_entry[], begin_idle[];
void hart_main(struct hart *h);

/** What all harts have that only the firmware runs, and what those of them have that have V. */
static uint64_t accelerators = UINT64_MAX, vector_accelerators = UINT64_MAX;

/** What a load from a misaligned address does here: it traps, takes longer than single bytes (in cycles), or does not. */
static enum misaligned measure_misaligned(void) {
  uint64_t words[2] = {0}, works, handler, value, start = csr_read(cycle);
  __asm__ volatile("la %1, 1f\n csrrw %1, stvec, %1\n li %0, 0\n ld %2, 1(%3)\n li %0, 1\n .balign 4\n 1: csrw stvec, %1"
                   : "=&r"(works), "=&r"(handler), "=&r"(value)
                   : "r"(words)
                   : "memory");
  if (!works) return MISALIGNED_UNSUPPORTED;
  enum { TIMES = 16 };
  start = csr_read(cycle);
  for (int i = 0; i < TIMES; i++) __asm__ volatile("ld %0, 1(%1)" : "=r"(value) : "r"(words), "m"(words));
  uint64_t whole = csr_read(cycle) - start;
  start = csr_read(cycle);
  for (uint64_t i = 0; i < TIMES * sizeof *words; i++) value = ((volatile uint8_t *)words)[1 + i % sizeof *words];
  return whole < csr_read(cycle) - start ? MISALIGNED_FAST : MISALIGNED_SLOW;
}

/** The CSRs of the hart that this runs on, and what is known of it from them. */
static void set_up(struct hart *h) {
  csr_write(sscratch, 0);
  csr_write(stvec, (uint64_t)trap_entry);
  csr_write(scounteren, 7); /* cycle, time and instret for user code */
  csr_set(sstatus, STATUS_VS);
  h->has_vector = csr_read(sstatus) & STATUS_VS;
  if (h->has_vector) h->vlenb = (uint32_t)csr_read(0xc22);
  if (h->has_vector) mask_add_atomically(&by_vlenb[__builtin_ctz(h->vlenb)], h->id);
  csr_clear(sstatus, STATUS_VS);
  /* User code may clean, flush and zero cache blocks. (CSR senvcfg: a hart may be older than it.) */
  if (h->extensions & EXTENSION_ZICBOM) csr_set(0x10a, ENVIRONMENT_CBCFE);
  if (h->extensions & EXTENSION_ZICBOZ) csr_set(0x10a, ENVIRONMENT_CBZE);
  for (int i = 0; i < 3; i++) h->identity[i] = sbi_identity(i);
  h->misaligned = measure_misaligned();
  migration_set_ring(h);
  csr_write(sie, 1 << INTERRUPT_SOFTWARE | 1 << INTERRUPT_TIMER | 1 << INTERRUPT_EXTERNAL | 1 << MIG_INTERRUPT_LOCAL);
  scheduler_join(h);
  mask_add_atomically(&online, h->id);
  __atomic_store_n(&h->online, true, __ATOMIC_RELEASE); /* last: the boot hart goes on when it sees this */
}

/** Bytes that cbo.zero clears on whichever hart the kernel runs; 0: not all have it, or not alike. */
static uint32_t zero_block(void) {
  uint32_t bytes = 0;
  for (const struct hart *h = harts; h < harts_end; h++) {
    if (!h->kernel_stack) continue;
    if (!(h->extensions & EXTENSION_ZICBOZ) || !h->cboz_bytes || (bytes && h->cboz_bytes != bytes)) return 0;
    bytes = h->cboz_bytes;
  }
  return bytes <= PAGE_SIZE ? bytes : 0;
}

void harts_init(uint32_t boot_hart) {
  struct node cpus = tree_find(tree_root(), "cpus");
  for (struct node cpu = tree_child(cpus); cpu.at; cpu = tree_next(cpu)) {
    const char *type = tree_string(cpu, "device_type");
    uint64_t id = tree_number(cpu, "reg", MAX_HARTS);
    if (!type || type[0] != 'c') continue;
    uint64_t has = isa_read(cpu);
    if (!tree_enabled(cpu)) accelerators &= has;
    if (!tree_enabled(cpu) && has & EXTENSION_V) vector_accelerators &= has;
    if (!tree_enabled(cpu) || id >= MAX_HARTS) continue;
    char *stack = pages_take(KERNEL_STACK_ORDER);
    if (!stack) panic("no memory for the stack of hart %u", id);
    harts[id].id = (uint32_t)id;
    harts[id].idle_context = (struct context){.ra = (uint64_t)begin_idle, .sp = (uint64_t)stack + ((uint64_t)PAGE_SIZE << KERNEL_STACK_ORDER)};
    harts[id].extensions = has;
    harts[id].cbom_bytes = (uint32_t)tree_number(cpu, "riscv,cbom-block-size", 0);
    harts[id].cbop_bytes = (uint32_t)tree_number(cpu, "riscv,cbop-block-size", 0);
    harts[id].cboz_bytes = (uint32_t)tree_number(cpu, "riscv,cboz-block-size", 0);
    if (harts_end <= &harts[id]) harts_end = &harts[id + 1];
    __atomic_store_n(&harts[id].kernel_stack, stack + ((uint64_t)PAGE_SIZE << KERNEL_STACK_ORDER), __ATOMIC_RELEASE);
  }
  page_clear_by_blocks(zero_block());
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

struct hart_mask harts_all(void) { return online; }
struct hart_mask harts_with_vlenb(uint32_t vlenb) { return by_vlenb[__builtin_ctz(vlenb)]; }

uint32_t harts_count(void) {
  uint32_t n = 0;
  for (const struct hart *h = harts; h < harts_end; h++) n += h->online;
  return n;
}

uint64_t hart_extensions(const struct hart *h) {
  uint64_t has = h->extensions;
  /* What an accelerator lacks traps there and is executed at home; but masked pointers would only be wrong there. */
  if (migration_offers_any()) has &= accelerators | ~EXTENSION_SUPM;
  if (migration_offers(MIG_CLASS_VECTOR)) has |= vector_accelerators & EXTENSIONS_VECTOR;
  return has;
}

uint64_t harts_common(void) {
  uint64_t all = UINT64_MAX;
  for (const struct hart *h = harts; h < harts_end; h++)
    if (h->online) all &= hart_extensions(h);
  return all;
}
