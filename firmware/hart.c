#include "hart.h"

static struct hart harts[MAX_HARTS];
struct hart *hart_of_index[MAX_HARTS];
uint32_t hart_count;

extern uint8_t stacks[];

struct hart *hart_add(uint32_t id) {
  if (hart_count == MAX_HARTS || hart_by_id(id)) return NULL;
  struct hart *hart = &harts[hart_count];
  hart->id = id;
  hart->index = hart_count;
  hart->stack_top = (uint64_t)stacks + (hart_count + 1) * STACK_BYTES;
  hart->state = HART_STOPPED;
  hart->deadline = UINT64_MAX;
  hart_of_index[hart_count++] = hart;
  return hart;
}

struct hart *hart_by_id(uint64_t id) {
  /* Most trees number harts in the order in which they list them. */
  if (id < hart_count && hart_of_index[id]->id == id) return hart_of_index[id];
  for (uint32_t i = 0; i < hart_count; i++)
    if (hart_of_index[i]->id == id) return hart_of_index[i];
  return NULL;
}

struct hart *hart_by_phandle(uint32_t phandle) {
  for (uint32_t i = 0; i < hart_count; i++)
    if (hart_of_index[i]->phandle == phandle) return hart_of_index[i];
  return NULL;
}

bool hart_mask_each(uint64_t mask, uint64_t base, void (*visit)(struct hart *hart, void *argument), void *argument) {
  if (base == UINT64_MAX) {
    for (uint32_t i = 0; i < hart_count; i++)
      if (!hart_is_accelerator(hart_of_index[i])) visit(hart_of_index[i], argument);
    return true;
  }
  /* Check the whole mask first: a refused call must have changed nothing. */
  for (uint64_t left = mask; left; left &= left - 1) {
    uint64_t id = base + (uint64_t)__builtin_ctzll(left);
    struct hart *hart = id >= base ? hart_by_id(id) : NULL;
    if (!hart || hart_is_accelerator(hart)) return false;
  }
  for (uint64_t left = mask; left; left &= left - 1) visit(hart_by_id(base + (uint64_t)__builtin_ctzll(left)), argument);
  return true;
}
