/*
 * A class: instructions that accelerator harts have and application harts lack, and the registers that belong
 * to them.
 */
#ifndef CLASS_H
#define CLASS_H

#include "task.h"

struct migration_class {
  uint32_t number; /* enum mig_class_number */
  enum isa_extension extension;
  /* The thread wants to go: check and note its save area. Returns an error of mig_error, or 0. */
  int64_t (*admit)(struct task *task, uint64_t save_area);
  /* May the thread run on this hart of the class? */
  bool (*suits)(const struct task *task, const struct hart *hart);
  /* The thread's registers of the class into this hart, and back to memory. */
  void (*load)(struct task *task);
  void (*save)(struct task *task, bool discard);
  /* mstatus bits with which the class's instructions run. */
  uint64_t status;
};

/* Null-terminated. */
extern const struct migration_class *const classes[];
extern const struct migration_class class_vector, class_custom;

/* The class of this number that has accelerator harts here, or none. */
const struct migration_class *class_present(uint64_t number);
/* Bit mask of those. */
uint32_t class_mask(void);

/* Decide which harts are accelerators, by their ISA and the boot arguments. Once, by the first hart. */
void class_assign(const char *bootargs);

/* Bytes of the largest vector register among a class's harts, and the number of the harts. */
uint32_t class_vlenb(const struct migration_class *class, uint32_t *harts, bool *mixed);

#endif
