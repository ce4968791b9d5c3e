/** Start-up, in order. */
#include "asking.h"
#include "bootargs.h"
#include "clear-ahead.h"
#include "console.h"
#include "devices.h"
#include "hart.h"
#include "initrd.h"
#include "lock.h"
#include "migrate.h"
#include "pages.h"
#include "print.h"
#include "program.h"
#include "riscv.h"
#include "scheduler.h"
#include "space.h"
#include "tree.h"

_Noreturn void kernel_main(uint64_t hart, uint64_t tree_pa);

void kernel_main(uint64_t hart, uint64_t tree_pa) {
  void *tree = at_physical(tree_pa);
  uint32_t tree_bytes = tree_open(tree);
  if (!tree_bytes) panic("no device tree at %x", tree_pa);
  devices_init();

  struct node chosen = tree_find(tree_root(), "chosen");
  bootargs_init(chosen.at ? tree_string(chosen, "bootargs") : NULL);
  if (bootargs_have("console=sbi")) console_use_sbi();
  if (bootargs_have("verbose")) print_be_verbose();
  uint64_t initrd = chosen.at ? tree_number(chosen, "linux,initrd-start", 0) : 0;
  uint64_t initrd_end = chosen.at ? tree_number(chosen, "linux,initrd-end", 0) : 0;
  if (initrd_end <= initrd) panic("no initrd: the program comes in a cpio archive");

  pages_init(tree, tree_bytes, initrd, initrd_end - initrd);
  initrd_init(at_physical(initrd), initrd_end - initrd);
  scheduler_init(tree_number(tree_find(tree_root(), "cpus"), "timebase-frequency", 10000000));
  tasks_init();
  space_huge_init();
  asking_init();
  migration_init();
  harts_init((uint32_t)hart);
  ahead_init(); /* by the harts' own way to clear a page */
  console_listen((uint32_t)hart);
  harts_start();
  chat("%u harts, %u of %u pages free", (uint64_t)harts_count(), pages_free(), pages_total());

  kernel_lock();
  program_start();
  pages_fail(bootargs_number("memory.fail="));
  idle();
}
