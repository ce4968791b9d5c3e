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
  /* Does the ABI of system calls let them clobber the class's registers? */
  bool clobbered;
  /* Of a thread's save area. */
  uint64_t (*bytes)(const struct migration_class *class);
  /* The thread wants to go, its save area is noted: is there anything against it? Returns an error of mig_error, or 0. Notes the stamp. */
  int64_t (*admit)(struct task *task);
  /*
   * The thread's registers of the class into this hart, and back to memory; `discard`: they need not be kept. Between the two the class's
   * instructions work, else they are illegal.
   */
  void (*load)(struct task *task);
  void (*save)(struct task *task, bool discard);
  /* Bits of mstatus with which the class's instructions run, for a class that mstatus switches. */
  uint64_t status;
};

extern const struct migration_class class_vector, class_xhartdot;

/* Of a class as many are used: sets of them are words. */
enum { MAX_CLASS_HARTS = 64 };

/* Harts, in the order of their indices. */
struct hart_list {
  uint32_t count;
  struct hart *hart[MAX_HARTS];
};

/* All accelerator harts, and those of each class by its number. */
extern struct hart_list accelerators, class_harts[MIG_CLASS_COUNT];

/* The class of this number that has accelerator harts here, or none. */
const struct migration_class *class_present(uint64_t number);
/* Bit mask of those. */
uint32_t class_mask(void);

/* Decide which harts are accelerators, by their ISA and the boot arguments. Once, by the first hart. */
void class_assign(const char *bootargs);

/* Bytes of the largest vector register among a class's harts, and the number of the harts. */
uint32_t class_vlenb(const struct migration_class *class, uint32_t *harts, bool *mixed);

#endif
