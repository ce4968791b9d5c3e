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
  /* Of a thread's save area, where the largest hart has this vlenb. */
  uint64_t (*bytes)(uint64_t vlenb);
  /*
   * A thread whose save area holds registers wants to go: is there anything against it? Returns an error of mig_error, or 0. Notes the
   * stamp of the save, and the VLEN that a hart must have.
   */
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
  /* Once all are set up: bytes of a save area, and of the largest vector register; and whether these differ. */
  uint64_t bytes;
  uint64_t vlenb;
  bool mixed;
};

/* All accelerator harts, and those of each class by its number. */
extern struct hart_list accelerators, class_harts[MIG_CLASS_COUNT];
extern const struct migration_class *const classes[MIG_CLASS_COUNT];

/* The class of this number that has accelerator harts here, or none. */
static inline const struct migration_class *class_present(uint64_t number) {
  return number < MIG_CLASS_COUNT && class_harts[number].count ? classes[number] : 0;
}
/* Bit mask of those. */
uint32_t class_mask(void);

/* Decide which harts are accelerators, by their ISA and the boot arguments. Once, by the first hart. */
void class_assign(const char *bootargs);

/* Fill in what is known of the classes once every hart is set up. */
void class_measure(void);

#endif
