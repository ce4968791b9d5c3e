#include "class.h"

#include "../text.h"

const struct migration_class *const classes[MIG_CLASS_COUNT] = {
    [MIG_CLASS_VECTOR] = &class_vector,
    [MIG_CLASS_XHARTDOT] = &class_xhartdot,
};
struct hart_list accelerators, class_harts[MIG_CLASS_COUNT];

uint32_t class_mask(void) {
  uint32_t mask = 0;
  for (uint32_t c = 0; c < MIG_CLASS_COUNT; c++) mask |= (class_harts[c].count ? 1u : 0) << c;
  return mask;
}

/* Classes whose extension this hart has. */
static uint32_t classes_of(const struct hart *hart) {
  uint32_t mask = 0;
  for (uint32_t c = 0; c < MIG_CLASS_COUNT; c++)
    if (isa_has(hart->isa, classes[c]->extension)) mask |= 1u << c;
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

static bool assign(const char *bootargs) {
  if (word_is(bootargs, "migrate", "off")) return false;
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
    if (!hart_of_index[i]->classes) return true;
  return false;
}

void class_assign(const char *bootargs) {
  bool any = assign(bootargs);
  for (uint32_t i = 0; i < hart_count; i++) {
    struct hart *hart = hart_of_index[i];
    if (!any) hart->classes = 0;
    if (!hart->classes) continue;
    accelerators.hart[accelerators.count++] = hart;
    for (uint32_t c = 0; c < MIG_CLASS_COUNT; c++)
      if (hart->classes >> c & 1 && class_harts[c].count < MAX_CLASS_HARTS) class_harts[c].hart[class_harts[c].count++] = hart;
  }
}

void class_measure(void) {
  for (uint32_t c = 0; c < MIG_CLASS_COUNT; c++) {
    struct hart_list *list = &class_harts[c];
    for (uint32_t i = 0; i < list->count; i++) {
      uint64_t vlenb = c == MIG_CLASS_VECTOR ? list->hart[i]->vlenb : 0;
      if (i && vlenb != list->vlenb) list->mixed = true;
      if (vlenb > list->vlenb) list->vlenb = vlenb;
    }
    list->bytes = classes[c]->bytes(list->vlenb);
  }
}
