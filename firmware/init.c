#include "init.h"

#include "access.h"
#include "console.h"
#include "csr.h"
#include "ipi.h"
#include "migration/accelerator.h"
#include "migration/class.h"
#include "migration/origin.h"
#include "migration/policy.h"
#include "migration/transport.h"
#include "platform.h"
#include "pmp.h"
#include "text.h"
#include "timer.h"

extern uint8_t firmware_start[], firmware_end[], tree_start[], tree_end[];

/* What the loader tells of the next stage: OpenSBI's fw_dynamic_info. */
struct next_stage {
  uint64_t magic, version, address, mode, options, boot_hart;
};
enum { NEXT_STAGE_MAGIC = 0x4942534f };

uint32_t lottery __attribute__((section(".data")));
uint32_t harts_ready __attribute__((section(".data")));
static struct hart *first;
static uint64_t kernel_entry = 0x80200000;
static uint64_t kernel_hart;

static _Noreturn void give_up(const char *why) {
  console_print("firmware: %s\n", why);
  for (;;) wait_for_interrupt();
}

static bool is_accelerator_node(const struct tree *tree, const struct node *node) {
  uint64_t id, size;
  if (node->depth != 3 || !node_is(node, "cpu") || !tree_reg(tree, node, 0, &id, &size)) return false;
  struct hart *hart = hart_by_id(id);
  return hart && hart_is_accelerator(hart);
}

/* The kernel starts on the hart that the loader names, else on the application hart of the lowest id. */
static void choose_kernel_hart(const struct next_stage *next) {
  struct hart *lowest = NULL;
  for (uint32_t i = 0; i < hart_count; i++) {
    struct hart *hart = hart_of_index[i];
    if (!hart_is_accelerator(hart) && (!lowest || hart->id < lowest->id)) lowest = hart;
  }
  kernel_hart = lowest->id;
  if (!next || next->magic != NEXT_STAGE_MAGIC) return;
  kernel_entry = next->address;
  struct hart *named = next->version >= 2 ? hart_by_id(next->boot_hart) : NULL;
  if (named && !hart_is_accelerator(named)) kernel_hart = named->id;
}

struct hart *init_first(uint64_t id, const void *tree_blob, const void *next_stage) {
  struct tree tree;
  if (!tree_open(&tree, tree_blob)) give_up("no device tree");
  platform_read(&tree);
  first = hart_by_id(id);
  if (!first) give_up("the device tree does not name the hart that boots");
  for (uint32_t i = 0; i < hart_count; i++)
    if (!hart_of_index[i]->msip) give_up("no software interrupts (riscv,clint0 or riscv,aclint-mswi) for some hart");
  class_assign(platform.bootargs);
  transport_init(platform.bootargs);
  policy_init(platform.bootargs);
  choose_kernel_hart(next_stage);
  struct tree_edit edit = {.disable = is_accelerator_node,
                           .reserved_start = (uint64_t)firmware_start,
                           .reserved_size = firmware_end - firmware_start};
  if (!tree_copy(&tree, &edit, tree_start, tree_end - tree_start)) give_up("the device tree does not fit");
  return first;
}

/*
 * What machine mode must allow before the lower modes can use it. A register that is missing, although the
 * tree names its extension, is let be.
 */
static void init_environment(struct hart *self) {
  static const struct {
    enum isa_extension extension;
    uint64_t bits;
  } allowed[] = {
      {ISA_SVPBMT, ENVIRONMENT_PBMTE},
      {ISA_ZICBOM, ENVIRONMENT_CBIE_CBCFE},
      {ISA_ZICBOZ, ENVIRONMENT_CBZE},
  };
  for (unsigned i = 0; i < sizeof allowed / sizeof *allowed; i++)
    if (isa_has(self->isa, allowed[i].extension)) probe_menvcfg_set(allowed[i].bits);
  /* A supervisor that is told of both expects faults until it asks for the other (SBI, firmware features). */
  if (isa_has(self->isa, ISA_SVADU) && !isa_has(self->isa, ISA_SVADE)) probe_menvcfg_set(ENVIRONMENT_ADUE);
  if (isa_has(self->isa, ISA_SMSTATEEN) && !probe_mstateen0_set(STATE_ENABLE_BELOW | STATE_ENABLE_ENVIRONMENT)) {
    csr_set(0x30d, STATE_ENABLE_BELOW);
    csr_set(0x30e, STATE_ENABLE_BELOW);
    csr_set(0x30f, STATE_ENABLE_BELOW);
  }
}

/*
 * Traps and counters: what goes to the supervisor of an application hart; nothing does on an accelerator
 * hart, which has none.
 */
