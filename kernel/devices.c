#include "devices.h"
#include "console.h"
#include "plic.h"
#include "power.h"
#include "tree.h"

static const struct driver {
  const char *compatible;
  void (*found)(struct node n);
} drivers[] = {
    {"ns16550a", console_found},
    {"ns16550", console_found},
    {"sifive,plic-1.0.0", plic_found},
    {"riscv,plic0", plic_found},
    {"sifive,test0", power_found},
};

static void visit(struct node n) {
  for (unsigned i = 0; i < sizeof drivers / sizeof *drivers; i++)
    if (tree_compatible(n, drivers[i].compatible) && tree_enabled(n)) {
      drivers[i].found(n);
      return;
    }
}

void devices_init(void) { tree_visit(tree_root(), visit); }
