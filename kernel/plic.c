#include "plic.h"
#include "hart.h"
#include "riscv.h"

enum { PRIORITY = 0, ENABLE = 0x2000, ENABLE_STRIDE = 0x80, CONTEXT = 0x200000, CONTEXT_STRIDE = 0x1000, CLAIM = 4 };

static char *base;
/** A hart's supervisor context, plus 1. */
static uint16_t context_of[MAX_HARTS];

static volatile uint32_t *at(uint64_t offset) { return (volatile uint32_t *)(base + offset); }

/** The supervisor's context of the controller with this phandle, plus 1; 0: none. Contexts are pairs of controller and interrupt. */
static uint16_t context_in(struct property contexts, uint64_t phandle) {
  for (int i = 0; i < (int)contexts.length / 8; i++)
    if (property_cell(contexts, 2 * i) == phandle && property_cell(contexts, 2 * i + 1) == INTERRUPT_EXTERNAL) return i + 1;
  return 0;
}

void plic_found(struct node n) {
  uint64_t address, size;
  if (!tree_reg(n, 0, &address, &size)) return;
  base = at_physical(address);
  struct property contexts = tree_property(n, "interrupts-extended");
  struct node cpus = tree_find(tree_root(), "cpus");
  for (struct node cpu = tree_child(cpus); cpu.at; cpu = tree_next(cpu)) {
    struct node controller = tree_find(cpu, "interrupt-controller");
    uint64_t hart = tree_number(cpu, "reg", MAX_HARTS);
    if (!controller.at || hart >= MAX_HARTS) continue;
    context_of[hart] = context_in(contexts, tree_number(controller, "phandle", 0));
  }
}

void plic_enable(uint32_t irq, uint32_t hart) {
  if (!base || !context_of[hart]) return;
  uint64_t context = context_of[hart] - 1;
  *at(PRIORITY + irq * 4) = 1;
  *at(ENABLE + context * ENABLE_STRIDE + irq / 32 * 4) |= 1u << irq % 32;
  *at(CONTEXT + context * CONTEXT_STRIDE) = 0; /* threshold */
}

uint32_t plic_claim(uint32_t hart) {
  return base && context_of[hart] ? *at(CONTEXT + (context_of[hart] - 1ull) * CONTEXT_STRIDE + CLAIM) : 0;
}

void plic_complete(uint32_t hart, uint32_t irq) {
  *at(CONTEXT + (context_of[hart] - 1ull) * CONTEXT_STRIDE + CLAIM) = irq;
}