static void init_delegation(struct hart *self) {
  bool application = !hart_is_accelerator(self);
  uint64_t interrupts = 1 << INTERRUPT_SS | 1 << INTERRUPT_ST | 1 << INTERRUPT_SE;
  if (isa_has(self->isa, ISA_SSCOFPMF)) interrupts |= 1 << INTERRUPT_LCOF;
  /*
   * All but illegal instructions (2) and the environment calls of S (9) and M (11). Those instructions too where there is none that
   * firmware emulates (trap.c).
   */
  probe_mcounteren(~0ull);
  uint64_t exceptions = 0xb1fb | (probe_time() ? 0 : 1 << CAUSE_ILLEGAL);
  bool hints = isa_has(self->isa, ISA_XHARTHINT) && !probe_hint(1);
  if (hints) exceptions |= 1 << MIG_CAUSE_HINT;
  csr_write(medeleg, application ? exceptions : 0);
  csr_write(mideleg, application ? interrupts : 0);
  self->local_interrupt = application && origin_probe_interrupt();
  csr_write(mie, 1 << INTERRUPT_MS);
  csr_write(scounteren, 7);
  self->environment = !probe_senvcfg(0);
  if (application && isa_has(self->isa, ISA_SSTC)) {
    /* STCE: the supervisor has a timer of its own, and SBI's goes the same way. */
    if (probe_menvcfg_set(ENVIRONMENT_STCE))
      self->isa &= ~(1u << ISA_SSTC);
    else
      csr_write(0x14d, UINT64_MAX);
  }
}

/* Wait until every hart that the kernel will rely on is ready. */
static void wait_for_others(void) {
  for (uint32_t i = 0; i < hart_count; i++)
    while (!__atomic_load_n(&hart_of_index[i]->initialised, __ATOMIC_ACQUIRE)) {
    }
}

/* The state in which SBI starts a hart in S-mode (SBI chapter 9, hart_start). */
static void supervisor_start(struct regs *regs, uint64_t pc, uint64_t argument) {
  struct hart *self = hart_self();
  *regs = (struct regs){.epc = pc};
  regs->x[REG_A(0)] = self->id;
  regs->x[REG_A(1)] = argument;
  csr_write(satp, 0);
  csr_write(sie, 0);
  csr_clear(sip, 1 << INTERRUPT_SS);
  csr_write(stvec, 0);
  csr_write(sscratch, 0);
  __asm__ volatile("sfence.vma" ::: "memory");
  __asm__ volatile("fence.i" ::: "memory");
  /* FS and VS are zero again where the hart lacks the registers. */
  csr_write(mstatus, (csr_read(mstatus) & STATUS_XL) | STATUS_MPP_S | STATUS_FS | STATUS_VS);
  regs->status = csr_read(mstatus);
  __atomic_store_n(&self->state, HART_STARTED, __ATOMIC_RELEASE);
}

void init_wait_start(struct regs *regs) {
  struct hart *self = hart_self();
  while (!__atomic_load_n(&self->start_given, __ATOMIC_ACQUIRE)) {
    wait_for_interrupt();
    if (csr_read(mip) & 1 << INTERRUPT_MS) ipi_take();
    if (csr_read(mip) & csr_read(mie) & 1 << INTERRUPT_MT) timer_expired();
    origin_look();
  }
  self->start_given = false;
  supervisor_start(regs, self->start_pc, self->start_argument);
}

void init_hart(struct regs *regs) {
  struct hart *self = hart_self();
  if (self == first) {
    /* Now that this hart is off the stack on which it set up the table, others may use theirs. */
    __atomic_store_n(&harts_ready, 1, __ATOMIC_RELEASE);
    fence_all();
    for (uint32_t i = 0; i < hart_count; i++)
      if (hart_of_index[i] != self) *hart_of_index[i]->msip = 1;
  }
  pmp_init();
  if (isa_has(self->isa, ISA_V)) {
    csr_set(mstatus, STATUS_VS);
    self->vlenb = csr_read(mstatus) & STATUS_VS ? csr_read(0xc22) : 0;
  }
  init_environment(self);
  init_delegation(self);
  /* The software interrupt that ended the wait is not a request. */
  *self->msip = 0;
  fence_all();
  __atomic_store_n(&self->initialised, true, __ATOMIC_RELEASE);

  if (hart_is_accelerator(self)) {
    accelerator_start();
  } else if (self->id == kernel_hart) {
    wait_for_others();
    origin_choose_interrupt();
    class_measure();
    supervisor_start(regs, kernel_entry, (uint64_t)tree_start);
  } else {
    init_wait_start(regs);
  }
}
