/* Class 0: the vector extension. Moves v0 to v31, vstart, vl, vtype and vcsr. */
#include "../csr.h"
#include "area.h"
#include "class.h"
#include "registers.h"

static uint64_t bytes(uint64_t vlenb) { return MIG_VECTOR_BYTES(vlenb); }

/* Registers of one VLEN mean nothing on a hart of another. */
static int64_t admit(struct task *task) {
  struct mig_vector_state state;
  area_read(task, 0, &state, sizeof state);
  task->vlenb = state.vlenb;
  task->stamp = state.stamp;
  const struct hart_list *harts = &class_harts[MIG_CLASS_VECTOR];
  for (uint32_t i = 0; i < harts->count; i++)
    if (harts->hart[i]->vlenb == state.vlenb) return 0;
  return MIG_ERR_VLEN;
}

/* All 32 registers, to or from the save area. */
static void move_registers(const struct task *task, bool out) {
  uint8_t one[512] __attribute__((aligned(16)));
  uint32_t vlenb = hart_self()->vlenb;
  uint8_t *whole = task->area;
  if (whole && out) {
    vector_store(whole + sizeof(struct mig_vector_state));
  } else if (whole) {
    vector_load(whole + sizeof(struct mig_vector_state));
  } else {
    /* Its pages are not in a row: register by register. */
    for (uint32_t n = 0; n < 32; n++) {
      uint64_t offset = sizeof(struct mig_vector_state) + (uint64_t)n * vlenb;
      if (out) {
        vector_store_one(n, one);
        area_write(task, offset, one, vlenb);
      } else {
        area_read(task, offset, one, vlenb);
        vector_load_one(n, one);
      }
    }
  }
}

static void load(struct task *task) {
  csr_set(mstatus, STATUS_VS);
  if (!area_holds(task->word)) {
    /*
     * Whatever another thread left here must not be seen. All ones after a discard, so that who relies on the
     * old values learns of it.
     */
    vector_reset(task->word == MIG_STATE_DISCARDED ? -1 : 0);
    area_live(task);
    return;
  }
  struct mig_vector_state state;
  area_read(task, 0, &state, sizeof state);
  csr_write(0x008, 0); /* vstart: whole-register moves begin there */
  if (!area_resident(task, hart_self(), state.stamp)) move_registers(task, false);
  vector_set_type(state.vl, state.vtype);
  csr_write(0x00f, state.vcsr);
  csr_write(0x008, state.vstart);
  area_live(task);
}

static void save(struct task *task, bool discard) {
  const struct hart *self = hart_self();
  if (discard) {
    area_set_word(task, MIG_STATE_DISCARDED);
    return;
  }
  struct mig_vector_state state = {.state = MIG_STATE_LIVE, .vlenb = self->vlenb, .stamp = area_stamp()};
  csr_set(mstatus, STATUS_VS);
  state.vstart = csr_read(0x008);
  state.vl = csr_read(0xc20);
  state.vtype = csr_read(0xc21);
  state.vcsr = csr_read(0x00f);
  csr_write(0x008, 0);
  move_registers(task, true);
  area_write(task, 0, &state, sizeof state);
  area_saved(task, state.stamp);
}

const struct migration_class class_vector = {.number = MIG_CLASS_VECTOR,
                                             .extension = ISA_V,
                                             .clobbered = true,
                                             .bytes = bytes,
                                             .admit = admit,
                                             .load = load,
                                             .save = save,
                                             .status = STATUS_VS};
