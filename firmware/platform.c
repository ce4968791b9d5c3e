#include "platform.h"

#include "console.h"
#include "csr.h"
#include "hart.h"
#include "text.h"

struct platform platform = {.bootargs = ""};

static bool usable(const struct tree *tree, const struct node *node) {
  struct property status;
  if (!tree_property(tree, node, "status", &status)) return true;
  return property_contains(&status, "okay") || property_contains(&status, "ok");
}

static void read_memory(const struct tree *tree, const struct node *node) {
  uint64_t start, size;
  for (uint32_t i = 0; tree_reg(tree, node, i, &start, &size) && platform.memory_count < MAX_MEMORY; i++)
    platform.memory[platform.memory_count++] = (struct range){start, start + size};
}

static struct hart *read_cpu(const struct tree *tree, const struct node *node) {
  struct property isa;
  uint64_t id, size;
  if (!usable(tree, node) || !tree_reg(tree, node, 0, &id, &size)) return NULL;
  struct hart *hart = hart_add(id);
  if (!hart) return NULL;
  if (tree_property(tree, node, "riscv,isa-extensions", &isa)) {
    hart->isa = isa_parse_list((const char *)isa.value, isa.bytes);
  } else if (tree_property(tree, node, "riscv,isa", &isa)) {
    hart->isa = isa_parse(property_string(&isa));
  }
  return hart;
}

static void close(uint64_t start, uint64_t size) {
  if (platform.closed_count < MAX_CLOSED) platform.closed[platform.closed_count++] = (struct range){start, start + size};
}

/*
 * A CLINT or one half of an ACLINT. Its nth pair of `interrupts-extended` is (phandle of a hart's interrupt
 * controller, interrupt): that is how places in its registers belong to harts, whatever their ids.
 */
static void read_timer(const struct tree *tree, const struct node *node, const char *kind) {
  struct property wires;
  uint64_t base, size, compare = 0, compare_size = 0;
  if (!tree_reg(tree, node, 0, &base, &size) || !tree_property(tree, node, "interrupts-extended", &wires)) return;
  bool clint = text_equal(kind, "clint"), timer = text_equal(kind, "mtimer");
  if (timer && !tree_reg(tree, node, 1, &compare, &compare_size)) return;
  close(base, size);
  if (timer) close(compare, compare_size);
  uint32_t software = 0, timers = 0;
  for (uint32_t i = 0; i + 1 < wires.bytes / 4; i += 2) {
    struct hart *hart = hart_by_phandle(property_cell(&wires, i));
    uint32_t interrupt = property_cell(&wires, i + 1);
    if (interrupt == INTERRUPT_MS) {
      if (hart) hart->msip = (volatile uint32_t *)base + software;
      software++;
    } else if (interrupt == INTERRUPT_MT) {
      if (hart) {
        hart->mtimecmp = (volatile uint64_t *)(clint ? base + 0x4000 : compare) + timers;
        hart->mtime = (volatile uint64_t *)(clint ? base + 0xbff8 : base);
      }
      timers++;
    }
  }
}

/* A page for each hart, in the order of the wires. */
static void read_mailbox(const struct tree *tree, const struct node *node, const char *kind) {
  struct property wires, slots;
  uint64_t base, size;
  if (!tree_reg(tree, node, 0, &base, &size) || !tree_property(tree, node, "interrupts-extended", &wires)) return;
  if (!tree_property(tree, node, "harthop,slots", &slots)) return;
  close(base, size);
  for (uint32_t i = 0; i + 1 < wires.bytes / 4 && (i / 2 + 1) * MAILBOX_PAGE <= size; i += 2) {
    struct hart *hart = hart_by_phandle(property_cell(&wires, i));
    if (hart && property_cell(&wires, i + 1) == INTERRUPT_MAILBOX) hart->mailbox = (volatile struct mailbox *)(base + i / 2 * MAILBOX_PAGE);
  }
  platform.mailbox_slots = property_cell(&slots, 0);
}

static void read_finisher(const struct tree *tree, const struct node *node, const char *kind) {
  uint64_t base, size;
  if (tree_reg(tree, node, 0, &base, &size)) platform.finisher = (volatile uint32_t *)base;
}

/* Devices by what they are compatible with. */
static const struct {
  const char *compatible;
  const char *kind;
  void (*read)(const struct tree *tree, const struct node *node, const char *kind);
} devices[] = {
    {"riscv,clint0", "clint", read_timer},
    {"sifive,clint0", "clint", read_timer},
    {"riscv,aclint-mswi", "mswi", read_timer},
    {"riscv,aclint-mtimer", "mtimer", read_timer},
    {"ns16550a", "uart", console_read},
    {"ns16550", "uart", console_read},
    {"harthop,mailbox", "mailbox", read_mailbox},
    {"sifive,test1", "finisher", read_finisher},
    {"sifive,test0", "finisher", read_finisher},
};

extern uint8_t firmware_end[];

void platform_read(const struct tree *tree) {
  struct property property;
  struct hart *cpu = NULL;
  /* Harts first: devices name them by the phandle of their interrupt controllers. */
  for (struct node node = {0}; tree_next(tree, &node);) {
    if (node.depth == 2 && node_is(&node, "memory")) read_memory(tree, &node);
    if (node.depth == 2 && node_is(&node, "chosen") && tree_property(tree, &node, "bootargs", &property))
      platform.bootargs = property_string(&property);
    if (node.depth == 3 && node_is(&node, "cpu")) cpu = read_cpu(tree, &node);
    if (node.depth == 4 && node_is(&node, "interrupt-controller") && cpu && !cpu->phandle &&
        tree_property(tree, &node, "phandle", &property))
      cpu->phandle = property_cell(&property, 0);
  }
  for (uint32_t i = 0; i < platform.memory_count; i++)
    if ((uint64_t)firmware_end >= platform.memory[i].start && (uint64_t)firmware_end < platform.memory[i].end)
      platform.behind = (struct range){(uint64_t)firmware_end, platform.memory[i].end};
  for (struct node node = {0}; tree_next(tree, &node);) {
    if (!tree_property(tree, &node, "compatible", &property) || !usable(tree, &node)) continue;
    for (unsigned i = 0; i < sizeof devices / sizeof *devices; i++) {
      if (!property_contains(&property, devices[i].compatible)) continue;
      devices[i].read(tree, &node, devices[i].kind);
      break;
    }
  }
}
