#include "class.h"

#include "../text.h"

const struct migration_class *const classes[] = {&class_vector, &class_xhartdot, NULL};

uint32_t class_mask(void) {
  uint32_t mask = 0;
  for (uint32_t i = 0; i < hart_count; i++) mask |= hart_of_index[i]->classes;
  return mask;
}

const struct migration_class *class_present(uint64_t number) {
  for (const struct migration_class *const *at = classes; *at; at++)
    if ((*at)->number == number) return class_mask() >> number & 1 ? *at : NULL;
  return NULL;
}

/* Classes whose extension this hart has. */
static uint32_t classes_of(const struct hart *hart) {
  uint32_t mask = 0;
  for (const struct migration_class *const *at = classes; *at; at++)
    if (isa_has(hart->isa, (*at)->extension)) mask |= 1u << (*at)->number;
  return mask;
}

/*
 * `migrate.accelerators=2,3`: these hart ids, whatever the others can do. For machines whose harts do not
 * differ.
 */
static bool assign_named(const char *bootargs) {
  uint64_t length;
  const char *at = word_value(bootargs, "migrate.accelerators", &length);
  if (!at) return false;
  for (const char *end = at + length; at < end; at++) {
    int64_t id = text_number(&at, end);
    struct hart *hart = id < 0 ? NULL : hart_by_id(id);
    if (hart) hart->classes = classes_of(hart);
    if (at < end && *at != ',') break;
  }
  return true;
}

void class_assign(const char *bootargs) {
  if (word_is(bootargs, "migrate", "off")) return;
  if (!assign_named(bootargs)) {
    /*
     * An accelerator hart has a class that not all harts have. Extensions that belong to no class make none.
     */
    uint32_t common = UINT32_MAX;
    for (uint32_t i = 0; i < hart_count; i++) common &= classes_of(hart_of_index[i]);
    for (uint32_t i = 0; i < hart_count; i++) hart_of_index[i]->classes = classes_of(hart_of_index[i]) & ~common;
  }
  /* Someone must run the kernel. */
  for (uint32_t i = 0; i < hart_count; i++)
    if (!hart_of_index[i]->classes) return;
  for (uint32_t i = 0; i < hart_count; i++) hart_of_index[i]->classes = 0;
}

uint32_t class_vlenb(const struct migration_class *class, uint32_t *harts, bool *mixed) {
  uint32_t largest = 0;
  *harts = 0;
  *mixed = false;
  for (uint32_t i = 0; i < hart_count; i++) {
    const struct hart *hart = hart_of_index[i];
    if (!(hart->classes >> class->number & 1)) continue;
    uint32_t vlenb = class->number == MIG_CLASS_VECTOR ? hart->vlenb : 0;
    if ((*harts)++ && vlenb != largest) *mixed = true;
    if (vlenb > largest) largest = vlenb;
  }
  return largest;
}
